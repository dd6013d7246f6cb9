package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.Model;
import org.lull.continual.ExemplarFile;

class LearnCommandTest {
  @TempDir static Path folder;
  private static Path corpus;
  private static Path known;
  private static Path run;

  @BeforeAll
  static void train() {
    corpus = TinyData.tones(folder.resolve("tones"));
    known = folder.resolve("known");
    for (int i = 0; i < 10; i++) {
      TinyData.tone(known.resolve("high/clip" + i + ".wav"), 300 + 7 * i, TinyData.RATE);
      TinyData.tone(known.resolve("low/clip" + i + ".wav"), 1200 + 7 * i, TinyData.RATE);
    }
    run = folder.resolve("run");
    Cli.train(known, run, "--layers", 1, "--epochs", 15, "--batch", 4).succeeds();
  }

  private static Cli learn(Path model, Path into, Object... more) {
    List<Object> args = new ArrayList<>(List.of("learn", "--model", model, "--run", into, "--no-cache", "--threads", 1));
    args.addAll(Arrays.asList(more));
    return Cli.lull(args.toArray());
  }

  @Test
  void aModelLearnsAClassAndThenOneMoreFromWhatItKept() {
    byte[] before = TinyData.bytesOf(run.resolve("model.safetensors"));
    Path more = folder.resolve("more");
    JsonNode first = learn(run, more, "--data", corpus, "--classes", "middle", "--batch", 2, "--memory", "50%", "--json").succeeds().json();
    assertThat(first.get("classes").asInt()).isEqualTo(3);
    assertThat(first.get("old_before").isNumber()).isTrue();
    assertThat(first.get("new_after").isNumber()).isTrue();
    assertThat(first.get("macs").asLong()).isLessThan(first.get("dense_macs").asLong());
    assertThat(first.get("matrix_words").asLong()).isLessThan(first.get("dense_matrix_words").asLong());
    assertThat(Model.load(more.resolve("model.safetensors")).labels()).containsExactly("high", "low", "middle");
    assertThat(ExemplarFile.read(more.resolve("exemplars.log"))).extracting(exemplar -> exemplar.label()).contains(0, 1, 2);
    assertThat(TinyData.bytesOf(run.resolve("model.safetensors"))).as("the old model").isEqualTo(before);

    Path word = folder.resolve("recordings");
    for (int i = 0; i < 10; i++) {
      TinyData.tone(word.resolve(i + ".wav"), 5000 + 11 * i, TinyData.RATE);
    }
    Path most = folder.resolve("most");
    Cli second = learn(more, most, "--add", "top=" + word, "--batch", 1, "--epochs", 3).succeeds();
    assertThat(second.out()).contains("accuracy on old classes", "energy, estimated");
    assertThat(Model.load(most.resolve("model.safetensors")).labels()).containsExactly("high", "low", "middle", "top");
    assertThat(Model.load(most.resolve("model.safetensors")).provenance().options()).containsEntry("learned", "top");
    Cli.lull("info", most).succeeds();
    learn(more, most, "--add", "top=" + word).isMistake("most", "--run");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"--threads 1 | nothing to learn", "--classes middle | --classes needs --data",
      "--add high=nowhere | knows already", "--add top=nowhere | no folder nowhere", "--add top=nowhere --method magic | is unknown",
      "--add =nowhere | --add =nowhere: label", "--add top | expected WORD=FOLDER", "--add top= | expected WORD=FOLDER",
      "--add top=a --add top=b | gives 'top' twice, with a and b", "--add gr\u00FCn=a --add gru\u0308n=b | twice, with a and b",
      "--add top=a --add \u00A0top=b | twice", "--add \u00A0high=a | knows already", "--add \u00A0=a | nothing but white space",
      "--add a\u0001b=a | control character", "--data nowhere --classes ,x | label"})
  void mistakesAreALine(String options, String message) {
    List<Object> args = new ArrayList<>(List.of("learn", "--model", run, "--run", folder.resolve("none"), "--no-cache"));
    args.addAll(List.of(options.split(" ")));
    Cli.lull(args.toArray()).isMistake(message);
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void aWordThatDiffersFromAKnownOneByCaseAloneIsSaid() {
    Cli learn = learn(run, folder.resolve("none"), "--add", "High=nowhere");
    learn.isMistake("no folder nowhere");
    assertThat(learn.err()).contains("warning: classes that differ only by case or white space: 2, the first 'high' and 'High'");
  }

  @Test
  void withoutExemplarsOrTheirCorpusNothingIsLearned() {
    learn(run, folder.resolve("none"), "--add", "top=" + known.resolve("low")).isMistake("no exemplars", "--data");
    assertThat(Files.exists(folder.resolve("none"))).isFalse();
  }
}
