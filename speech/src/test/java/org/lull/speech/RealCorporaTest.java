// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.Dataset;
import org.lull.data.Split;
import org.lull.train.Progress;

class RealCorporaTest {
  @TempDir
  Path cache;

  @Test
  void arabicSpeechCommands() {
    AudioCorpus corpus = (AudioCorpus) open("asc35");
    assertThat(corpus.name()).isEqualTo("Google Speech Commands layout, 35 words, split by its lists");
    assertThat(corpus.labels()).hasSize(35);
    assertThat(corpus.warnings()).isEmpty();
    assertSplits(corpus, 3150, 1050, 1050);
    assertThat(corpus.clips().stream().collect(Collectors.groupingBy(Clip::speaker,
        Collectors.mapping(Clip::split, Collectors.toSet()))).values()).hasSize(30).allSatisfy(splits -> assertThat(splits).hasSize(1));
  }

  @Test
  void googleSpeechCommands() {
    AudioCorpus corpus = (AudioCorpus) open("gsc10");
    assertThat(corpus.labels()).hasSize(30);
    assertThat(corpus.clips()).hasSize(300).allSatisfy(clip -> assertThat(clip.split()).isEqualTo(HashSplit.customary(clip.speaker())));
    assertThat(corpus.warnings()).hasSize(2).allSatisfy(warning -> assertThat(warning).contains("that are not there"));
    Dataset data = Datasets.load(corpus, LogMelSettings.preset("mel16"), cache, 2, Progress.SILENT);
    assertThat(data.train().size() + data.validation().size() + data.test().size()).isEqualTo(300);
    // What the corpus's lists say comes first; that the subset leaves some classes without a clip in a split is seen by the data set.
    assertThat(data.warnings()).hasSize(4).startsWith(corpus.warnings().toArray(String[]::new));
    assertThat(data.warnings().get(2))
        .isEqualTo("classes without a validation example: 1 of 30, 'cat'; the best epoch is chosen without them");
    assertThat(data.warnings().get(3)).startsWith("classes without a test example: 5 of 30, 'bed', ");
  }

  @Test
  void freeSpokenDigits() {
    AudioCorpus corpus = (AudioCorpus) open("fsdd");
    assertThat(corpus.name()).contains("10 digits, 6 speakers");
    assertThat(corpus.clips()).hasSize(3000);
    assertSplits(corpus, 2400, 300, 300);
  }

  @Test
  void japaneseVowels() {
    SeriesCorpus corpus = (SeriesCorpus) open("japanese_vowels");
    assertThat(corpus.name()).isEqualTo("time series in .ts form, JapaneseVowels: 12 channels, 9 classes");
    assertThat(corpus.series().train()).hasSize(216).allSatisfy(example -> assertThat(example.steps()).isBetween(7, 29));
    assertThat(corpus.series().validation()).hasSize(54);
    assertThat(corpus.series().test()).hasSize(370);
    assertThat(corpus.series().train().getFirst().frames()).startsWith(1.860936f, -0.207383f, 0.261557f);
  }

  private static Corpus open(String name) {
    Optional<Path> data = RealData.find().map(dir -> dir.resolve(name)).filter(Files::isDirectory);
    assumeTrue(data.isPresent(), RealData.ABSENT);
    return Corpora.open(data.get());
  }

  private static void assertSplits(AudioCorpus corpus, int train, int validation, int test) {
    assertThat(corpus.clips()).filteredOn(clip -> clip.split() == Split.TRAIN).hasSize(train);
    assertThat(corpus.clips()).filteredOn(clip -> clip.split() == Split.VALIDATION).hasSize(validation);
    assertThat(corpus.clips()).filteredOn(clip -> clip.split() == Split.TEST).hasSize(test);
  }
}
