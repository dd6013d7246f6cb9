// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.lull.Model;
import org.lull.accelerator.CoreSize;
import org.lull.accelerator.Dram;
import org.lull.accelerator.Fixed16;
import org.lull.accelerator.TrainingBatch;
import org.lull.cli.options.DataOptions;
import org.lull.cli.options.SimulationOptions;
import org.lull.cli.report.TerminalProgress;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.network.NetworkSpec;
import org.lull.network.Sequence;
import org.lull.train.Example;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** lull simulate: training steps on the accelerator, in logic, beside the golden model. */
@Command(name = "simulate", mixinStandardHelpOptions = true, sortOptions = false, abbreviateSynopsis = true,
    description = "Trains on the accelerator: a step of real clips in simulated logic, every gradient and weight compared with the golden"
        + " model; or a sweep over sparsities and sizes.",
    footer = {"", "Examples:", "  lull simulate --model runs/words --data speech_commands --lanes 16",
        "  lull simulate --model runs/words --data speech_commands --dram-bytes 16 --json",
        "  lull simulate --sweep --picture sweep.png",
        "  lull simulate --sweep --lanes 16 --size 64 --model runs/fixed --data fsdd"})
public final class SimulateCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;
  @Mixin(name = "Data")
  private DataOptions data;
  @Mixin(name = "Simulation")
  private SimulationOptions options;

  @Option(names = "--model", paramLabel = "RUN", description = "A run directory, or a model file, of an LSTM.")
  private Path path;

  @Option(names = "--clips", paramLabel = "N", defaultValue = "8",
      description = "Training clips of the step, spread over the corpus (default: ${DEFAULT-VALUE}).")
  private int clips;

  @Option(names = "--lanes", paramLabel = "P", split = ",",
      description = "Multipliers: 4, 8, 16, 32 or 64 (default: 16; of a sweep 16,64).")
  private List<Integer> lanes;

  @Option(names = "--sweep", description = "Synthetic sequences at several sparsities and sizes, and those of --model if one is given.")
  private boolean sweep;

  @Option(names = "--size", paramLabel = "N", split = ",", defaultValue = "64,128,256",
      description = "Inputs and hidden units of the sweep's layers (default: ${DEFAULT-VALUE}).")
  private List<Integer> sizes;

  @Option(names = "--sparsity", paramLabel = "SHARE", split = ",", defaultValue = "0,0.5,0.8,0.9,0.95",
      description = "Shares of entries that do not fire, of the sweep (default: ${DEFAULT-VALUE}).")
  private List<Double> sparsities;

  @Option(names = "--steps", paramLabel = "T", defaultValue = "64", description = "Timesteps of the sweep's sequences"
      + " (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(names = "--sequences", paramLabel = "N", defaultValue = "4", description = "Sequences of a step of the sweep"
      + " (default: ${DEFAULT-VALUE}).")
  private int sequences;

  @Option(names = "--json", description = "Print the result as JSON on standard output, instead of a table.")
  private boolean json;

  @Option(names = "--picture", paramLabel = "FILE", description = "Draw the sweep's speed-up and utilisation, as a PNG file.")
  private Path picture;

  @Override
  public Integer call() {
    check();
    PrintWriter err = spec.commandLine().getErr();
    Model model = path == null ? null : Model.load(RunDirectory.modelIn(path));
    if (model != null) {
      ModelData.requireClasses(path, model, "lull simulate");
      NetworkSpec network = model.network().spec(); // refused before the data is read
      new Fixed16().check(network);
      lanes.forEach(p -> require(network.hidden() % Math.max(1, p / 4) == 0, "hidden units", network.hidden(),
          "a multiple of " + p / 4 + " for " + p + " lanes"));
    }
    options.begin(data.kept(), err);
    try {
      return simulate(model, err);
    } finally {
      options.end();
    }
  }

  private int simulate(Model model, PrintWriter err) {
    PrintWriter out = spec.commandLine().getOut();
    if (!sweep) {
      TrainingBatch batch = batch(model, err);
      SimulationResult result = SimulationResult.of(options, batch, batch.size(lanes.getFirst()));
      out.print(json ? Json.pretty(result) + System.lineSeparator() : result.table());
      out.flush();
      return exitCode(result.bitExact());
    }
    SimulationSweep result = SimulationSweep.run(options, lanes, sizes, sparsities, steps, sequences,
        model == null ? null : batch(model, err), new TerminalProgress(err));
    out.print(json ? Json.pretty(result) + System.lineSeparator() : result.table());
    out.flush();
    if (picture != null) {
      result.picture().write(picture);
    }
    return exitCode(result.rows().stream().allMatch(row -> !Boolean.FALSE.equals(row.bitExact())));
  }

  /** Logic that is not the golden model's is a failure. */
  private static int exitCode(Boolean bitExact) {
    return Boolean.FALSE.equals(bitExact) ? 1 : 0;
  }

  private void check() {
    if (lanes == null) {
      lanes = sweep ? List.of(16, 64) : List.of(16);
    }
    if (!sweep && path == null) {
      throw new InvalidInputException("nothing to simulate; give --model RUN with its --data, or --sweep");
    }
    if (!sweep && lanes.size() != 1) {
      throw new InvalidInputException("lanes: " + lanes + ", expected one number; several are for --sweep");
    }
    sizes.forEach(size -> require(size >= 4 && size <= 1024, "size", size, "4 to 1024"));
    if (sweep && !options.dram().equals(Dram.NONE)) {
      throw new InvalidInputException("--dram-bytes is for a step of --model; a sweep has the weights on the chip");
    }
    for (int p : lanes) {
      CoreSize.checkLanes(p);
      if (sweep) {
        sizes.forEach(size -> require(size % Math.max(1, p / 4) == 0, "size", size, "a multiple of " + p / 4 + " for " + p + " lanes"));
      }
    }
    if (picture != null && !sweep) {
      throw new InvalidInputException("--picture draws a sweep; give --sweep");
    }
    if (picture != null) {
      AtomicFile.requirePlace(picture);
    }
    require(clips >= 1 && clips <= 4096, "clips", clips, "1 to 4096");
    require(steps >= 2 && steps <= 1024, "steps", steps, "2 to 1024");
    require(sequences >= 1 && sequences <= 256, "sequences", sequences, "1 to 256");
    sparsities.forEach(sparsity -> require(sparsity >= 0 && sparsity < 1, "sparsity", sparsity, "0 or more and below 1"));
  }

  private static void require(boolean ok, String what, Number value, String expected) {
    if (!ok) {
      throw new InvalidInputException(what + ": " + value + ", expected " + expected);
    }
  }

  /** Training clips through the model. */
  private TrainingBatch batch(Model model, PrintWriter err) {
    ModelData loaded = ModelData.load(RunDirectory.modelIn(path), model, data, err);
    List<Example> all = loaded.examples(ModelData.Split.TRAIN);
    int n = Math.min(clips, all.size());
    List<Example> chosen = IntStream.range(0, n).mapToObj(i -> all.get((int) ((long) i * all.size() / n))).toList();
    List<Sequence> inputs =
        chosen.stream().map(example -> example.normalised(model.normalisation())).toList();
    return TrainingBatch.of(model.network(), model.mode(), chosen, inputs, options.together());
  }
}
