// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.page;

import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;
import static j2html.TagCreator.img;
import static j2html.TagCreator.p;
import static j2html.TagCreator.span;
import static j2html.TagCreator.tag;

import com.fasterxml.jackson.databind.JsonNode;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.lull.Model;
import org.lull.cli.report.ResultTable;
import org.lull.experiments.run.RunInfo.Sample;
import org.lull.experiments.store.Json;

/**
 * Lull in one look: a sequence, below it which entries fired, layer by layer, then the score of the word, then what it cost. All strips
 * are as wide as the page, so that they have one axis of time.
 */
final class FiringPicture {
  private static final int TICKS = 5;
  /** Height of a strip in CSS pixels, and of a row where there are few. */
  private static final int TALLEST = 150;
  private static final int ROW = 4;

  private FiringPicture() {}

  static DomContent of(Model model, Sample sample) {
    Firing firing = Firing.of(model, sample.array());
    boolean sound = !model.frontEnd().isEmpty();
    List<DomContent> strips = new ArrayList<>();
    strips.add(strip(sound ? "Log-mel spectrogram, low frequencies at the bottom" : "The sequence, " + firing.frames()[0].length
        + " channels, the first at the bottom", image(Raster.shades(firing.frames()), firing.frames()[0].length)));
    for (int layer = 0; layer < model.spec().layers(); layer++) {
      int l = layer;
      strips.add(fired("Layer " + (layer + 1) + ", inputs", firing.sparsityX(layer),
          firing.fired().stream().map(step -> step.get(l).x()).toList(), model.spec().inputs(layer), Chart.DELTA));
      strips.add(fired("Layer " + (layer + 1) + ", hidden units", firing.sparsityH(layer),
          firing.fired().stream().map(step -> step.get(l).h()).toList(), model.spec().hidden(), Chart.DELTA_H));
    }
    strips.add(outputs(firing, sample));
    strips.add(operations(firing));
    return div(p(summary(firing, sample)), div(each(strips, strip -> strip), axis(model, firing.frames().length)).withClass("firing"),
        p("A dot is an entry that moved by its threshold or more since it last fired: only its column of the weights is computed. The"
            + " bottom strip is what each frame cost.").withClass("note"));
  }

  private static String summary(Firing firing, Sample sample) {
    Model model = firing.model();
    long dense = firing.denseMacs() * firing.frames().length;
    double[] last = firing.outputs().getLast();
    String found = model.isRegression() ? "" : sample.label() == null ? ""
        : ": \"" + sample.label() + "\", recognised as \"" + model.labels().get(largest(last)) + "\" ("
            + ResultTable.percent(last[largest(last)]) + ")";
    return "Test example " + sample.id() + found + ". " + ResultTable.macs(firing.total()) + " multiply-adds instead of "
        + ResultTable.macs(dense) + (firing.total() > 0 ? String.format(Locale.ROOT, ", %.1f times fewer.", dense / (double) firing.total())
            : ".");
  }

  private static int largest(double[] values) {
    return IntStream.range(0, values.length).reduce(0, (a, b) -> values[b] > values[a] ? b : a);
  }

  private static DomContent strip(String caption, DomContent picture) {
    return figure(figcaption(caption), picture).withClass("strip");
  }

  private static DomContent image(String data, int rows) {
    return img().withSrc(data).withAlt("").withStyle("height:" + Math.min(TALLEST, Math.max(24, ROW * rows)) + "px");
  }

  private static DomContent fired(String name, double sparsity, List<BitSet> steps, int entries, java.awt.Color colour) {
    return strip(name + ": " + entries + ", " + ResultTable.percent(sparsity) + " of the time silent",
        image(Raster.fired(steps, entries, colour), entries));
  }

  /** The probability of the word, or the first number predicted. */
  private static DomContent outputs(Firing firing, Sample sample) {
    Model model = firing.model();
    if (model.isRegression()) {
      List<Double> values = firing.outputs().stream().map(outputs -> outputs[0]).toList();
      double low = values.stream().mapToDouble(v -> v).min().orElseThrow();
      double high = values.stream().mapToDouble(v -> v).max().orElseThrow();
      double span = high > low ? high - low : 1;
      return strip(String.format(Locale.ROOT, "Output 1 of %d, from %.4g to %.4g", model.spec().outputs(), low, high),
          lines(values.size(), polyline("word", values.stream().map(v -> (v - low) / span).toList())));
    }
    int word = model.labels().indexOf(sample.label());
    int answer = largest(firing.outputs().getLast());
    int shown = word < 0 ? answer : word;
    int rival = shown != answer ? answer : rival(firing.outputs(), shown);
    List<DomContent> lines = new ArrayList<>();
    if (rival >= 0) {
      lines.add(polyline("other", firing.outputs().stream().map(p -> p[rival]).toList()));
    }
    lines.add(polyline("word", firing.outputs().stream().map(p -> p[shown]).toList()));
    return figure(figcaption(span("\u2014 ").withClass("key"), span("probability of \"" + model.labels().get(shown) + "\""),
        rival < 0 ? null : span(" \u2013 \u2013 ").withClass("key2"), rival < 0 ? null : span("\"" + model.labels().get(rival) + "\""),
        span(", from 0 to 1")), lines(firing.frames().length, lines.toArray(DomContent[]::new))).withClass("strip");
  }

  /** The class beside this one that is likeliest at any time; -1 if there is no other. */
  private static int rival(List<double[]> outputs, int word) {
    int rival = -1;
    double most = -1;
    for (double[] step : outputs) {
      for (int k = 0; k < step.length; k++) {
        if (k != word && step[k] > most) {
          most = step[k];
          rival = k;
        }
      }
    }
    return rival;
  }

  private static DomContent operations(Firing firing) {
    double most = Math.max(firing.denseMacs(), firing.macs().stream().mapToLong(Long::longValue).max().orElse(0));
    StringBuilder area = new StringBuilder("0,1 ");
    for (int t = 0; t < firing.macs().size(); t++) {
      double y = 1 - firing.macs().get(t) / most;
      area.append(String.format(Locale.ROOT, "%d,%.4f %d,%.4f ", t, y, t + 1, y));
    }
    area.append(firing.macs().size()).append(",1");
    String dense = String.format(Locale.ROOT, "0,%.4f %d,%.4f", 1 - firing.denseMacs() / most, firing.macs().size(),
        1 - firing.denseMacs() / most);
    return figure(figcaption(span("\u25a0 ").withClass("key"), span("multiply-adds of the frame"), span(" \u2014 ").withClass("key2"),
        span("densely: " + String.format(Locale.ROOT, "%,d", firing.denseMacs()))),
        lines(firing.macs().size(), tag("polygon").attr("points", area.toString()).attr("class", "area"),
            tag("polyline").attr("points", dense).attr("class", "all")))
        .withClass("strip");
  }

  private static DomContent polyline(String kind, List<Double> shares) {
    StringBuilder points = new StringBuilder();
    for (int t = 0; t < shares.size(); t++) {
      points.append(String.format(Locale.ROOT, "%s,%.4f ", t + 0.5, 1 - shares.get(t)));
    }
    return tag("polyline").attr("points", points.toString().strip()).attr("class", kind);
  }

  private static DomContent lines(int steps, DomContent... lines) {
    return tag("svg").attr("viewBox", "0 -0.03 " + steps + " 1.06").attr("preserveAspectRatio", "none").withStyle("height:70px")
        .with(lines);
  }

  /** Seconds of sound, timesteps of anything else. */
  private static DomContent axis(Model model, int steps) {
    double unit = 1;
    String name = "step ";
    String after = "";
    if (!model.frontEnd().isEmpty()) {
      JsonNode frontEnd = Json.parse(model.frontEnd(), "the front end");
      unit = frontEnd.path("hop").asDouble() / frontEnd.path("sampleRate").asDouble();
      name = "";
      after = " s";
    }
    List<DomContent> ticks = new ArrayList<>();
    for (int i = 0; i < TICKS; i++) {
      double at = unit * steps * i / (TICKS - 1);
      ticks.add(span(name + (after.isEmpty() ? String.format(Locale.ROOT, "%d", Math.round(at))
          : String.format(Locale.ROOT, "%.2f", at)) + after));
    }
    return div(each(ticks, tick -> tick)).withClass("axis");
  }
}
