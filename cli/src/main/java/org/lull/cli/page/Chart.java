// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.page;

import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.i;
import static j2html.TagCreator.rawHtml;
import static j2html.TagCreator.span;
import static j2html.TagCreator.text;

import j2html.tags.DomContent;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** A chart as SVG, small enough to be read on a phone; the colours suit a light and a dark page. */
final class Chart {
  static final Color DENSE = new Color(0x80, 0x80, 0x80);
  static final Color DELTA = new Color(0x2F, 0x86, 0xD6);
  static final Color DELTA_H = new Color(0xE0, 0x76, 0x2A);
  /** One after another, where series have no meaning of their own. None is grey: that is the dense network. */
  static final List<Color> COLOURS = List.of(DELTA, DELTA_H, new Color(0x3C, 0xA0, 0x5A), new Color(0xB0, 0x5C, 0xC4),
      new Color(0xC9, 0xA2, 0x27), new Color(0xD6, 0x45, 0x5D), new Color(0x2A, 0xA8, 0xA8), new Color(0xA0, 0x6A, 0x4A));

  static final BasicStroke SOLID = new BasicStroke(2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
  static final BasicStroke DASHED = new BasicStroke(1.6f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10f, new float[] {5, 4}, 0);
  static final BasicStroke DOTTED = new BasicStroke(1.8f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10f, new float[] {2, 2}, 0);

  private static final XYSeriesRenderStyle SCATTER = XYSeriesRenderStyle.Scatter;
  private static final int WIDTH = 440;
  private static final int HEIGHT = 270;
  private static final Color LINE = new Color(0x80, 0x80, 0x80);
  private static final Color GRID = new Color(0x80, 0x80, 0x80, 0x40);
  /** Stands for the colour of the page's text: the letters are outlines, which report.css gives that colour by this one. */
  private static final Color TEXT = new Color(1, 2, 3);
  private static final Color NOTHING = new Color(0, 0, 0, 0);
  /** Of a line; more would not be seen and make the file large. */
  private static final int MOST_POINTS = 400;
  /** As many points have a tick each. */
  private static final int MOST_TICKS = 10;
  /** Between the ticks of the axis of x, in pixels; XChart goes a good third below it to come to round numbers. */
  private static final int TICK_SPACING = 50;

  private final String title;
  private final XYChart chart;
  private final Map<String, Key> legend = new LinkedHashMap<>();

  /** Of a line in the legend: its look, and the names of all lines that lie there. */
  private record Key(String css, List<String> names) {
    DomContent html() {
      return span(i().withStyle(css), text(String.join(" = ", names)));
    }
  }

  /** @param yPattern of the numbers at the axis, as {@link java.text.DecimalFormat} has them */
  Chart(String title, String xTitle, String yPattern) {
    this.title = title;
    chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).xAxisTitle(xTitle).build();
    style(chart.getStyler(), yPattern);
  }

  private static void style(XYStyler style, String yPattern) {
    style.setXAxisDecimalPattern("#.###").setYAxisDecimalPattern(yPattern).setXAxisTickMarkSpacingHint(TICK_SPACING);
    style.setPlotGridLinesColor(GRID).setPlotGridLinesStroke(new BasicStroke(1)).setAxisTickMarksColor(LINE);
    style.setAxisTitleFont(font(Font.PLAIN, 12)).setAxisTickLabelsFont(font(Font.PLAIN, 12)).setAxisTickLabelsColor(TEXT);
    style.setXAxisTitleColor(TEXT).setYAxisTitleColor(TEXT);
    style.setPlotBackgroundColor(NOTHING).setPlotBorderColor(LINE).setChartBackgroundColor(NOTHING).setChartPadding(4);
    style.setChartTitleBoxVisible(false).setChartTitleFont(font(Font.BOLD, 14));
    style.setChartFontColor(TEXT);
    style.setLocale(Locale.ROOT);
    style.setLegendVisible(false); // stands below, as text that wraps
  }

  private static Font font(int style, int size) {
    return new Font(Font.SANS_SERIF, style, size);
  }

  /** Fixes the ends of the axis of y. */
  Chart range(double low, double high) {
    chart.getStyler().setYAxisMin(low).setYAxisMax(high);
    return this;
  }

  /** A logarithmic axis of y. */
  Chart logarithmic() {
    chart.getStyler().setYAxisLogarithmic(true);
    return this;
  }

  /**
   * Adds a line through those points whose y is a finite number. Where another line has the same points, the legend alone gets the name:
   * one line would hide the other.
   */
  Chart line(String name, Color colour, BasicStroke stroke, List<? extends Number> x, List<? extends Number> y) {
    XYSeries series = add(name, x, y, null);
    Optional<XYSeries> same = series == null ? Optional.empty() : same(series);
    if (same.isPresent()) {
      chart.removeSeries(series.getName());
      legend.get(same.get().getName()).names().add(series.getName());
      return this;
    }
    if (series != null) {
      series.setMarker(series.getXData().length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
      style(series, colour).setLineStyle(stroke);
      key(series.getName(), colour, stroke == DASHED ? "dashed" : stroke == DOTTED ? "dotted" : "solid");
    }
    return this;
  }

  private Optional<XYSeries> same(XYSeries series) {
    return chart.getSeriesMap().values().stream().filter(other -> other != series && other.getXYSeriesRenderStyle() != SCATTER
        && Arrays.equals(other.getXData(), series.getXData()) && Arrays.equals(other.getYData(), series.getYData())).findFirst();
  }

  /** Adds points, with bars for their deviations. */
  Chart points(String name, Color colour, List<? extends Number> x, List<? extends Number> y, List<? extends Number> deviations) {
    XYSeries series = add(name, x, y, deviations);
    if (series != null) {
      style(series, colour).setXYSeriesRenderStyle(SCATTER).setMarker(SeriesMarkers.CIRCLE);
      key(series.getName(), colour, "dotted");
    }
    return this;
  }

  private void key(String name, Color colour, String line) {
    String css = String.format(Locale.ROOT, "border-top:3px %s #%06x", line, colour.getRGB() & 0xFFFFFF);
    legend.put(name, new Key(css, new ArrayList<>(List.of(name))));
  }

  private static XYSeries style(XYSeries series, Color colour) {
    series.setMarkerColor(colour);
    series.setLineColor(colour);
    return series;
  }

  private XYSeries add(String name, List<? extends Number> x, List<? extends Number> y, List<? extends Number> deviations) {
    List<double[]> points = new ArrayList<>();
    for (int i = 0; i < y.size(); i++) {
      if (y.get(i) != null && Double.isFinite(y.get(i).doubleValue()) && !(isLogarithmic() && y.get(i).doubleValue() <= 0)) {
        points.add(new double[] {x.get(i).doubleValue(), y.get(i).doubleValue(), deviations == null ? 0 : deviations.get(i).doubleValue()});
      }
    }
    if (points.isEmpty()) {
      return null;
    }
    List<double[]> shown = new ArrayList<>();
    int every = (points.size() + MOST_POINTS - 1) / MOST_POINTS;
    for (int i = 0; i < points.size(); i++) {
      if (i % every == 0 || i == points.size() - 1) {
        shown.add(points.get(i));
      }
    }
    if (shown.size() > MOST_TICKS) {
      // of points at equal distances XChart gives so many a tick that labels touch; of others it chooses round numbers
      shown.get(1)[0] += 1e-3;
    }
    String unique = name;
    for (int i = 2; isNamed(unique); i++) {
      unique = name + " (" + i + ")";
    }
    return chart.addSeries(unique, column(shown, 0), column(shown, 1), deviations == null ? null : column(shown, 2));
  }

  private boolean isNamed(String name) {
    return legend.values().stream().anyMatch(key -> key.names().contains(name));
  }

  private boolean isLogarithmic() {
    return chart.getStyler().isYAxisLogarithmic();
  }

  private static double[] column(List<double[]> points, int column) {
    return points.stream().mapToDouble(point -> point[column]).toArray();
  }

  boolean isEmpty() {
    return legend.isEmpty();
  }

  /** The chart as part of a page. */
  DomContent svg() {
    return div(rawHtml(draw()), div(each(legend.values(), Key::html)).withClass("legend")).withClass("chart");
  }

  private String draw() {
    SVGGeneratorContext context = SVGGeneratorContext.createDefault(document());
    context.setPrecision(2);
    context.setComment(null);
    SVGGraphics2D graphics = new SVGGraphics2D(context, false);
    chart.paint(graphics, WIDTH, HEIGHT);
    Element root = graphics.getRoot();
    root.setAttribute("viewBox", "0 0 " + WIDTH + " " + HEIGHT);
    root.setAttribute("role", "img");
    root.setAttribute("aria-label", title);
    SvgTidy.tidy(root);
    StringWriter text = new StringWriter();
    try {
      graphics.stream(root, text, false, false);
    } catch (IOException e) {
      throw new IllegalStateException(e); // a string has room
    }
    String svg = text.toString();
    return svg.substring(svg.indexOf("<svg")); // without the head of an XML document
  }

  private static Document document() {
    try {
      return DocumentBuilderFactory.newInstance().newDocumentBuilder().getDOMImplementation()
          .createDocument("http://www.w3.org/2000/svg", "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }
}
