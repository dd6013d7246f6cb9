// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.sweep;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;
import org.lull.experiments.run.RunResult.ModelResult;
import org.lull.experiments.run.RunResult;
import org.lull.experiments.run.Statistic;

/**
 * The results of a sweep, as in {@value SweepDirectory#RESULTS}.
 *
 * @param points results of each network
 * @param families statistics over networks that differ only in the seed
 */
public record SweepResults(String data, String dataHash, List<Axis> grid, SortedMap<String, String> options, List<PointResult> points,
    List<Family> families) {
  private static final String NOT_TRAINED = "not trained";

  /**
   * One network.
   *
   * @param options values of the axes
   * @param control name of the dense network it is compared with; null for a dense network
   * @param failure reason why it has no result; null if it has one
   */
  public record PointResult(String name, String network, Map<String, String> options, String control, String failure, Figures result) {
    private <T> T figure(Function<Figures, T> figure) {
      return result == null ? null : figure.apply(result);
    }
  }

  /**
   * The figures of one network; see {@link ModelResult}.
   *
   * @param testAccuracy null in regression, which has errors instead
   * @param difference of its test accuracy, or in regression of its test error, to its control's; null if it has none
   * @param sparsityH null if the cell has no product with h
   * @param pretrainingMacs of the dense epochs before; not among the others
   * @param wholeReduction of all training from scratch, dense pretraining included
   * @param targetMet null where no budget was given
   * @param stepMicros null where it was not timed
   * @param testRmse root mean squared error on the test examples, in the unit of the target; null for classes
   * @param validationRmse likewise, on the validation examples
   */
  public record Figures(Double testAccuracy, Double validationAccuracy, Double difference, double sparsityX, Double sparsityH,
      long trainingMacs, long denseTrainingMacs, long pretrainingMacs, double reduction, double paperReduction, double wholeReduction,
      double fullReduction, Boolean targetMet, Double stepMicros, @JsonInclude(JsonInclude.Include.NON_NULL) Double testRmse,
      @JsonInclude(JsonInclude.Include.NON_NULL) Double validationRmse) {}

  /**
   * Statistics over networks that differ only in the seed.
   *
   * @param runs number of networks with a result
   * @param targetsMet number of these that met their budget; null without a budget
   */
  public record Family(String network, Map<String, String> options, int runs, Statistic testAccuracy, Statistic validationAccuracy,
      Statistic difference, Statistic sparsityX, Statistic sparsityH, Statistic trainingMacs, Statistic pretrainingMacs,
      Statistic reduction, Statistic paperReduction, Statistic wholeReduction, Statistic fullReduction, Integer targetsMet,
      Statistic stepMicros, @JsonInclude(JsonInclude.Include.NON_NULL) Statistic testRmse,
      @JsonInclude(JsonInclude.Include.NON_NULL) Statistic validationRmse) {}

  /** Reads the results of all points that have one. */
  public static SweepResults of(SweepIdentity sweep, SweepDirectory directory) {
    Map<String, String> failures = directory.failures();
    List<Point> points = new Grid(sweep.grid()).points();
    Map<Point, ModelResult> models = new LinkedHashMap<>();
    points.stream().filter(directory::isFinished).forEach(point -> models.put(point, model(directory.result(point))));
    Map<Point, Map<Point, List<PointResult>>> families = new LinkedHashMap<>(); // those with one control beside each other
    List<PointResult> results = new ArrayList<>();
    for (Point point : points) {
      ModelResult model = models.get(point);
      Figures figures = model == null ? null
          : figures(model, point.dense() ? null : models.get(point.control()), directory.file(point).timed());
      PointResult result = new PointResult(point.name(), point.network(), point.options(), point.dense() ? null : point.control().name(),
          figures == null ? failures.getOrDefault(point.name(), NOT_TRAINED) : null, figures);
      results.add(result);
      families.computeIfAbsent(point.control().family(), _ -> new LinkedHashMap<>())
          .computeIfAbsent(point.family(), _ -> new ArrayList<>()).add(result);
    }
    return new SweepResults(sweep.data(), sweep.dataHash(), sweep.grid(), sweep.options(), results,
        families.values().stream().flatMap(compared -> compared.entrySet().stream())
            .map(family -> family(family.getKey(), family.getValue())).toList());
  }

  private static ModelResult model(RunResult result) {
    return result.delta() == null ? result.dense() : result.delta();
  }

  private static Figures figures(ModelResult model, ModelResult control, boolean timed) {
    return new Figures(model.testAccuracy(), model.validationAccuracy(), control == null ? null
        : (Double) (quality(model) - quality(control)), model.sparsity().x(), model.sparsity().h(), model.trainingMacs(),
        model.denseTrainingMacs(), model.pretrainingMacs(), model.denseTrainingMacs() / (double) model.trainingMacs(),
        model.paperReduction(), model.wholeReduction(), model.fullReduction(),
        model.target() == null ? null : (Boolean) model.target().met(), timed ? (Double) model.stepMicros() : null,
        model.errors() == null ? null : (Double) model.errors().testRmse(),
        model.errors() == null ? null : model.errors().validationRmse());
  }

  /** What networks are compared by: their accuracy, or in regression their error. */
  private static double quality(ModelResult model) {
    return model.errors() == null ? model.testAccuracy() : model.errors().testRmse();
  }

  private static Family family(Point family, List<PointResult> results) {
    List<Boolean> targets = results.stream().map(point -> point.figure(Figures::targetMet)).filter(Objects::nonNull).toList();
    return new Family(family.network(), family.options(), (int) results.stream().filter(point -> point.result != null).count(),
        statistic(results, Figures::testAccuracy), statistic(results, Figures::validationAccuracy),
        statistic(results, Figures::difference), statistic(results, Figures::sparsityX), statistic(results, Figures::sparsityH),
        statistic(results, f -> (double) f.trainingMacs), statistic(results, f -> (double) f.pretrainingMacs),
        statistic(results, Figures::reduction), statistic(results, Figures::paperReduction),
        statistic(results, Figures::wholeReduction), statistic(results, Figures::fullReduction),
        targets.isEmpty() ? null : (Integer) (int) targets.stream().filter(met -> met).count(), statistic(results, Figures::stepMicros),
        statistic(results, Figures::testRmse), statistic(results, Figures::validationRmse));
  }

  private static Statistic statistic(List<PointResult> results, Function<Figures, Double> figure) {
    return Statistic.of(results.stream().map(point -> point.figure(figure)).toList());
  }

  /** Whether numbers were predicted, so that there are errors instead of accuracies. */
  @JsonIgnore
  public boolean isRegression() {
    return families.stream().anyMatch(family -> family.testRmse != null);
  }

  /** Warnings about points without a result. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    points.stream().filter(point -> point.failure != null && !point.failure.equals(NOT_TRAINED))
        .forEach(point -> warnings.add(point.name + ": training stopped: " + point.failure));
    long left = points.stream().filter(point -> NOT_TRAINED.equals(point.failure)).count();
    if (left > 0) {
      warnings.add(left + " of " + points.size() + " points are not trained; the options that the sweep was begun with train them");
    }
    return warnings;
  }

  /** A warning about budgets that were not met. */
  public Optional<String> missedTargets() {
    List<String> missed = points.stream().filter(point -> Boolean.FALSE.equals(point.figure(Figures::targetMet))).map(PointResult::name)
        .toList();
    return missed.isEmpty() ? Optional.empty()
        : Optional.of("not within a twentieth of the target: " + String.join("; ", missed) + "; reductions have what was reached");
  }
}
