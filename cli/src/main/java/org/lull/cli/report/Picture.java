// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.awt.AWTError;
import java.awt.BasicStroke;
import java.awt.Color;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.speech.Ambient;
import org.lull.train.EpochRecord;

/** Figures as people would rather look at them: PNG files. */
public final class Picture {
  private static final Color DENSE = new Color(0x88, 0x88, 0x88);
  private static final Color DELTA = new Color(0x1F, 0x6F, 0xB4);
  private static final Color DELTA_H = new Color(0xD9, 0x6B, 0x1A);

  /** None is drawn as this many: the axis is logarithmic. */
  private static final double FEWEST = 0.1;

  private final Supplier<List<Chart<?, ?>>> charts; // beside each other; made when drawn, since even that needs a Java that can draw

  private Picture(Supplier<List<Chart<?, ?>>> charts) {
    this.charts = charts;
  }

  /**
   * Accuracy, of validation where there is one, and sparsity by epoch.
   *
   * @param dense epochs of the dense network, those of pretraining first; empty if there is none
   * @param delta epochs of the delta network, those of pretraining first; empty if there is none
   */
  public static Picture curves(List<EpochRecord> dense, List<EpochRecord> delta) {
    return new Picture(() -> curveCharts(dense, delta));
  }

  private static List<Chart<?, ?>> curveCharts(List<EpochRecord> dense, List<EpochRecord> delta) {
    boolean validated = Stream.concat(dense.stream(), delta.stream()).allMatch(epoch -> epoch.validationAccuracy() != null);
    XYChart accuracy = chart(validated ? "validation accuracy" : "training accuracy");
    line(accuracy, "dense", DENSE, dense.stream().map(EpochRecord::decidingAccuracy).toList());
    line(accuracy, "delta", DELTA, delta.stream().map(EpochRecord::decidingAccuracy).toList());
    return delta.isEmpty() ? List.of(accuracy) : List.of(accuracy, sparsityChart(delta));
  }

  private static XYChart sparsityChart(List<EpochRecord> delta) {
    XYChart sparsity = chart("sparsity of training");
    line(sparsity, "delta-x", DELTA, delta.stream().map(EpochRecord::sparsityX).toList());
    if (delta.stream().anyMatch(epoch -> epoch.sparsityH() > 0)) { // never so if the cell has no product with h
      line(sparsity, "delta-h", DELTA_H, delta.stream().map(EpochRecord::sparsityH).toList());
    }
    return sparsity;
  }

  /**
   * Root mean squared error of regression, of validation where there is one, and sparsity by epoch.
   *
   * @param error the error of an epoch from its loss, in the unit of the target
   */
  public static Picture errorCurves(List<EpochRecord> dense, List<EpochRecord> delta, UnaryOperator<Double> error) {
    return new Picture(() -> {
      boolean validated = Stream.concat(dense.stream(), delta.stream()).allMatch(epoch -> epoch.validationLoss() != null);
      XYChart errors = byEpoch((validated ? "validation" : "training") + " error (root mean squared)");
      errors.getStyler().setLegendPosition(LegendPosition.InsideNE);
      line(errors, "dense", DENSE, 1, dense.stream().map(EpochRecord::decidingLoss).map(error).toList());
      line(errors, "delta", DELTA, 1, delta.stream().map(EpochRecord::decidingLoss).map(error).toList());
      return delta.isEmpty() ? List.of(errors) : List.of(errors, sparsityChart(delta));
    });
  }

  private static XYChart byEpoch(String title) {
    XYChart chart = new XYChartBuilder().width(640).height(420).title(title).xAxisTitle("epoch").theme(ChartTheme.Matlab).build();
    chart.getStyler().setLocale(Locale.ROOT).setYAxisMin(0.0).setXAxisDecimalPattern("#").setXAxisMaxLabelCount(11)
        .setLegendPosition(LegendPosition.InsideSE);
    return chart;
  }

  private static XYChart chart(String title) {
    XYChart chart = byEpoch(title + ", %");
    chart.getStyler().setYAxisMax(100.0).setYAxisDecimalPattern("#");
    return chart;
  }

  private static void line(XYChart chart, String name, Color colour, List<Double> shares) {
    line(chart, name, colour, 100, shares);
  }

  private static void line(XYChart chart, String name, Color colour, double factor, List<Double> values) {
    if (values.isEmpty()) {
      return;
    }
    double[] epochs = IntStream.rangeClosed(1, values.size()).asDoubleStream().toArray();
    XYSeries series = chart.addSeries(name, epochs, values.stream().mapToDouble(value -> factor * value).toArray());
    series.setMarker(values.size() == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
    series.setMarkerColor(colour);
    series.setLineColor(colour);
    series.setLineStyle(new BasicStroke(2));
  }

  /** Misses against false alarms an hour, one point for each threshold: the detection error tradeoff. */
  public static Picture tradeoff(List<Ambient.Point> points) {
    return new Picture(() -> {
      XYChart chart = new XYChartBuilder().width(640).height(420).title("misses, %").xAxisTitle("false alarms an hour")
          .theme(ChartTheme.Matlab).build();
      chart.getStyler().setLocale(Locale.ROOT).setYAxisMin(0.0).setYAxisMax(100.0).setXAxisLogarithmic(true).setLegendVisible(false);
      double[] falseAlarms = points.stream().mapToDouble(point -> Math.max(FEWEST, point.falseAlarms())).toArray();
      XYSeries series = chart.addSeries("misses", falseAlarms, points.stream().mapToDouble(point -> 100 * point.misses()).toArray());
      series.setMarker(SeriesMarkers.CIRCLE);
      series.setMarkerColor(DELTA);
      series.setLineColor(DELTA);
      return List.of(chart);
    });
  }

  /**
   * A network, or the mean of several.
   *
   * @param macs multiply-adds of its training, above 0
   * @param accuracy or in regression its error
   * @param deviation of the accuracy; 0 of a single network
   */
  public record Place(double macs, double accuracy, double deviation) {}

  /**
   * Accuracy against operations.
   *
   * @param series by name, points each
   * @param front the points that no other is better than in both, in the order of their multiply-adds
   * @param whole whether the multiply-adds are those of all training, dense pretraining included
   */
  public static Picture pareto(Map<String, List<Place>> series, List<Place> front, boolean whole) {
    return new Picture(() -> List.of(paretoChart("test accuracy, %", 100, series, front, whole)));
  }

  /** The same for the errors of regression. */
  public static Picture paretoOfErrors(Map<String, List<Place>> series, List<Place> front, boolean whole) {
    return new Picture(() -> List.of(paretoChart("test error (root mean squared)", 1, series, front, whole)));
  }

  private static XYChart paretoChart(String title, double factor, Map<String, List<Place>> series, List<Place> front, boolean whole) {
    XYChart chart = new XYChartBuilder().width(800).height(520).title(title).theme(ChartTheme.Matlab)
        .xAxisTitle("1e9 multiply-adds of training, " + (whole ? "pretraining included" : "pretraining apart")).build();
    chart.getStyler().setLocale(Locale.ROOT).setXAxisMin(0.0).setXAxisDecimalPattern("#.###")
        .setYAxisDecimalPattern(factor == 1 ? "#.####" : "#.#").setLegendPosition(LegendPosition.OutsideE);
    if (!front.isEmpty()) {
      XYSeries line = places(chart, "Pareto front", factor, front, null);
      line.setMarker(SeriesMarkers.NONE);
      line.setLineColor(DENSE);
      line.setLineStyle(new BasicStroke(2));
    }
    series.forEach((name, places) -> {
      if (!places.isEmpty()) {
        XYSeries points = places(chart, name, factor, places, places.stream().mapToDouble(place -> factor * place.deviation).toArray());
        points.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
        points.setMarker(SeriesMarkers.CIRCLE);
      }
    });
    return chart;
  }

  private static XYSeries places(XYChart chart, String name, double factor, List<Place> places, double[] errorBars) {
    return chart.addSeries(name, places.stream().mapToDouble(place -> 1e-9 * place.macs).toArray(),
        places.stream().mapToDouble(place -> factor * place.accuracy).toArray(), errorBars);
  }

  /**
   * What was computed, frame by frame: a dot for each entry that fired. Where there is none, nothing was computed.
   *
   * @param title what the sequence is
   */
  public static Picture activity(String title, ActivityRaster raster) {
    return new Picture(() -> List.of(activityChart(title, raster)));
  }

  private static XYChart activityChart(String title, ActivityRaster raster) {
    int entries = raster.bands().stream().mapToInt(ActivityRaster.Band::entries).sum();
    int dot = entries > 400 ? 2 : 4;
    XYChart chart =
        new XYChartBuilder().width(Math.clamp(8L * raster.frames() + 320, 640, 2000)).height(Math.clamp(dot * entries + 100L, 420, 2000))
            .title(title).xAxisTitle("frame").yAxisTitle("entries").theme(ChartTheme.Matlab).build();
    chart.getStyler().setLocale(Locale.ROOT).setXAxisMin(0.0)
        .setXAxisMax((double) raster.frames() + 1).setYAxisMin(0.0).setYAxisMax((double) entries + 1).setXAxisMaxLabelCount(11)
        .setXAxisDecimalPattern("#")
        .setYAxisTicksVisible(false).setPlotGridLinesVisible(false).setLegendPosition(LegendPosition.OutsideE).setMarkerSize(dot);
    int top = entries; // the first band is the highest
    for (int k = 0; k < raster.bands().size(); k++) {
      ActivityRaster.Band band = raster.bands().get(k);
      List<Integer> frames = new ArrayList<>();
      List<Integer> rows = new ArrayList<>();
      for (int t = 0; t < raster.frames(); t++) {
        int first = top;
        int frame = t + 1;
        band.fired().get(t).stream().forEach(entry -> {
          frames.add(frame);
          rows.add(first - entry);
        });
      }
      top -= band.entries();
      String name = String.format(Locale.ROOT, "%s: %.0f %% of %d", band.name(), 100 * band.share(), band.entries());
      XYSeries series = frames.isEmpty() ? null : chart.addSeries(name, frames, rows);
      if (series != null) {
        series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
        series.setMarker(SeriesMarkers.SQUARE);
        Color color = k % 2 == 0 ? DELTA : DELTA_H; // x and h, darker from layer to layer
        for (int layer = 0; layer < k / 2; layer++) {
          color = color.darker();
        }
        series.setMarkerColor(color);
      }
    }
    return chart;
  }

  /** Points of a line by sparsity, a share each, with the figures of both charts. */
  public record SimulationPoint(double sparsity, double stepSpeedup, double matrixUtilisation) {}

  /** Speed-up of a step and use of the multipliers by sparsity, a line for each size and number of multipliers; real clips as points. */
  public static Picture simulation(Map<String, List<SimulationPoint>> lines) {
    return new Picture(() -> List.of(
        simulationChart("speed-up of a training step", lines, SimulationPoint::stepSpeedup),
        simulationChart("multipliers busy, %", lines, point -> 100 * point.matrixUtilisation())));
  }

  private static XYChart simulationChart(String title, Map<String, List<SimulationPoint>> lines, ToDoubleFunction<SimulationPoint> figure) {
    XYChart chart = new XYChartBuilder().width(640).height(420).title(title).xAxisTitle("sparsity, %").theme(ChartTheme.Matlab).build();
    chart.getStyler().setLocale(Locale.ROOT).setYAxisMin(0.0).setXAxisDecimalPattern("#").setYAxisDecimalPattern("#.#")
        .setLegendPosition(LegendPosition.OutsideS);
    lines.forEach((name, line) -> {
      XYSeries series = chart.addSeries(name, line.stream().mapToDouble(point -> 100 * point.sparsity()).toArray(),
          line.stream().mapToDouble(figure).toArray());
      series.setMarker(SeriesMarkers.CIRCLE);
    });
    return chart;
  }

  /**
   * An accuracy after a task.
   *
   * @param classes known then
   * @param deviation of the accuracy; 0 of a single network
   */
  public record Mark(int classes, double accuracy, double deviation) {}

  /** Accuracy by classes known: for each network a chart, and in it a line for each way to learn. */
  public static Picture byClasses(Map<String, Map<String, List<Mark>>> networks) {
    return new Picture(() -> networks.entrySet().stream().<Chart<?, ?>>map(network -> classChart(network.getKey(), network.getValue()))
        .toList());
  }

  private static XYChart classChart(String network, Map<String, List<Mark>> ways) {
    XYChart chart = new XYChartBuilder().width(800).height(520).title(network + ": accuracy on the classes known, %")
        .xAxisTitle("classes known").theme(ChartTheme.Matlab).build();
    chart.getStyler().setLocale(Locale.ROOT).setYAxisMin(0.0).setYAxisMax(100.0).setXAxisDecimalPattern("#").setYAxisDecimalPattern("#")
        .setLegendPosition(LegendPosition.OutsideS);
    ways.forEach((name, marks) -> {
      XYSeries series = chart.addSeries(name, marks.stream().mapToDouble(Mark::classes).toArray(),
          marks.stream().mapToDouble(mark -> 100 * mark.accuracy).toArray(), marks.stream().mapToDouble(mark -> 100 * mark.deviation)
              .toArray());
      series.setMarker(SeriesMarkers.CIRCLE);
      series.setLineStyle(new BasicStroke(2));
    });
    return chart;
  }

  /** Confusion matrix: a row for each class, the first on top, with the share of its examples taken for each class as shades. */
  public static Picture confusion(List<String> labels, int[][] confusion) {
    return new Picture(() -> List.of(confusionChart(labels, confusion)));
  }

  private static HeatMapChart confusionChart(List<String> labels, int[][] confusion) {
    int size = 260 + 30 * Math.min(labels.size(), 60);
    HeatMapChart chart = new HeatMapChartBuilder().width(size + 60).height(size).title("share of each class's examples, %")
        .xAxisTitle("taken for").yAxisTitle("class").theme(ChartTheme.Matlab).build();
    chart.getStyler().setShowValue(labels.size() <= 40).setHeatMapValueDecimalPattern("#").setMin(0).setMax(100)
        .setRangeColors(new Color[] {Color.WHITE, DELTA}).setXAxisLabelRotation(90).setPlotContentSize(1);
    List<Number[]> cells = new ArrayList<>();
    for (int k = 0; k < labels.size(); k++) {
      int all = Math.max(1, IntStream.of(confusion[k]).sum());
      for (int j = 0; j < labels.size(); j++) {
        if (confusion[k][j] > 0) {
          cells.add(new Number[] {j, labels.size() - 1 - k, 100.0 * confusion[k][j] / all});
        }
      }
    }
    chart.addSeries("share", labels, labels.reversed(), cells);
    return chart;
  }

  /**
   * Creates or replaces the file.
   *
   * @throws InvalidInputException where it cannot be written, or this Java cannot draw
   */
  public void write(Path file) {
    try {
      List<Chart<?, ?>> drawn = charts.get();
      AtomicFile.write(file, out -> BitmapEncoder.saveBitmap(drawn, 1, drawn.size(), out, BitmapFormat.PNG));
    } catch (LinkageError | AWTError | InternalError e) {
      throw new InvalidInputException("cannot draw " + file + ": this Java has no means to draw text (" + e.getMessage()
          + "); install fontconfig and a font such as DejaVu, or use a full JDK", e);
    }
  }
}
