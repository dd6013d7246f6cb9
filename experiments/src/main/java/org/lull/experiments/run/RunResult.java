// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.lull.Model;
import org.lull.TrainingResult;
import org.lull.cost.MemoryUse;
import org.lull.cost.OperationCount;
import org.lull.cost.OperationCounts;
import org.lull.cost.Varies;
import org.lull.network.Mode;
import org.lull.network.NetworkSpec;
import org.lull.train.Budget;
import org.lull.train.EpochRecord;
import org.lull.train.Evaluation;
import org.lull.train.History;

/**
 * What a run ends with; the command line writes it as result.json.
 *
 * @param data what was recognised
 * @param basis what the accuracies rest on; null in results of earlier versions
 * @param from the model that the training started from; null if it started from initial weights
 * @param dense the dense network, or null if it was not asked for
 * @param delta the delta network, or null
 * @param meanPredictor in regression, the errors of always predicting the mean of the training targets, to judge the others by; null for
 *     classes
 * @param batch examples of a training step
 * @param threads that computed
 * @param kernels what they computed with, as {@link org.lull.kernel.Kernels#description} has it
 * @param speedup time of a dense training step over that of a delta one, measured in turn on the same batches of training
 *     examples; null if only one was trained
 */
public record RunResult(String data, int trainExamples, int validationExamples, int testExamples, Basis basis,
    @JsonInclude(JsonInclude.Include.NON_NULL) Start from, ModelResult dense, ModelResult delta,
    @JsonInclude(JsonInclude.Include.NON_NULL) RegressionErrors meanPredictor, int batch,
    @Varies("as asked for") int threads, @Varies("what the machine has") String kernels, @Varies("measured") Double speedup) {

  /**
   * The model that a training started from, on the same test examples.
   *
   * @param fingerprint see {@link Model#fingerprint}
   * @param mode "dense" or "delta"
   * @param data what it was trained on
   * @param testAccuracy in its mode; null in regression
   * @param testRmse in regression, the root mean squared error; null for classes
   */
  public record Start(String fingerprint, String mode, String data, @JsonInclude(JsonInclude.Include.NON_NULL) Double testAccuracy,
      @JsonInclude(JsonInclude.Include.NON_NULL) Double testRmse) {
    static Start of(Model model, Evaluation test) {
      return new Start(model.fingerprint(), model.mode().name().toLowerCase(Locale.ROOT), model.provenance().data(),
          model.isRegression() ? null : (Double) test.accuracy(), model.isRegression() ? (Double) test.rmse() : null);
    }
  }

  /**
   * One trained network.
   *
   * @param testAccuracy on the test examples, which nothing was chosen by; null in regression
   * @param validationAccuracy of the best epoch, whose weights were kept; null where there are no examples for validation,
   *     and in regression
   * @param errors in regression, those of the predicted numbers; null for classes
   * @param parameters as PyTorch counts them
   * @param epochs how many ran, pretraining not among them
   * @param bestEpoch counted from 1, pretraining included
   * @param sparsity of the training steps
   * @param testSparsity of the forward pass over the test examples
   * @param trainingMacs multiply-adds of the three products in all its training steps, counted; dense pretraining is not among them
   * @param denseTrainingMacs what those steps cost densely
   * @param reduction denseTrainingMacs / trainingMacs
   * @param paperTrainingMacs the same multiply-adds as the paper's cost model counts them ({@link OperationCounts#paperTotal})
   * @param paperDenseTrainingMacs what those steps cost densely by that model
   * @param pretrainingMacs multiply-adds of the dense phase before
   * @param otherMacs what the same steps cost beside the three products, in multiply-adds: the cells' pointwise stages, the delta encoder
   *     and the head
   * @param fullReduction reduction with that work counted on either side; the dense network has no encoder
   * @param target what the thresholds were moved for; null where they were given
   * @param operations multiply-adds of its training by layer and product, the lowest layer first; null in files of earlier versions
   * @param confusion of the test examples, [true class][predicted class]; empty in regression, null in files of earlier versions
   * @param memory the most that the arrays of its training took
   * @param stepMicros median time of a training step, microseconds
   */
  @JsonIgnoreProperties(value = {"whole_reduction", "paper_reduction"}, allowGetters = true) // which follow from the others
  @JsonPropertyOrder({"test_accuracy", "validation_accuracy", "errors", "parameters", "epochs", "best_epoch", "sparsity", "test_sparsity",
      "training_macs", "dense_training_macs", "reduction", "whole_reduction", "paper_reduction"}) // otherwise as Java lists methods
  public record ModelResult(Double testAccuracy, Double validationAccuracy,
      @JsonInclude(JsonInclude.Include.NON_NULL) RegressionErrors errors, long parameters, int epochs, int bestEpoch, Sparsity sparsity,
      Sparsity testSparsity, long trainingMacs, long denseTrainingMacs, double reduction, long paperTrainingMacs,
      long paperDenseTrainingMacs, long pretrainingMacs, long otherMacs, double fullReduction, Target target,
      List<LayerOperations> operations, List<List<Integer>> confusion, MemoryUse memory,
      @Varies("measured") double stepMicros) {
    /** {@link #reduction} of all training from scratch, dense pretraining included. */
    @JsonProperty("whole_reduction")
    public double wholeReduction() {
      return (denseTrainingMacs + pretrainingMacs) / (double) (trainingMacs + pretrainingMacs);
    }

    /** {@link #reduction} by the paper's cost model. */
    @JsonProperty("paper_reduction")
    public double paperReduction() {
      return paperDenseTrainingMacs / (double) paperTrainingMacs;
    }

    /** @param budget that the thresholds were moved for; null where they were given */
    static ModelResult of(TrainingResult trained, Budget budget, double stepMicros) {
      NetworkSpec spec = trained.model().spec();
      boolean regression = trained.model().isRegression();
      boolean isDelta = trained.model().mode() == Mode.DELTA;
      History fit = trained.fit();
      OperationCounts operations = fit.operations();
      long macs = operations.total();
      long denseMacs = operations.denseTotal();
      OperationCount any = operations.layer(0);
      long head = spec.headMacs(any.backwardSequences(), any.backwardSteps());
      long other = head + operations.sum(count -> count.pointwise(isDelta));
      long otherOfDense = head + operations.sum(count -> count.pointwise(false));
      return new ModelResult(regression ? null : (Double) trained.test().accuracy(), fit.best().validationAccuracy(),
          regression ? RegressionErrors.of(trained) : null, spec.parameters(), fit.epochs().size(),
          fit.best().epoch(), Sparsity.of(operations), Sparsity.of(trained.test().operations()), macs, denseMacs,
          denseMacs / (double) macs, operations.paperTotal(), operations.paperDenseTotal(),
          trained.pretraining().stream().mapToLong(EpochRecord::macs).sum(), other,
          (denseMacs + otherOfDense) / (double) (macs + other), budget == null ? null : Target.of(budget, operations),
          LayerOperations.of(operations), confusion(trained.test()), fit.memory(), stepMicros);
    }

    private static List<List<Integer>> confusion(Evaluation test) {
      return Arrays.stream(test.confusion()).map(row -> Arrays.stream(row).boxed().toList()).toList();
    }

    /** The same with the confusions of other examples. */
    public ModelResult withConfusion(Evaluation test) {
      return new ModelResult(testAccuracy, validationAccuracy, errors, parameters, epochs, bestEpoch, sparsity, testSparsity, trainingMacs,
          denseTrainingMacs, reduction, paperTrainingMacs, paperDenseTrainingMacs, pretrainingMacs, otherMacs, fullReduction, target,
          operations, confusion(test), memory, stepMicros);
    }
  }

  /**
   * Multiply-adds of the products of one layer in training, and what they cost densely. By the paper's cost model the transposed product
   * costs what the weight gradient costs.
   *
   * @param layer counted from 0 at the input
   */
  public record LayerOperations(int layer, long forward, long transposed, long weightGradient, long denseForward, long denseTransposed,
      long denseWeightGradient) {
    static List<LayerOperations> of(OperationCounts counts) {
      return IntStream.range(0, counts.size()).mapToObj(layer -> {
        OperationCount count = counts.layer(layer);
        return new LayerOperations(layer, count.forward(), count.transposed(), count.weightGradient(), count.denseForward(),
            count.denseTransposed(), count.denseWeightGradient());
      }).toList();
    }
  }

  /**
   * A budget and what became of it.
   *
   * @param kind "sparsity" or "reduction"
   * @param reached the figure of the whole phase
   * @param met whether that is within a twentieth of the budget
   */
  public record Target(String kind, double value, double reached, boolean met) {
    static Target of(Budget budget, OperationCounts counts) {
      double reached = budget.reached(counts);
      return new Target(budget.kind().name().toLowerCase(Locale.ROOT), budget.value(), reached, budget.isMet(reached));
    }
  }

  /**
   * Shares of entries that did not fire, of all layers and of each, the lowest first.
   *
   * @param h null if the cell has no product with h, so that h has no entries that could fire
   * @param all of x and h together
   */
  public record Sparsity(double x, Double h, double all, List<LayerSparsity> layers) {
    public static Sparsity of(OperationCounts counts) {
      boolean hasH = counts.sum(OperationCount::entriesH) > 0;
      return new Sparsity(counts.sparsityX(), hasH ? (Double) counts.sparsityH() : null, counts.sparsity(),
          IntStream.range(0, counts.size()).mapToObj(layer -> new LayerSparsity(layer, counts.layer(layer).sparsityX(),
              hasH ? (Double) counts.layer(layer).sparsityH() : null)).toList());
    }
  }

  /** Of one layer, counted from 0 at the input. */
  public record LayerSparsity(int layer, double x, Double h) {}
}
