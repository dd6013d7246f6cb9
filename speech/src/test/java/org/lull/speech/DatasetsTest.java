// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.lull.speech.TinyCorpus.tone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.Dataset;
import org.lull.data.Split;
import org.lull.input.InvalidInputException;
import org.lull.train.Example;
import org.lull.train.Progress;

class DatasetsTest {
  private static final LogMelSettings SETTINGS = LogMelSettings.preset("mel16");

  @TempDir
  Path dir;

  @Test
  void framesAreThoseOfTheFrontEnd() {
    Corpus corpus = commands();
    Dataset data = load(corpus, null);
    assertThat(data.name()).isEqualTo(corpus.name());
    assertThat(data.hash()).isEqualTo(corpus.hash());
    assertThat(data.labels()).containsExactly("down", "up");
    assertThat(data.channels()).isEqualTo(16);
    assertThat(data.warnings()).isEmpty();
    assertThat(data.train()).extracting(Example::id).startsWith("down/s2_nohash_0.wav", "down/s3_nohash_0.wav").hasSize(16);
    assertThat(data.validation()).extracting(Example::label).containsExactly(0, 1);
    assertThat(data.test()).extracting(Example::id).containsExactly("down/s0_nohash_0.wav", "up/s0_nohash_0.wav");
    float[] samples = Wav.read(dir.resolve("corpus/up/s0_nohash_0.wav")).samples();
    assertThat(data.test().getLast().frames()).isEqualTo(new LogMel(SETTINGS).frames(samples));
  }

  @Test
  void threadsAndCacheChangeNothing() {
    Corpus corpus = commands();
    Dataset one = Datasets.load(corpus, SETTINGS, null, 1, Progress.SILENT);
    assertSame(Datasets.load(corpus, SETTINGS, null, 4, Progress.SILENT), one);
    assertSame(load(corpus, cache()), one);
    assertSame(load(corpus, cache()), one);
  }

  @Test
  void progressCountsTheClipsAndTheCacheSavesThem() {
    AtomicLong done = new AtomicLong();
    AtomicLong expected = new AtomicLong();
    Progress progress = (task, total) -> {
      expected.addAndGet(total);
      return done::addAndGet;
    };
    Corpus corpus = commands();
    Datasets.load(corpus, SETTINGS, cache(), 2, progress);
    assertThat(done).hasValue(20).hasValue(expected.get());
    Datasets.load(corpus, SETTINGS, cache(), 2, progress);
    assertThat(done).as("nothing is computed again").hasValue(20);
    Datasets.load(corpus, LogMelSettings.preset("mel40"), cache(), 2, progress);
    assertThat(done).as("other settings are other features").hasValue(40);
    tone(dir.resolve("corpus/up/s10_nohash_0.wav"));
    Datasets.load(Corpora.open(dir.resolve("corpus")), SETTINGS, cache(), 2, progress);
    assertThat(done).as("another clip is another corpus").hasValue(61);
  }

  @Test
  void badClipsAreLeftOutAndNamedAlsoFromTheCache() throws IOException {
    commands();
    TinyCorpus.silence(dir.resolve("corpus/up/s2_nohash_0.wav"));
    Path cut = dir.resolve("corpus/down/s3_nohash_0.wav");
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 100));
    Corpus corpus = Corpora.open(dir.resolve("corpus"));
    Dataset built = load(corpus, cache());
    assertThat(built.train()).hasSize(14).extracting(Example::id).doesNotContain("up/s2_nohash_0.wav", "down/s3_nohash_0.wav");
    assertThat(built.warnings()).hasSize(3)
        .satisfiesExactly(
            warning -> assertThat(warning).contains("down/s3_nohash_0.wav", "truncated"),
            warning -> assertThat(warning).contains("up/s2_nohash_0.wav: silent: every sample is 0 (1600 samples)"),
            warning -> assertThat(warning).isEqualTo("left out 2 of 20 clips as unusable"));
    assertSame(load(corpus, cache()), built);
  }

  @Test
  void warningsNameTheFirstBadClipsAndTheDataSetAll() {
    Dataset data = load(clips(100, 9), cache());
    assertThat(data.warnings()).hasSize(6).endsWith("left out 9 of 100 clips as unusable; the first 5 are named");
    assertThat(data.leftOut()).hasSize(9).startsWith("clip0: no sound").endsWith("clip8: no sound");
    assertSame(load(clips(100, 9), cache()), data);
  }

  @Test
  void moreThanATenthOfBadClipsIsRefused() {
    assertThat(load(clips(100, 10), null).train()).isNotEmpty();
    assertThatThrownBy(() -> load(clips(100, 11), null)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("11 of 100 clips of clips are unusable, expected at most 10 %; the first: clip0: no sound");
  }

  @Test
  void aClassOfBadClipsIsRefused() {
    commands();
    for (int i = 0; i < 30; i++) {
      tone(dir.resolve("corpus/down/t" + i + "_nohash_0.wav"));
    }
    TinyCorpus.silence(dir.resolve("corpus/left/s2_nohash_0.wav"));
    assertThatThrownBy(() -> load(Corpora.open(dir.resolve("corpus")), null)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("all clips of class 'left' are unusable; the first: left/s2_nohash_0.wav: silent");
  }

  @Test
  void whatIsLeftMustStillBeTrainable() {
    commands();
    tone(dir.resolve("corpus/left/s0_nohash_0.wav"));
    TinyCorpus.silence(dir.resolve("corpus/left/s2_nohash_0.wav"));
    TinyCorpus.text(dir.resolve("corpus/testing_list.txt"), "left/s0_nohash_0.wav", "up/s0_nohash_0.wav");
    assertThatThrownBy(() -> load(Corpora.open(dir.resolve("corpus")), null)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("usable").hasMessageContaining("'left' (0 in validation, 1 in test)");
  }

  @Test
  void twoSampleRatesAreCountedAndResampled() {
    commands();
    tone(dir.resolve("corpus/up/s10_nohash_0.wav"), 8000);
    Corpus corpus = Corpora.open(dir.resolve("corpus"));
    Dataset data = load(corpus, cache());
    assertThat(data.warnings())
        .containsExactly("the clips have 2 sample rates (1 at 8000 Hz, 20 at 16000 Hz); all are resampled to 16000 Hz");
    assertThat(data.train()).extracting(Example::steps).containsOnly(data.train().getFirst().steps());
    assertThat(load(corpus, cache()).warnings()).isEqualTo(data.warnings());
  }

  @Test
  void flawsAreCountedInOneLineForEachKindAlsoFromTheCache() throws IOException {
    commands();
    for (String clip : List.of("down/s4", "up/s2", "up/s5")) {
      Path wav = dir.resolve("corpus/" + clip + "_nohash_0.wav");
      byte[] bytes = Files.readAllBytes(wav);
      bytes[40] += 44; // the size of the data
      Files.write(wav, bytes);
    }
    Path wav = dir.resolve("corpus/up/s6_nohash_0.wav");
    byte[] bytes = Files.readAllBytes(wav);
    bytes[40]--;
    Files.write(wav, bytes);
    Corpus corpus = Corpora.open(dir.resolve("corpus"));
    Dataset data = load(corpus, cache());
    assertThat(data.warnings()).hasSize(2).satisfiesExactly(
        warning -> assertThat(warning).startsWith("3 of 20 clips are WAV files whose data chunk says a size that cannot be right")
            .contains("the first down/s4_nohash_0.wav", "read to the end"),
        warning -> assertThat(warning).startsWith("1 of 20 clips are WAV files that end within a sample frame")
            .contains("the first up/s6_nohash_0.wav"));
    assertThat(data.train()).hasSize(16);
    assertSame(load(corpus, cache()), data);
  }

  @Test
  void floatsOfAnotherScaleAreUsedWithAWarning() {
    AudioCorpus corpus = with(clips(50, 0),
        clip(1000, () -> new Audio(new float[] {5000, -20_000}, 16_000, Set.of(Flaw.BEYOND_FULL_SCALE))));
    assertThat(load(corpus, null).warnings()).singleElement().asString()
        .startsWith("1 of 51 clips are WAV files with float samples far beyond -1..1 (over 10), the first clip1000").contains("32768");
  }

  @Test
  void samplesThatAreNotFiniteMakeABadClip() {
    Clip bad = clip(1000, () -> new Audio(new float[] {0.5f, Float.NaN}, 16_000));
    assertThat(load(with(clips(50, 0), bad), null).warnings().getFirst()).contains("clip1000: a sample is NaN");
  }

  @Test
  void aMistakeInTheCodeIsNotABadClip() {
    Clip broken = clip(1000, () -> {
      throw new IndexOutOfBoundsException("broken");
    });
    assertThatThrownBy(() -> load(with(clips(50, 0), broken), null)).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("broken");
  }

  @Test
  void noValidationIsSaid() {
    List<Clip> clips = clips(40, 0).clips().stream().filter(clip -> clip.split() != Split.VALIDATION).toList();
    Dataset data = load(new AudioCorpus("clips", List.of("a", "b"), clips, "0", List.of("said before")), null);
    assertThat(data.warnings()).containsExactly("said before",
        "clips has no validation examples, so training cannot tell which epoch is best");
  }

  /** Every kind of damage: nothing left, cut anywhere, one bit changed, more at the end. */
  @ParameterizedTest
  @ValueSource(strings = {"empty", "10 bytes", "cut", "one byte short", "first bit", "middle bit", "last bit", "longer"})
  void aDamagedCacheIsReportedAndBuiltAgain(String damage) throws IOException {
    Corpus corpus = commands();
    Dataset built = load(corpus, cache());
    Path file = onlyFile(cache());
    byte[] good = Files.readAllBytes(file);
    byte[] bad = switch (damage) {
      case "empty" -> new byte[0];
      case "10 bytes" -> Arrays.copyOf(good, 10);
      case "cut" -> Arrays.copyOf(good, good.length / 2);
      case "one byte short" -> Arrays.copyOf(good, good.length - 1);
      case "first bit" -> flipped(good, 0);
      case "middle bit" -> flipped(good, good.length / 2);
      case "last bit" -> flipped(good, good.length - 1);
      default -> Arrays.copyOf(good, good.length + 100);
    };
    Files.write(file, bad);
    Dataset rebuilt = load(corpus, cache());
    assertThat(rebuilt.warnings()).singleElement().asString().contains(file.toString(), "cut short", "built again");
    assertThat(rebuilt.train().getFirst().frames()).isEqualTo(built.train().getFirst().frames());
    assertThat(Files.readAllBytes(file)).isEqualTo(good);
    assertSame(load(corpus, cache()), built);
  }

  @Test
  void aCacheFileUnderAnotherNameIsNotBelieved() throws IOException {
    Corpus corpus = commands();
    load(corpus, cache());
    Path mel16 = onlyFile(cache());
    byte[] features = Files.readAllBytes(mel16);
    Files.delete(mel16);
    Datasets.load(corpus, LogMelSettings.preset("mel40"), cache(), 1, Progress.SILENT);
    Path mel40 = onlyFile(cache());
    Files.write(mel40, features);
    Dataset data = Datasets.load(corpus, LogMelSettings.preset("mel40"), cache(), 1, Progress.SILENT);
    assertThat(data.channels()).isEqualTo(40);
    assertThat(data.warnings()).singleElement().asString().contains("holds other features");
  }

  @Test
  void aCacheThatCannotBeWrittenCostsAWarning() throws IOException {
    Path notAFolder = Files.createFile(dir.resolve("file"));
    Dataset data = load(commands(), notAFolder.resolve("cache"));
    assertThat(data.train()).hasSize(16);
    assertThat(data.warnings()).singleElement().asString().contains("could not be kept", notAFolder.toString());
  }

  @Test
  void writersAtTheSameTimeLeaveOneGoodFile() throws Exception {
    Corpus corpus = commands();
    Dataset expected = load(corpus, null);
    Callable<Dataset> load = () -> load(corpus, cache());
    try (ExecutorService processes = Executors.newFixedThreadPool(6)) {
      for (Future<Dataset> loaded : processes.invokeAll(Collections.nCopies(24, load))) {
        assertSame(loaded.get(), expected);
      }
    }
    onlyFile(cache());
    assertSame(load(corpus, cache()), expected);
  }

  /** Clips that were made before the interruption are not made again, apart from those of the part that was not complete. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void featuresThatWereMadeSurviveAnInterruption(boolean damaged) throws IOException {
    AtomicInteger loads = new AtomicInteger();
    AtomicInteger last = new AtomicInteger(1150);
    AudioCorpus corpus = counted(1250, loads, last);
    assertThatThrownBy(() -> load(corpus, cache())).hasStackTraceContaining("the power went");
    assertThat(loads.get()).isBetween(1150, 1250);
    loads.set(0);
    last.set(Integer.MAX_VALUE);
    if (damaged) {
      Path part = onlyFile(cache()).resolve("1");
      byte[] bytes = Files.readAllBytes(part);
      bytes[bytes.length / 2] ^= 1;
      Files.write(part, bytes);
    }
    Dataset data = load(corpus, cache());
    assertThat(loads).hasValue(damaged ? 750 : 250);
    Dataset whole = load(counted(1250, loads, last), null);
    assertThat(data.contentHash()).isEqualTo(whole.contentHash());
    assertThat(data.train()).extracting(Example::id).isEqualTo(whole.train().stream().map(Example::id).toList());
    assertThat(data.warnings()).isEqualTo(whole.warnings());
    assertThat(data.leftOut()).isEqualTo(whole.leftOut());
    assertThat(data.warnings()).anyMatch(warning -> warning.contains("2 sample rates"))
        .anyMatch(warning -> warning.contains("left out 50"));
    assertThat(onlyFile(cache())).isRegularFile();
  }

  /** Short clips of two rates, some bad; loading fails after so many. */
  private static AudioCorpus counted(int count, AtomicInteger loads, AtomicInteger last) {
    List<Clip> clips = IntStream.range(0, count).mapToObj(i -> clip(i, () -> {
      if (loads.incrementAndGet() > last.get()) {
        throw new IllegalStateException("the power went");
      }
      if (i % 25 == 3) {
        throw new InvalidInputException("clip" + i + ": no sound");
      }
      float[] samples = new float[600];
      for (int k = 0; k < samples.length; k++) {
        samples[k] = (float) Math.sin(k * (1 + i % 7));
      }
      return new Audio(samples, i % 3 == 0 ? 8000 : 16000);
    })).toList();
    return new AudioCorpus("clips", List.of("a", "b"), clips, "hash of " + count, List.of());
  }

  @Test
  void timeSeriesAreFeaturesAlready() {
    SeriesCorpus corpus = (SeriesCorpus) Corpora.open(TinyCorpus.series(dir));
    Dataset data = load(corpus, cache());
    assertThat(data.train()).isEqualTo(corpus.series().train());
    assertThat(data.validation()).isEqualTo(corpus.series().validation());
    assertThat(data.test()).isEqualTo(corpus.series().test());
    assertThat(data).returns(corpus.name(), Dataset::name).returns(corpus.labels(), Dataset::labels).returns(2, Dataset::channels)
        .returns(corpus.hash(), Dataset::hash);
    assertThat(cache()).doesNotExist();
  }

  @Test
  void threadsBelowOne() {
    assertThatThrownBy(() -> Datasets.load(commands(), SETTINGS, null, 0, Progress.SILENT))
        .isInstanceOf(InvalidInputException.class).hasMessage("threads 0, expected at least 1");
  }

  private Corpus commands() {
    return Corpora.open(TinyCorpus.speechCommands(dir.resolve("corpus"), 10, true, "up", "down"));
  }

  private Path cache() {
    return dir.resolve("cache");
  }

  private static Dataset load(Corpus corpus, Path cache) {
    return Datasets.load(corpus, SETTINGS, cache, 2, Progress.SILENT);
  }

  /** Clips of two classes that exist only in memory, the first ones bad. */
  private static AudioCorpus clips(int count, int bad) {
    List<Clip> clips = IntStream.range(0, count).mapToObj(i -> clip(i, () -> {
      if (i < bad) {
        throw new InvalidInputException("clip" + i + ": no sound");
      }
      return new Audio(new float[] {0.1f, -0.1f}, 16_000);
    })).toList();
    return new AudioCorpus("clips", List.of("a", "b"), clips, "0", List.of());
  }

  private static Clip clip(int i, Clip.Source source) {
    return new Clip("clip" + i, i % 2 == 0 ? "a" : "b", "", Split.values()[i / 2 % 3], source);
  }

  private static AudioCorpus with(AudioCorpus corpus, Clip clip) {
    List<Clip> clips = new ArrayList<>(corpus.clips());
    clips.add(clip);
    return new AudioCorpus(corpus.name(), corpus.labels(), clips, corpus.hash(), corpus.warnings());
  }

  private static byte[] flipped(byte[] bytes, int at) {
    byte[] copy = bytes.clone();
    copy[at] ^= 1;
    return copy;
  }

  private static Path onlyFile(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(1);
      return all.getFirst();
    }
  }

  /** Equal to the last bit; arrays within records do not compare by content. */
  private static void assertSame(Dataset actual, Dataset expected) {
    assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
  }
}
