// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.data.Split;

/** docs/make-asc35.sh, which makes the subset that our figures are of. */
class ArabicSubsetTest {
  @TempDir
  Path dir;
  private Path published;
  private Path subset;

  private record Ended(int code, String output) {}

  @BeforeEach
  void name() {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "SKIPPED: the script is for a POSIX shell, and there is no /bin/sh");
    published = dir.resolve("as published");
    subset = dir.resolve("asc35");
  }

  private Ended make(Object... folders) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("/bin/sh", Path.of("../docs/make-asc35.sh").toString()));
    Stream.of(folders).map(Object::toString).forEach(command::add);
    Path output = dir.resolve("output");
    int code = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start().waitFor();
    return new Ended(code, Files.readString(output));
  }

  @Test
  void takesItsWordsAndRoundsAndRenamesThem() throws Exception {
    TinyCorpus.arabic(published, 11, "zero", "ok", "zoom in", "record");
    Path first = published.resolve("dataset/zero/00000011_NO_01.wav");
    Files.copy(first, first.resolveSibling("00000011_NO_05.wav"));
    Files.copy(first, first.resolveSibling("00000011_NO_06.wav"));
    Files.copy(first, first.resolveSibling("00000011_NO_10.wav"));
    Files.writeString(published.resolve("LICENSE"), "CC BY 4.0");
    Ended made = make(published, subset);
    assertThat(made.output).contains("has the hash", "tag v1.0");
    assertThat(made.code).as("another dataset than that published").isEqualTo(1);
    assertThat(subset.toFile().list()).containsExactlyInAnyOrder("zero", "validation_list.txt", "testing_list.txt", "LICENSE");
    assertThat(subset.resolve("zero").toFile().list()).hasSize(23)
        .contains("00000001_nohash_0.wav", "0000000a_nohash_1.wav", "0000000b_nohash_4.wav");
    assertThat(subset.resolve("zero/0000000b_nohash_0.wav")).hasSameBinaryContentAs(first);
    assertThat(subset.resolve("validation_list.txt")).hasContent("zero/00000002_nohash_0.wav\nzero/00000002_nohash_1.wav");
    assertThat(subset.resolve("testing_list.txt")).hasContent("zero/0000000a_nohash_0.wav\nzero/0000000a_nohash_1.wav");
  }

  @Test
  void refusesOtherFoldersAndPlacesThatAreTaken() throws Exception {
    Files.createDirectories(published);
    assertThat(make(published, subset)).isEqualTo(
        new Ended(2, "make-asc35: no val.csv in " + published + "; give the folder of the dataset as published (tag v1.0)\n"));
    TinyCorpus.arabic(published, 11, "zero");
    Files.createDirectories(subset);
    assertThat(make(published, subset).output).startsWith("make-asc35: " + subset + " exists");
    assertThat(make(published).code).isEqualTo(2);
    assertThat(subset).isEmptyDirectory();
  }

  /** The published names are made of those of the subset; then the script has to give the subset back. */
  @Test
  @Tag("slow")
  void givesTheSubsetBack() throws Exception {
    Path real = RealData.find().map(data -> data.resolve("asc35")).filter(Files::isDirectory).orElse(null);
    assumeTrue(real != null, RealData.ABSENT);
    Map<Split, StringBuilder> tables = new TreeMap<>();
    for (Clip clip : ((AudioCorpus) Corpora.open(real)).clips()) {
      int round = Integer.parseInt(clip.id().replaceFirst(".*_nohash_(\\d+)\\.wav", "$1")) + 1;
      String file = "dataset/%s/%08d_NO_%02d.wav".formatted(clip.label(), Integer.parseInt(clip.speaker(), 16), round);
      Files.createDirectories(published.resolve(file).getParent());
      Files.copy(real.resolve(clip.id()), published.resolve(file));
      tables.computeIfAbsent(clip.split(), _ -> new StringBuilder("file,class")).append("\n").append(file).append(",").append(clip.label());
    }
    TinyCorpus.text(published.resolve("train.csv"), tables.get(Split.TRAIN).toString());
    TinyCorpus.text(published.resolve("val.csv"), tables.get(Split.VALIDATION).toString());
    TinyCorpus.text(published.resolve("test.csv"), tables.get(Split.TEST).toString());
    AudioCorpus corpus = (AudioCorpus) Corpora.open(published);
    assertThat(corpus.name()).isEqualTo("Arabic Speech Commands layout, 35 words, 30 speakers, split by its tables");
    assertThat(corpus.warnings()).isEmpty();
    Ended made = make(published, subset);
    assertThat(made.code).as(made.output).isZero();
  }
}
