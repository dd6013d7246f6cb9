// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.experiments.run.RunResult;
import org.lull.experiments.store.Json;

class RunSummaryTest {
  @TempDir
  Path dir;

  private static String network(double accuracy, long macs, long paperMacs, long pretraining, double micros) {
    return "{\"test_accuracy\": " + accuracy + ", \"training_macs\": " + macs + ", \"dense_training_macs\": 64000000000, \"reduction\": "
        + (macs == 0 ? "null" : "" + 64e9 / macs) + ", \"paper_training_macs\": " + paperMacs
        + ", \"paper_dense_training_macs\": 61000000000, \"pretraining_macs\": "
        + pretraining + ", \"step_micros\": " + micros + "}";
  }

  private static RunResult result(String dense, String delta, String speedup) {
    return Json.parse("{\"data\": \"words\", \"test_examples\": 1240, \"dense\": " + dense + ", \"delta\": " + delta + ", \"speedup\": "
        + speedup + "}", RunResult.class, "the result");
  }

  @Test
  void aComparisonIsThreeLinesOfEightyColumns() {
    RunResult result =
        result(network(0.9934, 64_000_000_000L, 61_000_000_000L, 0, 7810), network(0.983, 10_000_000_000L, 10_000_000_000L, 0,
            3120), "2.503");
    assertThat(RunSummary.figures(result, "clips").lines()).containsExactly(
        "accuracy  delta 98.3 ± 0.7 %, dense 99.3 ± 0.5 % (95 % error, 1240 test clips)",
        "cost      6.4 times fewer multiply-adds in training (as the paper counts: 6.1)",
        "speed     a training step is 2.5 times faster: delta 3.12 ms, dense 7.81 ms").allMatch(line -> line.length() <= 80);
  }

  @Test
  void pretrainingAndASlowerStepAreNotHidden() {
    RunResult result = result(network(0.5, 64_000_000_000L, 61_000_000_000L, 64_000_000_000L, 1000), network(0.5, 32_000_000_000L,
        30_500_000_000L, 64_000_000_000L, 1250), "0.8");
    assertThat(RunSummary.figures(result, "examples").lines()).containsExactly(
        "accuracy  delta 50.0 ± 2.8 %, dense 50.0 ± 2.8 % (95 % error, 1240 test examples)",
        "cost      2.0 times fewer multiply-adds in training (as the paper counts: 2.0; with the dense pretraining: 1.3)",
        "speed     a training step is 1.3 times slower: delta 1.25 ms, dense 1.00 ms");
  }

  @Test
  void oneNetworkAloneIsNotCompared() {
    RunResult dense = result(network(1, 64_000_000_000L, 61_000_000_000L, 0, 7810), "null", "null");
    assertThat(RunSummary.figures(dense, "clips").lines()).containsExactly("accuracy  dense 100.0 ± 0.2 % (95 % error, 1240 test clips)",
        "cost      64.0 billion multiply-adds in training", "speed     a training step takes 7.81 ms");
    RunResult delta = result("null", network(0.9, 10_000_000_000L, 10_000_000_000L, 0, 3120), "null");
    assertThat(RunSummary.figures(delta, "clips")).contains("delta 90.0", "6.4 times fewer", "takes 3.12 ms").doesNotContain("dense");
    RunResult silent = result("null", network(0.9, 0, 0, 0, 3120), "null");
    assertThat(RunSummary.figures(silent, "clips")).contains("nothing was transmitted").doesNotContain("Infinity", "NaN");
  }

  /** Wilson's interval, from its definition: the shares p with |measured - p| = 1.96 sqrt(p (1 - p) / n). */
  @ParameterizedTest
  @CsvSource({"0.5, 100", "0.98, 1240", "1, 1240", "0, 3", "0.2, 7"})
  void theErrorIsHalfOfWilsonsInterval(double share, int n) {
    double half = RunSummary.error(share, n);
    double z2 = 1.96 * 1.96 / n;
    double centre = (share + z2 / 2) / (1 + z2);
    for (double end : new double[] {centre - half, centre + half}) {
      assertThat((share - end) * (share - end)).isCloseTo(z2 * end * (1 - end), within(1e-12));
    }
  }

  @Test
  void theEndNamesTheFilesThereAre() throws Exception {
    Files.createFile(dir.resolve("model.safetensors"));
    Files.createFile(dir.resolve("curves.png"));
    Files.createFile(dir.resolve("metrics.jsonl"));
    assertThat(RunSummary.ending(dir, List.of("lull info x --details", "lull eval --model x")).lines())
        .containsExactly("saved     " + dir + ": model.safetensors, curves.png", "next      lull info x --details; lull eval --model x");
  }
}
