// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.lull.cli.options.Jobs;
import org.lull.cli.options.LoadingOptions;
import org.lull.cli.report.AboutTime;
import org.lull.cli.report.ConsoleListener;
import org.lull.cli.report.Interruption;
import org.lull.cli.report.PresetListText;
import org.lull.cli.report.PresetTable;
import org.lull.cli.report.TerminalProgress;
import org.lull.experiments.preset.Preset.Found;
import org.lull.experiments.preset.Preset;
import org.lull.experiments.preset.PresetList;
import org.lull.experiments.preset.PresetResults;
import org.lull.experiments.preset.Presets;
import org.lull.experiments.preset.Reproduction;
import org.lull.experiments.run.CorpusLoader;
import org.lull.experiments.run.LoadedOnce;
import org.lull.experiments.run.StepTimes;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.train.Cancellation;
import org.lull.train.StepComparison;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** lull reproduce: the experiments of the paper and of its reference implementation, and our own, by name. */
@Command(name = "reproduce", mixinStandardHelpOptions = true, sortOptions = false, abbreviateSynopsis = true,
    description = "Trains the networks of named experiments, each over several seeds beside its dense control, and shows what they reach"
        + " beside what is recorded elsewhere. What was cut off goes on with the networks that are not finished when it is started again.",
    footer = {"", "Examples (the first shows what there is):", "  lull reproduce", "  lull reproduce gsc-retrain --data corpora",
        "  lull reproduce all --data corpora --jobs 4"})
public final class ReproduceCommand implements Callable<Integer> {
  private static final String LIST = "list";
  private static final String ALL = "all";
  private static final String TEXT = "results.md";
  private static final int MOST_SEEDS = 1000;

  private final List<Preset> presets;

  @Spec
  private CommandSpec spec;
  @Mixin(name = "Loading")
  private LoadingOptions loading;

  @Parameters(paramLabel = "NAME", arity = "0..*", description = "Which: names, or all; list shows them (default: list).")
  private List<String> names;

  @Option(names = "--data", paramLabel = "FOLDER",
      description = "Where corpora are, each in a folder of its name, as list has them; or one of these (default: LULL_DATA).")
  private Path data;

  @Option(names = "--seeds", paramLabel = "N", defaultValue = "" + Preset.SEEDS,
      description = "Runs of each network, with the seeds 1 to N (default: ${DEFAULT-VALUE}).")
  private int seeds;

  @Option(names = "--jobs", paramLabel = "N",
      description = "Networks trained at a time, each by one thread if --threads says nothing else (default: one for each core).")
  private Integer jobs;

  @Option(names = "--out", paramLabel = "DIR", defaultValue = "reproduction",
      description = "Where everything is kept (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(names = "--timing", paramLabel = "SECONDS", defaultValue = "3",
      description = "How long the training steps of trained networks are timed, in turn (default: ${DEFAULT-VALUE}).")
  private double timingSeconds;

  @Option(names = "--json", description = "Print results, or the list, as JSON on standard output, instead of text.")
  private boolean json;

  ReproduceCommand() {
    this(Presets.ALL);
  }

  public ReproduceCommand(List<Preset> presets) {
    this.presets = presets;
  }

  @Override
  public Integer call() {
    if (data == null && System.getenv("LULL_DATA") != null) {
      data = Path.of(System.getenv("LULL_DATA"));
    }
    check();
    if (names == null || names.equals(List.of(LIST))) {
      PresetList list = PresetList.of(presets, seeds, data, StepTimes.measured());
      print(json ? Json.pretty(list) + System.lineSeparator() : PresetListText.of(list, jobs));
      return 0;
    }
    Map<Preset, Found> chosen = chosen();
    return reproduce(chosen);
  }

  private void check() {
    jobs = Jobs.checked(jobs);
    if (seeds < 1 || seeds > MOST_SEEDS) {
      throw new InvalidInputException("seeds: " + seeds + ", expected 1 to " + MOST_SEEDS);
    }
    StepComparison.requireTime(timingSeconds);
  }

  /** The presets asked for, with the data there are for them. */
  private Map<Preset, Found> chosen() {
    if (data != null && !Files.isDirectory(data)) {
      throw new InvalidInputException("no such folder: " + data + "; give the folder that holds the corpora with --data, or in LULL_DATA");
    }
    boolean all = names.equals(List.of(ALL));
    Map<Preset, Found> chosen = new LinkedHashMap<>();
    for (Preset preset : all ? presets : names.stream().distinct().map(this::named).toList()) {
      Optional<Found> found = preset.find(data);
      preset.plan(seeds, loading.threadsOr(1)); // refuses mistakes before anything is read
      if (found.isPresent()) {
        chosen.put(preset, found.get());
      } else if (all) {
        spec.commandLine().getErr().println("left out: " + preset.noData(data).getMessage());
      } else {
        throw preset.noData(data);
      }
    }
    if (chosen.isEmpty()) {
      throw presets.getFirst().noData(data);
    }
    return chosen;
  }

  private Preset named(String name) {
    return presets.stream().filter(preset -> preset.name().equals(name)).findFirst().orElseThrow(() -> new InvalidInputException(
        "preset \"" + name + "\" is unknown; choose from " + presets.stream().map(Preset::name).collect(Collectors.joining(", "))
            + ", or " + ALL));
  }

  private int reproduce(Map<Preset, Found> chosen) {
    PrintWriter err = spec.commandLine().getErr();
    CorpusLoader loader = new LoadedOnce(loading.loader(err));
    TerminalProgress progress = new TerminalProgress(err);
    ConsoleListener listener = new ConsoleListener(progress, err);
    try (Reproduction reproduction = Reproduction.open(presets, out)) {
      chosen.forEach((preset, found) -> {
        if (found.corpus() != preset.wants()) {
          err.println(preset.name() + ": " + preset.wants().title() + " is not there; trained on " + found.corpus().title()
              + " instead, so that recorded figures are not comparable (" + preset.wants().advice() + ")");
        }
        reproduction.add(preset, found, loader, seeds, loading.threadsOr(1));
      });
      Cancellation cancellation = new Cancellation();
      try (Interruption _ = new Interruption(err, cancellation, () -> reproduction.finished() + " of " + reproduction.networks()
          + " networks are finished in " + out + "; the same command goes on with the rest")) {
        long examples = reproduction.prepare();
        if (examples > 0) {
          err.println("training takes " + AboutTime.of(reproduction.seconds(StepTimes.measured()), jobs) + " on this machine; if it is"
              + " interrupted, the same command goes on");
          err.flush();
        }
        progress.expect(examples);
        reproduction.train(jobs, loading.threads(), timingSeconds, progress, listener, cancellation,
            results -> reproduction.store().write(TEXT, PresetTable.text(results.presets())));
      }
      Reproduction.Results results = reproduction.results(listener);
      List<PresetResults> reports = results.presets();
      print(json ? Json.pretty(results) + System.lineSeparator() : PresetTable.text(reports));
      List<String> warnings = new ArrayList<>();
      reports.forEach(report -> report.warnings().forEach(warning -> warnings.add(report.name() + ": " + warning)));
      warnings.forEach(warning -> err.println("warning: " + warning));
      err.println("saved in " + out);
      err.flush();
      return warnings.isEmpty() ? 0 : 1;
    }
  }

  private void print(String text) {
    PrintWriter to = spec.commandLine().getOut();
    to.print(text);
    to.flush();
  }
}
