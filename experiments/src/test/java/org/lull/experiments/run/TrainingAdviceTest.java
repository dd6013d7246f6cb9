// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lull.experiments.store.Json;
import org.lull.train.EpochRecord;

class TrainingAdviceTest {
  private static final String TRAIN = "lull train --data words";
  private static final Basis GOOD = new Basis(500_000, "no", 300, "yes", 200, 20, 8, 8);

  private static RunResult result(Basis basis, int n, Double dense, Double delta, double reduction) {
    return Json.parse("{\"data\": \"words\", \"test_examples\": " + n + ", \"basis\": " + Json.pretty(basis) + ", \"dense\": "
        + network(dense, 1) + ", \"delta\": " + network(delta, reduction) + "}", RunResult.class, "the result");
  }

  private static String network(Double accuracy, double reduction) {
    return accuracy == null ? "null" : "{\"test_accuracy\": " + accuracy + ", \"reduction\": " + reduction + "}";
  }

  private static List<EpochRecord> epochs(double... thresholds) {
    List<EpochRecord.Layer> layers = Arrays.stream(thresholds).mapToObj(theta -> new EpochRecord.Layer(0.8, 0.8, 0.9, theta))
        .toList();
    return List.of(new EpochRecord(1, 0.01, 1, 0.5, 1.0, 0.5, 1, 0.8, 0.8, 1, 6, layers));
  }

  private static List<String> advice(RunResult result, Map<String, String> options) {
    return TrainingAdvice.of(result, RunConfig.of(options), TRAIN, true, epochs(0.15, 0.15));
  }

  private static List<String> advice(RunResult result) {
    return advice(result, Map.of());
  }

  @Test
  void aGoodRunHasNone() {
    assertThat(advice(result(GOOD, 1000, 0.95, 0.94, 6))).isEmpty();
    assertThat(advice(result(GOOD, 1000, 0.95, null, 6))).isEmpty();
    assertThat(advice(result(GOOD, 1000, null, 0.5, 6))).isEmpty();
    RunResult regression = Json.parse("{\"test_examples\": 1000, \"dense\": {}, \"delta\": {}}", RunResult.class, "the result");
    assertThat(advice(regression)).isEmpty(); // no accuracies to compare
    assertThat(advice(result(null, 10, 0.95, 0.94, 6))).isEmpty(); // of an earlier version
  }

  @Test
  void aDeltaNetworkFarBelowTheDenseOneWantsLowerThresholds() {
    assertThat(advice(result(GOOD, 1000, 0.95, 0.88, 6))).containsExactly(
        "the delta network is 7.0 points below the dense one; to save less and lose less: lull train --data words --threshold 0.075");
    assertThat(advice(result(GOOD, 1000, 0.95, 0.88, 6), Map.of("threshold-x", "0.3", "hidden", "32", "augment", "false")))
        .singleElement().asString().endsWith("lull train --data words --no-augment --hidden 32 --threshold 0.075");
  }

  @Test
  void aBudgetIsLowered() {
    assertThat(advice(result(GOOD, 1000, 0.95, 0.88, 6), Map.of("target-reduction", "8"))).singleElement().asString()
        .endsWith(TRAIN + " --target-reduction 4.5");
    assertThat(advice(result(GOOD, 1000, 0.95, 0.88, 6), Map.of("target-sparsity", "0.9"))).singleElement().asString()
        .endsWith(TRAIN + " --target-sparsity 0.81");
  }

  /** 4 points of 100 clips may be chance, of 1000 they are not; 1.5 points are what a delta network costs. */
  @Test
  void chanceIsNotAdvisedOn() {
    assertThat(advice(result(GOOD, 100, 0.92, 0.88, 6))).isEmpty();
    assertThat(advice(result(GOOD, 1000, 0.92, 0.88, 6))).hasSize(1);
    assertThat(advice(result(GOOD, 100_000, 0.92, 0.905, 6))).isEmpty();
  }

  @Test
  void nothingIsLowerThanZero() {
    assertThat(TrainingAdvice.of(result(GOOD, 1000, 0.95, 0.88, 1), RunConfig.of(Map.of("threshold", "0")), TRAIN, true, epochs(0)))
        .isEmpty();
  }

  @Test
  void unequalClassesWantWeights() {
    Basis unequal = new Basis(500_000, "no", 301, "yes", 100, 20, 8, 8);
    assertThat(advice(result(unequal, 1000, 0.95, 0.94, 6))).containsExactly("class no has 301 training clips, yes only 100; to count all"
        + " classes the same: lull train --data words --class-weights balanced");
    assertThat(advice(result(unequal, 1000, 0.95, 0.94, 6), Map.of("class-weights", "balanced"))).isEmpty();
    assertThat(advice(result(new Basis(500_000, "no", 300, "yes", 100, 20, 8, 8), 1000, 0.95, 0.94, 6))).isEmpty();
  }

  @Test
  void fewTestExamplesWantSeveralSeeds() {
    assertThat(advice(result(GOOD, 99, 0.95, 0.94, 6), Map.of("seed", "7", "layers", "1"))).containsExactly("this rests on 99 test clips;"
        + " train with several seeds to see how far they differ: lull sweep --data words --layers 1 --over seed=1,2,3,4,5 --out seeds");
  }

  @Test
  void speakers() {
    assertThat(advice(result(new Basis(500_000, "no", 300, "yes", 200, 6, 6, 0), 1000, 0.95, 0.94, 6)))
        .containsExactly("the test clips are of 6 speakers, all heard in training too; expect less of other speakers");
    assertThat(advice(result(new Basis(500_000, "no", 300, "yes", 200, 6, 6, 2), 1000, 0.95, 0.94, 6)))
        .containsExactly("the test clips are of 6 speakers, 4 heard in training too; expect less of other speakers");
    assertThat(advice(result(new Basis(500_000, "no", 300, "yes", 200, 4, 1, 1), 1000, 0.95, 0.94, 6))).singleElement().asString()
        .startsWith("this rests on 4 speakers to train on and 1 to test with");
    assertThat(advice(result(new Basis(500_000, "no", 300, "yes", 200, null, null, null), 1000, 0.95, 0.94, 6))).isEmpty();
  }

  @Test
  void lowDefaultThresholdsSaveLittle() {
    RunResult small = result(GOOD, 1000, 0.95, 0.95, 1.4);
    assertThat(TrainingAdvice.of(small, RunConfig.defaults(), TRAIN, false, epochs(0.0138, 0.0138)))
        .containsExactly("the default thresholds are low because the training data is small or slow; to save more, at some loss of"
            + " accuracy: lull train --data words --threshold 0.041");
    assertThat(TrainingAdvice.of(small, RunConfig.of(Map.of("threshold", "0.01")), TRAIN, false, epochs(0.01, 0.01))).isEmpty();
    assertThat(TrainingAdvice.of(small, RunConfig.of(Map.of("target-reduction", "1.4")), TRAIN, false, epochs(0.01, 0.01))).isEmpty();
  }
}
