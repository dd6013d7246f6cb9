// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.lull.Model;
import org.lull.cli.report.CommandText;
import org.lull.cli.report.Table;
import org.lull.exchange.Description;
import org.lull.exchange.ImportOptions;
import org.lull.exchange.ImportedModel;
import org.lull.exchange.Linear;
import org.lull.exchange.RecurrentWeights;
import org.lull.exchange.Verification;
import org.lull.exchange.read.ModelImport;
import org.lull.experiments.run.LullVersion;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.run.RunInfo;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.io.Folder;
import org.lull.io.Sha256;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Provenance;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** lull import: a model of PyTorch, Keras or ONNX becomes one of Lull. */
@Command(name = "import", mixinStandardHelpOptions = true, sortOptions = false, abbreviateSynopsis = true,
    description = "Makes a run of a model of PyTorch (.safetensors, .pt), Keras (.keras, .h5) or ONNX, and compares the two. eval, learn,"
        + " predict, serve and info take it as they take a trained one.",
    footer = {"", "Examples:", "  lull import lstm.pt --out runs/mine --labels no,yes --head last --normalisation none --features mel16",
        "  lull import lstm.onnx --out runs/mine --about lstm.json"})
public final class ImportCommand implements Callable<Integer> {
  /** The file that a run has of its import. */
  static final String RESULT = "import.json";

  /** Differences of outputs that need no warning: those of floats beside doubles are smaller. */
  private static final double USUAL = 1e-4;

  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The model file; what it is is seen by its first bytes.")
  private Path file;

  @Option(names = {"--out", "--run"}, paramLabel = "RUN", required = true, description = "The run directory to make.")
  private Path out;

  @Mixin(name = "What the file may not say")
  private ImportAbout about;

  @Option(names = "--prefix", paramLabel = "NAME", description = "The recurrent layers' names, where there are several: encoder.lstm.")
  private String prefix;

  @Option(names = "--linear", paramLabel = "NAME", description = "Name of the output layer, where there are several: fc.")
  private String linear;

  @Option(names = "--ignore", paramLabel = "NAME", split = ",", description = "Parts of the file to leave out, by their names.")
  private List<String> ignored = List.of();

  @Option(names = "--json", description = "Print the result as JSON on standard output.")
  private boolean json;

  /**
   * As printed with --json, and kept in {@value #RESULT}.
   *
   * @param largestDifference of an output or a hidden state, between the file's own definition and Lull
   */
  record Result(String file, String format, String cell, int inputs, int layers, int hidden, int outputs, String head, String run,
      int sequences, int steps, double hiddenDifference, double outputDifference, double largestDifference, List<String> notes) {}

  @Override
  public Integer call() {
    RunDirectory.requireNew(out);
    ImportAbout.Given given = about.read(file);
    ImportedModel imported = ModelImport.read(file, new ImportOptions(prefix, linear, ignored, given.nonlinearity()));
    Description known = given.description(file, imported);
    List<String> notes = new ArrayList<>(imported.notes());
    RecurrentWeights weights = imported.weights();
    if (weights.head() == null) {
      int outputs = known.head().outputs(known.labels().size());
      weights = weights.withHead(new Linear(outputs, weights.hidden(), new float[outputs * weights.hidden()], new float[outputs]));
      notes.add("the file has no output layer; the network has one of zeros, which tells no classes apart before it is trained");
      imported = new ImportedModel(imported.format(), weights, imported.reference(), imported.description(), imported.metadata(), notes);
    }
    requireLabels(known, weights.head().outputs());
    Network network = weights.network(known.head());
    Verification verification = Verification.of(imported, network);
    Model model = known.model(network, provenance(imported));
    Result result = result(imported, model.spec(), verification, notes);
    PrintWriter err = spec.commandLine().getErr();
    notes.forEach(note -> err.println("warning: " + note));
    if (!(verification.largest() <= USUAL)) {
      err.println(
          "warning: the outputs differ by up to " + figure(verification.largest()) + ", more than rounding explains in most networks;"
              + " please report it with the file, unless its weights are very large");
    }
    save(model, result);
    PrintWriter printed = spec.commandLine().getOut();
    printed.print(json ? Json.pretty(result) + System.lineSeparator() : text(result));
    printed.flush();
    err.println("saved in " + out);
    err.flush();
    return 0;
  }

  private void requireLabels(Description known, int outputs) {
    int classes = known.head().classes(outputs);
    if (known.labels().size() != classes) {
      throw new InvalidInputException(file + ": " + known.labels().size() + " labels, and its output layer has " + outputs + " outputs"
          + (classes == outputs ? "" : ", one of them silence") + "; expected " + classes + " in their order, with --labels");
    }
  }

  private void save(Model model, Result result) {
    try (RunDirectory run = RunDirectory.create(out)) {
      try {
        run.info(new RunInfo(CommandText.of(spec), null));
        run.write(place -> AtomicFile.write(place, stream -> stream.write((Json.pretty(result) + "\n").getBytes("UTF-8"))), RESULT);
        run.model(RunDirectory.MODEL, model);
      } catch (InvalidInputException e) {
        run.removeIfWithoutModel();
        throw e;
      }
    }
  }

  /** That of the model itself, where Lull wrote the file; else the file. */
  private Provenance provenance(ImportedModel imported) {
    Provenance own = Description.provenance(imported.metadata(), file.toString());
    if (own != null) {
      return own;
    }
    SortedMap<String, String> options = new TreeMap<>();
    options.put("imported", Folder.name(file));
    try {
      return new Provenance(LullVersion.number(), Runtime.version().toString(), "imported from " + named(imported.format()),
          Sha256.of(file),
          options);
    } catch (IOException e) {
      throw new InvalidInputException("cannot read " + file + ": " + AtomicFile.reason(e) + "; check its permissions", e);
    }
  }

  private Result result(ImportedModel imported, NetworkSpec network, Verification v, List<String> notes) {
    return new Result(file.toString(), imported.format(), network.cell().name(), network.inputs(), network.layers(), network.hidden(),
        network.outputs(), network.head().label(), out.toString(), v.sequences(), v.steps(), v.hidden(), v.outputs(), v.largest(), notes);
  }

  private static String text(Result r) {
    return new Table().row("imported", r.file + ", " + named(r.format))
        .row("network", r.cell + ", " + r.inputs + (r.inputs == 1 ? " input, " : " inputs, ") + r.layers + " x " + r.hidden + " hidden, "
            + r.outputs + (r.outputs == 1 ? " output, head: " : " outputs, head: ") + r.head)
        .row("compared on", r.sequences + " random sequences of " + r.steps + " timesteps")
        .row("largest difference", figure(r.largestDifference) + " (hidden states " + figure(r.hiddenDifference) + ", outputs "
            + figure(r.outputDifference) + ")")
        .left();
  }

  private static String named(String format) {
    return ("AEIOU".indexOf(format.charAt(0)) < 0 ? "a " : "an ") + format;
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, "%.1e", value);
  }
}
