// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.page;

import static j2html.TagCreator.b;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.p;
import static j2html.TagCreator.pre;
import static j2html.TagCreator.span;

import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.lull.Model;
import org.lull.cli.report.ResultTable;
import org.lull.experiments.run.RunConfig;
import org.lull.experiments.run.RunInfo.Sample;
import org.lull.experiments.run.RunInfo;
import org.lull.experiments.run.RunResult.ModelResult;
import org.lull.experiments.run.RunResult;
import org.lull.experiments.run.SavedRun;
import org.lull.experiments.run.Shell;
import org.lull.input.InvalidInputException;
import org.lull.network.Provenance;

/** The page of one run: all that its directory tells. */
final class RunPage {
  private final SavedRun run;
  private final Optional<Model> model;

  private RunPage(SavedRun run) {
    this.run = run;
    model = run.model().or(run::denseModel);
  }

  /**
   * The parts of the page.
   *
   * @param firing whether to run the model on the sample, which a page that is made while training goes on does without
   */
  static List<DomContent> sections(SavedRun run, boolean firing) {
    RunPage page = new RunPage(run);
    List<DomContent> sections = new ArrayList<>();
    sections.add(page.facts());
    if (firing) {
      page.firing().ifPresent(sections::add);
    }
    sections.add(Html.part("Training", Html.charts(EpochCharts.of(run.dense(), run.delta()))));
    run.result().ifPresent(result -> {
      sections.add(Html.part("Result", page.figures(result)));
      OperationsTable.of(result).ifPresent(sections::add);
      page.confusion(result).forEach(sections::add);
    });
    sections.addAll(page.origin());
    return sections;
  }

  /** What the run is, in a sentence. */
  static String subtitle(SavedRun run) {
    String data = run.result().map(RunResult::data).or(() -> run.model().or(run::denseModel).map(model -> model.provenance().data()))
        .orElse("");
    int epochs = Math.max(run.dense().size(), run.delta().size());
    return (data.isEmpty() ? "" : data + "; ") + epochs + (epochs == 1 ? " epoch" : " epochs")
        + (run.result().isPresent() ? "" : ", and no result yet: it is at work, or was cut off");
  }

  private DomContent facts() {
    List<DomContent> facts = new ArrayList<>();
    run.result().ifPresent(result -> {
      ModelResult any = result.delta() == null ? result.dense() : result.delta();
      if (any.errors() != null) {
        facts.add(fact(ResultTable.number(any.errors().testRmse()), "test error (RMSE); always predicting the mean "
            + ResultTable.number(result.meanPredictor().testRmse()) + (result.delta() == null || result.dense() == null ? ""
                : "; dense " + ResultTable.number(result.dense().errors().testRmse()))));
      } else {
        facts.add(fact(ResultTable.percent(any.testAccuracy()), "test accuracy" + (result.delta() == null || result.dense() == null ? ""
            : "; dense " + ResultTable.percent(result.dense().testAccuracy()))));
      }
      if (result.from() != null) {
        facts.add(fact(result.from().testAccuracy() == null ? ResultTable.number(result.from().testRmse())
            : ResultTable.percent(result.from().testAccuracy()), "the same before, of the model that training started from"));
      }
      if (result.delta() != null) {
        facts.add(fact(times(result.delta().reduction()), "fewer multiply-adds in training"));
        facts.add(fact(times(result.delta().paperReduction()), "as the paper counts"));
        facts.add(fact(ResultTable.percent(result.delta().sparsity().all()), "of entries did not fire in training"));
      }
      if (result.speedup() != null) {
        facts.add(fact(times(result.speedup()), "time of a training step, dense / delta"));
      }
      facts.add(fact(String.format(Locale.ROOT, "%,d", any.parameters()), "parameters"));
    });
    return div(each(facts, fact -> fact)).withClass("facts");
  }

  private static DomContent fact(String figure, String of) {
    return div(b(figure), span(of)).withClass("fact");
  }

  static String times(double factor) {
    return Double.isFinite(factor) && factor > 0 ? String.format(Locale.ROOT, "%.1fx", factor) : "-";
  }

  private Optional<DomContent> firing() {
    Optional<Sample> sample = run.info().map(RunInfo::sample);
    if (model.isEmpty() || sample.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Html.part("What fires", FiringPicture.of(model.get(), sample.get())));
    } catch (InvalidInputException e) { // a sample that is not of this model
      return Optional.of(Html.part("What fires", p("No picture: " + e.getMessage()).withClass("note")));
    }
  }

  /** The table that {@code lull train} prints. */
  private DomContent figures(RunResult result) {
    String cell = model.map(m -> m.spec().cell().displayName()).orElse("network");
    return Html.rows(ResultTable.table(result, cell));
  }

  private List<DomContent> confusion(RunResult result) {
    List<DomContent> parts = new ArrayList<>();
    if (model.isPresent()) {
      for (ModelResult network : ConfusionTable.withOne(result)) {
        String name = network == result.delta() ? "delta" : "dense";
        parts.add(Html.part("Confusions of the " + name + " network on the test examples",
            ConfusionTable.of(model.get().labels(), network.confusion())));
      }
    }
    return parts;
  }

  private List<DomContent> origin() {
    List<DomContent> parts = new ArrayList<>();
    Optional<String> command = run.info().map(RunInfo::command);
    if (command.isPresent()) {
      parts.add(Html.part("Command", pre(command.get())));
    } else {
      model.flatMap(RunPage::rebuiltCommand).ifPresent(rebuilt -> parts.add(Html.part("Command", pre(rebuilt),
          p("Rebuilt from the options in the model; add --data if it was not the embedded corpus.").withClass("note"))));
    }
    model.ifPresent(m -> {
      Provenance from = m.provenance();
      parts.add(Html.part("Options and origin",
          Html.options(List.of(Map.entry("data", from.data()), Map.entry("SHA-256 of the data", from.dataHash()),
              Map.entry("Lull", from.lull()), Map.entry("Java", from.java()), Map.entry("arithmetic", m.arithmetic().name()),
              Map.entry("kernels", run.result().map(RunResult::kernels).orElse("-")),
              Map.entry("threads", run.result().map(result -> "" + result.threads()).orElse("-")))),
          Html.options(List.copyOf(from.options().entrySet()))));
    });
    return parts;
  }

  private static Optional<String> rebuiltCommand(Model model) {
    try {
      StringBuilder command = new StringBuilder("lull train");
      RunConfig.of(model.provenance().options()).changed().forEach((name, value) -> command.append(' ')
          .append(Shell.quoted("--" + name)).append(' ').append(Shell.quoted(value.replaceAll("[\\[\\] ]", ""))));
      return Optional.of(command.toString());
    } catch (InvalidInputException e) { // options of another version
      return Optional.empty();
    }
  }
}
