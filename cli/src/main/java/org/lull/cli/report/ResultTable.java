// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.util.Locale;
import java.util.function.Function;
import org.lull.experiments.run.RegressionErrors;
import org.lull.experiments.run.RunResult.ModelResult;
import org.lull.experiments.run.RunResult;

/** A run's result as a user reads it. */
public final class ResultTable {
  private ResultTable() {}

  /** @param cell name of the cell for humans, such as "LSTM" */
  public static String of(RunResult result, String cell) {
    return table(result, cell).toString();
  }

  /** A row for each figure, a column for each network. */
  public static Table table(RunResult result, String cell) {
    ModelResult any = result.delta() != null ? result.delta() : result.dense();
    Table table = new Table();
    row(table, result, "", "dense " + cell, "delta " + cell);
    if (any.errors() == null) {
      accuracies(table, result, any);
    } else {
      errors(table, result, any);
    }
    figures(table, result, "parameters", m -> String.format(Locale.ROOT, "%,d", m.parameters()));
    for (int layer = 0; layer < any.sparsity().layers().size(); layer++) {
      int l = layer;
      figures(table, result, "sparsity of delta-x, layer " + (l + 1), m -> percent(m.sparsity().layers().get(l).x()));
      figures(table, result, "sparsity of delta-h, layer " + (l + 1), m -> percent(m.sparsity().layers().get(l).h()));
    }
    figures(table, result, "sparsity of delta-x, test examples", m -> percent(m.testSparsity().x()));
    figures(table, result, "sparsity of delta-h, test examples", m -> percent(m.testSparsity().h()));
    figures(table, result, "multiply-adds of training", m -> macs(m.trainingMacs()));
    figures(table, result, "multiply-adds of the same steps, dense", m -> macs(m.denseTrainingMacs()));
    figures(table, result, "times fewer multiply-adds", m -> times(m.reduction()));
    figures(table, result, "times fewer, as the paper counts", m -> times(m.paperReduction()));
    if (any.pretrainingMacs() > 0) {
      figures(table, result, "times fewer, dense pretraining included", m -> times(m.wholeReduction()));
    }
    figures(table, result, "times fewer, pointwise work and head included", m -> times(m.fullReduction()));
    figures(table, result, "memory of the tape (kept for backward), at most", m -> bytes(m.memory().tape()));
    figures(table, result, "memory of the tape: activations", m -> bytes(m.memory().activations()));
    figures(table, result, "memory of the tape: lists of active entries",
        m -> m.memory().activeEntries() == 0 ? "" : bytes(m.memory().activeEntries()));
    figures(table, result, "memory of gradients", m -> bytes(m.memory().gradients()));
    figures(table, result, "time of a training step", m -> String.format(Locale.ROOT, "%.2f ms", m.stepMicros() / 1000));
    if (result.speedup() != null) {
      row(table, result, "times faster, a training step", "", times(result.speedup()));
    }
    return table;
  }

  private static void accuracies(Table table, RunResult result, ModelResult any) {
    figures(table, result, "test accuracy", m -> percent(m.testAccuracy()));
    if (result.from() != null) {
      figures(table, result, "test accuracy before, of the model given", _ -> percent(result.from().testAccuracy()));
    }
    if (any.validationAccuracy() != null) {
      figures(table, result, "validation accuracy", m -> percent(m.validationAccuracy()));
    }
  }

  /** Errors of regression, beside those of a predictor that has learned nothing but the mean. */
  private static void errors(Table table, RunResult result, ModelResult any) {
    RegressionErrors mean = result.meanPredictor();
    figures(table, result, "test error (RMSE)", m -> number(m.errors().testRmse()));
    if (result.from() != null) {
      figures(table, result, "the same before, of the model given", _ -> number(result.from().testRmse()));
    }
    figures(table, result, "the same, always predicting the mean", _ -> number(mean.testRmse()));
    figures(table, result, "test error (MSE)", m -> number(m.errors().testMse()));
    figures(table, result, "the same, always predicting the mean", _ -> number(mean.testMse()));
    figures(table, result, "test error (mean absolute)", m -> number(m.errors().testMae()));
    if (any.errors().validationRmse() != null) {
      figures(table, result, "validation error (RMSE)", m -> number(m.errors().validationRmse()));
    }
  }

  private static void figures(Table table, RunResult result, String what, Function<ModelResult, String> figure) {
    row(table, result, what, result.dense() == null ? "" : figure.apply(result.dense()),
        result.delta() == null ? "" : figure.apply(result.delta()));
  }

  private static void row(Table table, RunResult result, String what, String dense, String delta) {
    if (result.dense() == null) {
      table.row(what, delta);
    } else if (result.delta() == null) {
      table.row(what, dense);
    } else {
      table.row(what, dense, delta);
    }
  }

  private static String times(double factor) {
    return Double.isFinite(factor) ? String.format(Locale.ROOT, "%.1fx", factor) : "-";
  }

  public static String bytes(long bytes) {
    return bytes < 10_000_000 ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3) : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  /** A number of any size, to four digits. */
  public static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 1e4 && Math.abs(value) >= 1e-3 || value == 0 ? "%.4g" : "%.3e", value);
  }

  /** A share, or a dash if there is none. */
  public static String percent(Double share) {
    return share == null ? "-" : percent(share.doubleValue());
  }

  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  public static String macs(long macs) {
    return macs < 10_000_000_000L
        ? String.format(Locale.ROOT, "%.1f million", macs / 1e6)
        : String.format(Locale.ROOT, "%.1f billion", macs / 1e9);
  }
}
