// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.page;

import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.lull.train.EpochRecord;

/** How figures went from epoch to epoch. */
final class EpochCharts {
  private static final String EPOCH = "epoch";

  private EpochCharts() {}

  /**
   * All charts for which there are figures.
   *
   * @param dense epochs of the dense network; empty if there is none
   * @param delta epochs of the delta network; empty if there is none
   */
  static List<DomContent> of(List<EpochRecord> dense, List<EpochRecord> delta) {
    boolean classes = Stream.concat(dense.stream(), delta.stream()).anyMatch(epoch -> epoch.trainAccuracy() != null);
    Chart loss = both(new Chart(classes ? "loss (cross-entropy)" : "squared error (targets normalised)", EPOCH, "#.###"), dense, delta,
        EpochRecord::trainLoss, EpochRecord::validationLoss);
    Chart accuracy = both(new Chart("accuracy, %", EPOCH, "#"), dense, delta, epoch -> percent(epoch.trainAccuracy()),
        epoch -> percent(epoch.validationAccuracy()));
    Chart sparsity = new Chart("entries that did not fire, %", EPOCH, "#").range(0, 100);
    line(sparsity, "x", Chart.DELTA, delta, epoch -> 100 * epoch.sparsityX());
    line(sparsity, "h", Chart.DELTA_H, delta, epoch -> 100 * epoch.sparsityH());
    Chart thresholds = new Chart("thresholds", EPOCH, "#.####");
    int layers = delta.stream().mapToInt(epoch -> epoch.layers().size()).max().orElse(0);
    int first = layers > 1 ? 2 : 0; // the colours of x and h are those of all layers
    for (int layer = 0; layer < layers; layer++) {
      int l = layer;
      int colour = first + 2 * layer;
      if (layers > 1) {
        layerLine(sparsity, "x, layer " + (layer + 1), colour, delta, l, of -> 100 * of.sparsityX());
        layerLine(sparsity, "h, layer " + (layer + 1), colour + 1, delta, l, of -> 100 * of.sparsityH());
      }
      layerLine(thresholds, "x, layer " + (layer + 1), colour, delta, l, EpochRecord.Layer::thresholdX);
      layerLine(thresholds, "h, layer " + (layer + 1), colour + 1, delta, l, EpochRecord.Layer::thresholdH);
    }
    Chart saved = new Chart("multiply-adds: dense / computed", EPOCH, "#.#");
    line(saved, "delta", Chart.DELTA, delta, epoch -> epoch.denseMacs() / (double) epoch.macs());
    Chart rate = new Chart("learning rate", EPOCH, "#.######");
    rate.line("dense", Chart.DENSE, Chart.SOLID, epochs(dense), figures(dense, EpochRecord::learningRate));
    rate.line("delta", Chart.DELTA, Chart.DASHED, epochs(delta), figures(delta, EpochRecord::learningRate));
    Chart norm = new Chart("norm of the gradient, before clipping", EPOCH, "#.###");
    line(norm, "dense", Chart.DENSE, dense, EpochRecord::gradientNorm);
    line(norm, "delta", Chart.DELTA, delta, EpochRecord::gradientNorm);
    return Stream.of(loss, accuracy, sparsity, thresholds, saved, rate, norm).filter(chart -> !chart.isEmpty()).map(Chart::svg).toList();
  }

  private static Chart both(Chart chart, List<EpochRecord> dense, List<EpochRecord> delta, Function<EpochRecord, Double> training,
      Function<EpochRecord, Double> validation) {
    line(chart, "dense", Chart.DENSE, dense, validation);
    line(chart, "delta", Chart.DELTA, delta, validation);
    chart.line("dense, training", Chart.DENSE, Chart.DASHED, epochs(dense), figures(dense, training));
    chart.line("delta, training", Chart.DELTA, Chart.DASHED, epochs(delta), figures(delta, training));
    return chart;
  }

  private static void line(Chart chart, String name, java.awt.Color colour, List<EpochRecord> records,
      Function<EpochRecord, Double> figure) {
    chart.line(name, colour, Chart.SOLID, epochs(records), figures(records, figure));
  }

  /** Of the epochs that have figures of layers. */
  private static void layerLine(Chart chart, String name, int colour, List<EpochRecord> records, int layer,
      Function<EpochRecord.Layer, Double> figure) {
    List<EpochRecord> known = records.stream().filter(record -> record.layers().size() > layer).toList();
    chart.line(name, Chart.COLOURS.get(colour % Chart.COLOURS.size()), Chart.DASHED, epochs(known),
        figures(known, record -> figure.apply(record.layers().get(layer))));
  }

  private static List<Integer> epochs(List<EpochRecord> records) {
    return records.stream().map(EpochRecord::epoch).toList();
  }

  /** Null where there is none. */
  private static List<Double> figures(List<EpochRecord> records, Function<EpochRecord, Double> figure) {
    List<Double> figures = new ArrayList<>();
    records.forEach(record -> figures.add(figure.apply(record)));
    return figures;
  }

  private static Double percent(Double share) {
    return share == null ? null : (Double) (100 * share);
  }
}
