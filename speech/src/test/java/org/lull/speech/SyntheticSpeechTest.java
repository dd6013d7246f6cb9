// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.data.Split;
import org.lull.input.InvalidInputException;
import org.lull.speech.SyntheticSpeech.Settings;

class SyntheticSpeechTest {
  private static final AudioCorpus CORPUS = SyntheticSpeech.corpus(Settings.of(7));

  /** Clips from all over the corpus, few enough to speak them all. */
  private static final List<Clip> SAMPLE =
      IntStream.range(0, 32).mapToObj(i -> CORPUS.clips().get(i * 8431 / 31)).toList();

  @Test
  void hasTheIntentsOfFluentSpeechCommands() {
    assertThat(CORPUS.labels()).hasSize(31).isSorted().doesNotHaveDuplicates()
        .contains("activate|lights|kitchen", "change language|German|none", "change language|none|none", "increase|volume|none",
            "bring|newspaper|none", "deactivate|lamp|none", "decrease|heat|washroom")
        .allSatisfy(label -> assertThat(label.split("\\|")).hasSize(3));
  }

  @Test
  void noPhraseMeansTwoThings() {
    List<String> phrases = Intent.ALL.stream().flatMap(intent -> intent.phrasings().stream()).toList();
    assertThat(phrases).hasSize(Settings.PHRASINGS).doesNotHaveDuplicates().allMatch(phrase -> phrase.matches("[A-Za-z]+( [A-Za-z]+)+"));
  }

  @Test
  void splitsAreBalancedAndOfTheStatedSize() {
    assertThat(counts(Clip::split)).isEqualTo(Map.of(Split.TRAIN, 5952L, Split.VALIDATION, 1240L, Split.TEST, 1240L));
    for (Split split : Split.values()) {
      List<Clip> clips = CORPUS.clips().stream().filter(clip -> clip.split() == split).toList();
      Map<String, Long> byLabel = clips.stream().collect(Collectors.groupingBy(Clip::label, Collectors.counting()));
      assertThat(byLabel.keySet()).containsExactlyInAnyOrderElementsOf(CORPUS.labels());
      assertThat(byLabel.values()).containsOnly(clips.size() / 31L);
    }
    assertThat(CORPUS.clips()).extracting(Clip::id).doesNotHaveDuplicates();
    assertThat(CORPUS.warnings()).isEmpty();
  }

  @Test
  void nobodySpeaksInTwoSplits() {
    Map<String, Set<Split>> splits =
        CORPUS.clips().stream().collect(Collectors.groupingBy(Clip::speaker, Collectors.mapping(Clip::split, Collectors.toSet())));
    assertThat(splits).hasSize(68);
    assertThat(splits.values()).allSatisfy(set -> assertThat(set).hasSize(1));
    Set<SyntheticSpeaker> speakers =
        CORPUS.clips().stream().map(clip -> ((SyntheticUtterance) clip.source()).speaker()).collect(Collectors.toSet());
    assertThat(speakers).hasSize(68);
    assertThat(speakers.stream().map(SyntheticSpeaker::pitch).distinct()).hasSize(68);
  }

  @Test
  void aClipSoundsTheSameWheneverAndWhereverItIsSpoken() throws Exception {
    List<float[]> inOrder = SAMPLE.stream().map(clip -> clip.source().load().samples()).toList();

    try (var threads = Executors.newFixedThreadPool(3)) {
      List<Future<float[]>> again = new ArrayList<>();
      for (Clip clip : SAMPLE.reversed()) {
        again.add(threads.submit(() -> clip.source().load().samples()));
      }
      for (int i = 0; i < SAMPLE.size(); i++) {
        assertThat(Arrays.equals(again.reversed().get(i).get(), inOrder.get(i))).as(SAMPLE.get(i).id()).isTrue();
      }
    }
  }

  @Test
  void aClipDoesNotDependOnTheSizeOfTheCorpus() {
    AudioCorpus small = SyntheticSpeech.corpus(new Settings(7, 1, 1, 1, 2, 0, 15, 1, 16_000));
    Clip large = CORPUS.clips().stream().filter(clip -> clip.speaker().equals("test-01")).findFirst().orElseThrow();
    Clip same = small.clips().stream().filter(clip -> clip.id().equals(large.id())).findFirst().orElseThrow();
    assertThat(Arrays.equals(same.source().load().samples(), large.source().load().samples())).isTrue();
  }

  @Test
  void repetitionsAndSeedsDiffer() {
    List<Clip> twice = SyntheticSpeech.corpus(new Settings(7, 1, 1, 1, 2, 0, 15, 1, 16_000)).clips();
    Clip otherSeed = SyntheticSpeech.corpus(new Settings(8, 1, 1, 1, 2, 0, 15, 1, 16_000)).clips().getFirst();
    assertThat(twice.get(0).label()).isEqualTo(twice.get(1).label());
    assertThat(twice.get(0).source().load().samples())
        .isNotEqualTo(twice.get(1).source().load().samples())
        .isNotEqualTo(otherSeed.source().load().samples());
  }

  /** Caches and provenance rely on it: when this fails on purpose, raise SyntheticSpeech.VERSION and put the new values here. */
  @Test
  void theSoundOfAVersionNeverChanges() {
    int[] bits = SAMPLE.stream().mapToInt(clip -> Arrays.hashCode(clip.source().load().samples())).toArray();
    assertThat(Arrays.hashCode(bits)).isEqualTo(-1_937_807_235);
    assertThat(CORPUS.hash()).isEqualTo("d25171f55c41a1f7c773f64414cffac7a4a999db22452f1fc92124baa30211e1");
  }

  @Test
  void theHashTellsSettingsApart() {
    List<String> hashes = Stream.of(
        Settings.of(7), Settings.of(8),
        new Settings(7, 47, 10, 10, 1, 0, 15, 1, 16_000), new Settings(7, 48, 9, 10, 1, 0, 15, 1, 16_000),
        new Settings(7, 48, 10, 9, 1, 0, 15, 1, 16_000), new Settings(7, 48, 10, 10, 2, 0, 15, 1, 16_000),
        new Settings(7, 48, 10, 10, 1, -1, 15, 1, 16_000), new Settings(7, 48, 10, 10, 1, 0, 16, 1, 16_000),
        new Settings(7, 48, 10, 10, 1, 0, 15, 0.5, 16_000), new Settings(7, 48, 10, 10, 1, 0, 15, 1, 8_000))
        .map(settings -> SyntheticSpeech.corpus(settings).hash()).toList();
    assertThat(hashes).doesNotHaveDuplicates().allMatch(hash -> hash.matches("[0-9a-f]{64}"));
    assertThat(CORPUS.hash()).isEqualTo(hashes.getFirst());
  }

  @Test
  void noiseIsAsLoudAsStated() {
    Settings settings = ((SyntheticUtterance) SAMPLE.getFirst().source()).settings();
    List<Double> snrs = SAMPLE.stream().map(clip -> snr(((SyntheticUtterance) clip.source()).parts())).toList();
    assertThat(snrs).allSatisfy(snr -> assertThat(snr).isBetween(settings.snrLow() - 0.01, settings.snrHigh() + 0.01));
    double spread = Collections.max(snrs) - Collections.min(snrs);
    assertThat(spread).isGreaterThan(0.8 * (settings.snrHigh() - settings.snrLow()));

    AudioCorpus fixed = SyntheticSpeech.corpus(new Settings(7, 1, 1, 1, 1, 12, 12, 1, 16_000));
    assertThat(snr(((SyntheticUtterance) fixed.clips().get(5).source()).parts())).isCloseTo(12, within(1e-3));
  }

  @Test
  void aClipIsItsSpeechPlusItsNoise() {
    for (Clip clip : SAMPLE) {
      SyntheticUtterance.Parts parts = ((SyntheticUtterance) clip.source()).parts();
      float[] mix = clip.source().load().samples();
      assertThat(mix).hasSameSizeAs(parts.speech()).hasSameSizeAs(parts.noise());
      // the gain of the headroom is 1 but for the loudest clips
      double gain = Math.sqrt(Acoustics.power(mix, 0, mix.length) / powerOfSum(parts));
      assertThat(gain).isBetween(0.3, 1.001);
      double worst = 0;
      for (int n = 0; n < mix.length; n++) {
        worst = Math.max(worst, Math.abs(mix[n] - gain * (parts.speech()[n] + parts.noise()[n])));
      }
      assertThat(worst).as(clip.id()).isLessThan(1e-4);
    }
  }

  @Test
  void clipsAreOfSensibleLengthAndLevel() {
    for (Clip clip : SAMPLE) {
      Audio audio = clip.source().load();
      SyntheticUtterance.Parts parts = ((SyntheticUtterance) clip.source()).parts();
      assertThat(audio.rate()).isEqualTo(16_000);
      assertThat(audio.samples().length / 16_000.0).as(clip.id()).isBetween(0.5, 4.0);
      assertThat(parts.from() / 16_000.0).isBetween(0.1, 0.4);
      assertThat((audio.samples().length - parts.to()) / 16_000.0).isBetween(0.1, 0.4);
      double loudest = 0;
      boolean fits16Bits = true;
      for (float x : audio.samples()) {
        loudest = Math.max(loudest, Math.abs(x));
        fits16Bits &= x * 32_768 == Math.round(x * 32_768);
      }
      assertThat(loudest).as(clip.id()).isBetween(0.05, 0.95);
      assertThat(fits16Bits).as(clip.id()).isTrue();
      assertThat(Acoustics.power(parts.speech(), 0, parts.from())).isZero();
    }
  }

  @Test
  void aShorterVocalTractMovesTheFormantsAndNothingElse() {
    float[] adult = speech(140, 1, 0.85);
    float[] child = speech(140, 1, 1.2);
    assertThat(child.length / (double) adult.length).isCloseTo(1, within(0.04));
    assertThat(pitch(child) / pitch(adult)).isCloseTo(1, within(0.04));
    assertThat(centroid(child) / centroid(adult)).isGreaterThan(1.2);
  }

  @Test
  void pitchAndTempoAreThoseOfTheSpeaker() {
    for (double hertz : new double[] {80, 120, 180, 250}) {
      assertThat(pitch(speech(hertz, 1, 1))).isCloseTo(hertz, within(0.12 * hertz));
    }
    assertThat(speech(120, 1.25, 1).length / (double) speech(120, 1, 1).length).isCloseTo(1 / 1.25, within(0.03));
  }

  @Test
  void otherRatesHoldTheSameSpeech() {
    for (int rate : new int[] {8_000, 44_100}) {
      Audio audio = SyntheticSpeech.corpus(new Settings(7, 48, 10, 10, 1, 0, 15, 1, rate)).clips().getFirst().source().load();
      assertThat(audio.rate()).isEqualTo(rate);
      double seconds = CORPUS.clips().getFirst().source().load().samples().length / 16_000.0;
      assertThat(audio.samples().length / (double) rate).isCloseTo(seconds, within(0.02));
    }
  }

  @Test
  void speaksInSilenceAndLeavesNoThreadBehind() {
    Set<Thread> before = userThreads();
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (PrintStream listener = new PrintStream(said)) {
      System.setOut(listener);
      System.setErr(listener);
      SAMPLE.getFirst().source().load();
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    assertThat(said.toString()).isEmpty();
    assertThat(userThreads()).isSubsetOf(before);
  }

  @ParameterizedTest
  @CsvSource({
      "0, 10, 10, 1, 0, 15, 1, 16000, training speakers 0", "10001, 10, 10, 1, 0, 15, 1, 16000, training speakers 10001",
      "48, 0, 10, 1, 0, 15, 1, 16000, validation speakers 0", "48, 10, -3, 1, 0, 15, 1, 16000, test speakers -3",
      "48, 10, 10, 0, 0, 15, 1, 16000, repetitions 0", "48, 10, 10, 1, NaN, 20, 1, 16000, lowest SNR NaN",
      "48, 10, 10, 1, -41, 20, 1, 16000, lowest SNR -41.0", "48, 10, 10, 1, 5, 4.5, 1, 16000, highest SNR 4.5",
      "48, 10, 10, 1, 5, Infinity, 1, 16000, highest SNR Infinity", "48, 10, 10, 1, 0, 15, -0.1, 16000, variation -0.1",
      "48, 10, 10, 1, 0, 15, 2, 16000, variation 2.0", "48, 10, 10, 1, 0, 15, 1, 4000, sample rate 4000"
  })
  void refusesWhatItCannotSpeak(
      int train, int validation, int test, int repetitions, double low, double high, double variation, int rate, String message) {
    assertThatThrownBy(() -> new Settings(1, train, validation, test, repetitions, low, high, variation, rate))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining(message).hasMessageContaining("expected");
  }

  private static <K> Map<K, Long> counts(Function<Clip, K> key) {
    return CORPUS.clips().stream().collect(Collectors.groupingBy(key, Collectors.counting()));
  }

  private static Set<Thread> userThreads() {
    Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
    threads.removeIf(Thread::isDaemon);
    return threads;
  }

  private static double snr(SyntheticUtterance.Parts parts) {
    double speech = Acoustics.power(parts.speech(), parts.from(), parts.to());
    return 10 * Math.log10(speech / Acoustics.power(parts.noise(), 0, parts.noise().length));
  }

  private static double powerOfSum(SyntheticUtterance.Parts parts) {
    float[] sum = parts.speech().clone();
    for (int n = 0; n < sum.length; n++) {
      sum[n] += parts.noise()[n];
    }
    return Acoustics.power(sum, 0, sum.length);
  }

  /** The speech alone, in a dead room, of a speaker who says everything the same way. */
  private static float[] speech(double pitch, double tempo, double formantScale) {
    var speaker = new SyntheticSpeaker("somebody", pitch, 1, tempo, formantScale, 0, -20, 0);
    Settings settings = new Settings(7, 1, 1, 1, 1, 20, 20, 0, 16_000);
    SyntheticUtterance.Parts parts = new SyntheticUtterance(settings, speaker, "turn on the lights in the kitchen", "somewhere").parts();
    return Arrays.copyOfRange(parts.speech(), parts.from(), parts.to());
  }

  /** Fundamental frequency, Hz: the lag from 55 to 320 Hz at which the speech resembles itself most. */
  private static double pitch(float[] speech) {
    double best = 0;
    int bestLag = 0;
    for (int lag = 16_000 / 320; lag <= 16_000 / 55; lag++) {
      double sum = 0;
      for (int n = lag; n < speech.length; n++) {
        sum += speech[n] * speech[n - lag];
      }
      if (sum > best) {
        best = sum;
        bestLag = lag;
      }
    }
    return 16_000.0 / bestLag;
  }

  /** Mean of the mel bands, weighted with their mean amplitudes. */
  private static double centroid(float[] speech) {
    LogMelSettings mel = LogMelSettings.preset("mel40");
    float[] frames = new LogMel(mel).frames(speech);
    double weighted = 0;
    double total = 0;
    for (int i = 0; i < frames.length; i++) {
      double amplitude = Math.pow(10, frames[i] / 20);
      weighted += amplitude * (i % mel.filters());
      total += amplitude;
    }
    return weighted / total;
  }

  @Test
  void theQuickCorpusIsAPartOfTheWhole() {
    AudioCorpus quick = SyntheticSpeech.corpus(Settings.quick(1));
    AudioCorpus whole = SyntheticSpeech.corpus(Settings.of(1));
    assertThat(quick.clips()).hasSize(1488 + 496 + 496);
    assertThat(whole.clips()).extracting(Clip::id).containsAll(quick.clips().stream().map(Clip::id).toList());
    assertThat(quick.labels()).isEqualTo(whole.labels());
    assertThat(quick.name()).as("its figures are not those of the whole").isNotEqualTo(whole.name());
    assertThat(quick.hash()).isNotEqualTo(whole.hash());
  }
}
