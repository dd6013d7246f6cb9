// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.lull.Model;
import org.lull.ModelStream;
import org.lull.cost.OperationCounts;
import org.lull.network.Fired;
import org.lull.rnn.LayerLayout;

/**
 * Which entries of a network fired at which frame of one sequence: what was computed, and by its gaps what was not. A raster of rows
 * (entries, or groups of them) and columns (frames), as text for a terminal or as a {@link Picture}.
 *
 * @param bands the entries of x and of h of each layer, the lowest layer first
 * @param frames number of frames, at least 1
 * @param operations multiply-adds of the layers for the sequence
 */
public record ActivityRaster(List<Band> bands, int frames, OperationCounts operations) {
  /** From nothing to everything: a cell without an entry that fired is empty, one with any is not. */
  private static final String SHADES = " \u2591\u2592\u2593\u2588";
  private static final String ASCII_SHADES = " .:*#";
  /** What is written before a row. */
  private static final int MARGIN = 13;
  /** Rows that a band has at most in text. */
  private static final int MOST_ROWS = 6;

  /**
   * The entries of x or of h of one layer.
   *
   * @param name such as "layer 1, x"
   * @param entries how many there are
   * @param fired for each frame those that fired
   */
  public record Band(String name, int entries, List<BitSet> fired) {
    /** Share of the entries that fired in all frames, 0 to 1. */
    public double share() {
      return share(0, entries, 0, fired.size());
    }

    /** The same of some entries and frames; both ranges without their ends. */
    double share(int entry, int entryEnd, int frame, int frameEnd) {
      int count = 0;
      for (int t = frame; t < frameEnd; t++) {
        count += fired.get(t).get(entry, entryEnd).cardinality();
      }
      return count / ((double) (entryEnd - entry) * (frameEnd - frame));
    }
  }

  /**
   * Runs a model on a sequence, frame by frame, and notes what fires.
   *
   * @param frames raw features, [steps][channels], at least one step
   */
  public static ActivityRaster of(Model model, float[][] frames) {
    ModelStream stream = model.stream();
    List<List<Fired>> fired = new ArrayList<>(); // [steps][layers]
    for (float[] frame : frames) {
      if (model.isRegression()) {
        stream.predict(frame);
      } else {
        stream.classify(frame);
      }
      fired.add(stream.fired());
    }
    List<Band> bands = new ArrayList<>();
    List<LayerLayout> layers = model.network().layers();
    for (int layer = 0; layer < layers.size(); layer++) {
      int l = layer;
      String name = "layer " + (layer + 1) + ", ";
      bands.add(new Band(name + "x", layers.get(layer).inputs(), fired.stream().map(step -> step.get(l).x()).toList()));
      bands.add(new Band(name + "h", layers.get(layer).units(), fired.stream().map(step -> step.get(l).h()).toList()));
    }
    return new ActivityRaster(List.copyOf(bands), frames.length, stream.operations());
  }

  /** How many frames share a column of the text, so that it fits a width. */
  public int framesPerColumn(int width) {
    int columns = Math.max(1, width - MARGIN);
    return (frames + columns - 1) / columns;
  }

  /**
   * The raster as lines of text.
   *
   * @param width characters that a line may have
   * @param unicode whether the terminal shows shaded blocks; otherwise punctuation stands for them
   */
  public List<String> text(int width, boolean unicode) {
    List<String> lines = new ArrayList<>();
    for (Band band : bands) {
      int rows = Math.min(MOST_ROWS, (band.entries + 3) / 4);
      for (int row = 0; row < rows; row++) {
        String margin = row == 0 ? band.name : row == 1 ? String.format(Locale.ROOT, "%3.0f %% fired", 100 * band.share()) : "";
        lines.add((margin + " ".repeat(MARGIN - margin.length())
            + cells(band, row * band.entries / rows, (row + 1) * band.entries / rows, framesPerColumn(width), unicode)).stripTrailing());
      }
    }
    return lines;
  }

  /** One row: the entries from {@code entry} to {@code end} - 1. */
  private String cells(Band band, int entry, int end, int perColumn, boolean unicode) {
    String shades = unicode ? SHADES : ASCII_SHADES;
    StringBuilder cells = new StringBuilder();
    for (int t = 0; t < frames; t += perColumn) {
      double share = band.share(entry, end, t, Math.min(frames, t + perColumn));
      cells.append(shades.charAt((int) Math.ceil(share * (shades.length() - 1))));
    }
    return cells.toString();
  }
}
