// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IncrementalCommandTest {
  @TempDir
  static Path folder;
  private static Path corpus;

  @BeforeAll
  static void corpus() {
    corpus = TinyData.tones(folder.resolve("tones"));
  }

  private static Cli incremental(Path out, Object... more) {
    List<Object> args =
        new ArrayList<>(List.of("incremental", "--data", corpus, "--out", out, "--cache", folder.resolve("cache"), "--start",
            2, "--step", 1, "--orders", 2, "--pretrain-epochs", 1, "--epochs", 2, "--task-epochs", 2, "--hidden", 8, "--layers", 1,
            "--jobs", 2));
    args.addAll(List.of(more));
    return Cli.lull(args.toArray());
  }

  @Test
  void methodsAreComparedAndOthersAddedLaterAndNothingIsTrainedTwice() throws IOException {
    Path out = folder.resolve("growing");
    JsonNode first = incremental(out, "--methods", "joint,balanced", "--batch", "4", "--json").succeeds().json();
    assertThat(StreamSupport.stream(first.get("families").spliterator(), false).map(family -> family.get("method").asText() + " "
        + family.get("network").asText()).toList()).containsExactly("joint dense", "joint delta", "balanced dense", "balanced delta");
    JsonNode balanced = first.at("/families/3");
    assertThat(balanced.get("orders").asInt()).isEqualTo(2);
    assertThat(balanced.get("accuracy")).hasSize(2);
    assertThat(balanced.at("/matrix/1")).hasSize(2);
    assertThat(balanced.at("/to_joint/mean").isNumber()).isTrue();
    assertThat(balanced.at("/to_dense/mean").isNumber()).isTrue();
    assertThat(balanced.at("/matrices_saved/mean").asDouble()).isBetween(0.05, 1.0);
    assertThat(first.at("/families/2/matrices_saved/mean").asDouble()).isZero();

    Path point = out.resolve("points/order=1,delta,balanced,memory=10percent,batch=4.json");
    String before = Files.readString(point);
    Files.delete(out.resolve("points/order=2,delta,balanced,memory=10percent,batch=4.json")); // as if it had been cut off
    Files.writeString(point, before.replace("\"exemplars\" : ", "\"exemplars\" : 100")); // to be recognised
    JsonNode second = incremental(out, "--methods", "balanced,finetune", "--batch", "4", "--json").succeeds().json();
    assertThat(second.get("families")).hasSize(6);
    assertThat(second.at("/families").findValuesAsText("method")).contains("finetune", "joint");
    assertThat(Files.readString(point)).contains("\"exemplars\" : 100");
    assertThat(out.resolve("points/order=2,delta,balanced,memory=10percent,batch=4.json")).exists();
    assertThat(Files.readAllBytes(out.resolve("incremental.png"))).startsWith(0x89, 'P', 'N', 'G');

    Cli.lull("incremental", "--data", corpus, "--out", out, "--start", 2, "--step", 1, "--no-cache").isMistake("holds other experiments",
        "hidden", "--out");
  }

  /** Also within a training: it goes on from its checkpoint, and all ends the same. */
  @Test
  void whatWasCutOffGoesOn() throws Exception {
    Object[] options = {"incremental", "--data", corpus, "--no-cache", "--start", 2, "--step", 1, "--orders", 1, "--pretrain-epochs", 0,
        "--epochs", 300, "--task-epochs", 1, "--hidden", 8, "--layers", 1, "--methods", "joint,balanced", "--jobs", 1, "--out"};
    Path cut = folder.resolve("cut");
    Process process = Cli.start(folder.resolve("output"), with(options, cut));
    Path checkpoints = cut.resolve("checkpoints");
    while (!Files.exists(checkpoints) || names(checkpoints).isEmpty()) {
      assertThat(process.waitFor(5, TimeUnit.MILLISECONDS)).as("ended by itself").isFalse();
    }
    process.destroyForcibly().waitFor();
    assertThat(cut.resolve("results.json")).doesNotExist();
    Cli.lull(with(options, cut)).succeeds();
    assertThat(checkpoints).doesNotExist();
    Path whole = folder.resolve("whole");
    Cli.lull(with(options, whole)).succeeds();
    for (String file : List.of("results.json", "starts/order=1,delta.safetensors", "starts/order=1,dense.safetensors")) {
      assertThat(cut.resolve(file)).as(file).hasSameBinaryContentAs(whole.resolve(file));
    }
  }

  /** Also while a network learns task after task. */
  @Test
  void whatWasCutOffInATaskGoesOn() throws Exception {
    Object[] options = {"incremental", "--data", corpus, "--no-cache", "--start", 2, "--step", 1, "--orders", 1, "--pretrain-epochs", 0,
        "--epochs", 1, "--task-epochs", 500, "--hidden", 8, "--layers", 1, "--methods", "balanced", "--batch", 4, "--delta", "--jobs", 1,
        "--out"};
    Path cut = folder.resolve("cut in a task");
    Process process = Cli.start(folder.resolve("output of a task"), with(options, cut));
    Path checkpoint = cut.resolve("checkpoints/order=1,delta,balanced,memory=10percent,batch=4/classes-3.safetensors");
    while (!Files.exists(checkpoint)) {
      assertThat(process.waitFor(5, TimeUnit.MILLISECONDS)).as("ended by itself").isFalse();
    }
    process.destroyForcibly().waitFor();
    assertThat(cut.resolve("results.json")).doesNotExist();
    Cli.lull(with(options, cut)).succeeds();
    assertThat(cut.resolve("checkpoints")).doesNotExist();
    Path whole = folder.resolve("whole task");
    Cli.lull(with(options, whole)).succeeds();
    assertThat(cut.resolve("results.json")).hasSameBinaryContentAs(whole.resolve("results.json"));
  }

  private static Object[] with(Object[] options, Path out) {
    return Stream.concat(Stream.of(options), Stream.of(out)).toArray();
  }

  private static List<Path> names(Path dir) throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      return files.filter(file -> file.toString().endsWith(".safetensors")).toList();
    }
  }

  @Test
  void theTableAndTheMatricesAreForPeople() {
    Cli shown =
        Cli.lull("incremental", "--data", corpus, "--out", folder.resolve("table"), "--cache", folder.resolve("cache"), "--start", 2,
            "--step", 1, "--orders", 1, "--pretrain-epochs", 0, "--epochs", 1, "--task-epochs", 1, "--hidden", 8, "--methods",
            "icarl,joint,discriminant",
            "--memory", "50%", "--batch", 1, "--delta", "--matrix");
    shown.succeeds();
    assertThat(shown.out()).contains("minus joint", "icarl", "joint", "at 3", "discriminant, memory 50%, % of each",
        "icarl, memory 50%, batch 1, % of each task's classes", "1-2");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"--memory 120% | memory \"120%\"", "--memory much | memory \"much\"",
      "--methods icarl,magic | method \"magic\" is unknown; choose icarl", "--batch 0 | batch: 0", "--schedule 5+5x5 | schedule \"5+5x5\"",
      "--start 3 | 3 classes", "--dense --delta | exclude each other"})
  void mistakesAreALine(String options, String message) {
    List<Object> args = new ArrayList<>(List.of("incremental", "--data", corpus, "--out", folder.resolve("none"), "--no-cache"));
    args.addAll(List.of(options.split(" ")));
    Cli.lull(args.toArray()).isMistake(message);
    assertThat(folder.resolve("none")).doesNotExist();
  }
}
