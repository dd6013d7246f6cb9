// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.lull.cli.Cli.lull;
import static org.lull.cli.Cli.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.experiments.run.RunDirectory;

/** lull train --numeric fixed16, and lull simulate by the model of the schedule; the logic itself is tested in its own module. */
class SimulateCommandTest {
  @TempDir
  static Path dir;
  private static Path tones;
  private static Path run;
  private static JsonNode trained;

  @BeforeAll
  static void trainOnce() {
    tones = TinyData.tones(dir.resolve("tones"));
    run = dir.resolve("run");
    trained = train(tones, run, "--epochs", "3", "--threshold", "0.2", "--numeric", "fixed16", "--json").succeeds().json();
  }

  private static Cli simulate(Object... more) {
    Object[] args = new Object[more.length + 5];
    System.arraycopy(new Object[] {"simulate", "--simulator", "schedule", "--cache", dir.resolve("cache")}, 0, args, 0, 5);
    System.arraycopy(more, 0, args, 5, more.length);
    return lull(args);
  }

  @Test
  void aModelIsMeasuredInTheNumbersItWasTrainedIn() {
    Object[] eval = {"eval", "--model", run, "--data", tones, "--cache", dir.resolve("cache"), "--split", "validation", "--json"};
    JsonNode integers = lull(eval).succeeds().json();
    assertThat(integers.get("accuracy")).isEqualTo(trained.get("delta").get("validation_accuracy"));
    Object[] inFloats = Arrays.copyOf(eval, eval.length + 2);
    inFloats[eval.length] = "--numeric";
    inFloats[eval.length + 1] = "float32";
    JsonNode floats = lull(inFloats).succeeds().json();
    assertThat(floats.get("loss").doubleValue()).isNotEqualTo(integers.get("loss").doubleValue())
        .isCloseTo(integers.get("loss").doubleValue(), within(0.02));
  }

  @Test
  void theSameBytesAtAnyNumberOfThreads() throws Exception {
    train(tones, dir.resolve("again"), "--epochs", "3", "--threshold", "0.2", "--numeric", "fixed16", "--threads", "3").succeeds();
    for (String file : new String[] {RunDirectory.MODEL, RunDirectory.DENSE_MODEL}) {
      assertThat(dir.resolve("again").resolve(file)).hasSameBinaryContentAs(run.resolve(file));
    }
  }

  @Test
  void aStepOfRealClips() {
    Cli cli = simulate("--model", run, "--data", tones, "--clips", 3, "--lanes", 8, "--dram-bytes", 4, "--json").succeeds();
    JsonNode result = cli.json();
    assertThat(result.get("simulator").textValue()).isEqualTo("schedule");
    assertThat(result.get("sizes").textValue()).isEqualTo("16-8-8");
    assertThat(result.get("sequences").intValue()).isEqualTo(3);
    assertThat(result.get("bit_exact").isNull()).isTrue();
    assertThat(result.get("compared").longValue()).isZero();
    assertThat(result.get("cycles").longValue()).isLessThan(result.get("dense_cycles").longValue());
    assertThat(result.get("step_speedup").doubleValue())
        .isEqualTo(result.get("dense_cycles").doubleValue() / result.get("cycles").doubleValue());
    assertThat(result.get("streamed_cycles").longValue()).isGreaterThan(result.get("cycles").longValue());
    assertThat(result.get("memory").get("weights_read").longValue())
        .isLessThan(result.get("dense_memory").get("weights_read").longValue());
    assertThat(simulate("--model", run, "--data", tones, "--clips", 3, "--lanes", 8).succeeds().out())
        .contains("16-8-8", "multipliers busy");
  }

  @Test
  void aSweepHasARowForEachAndAPicture() {
    Path picture = dir.resolve("sweep.png");
    JsonNode rows = simulate("--sweep", "--lanes", "8,16", "--size", 16, "--sparsity", "0,0.75", "--steps", 16, "--sequences", 2,
        "--model", run, "--data", tones, "--picture", picture, "--json").succeeds().json().get("rows");
    assertThat(rows).hasSize(6);
    for (JsonNode row : rows) {
      assertThat(row.get("matrix_utilisation").doubleValue()).isBetween(0.3, 1.0);
      assertThat(row.get("bit_exact").isNull()).isTrue();
    }
    assertThat(rows.get(0).get("step_speedup").doubleValue()).isEqualTo(1);
    assertThat(rows.get(1).get("step_speedup").doubleValue()).isBetween(2.0, 4.0);
    assertThat(rows.get(1).get("sparsity_x").doubleValue()).isEqualTo(0.75);
    assertThat(rows.get(1).get("sparsity_h").doubleValue()).isCloseTo(0.75, within(0.05));
    assertThat(rows.get(2).get("source").textValue()).isEqualTo("real");
    assertThat(Files.exists(picture)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "--sweep --lanes 12          | lanes: 12      | 4, 8, 16, 32 or 64",
      "--sweep --lanes 128         | lanes: 128     | 64",
      "--sweep --lanes 0           | lanes: 0       | 64",
      "--sweep --size 20 --lanes 8,32 | size: 20   | a multiple of 8",
      "--sweep --lanes 16,12       | lanes: 12      | 4, 8, 16, 32 or 64",
      "--sweep --dram-bytes 8      | --dram-bytes   | --model",
      "--model MODEL --lanes 64    | hidden units: 8 | a multiple of 16",
      "--sweep --size 5000         | size: 5000     | 1024",
      "--sweep --sparsity 1        | sparsity: 1.0  | below 1",
      "--sweep --steps 1           | steps: 1       | 2 to",
      "--sweep --together 3        | together: 3    | 1 or 2",
      "--sweep --lr 0              | learning rate: 0.0 | above 0",
      "--sweep --lr 1e-9 --size 16 | learning rate 1.0E-9 | shifts of the update",
      "--sweep --dram-latency 9    | --dram-latency 9 | --dram-bytes",
      "--sweep --dram-bytes -1     | bandwidth      | -1.0",
      "--sweep --sequences 0       | sequences: 0   | 1 to",
      "--clips 8                   | --model        | --sweep",
      "--picture x.png --model x   | --picture      | --sweep"})
  void whatCannotBeSimulatedIsRefused(String options, String value, String expected) {
    simulate((Object[]) options.strip().replace("MODEL", run.toString()).split(" +")).isMistake(value, expected);
  }

  @ParameterizedTest
  @CsvSource({"gru", "rnn"})
  void otherCellsAreRefused(String cell) {
    train(tones, dir.resolve("none"), "--cell", cell, "--numeric", "fixed16").isMistake("fixed16", "lstm", cell, "float32");
    assertThat(dir.resolve("none")).doesNotExist();
    Path other = dir.resolve(cell);
    train(tones, other, "--cell", cell, "--delta").succeeds();
    simulate("--model", other, "--data", tones).isMistake("lstm", cell);
  }

  @Test
  void otherNumbersAreRefused() {
    train(tones, dir.resolve("none"), "--numeric", "int8").isMistake("int8", "float32 or fixed16");
  }
}
