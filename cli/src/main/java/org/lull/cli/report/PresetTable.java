// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.lull.experiments.preset.Preset.Recorded;
import org.lull.experiments.preset.PresetResults.NetworkResult;
import org.lull.experiments.preset.PresetResults.TimedWith;
import org.lull.experiments.preset.PresetResults;
import org.lull.experiments.run.Statistic;
import org.lull.experiments.sweep.SweepResults.Family;

/** What reproducing presets found, as Markdown. */
public final class PresetTable {
  private static final String HEAD = """
      # Reproduced

      Test accuracy: mean and standard deviation over the seeds. To dense: mean difference, in percentage points, to the dense network
      of the same seed, of as many epochs on the same schedule, with its standard error. Sparsity: of the training steps. Fewer
      multiply-adds: of the three products, counted, in the delta phase alone; the same as the paper counts them; from scratch, dense
      pretraining included; and in the delta phase with pointwise work, encoder and head counted besides. Step: median time of a
      training step of the first seed, the networks in turn, with the weights that were kept, and nothing else running in the process.
      """;
  private static final List<String> COLUMNS = List.of("network", "seeds", "test accuracy", "to dense", "sparsity x / h",
      "fewer multiply-adds", "as the paper counts", "from scratch", "with all work", "target met", "step", "faster", "recorded elsewhere");

  private PresetTable() {}

  public static String text(List<PresetResults> reports) {
    return HEAD + reports.stream().map(PresetTable::section).collect(Collectors.joining());
  }

  private static String section(PresetResults report) {
    StringBuilder text = new StringBuilder("\n## " + report.name() + "\n\n" + report.shows() + "\n\nData: " + report.data() + ".");
    if (!report.comparable()) {
      text.append(" It is for ").append(report.wants()).append(", which was not found, and this is a stand-in:"
          + " figures recorded elsewhere are of other data and not comparable.");
    }
    text.append("\n\n    ").append(report.command()).append("\n\n");
    text.append(line(COLUMNS)).append("|---".repeat(COLUMNS.size())).append("|\n");
    report.networks().forEach(row -> text.append(line(cells(row))));
    TimedWith timing = report.timing();
    if (timing != null) {
      text.append("\nSteps of ").append(timing.batch()).append(" examples on ").append(timing.threads())
          .append(timing.threads() == 1 ? " thread, " : " threads, ").append(timing.kernels()).append(".\n");
    }
    report.warnings().forEach(warning -> text.append("\nMissing: ").append(warning).append(".\n"));
    return text.toString();
  }

  private static String line(List<String> cells) {
    return cells.stream().collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  private static List<String> cells(NetworkResult row) {
    Family found = row.found();
    return List.of(name(found), Integer.toString(found.runs()), SweepTable.percent(found.testAccuracy()),
        SweepTable.difference(found.difference()),
        SweepTable.mean("%.1f", 100, found.sparsityX()) + " / " + SweepTable.mean("%.1f %%", 100, found.sparsityH()),
        SweepTable.mean("%.2fx", 1, found.reduction()),
        SweepTable.mean("%.2fx", 1, found.paperReduction()), SweepTable.mean("%.2fx", 1, found.wholeReduction()),
        SweepTable.mean("%.2fx", 1, found.fullReduction()),
        SweepTable.targetsMet(found),
        number("%.2f ms", row.stepMicros() == null ? null : (Double) (row.stepMicros() / 1000)), number("%.2fx", row.speedup()),
        row.recorded() == null ? "-" : recorded(row.recorded()));
  }

  private static String name(Family family) {
    List<String> parts = new ArrayList<>(List.of(family.network()));
    family.options().forEach((option, value) -> parts.add(option + " " + value));
    return String.join(", ", parts);
  }

  private static String number(String format, Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, format, value);
  }

  private static String recorded(Recorded recorded) {
    List<String> parts = new ArrayList<>();
    if (recorded.accuracy() != null) {
      parts.add(SweepTable.percent(new Statistic(recorded.accuracy(), recorded.deviation(), null)));
    }
    if (recorded.reduction() != null) {
      parts.add(number("%.1fx", recorded.reduction()));
    }
    return String.join(", ", parts) + " (" + recorded.from() + ")";
  }
}
