// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lull.cli.Cli.lull;
import static org.lull.cli.TinyData.bytesOf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.experiments.run.RunDirectory;

/** lull train --resume. */
class ResumeCommandTest {
  private static final String[] OPTIONS = {"--epochs", "3", "--pretrain-epochs", "2", "--target-reduction", "3", "--batch", "16",
      "--checkpoint-every", "1"};

  @TempDir
  static Path shared;
  private static Path series;
  private static Path whole;

  @TempDir
  Path dir;

  @BeforeAll
  static void makeRun() {
    series = TinyData.series(shared.resolve("series"));
    whole = shared.resolve("whole");
    Cli run = Cli.train(series, whole, (Object[]) OPTIONS).succeeds();
    assertThat(run.err()).containsPattern("\\d+ checkpoints took \\d+\\.\\d+ s, \\d+\\.\\d % of the time");
  }

  private Path run() {
    return dir.resolve("run");
  }

  private Cli resume(Object... more) {
    return lull(Stream.concat(Stream.of("train", "--resume", run(), "--timing", 0, "--threads", 1), Stream.of(more)).toArray());
  }

  private static void assertSame(Path run, Path expected) throws IOException {
    for (String file : List.of("model.safetensors", "dense.safetensors", "metrics.jsonl", "curves.png")) {
      assertThat(bytesOf(run.resolve(file))).as(file).isEqualTo(bytesOf(expected.resolve(file)));
    }
    assertThat(untimed(run)).isEqualTo(untimed(expected));
  }

  private static JsonNode untimed(Path run) throws IOException {
    ObjectNode result = (ObjectNode) Cli.parse(Files.readString(run.resolve("result.json")));
    result.remove(List.of("speedup", "threads"));
    Stream.of("dense", "delta").map(result::get).filter(JsonNode::isObject).forEach(network -> {
      ((ObjectNode) network).remove("step_micros");
      ((ObjectNode) network.get("memory")).remove(List.of("tape", "activations", "active_entries"));
    });
    return result;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  /** Makes of the whole run what is left of one that was killed after the last step but one of a phase. */
  private void killed(String phase) throws IOException {
    copy(whole, run());
    Path checkpoints = run().resolve("checkpoints");
    List<String> phases = List.of("pretrain", "dense", "delta");
    int at = phases.indexOf(phase);
    for (String later : phases.subList(at, phases.size())) {
      Files.deleteIfExists(checkpoints.resolve(later + ".safetensors"));
      if (!later.equals(phase)) {
        Files.deleteIfExists(checkpoints.resolve(later + ".previous.safetensors"));
      }
    }
    Path noted = checkpoints.resolve("settings.json");
    TinyData.text(noted, Files.readString(noted).replaceAll("\"completed_epochs\" : 3", "\"completed_epochs\" : null"));
    Files.delete(run().resolve("result.json"));
    Files.delete(run().resolve("curves.png"));
    if (at < 2) {
      Files.delete(run().resolve("model.safetensors"));
    }
    String lines = Files.readString(run().resolve("metrics.jsonl"));
    int end = lines.indexOf("\"phase\":\"" + phase) + 30; // within a line
    TinyData.text(run().resolve("metrics.jsonl"), lines.substring(0, end));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pretrain", "dense", "delta"})
  void aRunGoesOnToTheSameBytes(String phase) throws IOException {
    killed(phase);
    Cli resumed = resume().succeeds();
    assertThat(resumed.err()).contains("going on from the one before it, " + phase + ".previous.safetensors", "finished after");
    assertSame(run(), whole);
    Cli again = resume().succeeds();
    assertThat(again.err()).contains(run() + " is complete; give --epochs with more than 3");
    assertThat(resumed.out()).startsWith(again.out());
  }

  @Test
  void theSameOptionsMayBeGivenAgainAndOtherThreads() throws IOException {
    killed("delta");
    Cli resumed = lull("train", "--resume", run(), "--timing", 0, "--threads", 2, "--hidden", 8, "--epochs", 3, "--data", series,
        "--pretrain-epochs", 2, "--no-cache", "--json").succeeds();
    assertThat(resumed.json().get("delta").get("epochs").intValue()).isEqualTo(3);
    assertSame(run(), whole);
  }

  @Test
  void otherOptionsAreRefusedByName() throws IOException {
    killed("delta");
    byte[] metrics = bytesOf(run().resolve("metrics.jsonl"));
    lull("train", "--run", run()).isMistake("exists and is not empty", "go on with it by --resume " + run());
    resume("--hidden", 9).isMistake("--hidden 9 beside --resume", run() + " was begun with 8");
    resume("--epochs", 2).isMistake("--epochs 2 beside --resume", "begun with 3", "as many or more");
    resume("--threshold-x", "0.1").isMistake("--threshold-x [0.1] beside --resume", "begun with none");
    resume("--no-augment").isMistake("--augment false beside --resume");
    resume("--quick").isMistake("--quick beside --resume", "begun without");
    resume("--config", TinyData.text(dir.resolve("other.toml"), "hidden = 9\n")).isMistake("--hidden 9 beside --resume");
    resume("--dense").isMistake("--dense beside --resume", "both networks");
    resume("--run", dir.resolve("other")).isMistake("--run and --resume exclude each other");
    resume("--checkpoint-every", 0).isMistake("--checkpoint-every 0");
    resume("--data", TinyData.tones(dir.resolve("tones"))).isMistake("is other data than " + run());
    lull("train", "--resume", dir.resolve("none")).isMistake("cannot go on with", "give the directory of a run");
    try (RunDirectory _ = RunDirectory.resume(run())) {
      resume().isMistake("another run is at work in " + run());
    }
    assertThat(bytesOf(run().resolve("metrics.jsonl"))).isEqualTo(metrics);
    resume().succeeds();
    assertSame(run(), whole);
  }

  @Test
  void aRunIsTrainedFurther() throws IOException {
    Object[] constant = {"--schedule", "constant", "--batch", "16"};
    Cli.train(series, run(), Stream.concat(Stream.of(constant), Stream.of("--epochs", "2")).toArray()).succeeds();
    Path longer = dir.resolve("longer");
    Cli.train(series, longer, Stream.concat(Stream.of(constant), Stream.of("--epochs", "4")).toArray()).succeeds();
    Cli extended = resume("--epochs", 4).succeeds();
    assertThat(extended.err()).doesNotContain("warning");
    assertSame(run(), longer);
    assertThat(resume("--epochs", 4).succeeds().err()).contains("is complete; give --epochs with more than 4");
  }

  @Test
  void aCosineIsSaidToBeAnotherCurve() throws IOException {
    copy(whole, run());
    assertThat(resume("--epochs", 4).succeeds().err()).contains("warning: ", "curve of 4 epochs", "the budget is of all epochs");
    assertThat(Files.readAllLines(run().resolve("metrics.jsonl"))).hasSize(2 + 4 + 4);
  }

  @Test
  void damageIsSaid() throws IOException {
    killed("delta");
    Path dense = run().resolve("checkpoints/dense.safetensors");
    byte[] bytes = bytesOf(dense);
    bytes[bytes.length / 2] ^= 1;
    TinyData.bytes(dense, bytes);
    assertThat(resume().succeeds().err()).contains("dense.safetensors is damaged", "the one before it, dense.previous.safetensors");
    assertSame(run(), whole);
    TinyData.text(run().resolve("checkpoints/settings.json"), "{\"options\":{}}");
    resume().isMistake("settings.json is damaged");
  }

  private Process start(Object... options) throws IOException {
    List<Object> args = new ArrayList<>(List.of("train", "--data", series, "--run", run(), "--hidden", 8, "--timing", 0, "--threads", 1,
        "--no-cache"));
    args.addAll(List.of(options));
    return Cli.start(dir.resolve("output"), args.toArray());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aProcessThatWasEndedGoesOn(boolean killed) throws Exception {
    Object[] options = {"--epochs", "120", "--dense", "--batch", "16"};
    Process process = start(options);
    while (!Files.exists(run().resolve("checkpoints/dense.safetensors"))) {
      assertThat(process.waitFor(10, TimeUnit.MILLISECONDS)).as("ended by itself").isFalse();
    }
    if (killed) {
      process.destroyForcibly().waitFor();
    } else {
      process.destroy(); // as Ctrl-C does, but for the signal
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(dir.resolve("output")).content().contains("lull: stopped before the end; the best weights so far are in",
          "go on with lull train --resume " + run()).doesNotContain("\tat ");
    }
    resume().succeeds();
    Path expected = dir.resolve("expected");
    Cli.train(series, expected, options).succeeds();
    for (String file : List.of("model.safetensors", "metrics.jsonl")) {
      assertThat(bytesOf(run().resolve(file))).as(file).isEqualTo(bytesOf(expected.resolve(file)));
    }
    assertThat(untimed(run())).isEqualTo(untimed(expected));
  }
}
