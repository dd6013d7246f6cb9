// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.lull.Dataset;
import org.lull.data.Split;
import org.lull.input.InvalidInputException;
import org.lull.network.Normalisation;
import org.lull.train.Augmentation;
import org.lull.train.Example;
import org.lull.train.Progress;

class StreamMixerTest {
  private static final int RATE = 16_000;

  /** A tone from 0.3 to 0.7 of a second, with faint noise around it. */
  private static Clip clip(String id, String label, Split split, double hz) {
    return new Clip(id, label, "speaker", split, () -> {
      float[] samples = Acoustics.noise(RATE, 0, new SplittableRandom(id.hashCode()));
      Acoustics.scale(samples, 0.001);
      for (int n = 3 * RATE / 10; n < 7 * RATE / 10; n++) {
        samples[n] += (float) (0.3 * Math.sin(2 * Math.PI * hz * n / RATE));
      }
      return new Audio(samples, RATE);
    });
  }

  private static List<Clip> clips(String... labels) {
    List<Clip> clips = new ArrayList<>();
    for (String label : labels) {
      for (int i = 0; i < 12; i++) {
        Split split = i < 8 ? Split.TRAIN : i < 10 ? Split.VALIDATION : Split.TEST;
        clips.add(clip(label + "/" + i + ".wav", label, split, 200 * (1 + Math.abs(label.hashCode() % 13)) + i));
      }
    }
    return clips;
  }

  private static AudioCorpus corpus(String... labels) {
    return new AudioCorpus("tones", List.of(labels), clips(labels), "hash", List.of());
  }

  private static StreamMixer mixer(double share, double snr, Noise noise) {
    return new StreamMixer(clips("yes", "no"), clips("left"), new StreamMixer.Settings(RATE, 1, share, List.of(noise), snr, snr, 0));
  }

  @Test
  void theWordIsFoundInItsClip() {
    WordSpan span = WordSpan.in(clip("a", "yes", Split.TRAIN, 400).source().load().samples(), RATE);
    assertThat(span.begin()).isCloseTo(3 * RATE / 10, within(RATE / 100));
    assertThat(span.end()).isCloseTo(7 * RATE / 10, within(RATE / 100));
    assertThat(WordSpan.in(new float[RATE], RATE)).isEqualTo(new WordSpan(0, RATE));
    assertThat(WordSpan.in(new float[10], RATE)).isEqualTo(new WordSpan(0, 10));
  }

  @Test
  void theSameSeedMakesTheSameBitsAndAnotherOneOthers() {
    StreamMixer.Piece scene = mixer(0.5, 10, Noise.Generated.PINK).scene(3, 2);
    StreamMixer.Piece again = mixer(0.5, 10, Noise.Generated.PINK).scene(3, 2);
    assertThat(again.samples()).isEqualTo(scene.samples());
    assertThat(again.events()).isEqualTo(scene.events());
    assertThat(mixer(0.5, 10, Noise.Generated.PINK).scene(4, 2).samples()).isNotEqualTo(scene.samples());
    assertThat(mixer(0.5, 10, Noise.Generated.PINK).scene(3, 1).samples()).isNotEqualTo(scene.samples());
  }

  @ParameterizedTest
  @CsvSource({"0, left", "1, yes", "0.5, yes"})
  void wordsFollowOneAfterTheOtherWherTheirLabelsSay(double share, String some) {
    StreamMixer.Piece scene = mixer(share, 60, Noise.Generated.WHITE).scene(1, 0);
    assertThat(scene.samples()).hasSize(StreamMixer.SCENE_SECONDS * RATE);
    assertThat(scene.events()).hasSizeGreaterThan(8).extracting(StreamMixer.Event::label).contains(some);
    int before = 0;
    for (StreamMixer.Event event : scene.events()) {
      assertThat(event.begin()).isGreaterThan(before);
      assertThat(event.end() - event.begin()).isCloseTo(4 * RATE / 10, within(RATE / 50));
      double loud = Acoustics.power(scene.samples(), event.begin(), event.end());
      assertThat(loud).isGreaterThan(100 * Acoustics.power(scene.samples(), before + RATE / 10, event.begin() - RATE / 10));
      before = event.end();
    }
  }

  @Test
  void theNoiseIsAsLoudAsItsRatioSays() {
    for (int snr : List.of(0, 20)) {
      StreamMixer.Piece scene = mixer(1, snr, Noise.Generated.WHITE).scene(1, 0);
      StreamMixer.Event first = scene.events().getFirst();
      double noise = Acoustics.power(scene.samples(), 0, first.begin() - RATE / 10);
      double both = Acoustics.power(scene.samples(), first.begin(), first.end());
      assertThat(10 * Math.log10((both - noise) / noise)).isCloseTo(snr, within(4.0)); // words of a scene differ by 3 dB
    }
  }

  @ParameterizedTest
  @EnumSource
  void generatedNoiseHasThePowerThatIsWanted(Noise.Generated kind) {
    float[] noise = kind.make(RATE, RATE, 0.01, new SplittableRandom(1));
    assertThat(Acoustics.power(noise, 0, RATE)).isCloseTo(0.01, within(1e-6));
    assertThat(kind.make(RATE, RATE, 0.01, new SplittableRandom(1))).isEqualTo(noise);
  }

  @Test
  void noiseIsNamedOrAFolder(@TempDir Path dir) {
    assertThat(Noise.of("pink", List.of())).isEqualTo(Noise.Generated.PINK);
    assertThat(Noise.of("babble", clips("left"))).isInstanceOf(Noise.Babble.class);
    TinyCorpus.tone(dir.resolve("fan.wav"));
    float[] recorded = Noise.of(dir.toString(), List.of()).make(RATE, RATE, 0.01, new SplittableRandom(1));
    assertThat(Acoustics.power(recorded, 0, RATE)).isCloseTo(0.01, within(1e-6));
    assertThatThrownBy(() -> Noise.of("babble", List.of())).isInstanceOf(InvalidInputException.class).hasMessageContaining("no words");
    assertThatThrownBy(() -> Noise.of("purple", List.of())).hasMessageContaining("expected white, pink, brown, babble, or a folder");
  }

  @Test
  void refusesWhatMakesNoStream() {
    assertThatThrownBy(() -> new StreamMixer.Settings(RATE, 0.1, 0.5, List.of(Noise.Generated.PINK), 0, 9, 0))
        .hasMessageContaining("pause");
    assertThatThrownBy(() -> new StreamMixer.Settings(RATE, 1, 1.5, List.of(Noise.Generated.PINK), 0, 9, 0)).hasMessageContaining("share");
    assertThatThrownBy(() -> new StreamMixer.Settings(RATE, 1, 0.5, List.of(), 0, 9, 0)).hasMessageContaining("kinds of noise");
    assertThatThrownBy(() -> new StreamMixer.Settings(RATE, 1, 0.5, List.of(Noise.Generated.PINK), 9, 0, 0)).hasMessageContaining("SNR");
    StreamMixer.Settings settings = new StreamMixer.Settings(RATE, 1, 0.5, List.of(Noise.Generated.PINK), 0, 9, 0);
    assertThatThrownBy(() -> new StreamMixer(List.of(), clips("left"), settings)).hasMessageContaining("no clips of the words");
    assertThatThrownBy(() -> new StreamMixer(clips("yes"), List.of(), settings)).hasMessageContaining("no clips of other words");
  }

  @Test
  void streamsToTrainOnSayWhenTheWordEnds() {
    AudioCorpus corpus = Tasks.choose(corpus("left", "no", "yes"), List.of("no", "yes"), 1000, 0, List.of("white"), 1);
    StreamDatasets streams = new StreamDatasets(corpus, LogMelSettings.preset("mel16"), List.of("white", "babble"), 10, 20);
    Dataset dataset = streams.dataset(2, Progress.SILENT);
    assertThat(dataset.isStream()).isTrue();
    assertThat(dataset.labels()).containsExactly("no", "yes");
    assertThat(dataset.train()).hasSize(16);
    assertThat(dataset.validation()).hasSize(4);
    for (Example example : dataset.validation()) {
      long frames = IntStream.range(0, example.steps()).filter(t -> example.frameLabel(t) == example.label()).count();
      assertThat(frames).as("a fifth of a second of frames of 16 ms").isBetween(12L, 14L);
      assertThat(IntStream.range(0, example.steps()).filter(t -> example.frameLabel(t) == 1 - example.label())).isEmpty();
    }
    assertThat(streams.dataset(1, Progress.SILENT).contentHash()).isEqualTo(dataset.contentHash());
    Augmentation augmentation = streams.augmentation();
    Normalisation normalisation = new Normalisation(new float[16], IntStream.range(0, 16).collect(() -> new float[16], (a, i) -> a[i] = 1,
        (_, _) -> {}));
    Example original = dataset.train().getFirst();
    Example made = augmentation.apply(original, normalisation, new SplittableRandom(5));
    assertThat(made).isNotEqualTo(original).isEqualTo(augmentation.apply(original, normalisation, new SplittableRandom(5)));
    assertThat(made.label()).isEqualTo(original.label());
  }

  @Test
  void aTaskHasSharesOfUnknownWordsAndSilence() {
    AudioCorpus chosen = Tasks.choose(corpus("left", "no", "yes"), List.of("no", "yes"), 25, 50, List.of("pink"), 1);
    assertThat(chosen.labels()).containsExactly("_silence_", "_unknown_", "no", "yes");
    assertThat(chosen.clips().stream().filter(clip -> clip.split() == Split.TRAIN)).extracting(Clip::label)
        .filteredOn("_unknown_"::equals).hasSize(4); // a quarter of 16
    assertThat(chosen.clips().stream().filter(clip -> clip.split() == Split.TEST)).extracting(Clip::label)
        .filteredOn("_silence_"::equals).hasSize(2); // half of 4
    Clip silence = chosen.clips().stream().filter(clip -> clip.label().equals("_silence_")).findFirst().orElseThrow();
    assertThat(silence.source().load().samples()).hasSize(RATE).isEqualTo(silence.source().load().samples());
    assertThat(chosen.hash()).isEqualTo(Tasks.choose(corpus("left", "no", "yes"), List.of("no", "yes"), 25, 50, List.of("pink"), 1).hash())
        .isNotEqualTo(Tasks.choose(corpus("left", "no", "yes"), List.of("no", "yes"), 25, 50, List.of("pink"), 2).hash());
    assertThatThrownBy(() -> Tasks.choose(corpus("no", "yes"), List.of("no", "go"), 0, 0, List.of(), 1))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("no class go; it has no, yes");
    assertThatThrownBy(() -> Tasks.choose(corpus("no", "yes"), List.of("no", "yes"), 10, 0, List.of(), 1))
        .hasMessageContaining("no other words");
  }

  @Test
  void labelsAreReadFromCsvAndAudacity(@TempDir Path dir) throws Exception {
    Path csv = Files.writeString(dir.resolve("a.csv"), "begin,end,label\n1.25,1.75,yes\n2,2.5,turn left\n\n");
    Path text = Files.writeString(dir.resolve("b.txt"), "1.250000\t1.750000\tyes\n\\\t200.0\t3000.0\n2.0\t2.5\tturn left\n");
    List<StreamLabels.Event> expected =
        List.of(new StreamLabels.Event(1.25, 1.75, "yes"), new StreamLabels.Event(2, 2.5, "turn left"));
    assertThat(StreamLabels.read(csv, 2.5)).isEqualTo(expected);
    assertThat(StreamLabels.read(text, 2.5)).isEqualTo(expected);
    Path written = dir.resolve("c.csv");
    StreamLabels.write(written, expected);
    assertThat(StreamLabels.read(written, 2.5)).isEqualTo(expected);
    assertThat(StreamLabels.of(dir.resolve("b.wav"))).isEqualTo(text);
    assertThatThrownBy(() -> StreamLabels.of(dir.resolve("d.wav"))).hasMessageContaining("no labels beside it");
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {"1,2,yes|1.5,3,no;overlap", "1,2,yes|0.5,0.7,no;sort", "1,11,yes;after the end of the recording at",
      "2,1,yes;expected an end after the begin", "-1,1,yes;expected an end", "1,2;expected begin, end and label", "one,two,yes;with times",
      "NaN,2,yes;expected an end", "1,2, ;label"})
  void wrongLabelsAreRefusedWithTheirLine(String lines, String message, @TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("labels.csv"), "begin,end,label\n" + lines.replace('|', '\n') + "\n");
    assertThatThrownBy(() -> StreamLabels.read(file, 10)).isInstanceOf(InvalidInputException.class).hasMessageContaining(message)
        .hasMessageContaining("labels.csv, line " + (1 + lines.split("\\|").length));
  }
}
