// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.lull.Model;
import org.lull.cli.report.CommandText;
import org.lull.exchange.onnx.OnnxCheck;
import org.lull.exchange.onnx.OnnxExport;
import org.lull.exchange.onnx.OnnxExport.Form;
import org.lull.exchange.onnx.OnnxRuntime;
import org.lull.exchange.python.PythonExport;
import org.lull.exchange.python.PythonExport.Convention;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.run.Shell;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.network.Mode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** lull export: a model for ONNX Runtime, PyTorch or Keras. */
@Command(name = "export", mixinStandardHelpOptions = true, sortOptions = false, abbreviateSynopsis = true,
    description = "Writes a model for other programs: as ONNX, with its normalisation and its thresholds, or as the weights of PyTorch or"
        + " Keras. An ONNX file is run in ONNX Runtime, if that is there, and compared with the model.",
    footer = {"", "Examples:", "  lull export --model runs/words --onnx words.onnx",
        "  lull export --model runs/words --onnx step.onnx --step --runtime ort.jar",
        "  lull export --model runs/words --safetensors words.safetensors --keras"})
public final class ExportCommand implements Callable<Integer> {
  /** A difference that needs no warning: those of the rounding of floats are smaller. */
  private static final double USUAL = 1e-4;

  @Spec
  private CommandSpec spec;

  @Option(names = "--model", paramLabel = "RUN", required = true, description = "A run directory, or a model file.")
  private Path path;

  @Option(names = "--onnx", paramLabel = "FILE", description = "The ONNX file to write.")
  private Path onnx;

  @Option(names = "--dense", description = "Of a delta model, the dense network of the same weights: ONNX's own LSTM, GRU or RNN.")
  private boolean dense;

  @Option(names = "--step", description = "One timestep, with the states as inputs and outputs, to run a stream frame by frame.")
  private boolean step;

  @Option(names = "--runtime", paramLabel = "JAR",
      description = "The jar of ONNX Runtime for Java to compare with (default: that on the class path).")
  private Path runtime;

  @Option(names = "--safetensors", paramLabel = "FILE",
      description = "The file of weights to write, as PyTorch names them, and beside it a Python program that loads them.")
  private Path safetensors;

  @Option(names = "--keras", description = "The weights as Keras has them, instead of PyTorch.")
  private boolean keras;

  @Option(names = "--json", description = "Print what was written as JSON on standard output.")
  private boolean json;

  /**
   * As printed with --json.
   *
   * @param form "operator", "scan" or "elementary" of ONNX; "pytorch" or "keras"
   * @param delta whether the file has the thresholds
   * @param program that loads the weights in Python; null for ONNX
   * @param largestDifference between ONNX Runtime and Lull, of all scores of some random sequences; null if it was not run
   * @param steps timesteps that were compared
   */
  record Result(String model, String file, String form, boolean delta, String program, Double largestDifference, int steps) {}

  @Override
  public Integer call() {
    if ((onnx == null) == (safetensors == null)) {
      throw new InvalidInputException("lull export writes one file: give --onnx FILE or --safetensors FILE");
    }
    if (onnx == null && (step || dense || runtime != null)) {
      throw new InvalidInputException((step ? "--step" : dense ? "--dense" : "--runtime") + " is for --onnx; leave it out");
    }
    if (onnx != null && keras) {
      throw new InvalidInputException("--keras is for --safetensors; leave it out");
    }
    Path file = RunDirectory.modelIn(path);
    Model model = Model.load(file);
    Path to = onnx != null ? onnx : safetensors;
    AtomicFile.requirePlace(to);
    if (onnx != null ? Files.exists(to) && !OnnxExport.wrote(to) : !PythonExport.wrote(to)) {
      throw new InvalidInputException((Files.exists(to) ? to : PythonExport.program(to)) + " exists, and lull export did not write it;"
          + " give another name, or remove it");
    }
    Result result = onnx != null ? onnx(file, model) : weights(file, model);
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? Json.pretty(result) + System.lineSeparator() : text(result));
    out.flush();
    return 0;
  }

  private void warn(String sentence) {
    spec.commandLine().getErr().println("warning: " + sentence);
    spec.commandLine().getErr().flush();
  }

  private Result onnx(Path file, Model model) {
    Form form = step ? Form.STEP : Form.SEQUENCE;
    byte[] bytes = OnnxExport.bytes(model, dense, form);
    Optional<OnnxRuntime> engine = runtime == null ? OnnxRuntime.onClassPath() : Optional.of(OnnxRuntime.in(runtime)); // before writing
    AtomicFile.write(onnx, out -> out.write(bytes));
    boolean operator = OnnxExport.hasOperator(model, dense);
    String written = operator ? "operator" : step ? "elementary" : "scan";
    if (engine.isEmpty()) {
      return new Result(file.toString(), onnx.toString(), written, OnnxExport.isDelta(model, dense), null, null, 0);
    }
    try (OnnxRuntime.Session session = engine.get().open(bytes)) {
      OnnxCheck check = OnnxCheck.of(session, model, dense, form);
      double unit = !model.isRegression() ? 1 : largest(model.loss().targets().deviation());
      if (!(check.largest() <= USUAL * unit)) {
        warn(String.format(Locale.ROOT, "ONNX Runtime and Lull differ by up to %.1e, more than rounding explains in most networks; please"
            + " report it with the model, unless its weights are very large", check.largest()));
      }
      return new Result(file.toString(), onnx.toString(), written, OnnxExport.isDelta(model, dense), null, check.largest(), check.steps());
    }
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, value);
    }
    return largest;
  }

  private Result weights(Path file, Model model) {
    if (model.mode() == Mode.DELTA) {
      warn("the thresholds of the delta network are left out, which " + (keras ? "Keras" : "PyTorch") + " does not have; it computes the"
          + " dense network of these weights");
    }
    PythonExport.write(safetensors, model, keras ? Convention.KERAS : Convention.PYTORCH);
    return new Result(file.toString(), safetensors.toString(), keras ? "keras" : "pytorch", false,
        PythonExport.program(safetensors).toString(), null, 0);
  }

  private String text(Result result) {
    List<String> lines = new ArrayList<>(List.of("written   " + result.file));
    if (result.program != null) {
      lines.add("with      " + result.program);
      lines.add("to check  python3 " + Shell.quoted(result.program));
    } else {
      lines.add("layers    " + (result.delta ? "delta, " : "dense, ") + switch (result.form) {
        case "operator" -> "ONNX's own operator";
        case "scan" -> "a Scan over the timesteps, which saves no time in ONNX Runtime";
        default -> "elementary operators, one timestep";
      });
      if (result.largestDifference == null) {
        lines.add("compared  not with ONNX Runtime, which is not on the class path; to do so: " + CommandText.lull() + " export --model "
            + Shell.quoted(path.toString()) + " --onnx " + Shell.quoted(onnx.toString()) + (dense ? " --dense" : "") + (step ? " --step"
                : "")
            + " --runtime " + OnnxRuntime.JAR);
      } else {
        lines.add(String.format(Locale.ROOT, "compared  with ONNX Runtime, %d random timesteps: largest difference %.1e", result.steps,
            result.largestDifference));
      }
    }
    return String.join(System.lineSeparator(), lines) + System.lineSeparator();
  }
}
