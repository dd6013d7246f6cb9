// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lull.Model;
import org.lull.cli.report.ResultTable;
import org.lull.cli.report.Table;
import org.lull.experiments.run.RunConfig;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.run.RunResult;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.network.Mode;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Provenance;
import org.lull.rnn.Cell;
import org.lull.rnn.LayerLayout;
import org.lull.rnn.Thresholds;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** lull info: what a model is and where it comes from. */
@Command(name = "info", mixinStandardHelpOptions = true,
    description = "Shows a model's architecture, parameters, features, labels (or what it predicts) and provenance; of a run, also what"
        + " it reached and the command that made it.",
    footer = {"", "Examples:", "  lull info runs/words", "  lull info runs/words --details",
        "  lull info runs/words/dense.safetensors --json"})
public final class InfoCommand implements Callable<Integer> {
  /** Options that do nothing where a model has no features of sound. */
  private static final Set<String> OF_SOUND = Set.of("features", "augment");

  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "A run directory, or a model file.")
  private Path path;

  @Option(names = "--json", description = "Print as JSON.")
  private boolean json;

  @Option(names = "--details", description = "Show all figures that the training of the run ended with too.")
  private boolean details;

  /**
   * As printed with --json.
   *
   * @param accuracy on the test examples; null where the file is not in its run
   * @param rmse in regression, the root mean squared error on them; null likewise, and of classes
   * @param reduction how many times fewer multiply-adds its training took than the same steps take densely; null likewise
   * @param written when the file was written, local time
   * @param command that made it; with DIR for the data, where only the file is there to tell; null where that does not tell it
   * @param result that of the run, if there is one
   */
  record Info(String model, String cell, String mode, int inputs, int layers, int hidden, int outputs, String head, long parameters,
      List<LayerThresholds> thresholds, List<String> labels, @JsonInclude(JsonInclude.Include.NON_NULL) List<Target> targets,
      JsonNode features, Provenance provenance, Double accuracy, @JsonInclude(JsonInclude.Include.NON_NULL) Double rmse, Double reduction,
      String written, String command, JsonNode result) {}

  /** A number that is predicted: mean and standard deviation of it in training. */
  record Target(float mean, float deviation) {}

  /** Smallest and largest threshold of a layer's inputs and hidden states. */
  record LayerThresholds(float xLow, float xHigh, float hLow, float hHigh) {
    static LayerThresholds of(Thresholds thresholds, LayerLayout layout) {
      float[] x = Arrays.copyOf(thresholds.x(), layout.inputs());
      float[] h = Arrays.copyOf(thresholds.h(), layout.units());
      Arrays.sort(x);
      Arrays.sort(h);
      return new LayerThresholds(x[0], x[x.length - 1], h[0], h[h.length - 1]);
    }

    String text() {
      return "x " + range(xLow, xHigh) + ", h " + range(hLow, hHigh);
    }

    private static String range(float low, float high) {
      return low == high ? Float.toString(low) : low + " to " + high;
    }
  }

  @Override
  public Integer call() {
    Path file = RunDirectory.modelIn(path);
    Model model = Model.load(file);
    NetworkSpec network = model.network().spec();
    JsonNode result = Files.isDirectory(path) ? result(path) : null;
    JsonNode reached = ofNetwork(file, result);
    Info info = new Info(file.toString(), network.cell().name(), model.mode().name().toLowerCase(Locale.ROOT), network.inputs(),
        network.layers(), network.hidden(), network.outputs(), network.head().label(), network.parameters(),
        IntStream.range(0, network.layers())
            .mapToObj(layer -> LayerThresholds.of(model.network().thresholds(layer), model.network().layers().get(layer)))
            .toList(),
        model.labels(), targets(model.loss().targets()),
        model.frontEnd().isEmpty() ? null : Json.parse(model.frontEnd(), file + ": its front end"), model.provenance(),
        figure(reached, "test_accuracy", "all_after"), figure(reached == null ? null : reached.get("errors"), "test_rmse"),
        figure(reached, "reduction"),
        written(file), command(file, model), result);
    String figures = details && !json ? System.lineSeparator() + figures(info) : "";
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? Json.pretty(info) + System.lineSeparator() : text(info) + figures);
    out.flush();
    return 0;
  }

  /** Null for classes. */
  private static List<Target> targets(Normalisation targets) {
    return targets == null ? null : IntStream.range(0, targets.channels())
        .mapToObj(k -> new Target(targets.mean()[k], targets.deviation()[k])).toList();
  }

  /** What a run ended with, or null. */
  private static JsonNode result(Path run) {
    Path file = run.resolve(RunDirectory.RESULT);
    if (!Files.isRegularFile(file)) {
      return null;
    }
    try {
      return Json.parse(Files.readString(file), file.toString());
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read: " + AtomicFile.reason(e) + "; give a model file to see the model alone", e);
    }
  }

  /** The figures of the network in a file, where the file is still in its run; else null. */
  private static JsonNode ofNetwork(Path file, JsonNode resultOfRun) {
    if (!inRun(file)) {
      return null;
    }
    JsonNode result = resultOfRun == null ? result(file.toAbsolutePath().getParent()) : resultOfRun;
    if (result == null || result.has("all_after")) { // the result of lull learn
      return result;
    }
    boolean dense = file.endsWith(RunDirectory.DENSE_MODEL) || result.path("delta").isNull();
    return result.get(dense ? "dense" : "delta");
  }

  private static boolean inRun(Path file) {
    return file.endsWith(RunDirectory.MODEL) || file.endsWith(RunDirectory.DENSE_MODEL);
  }

  private static Double figure(JsonNode reached, String... names) {
    return reached == null ? null
        : Stream.of(names).map(reached::path).filter(JsonNode::isNumber).map(JsonNode::asDouble).findFirst().orElse(null);
  }

  private static String written(Path file) {
    try {
      return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm")
          .format(Files.getLastModifiedTime(file).toInstant().atZone(ZoneId.systemDefault()));
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read: " + AtomicFile.reason(e) + "; check its permissions", e);
    }
  }

  /** The command that a run was begun with; else one that trains the same network, as its options tell. */
  private static String command(Path file, Model model) {
    Path told = file.resolveSibling(RunDirectory.INFO);
    try {
      JsonNode command =
          inRun(file) && Files.isRegularFile(told) ? Json.parse(Files.readString(told), told.toString()).path("command") : null;
      if (command != null && command.isTextual()) {
        return command.textValue();
      }
    } catch (IOException e) {
      throw new InvalidInputException(told + " cannot be read: " + AtomicFile.reason(e) + "; check its permissions", e);
    }
    Map<String, String> options = model.provenance().options();
    if (options.isEmpty() || !RunConfig.names().containsAll(options.keySet())) {
      return null; // not by lull train
    }
    return "lull train --data DIR" + RunConfig.of(options).arguments() + (model.mode() == Mode.DENSE ? " --dense" : "");
  }

  private String figures(Info info) {
    Path file = path.resolve(RunDirectory.RESULT);
    if (info.result == null || !info.result.path("dense").isObject() && !info.result.path("delta").isObject()) {
      throw new InvalidInputException((info.result == null ? "there is no " + file : file + " is not that of a training")
          + ", where --details would find its figures; give the directory of a finished lull train");
    }
    return ResultTable.of(Json.parse(info.result.toString(), RunResult.class, file.toString()), Cell.named(info.cell).displayName());
  }

  /** What training took, where the run has ended and trained that network. */
  private static void memory(Table table, String network, JsonNode result) {
    JsonNode memory = result == null ? null : result.path(network).get("memory");
    if (memory != null) {
      table.row("memory, " + network, "tape " + bytes(memory, "tape") + " (activations " + bytes(memory, "activations")
          + ", active entries " + bytes(memory, "active_entries") + "), gradients " + bytes(memory, "gradients") + ", optimiser "
          + bytes(memory, "optimizer") + ", weights " + bytes(memory, "weights"));
    }
  }

  private static String bytes(JsonNode memory, String field) {
    return ResultTable.bytes(memory.path(field).asLong());
  }

  private static String text(Info info) {
    Table table = new Table().row("model", info.model).row("network", info.mode + " " + Cell.named(info.cell).displayName() + ", "
        + info.inputs + (info.inputs == 1 ? " input, " : " inputs, ") + info.layers + " x " + info.hidden + " hidden, " + info.outputs
        + (info.outputs == 1 ? " output, head: " : " outputs, head: ") + info.head);
    table.row("parameters", String.format(Locale.ROOT, "%,d", info.parameters));
    for (int layer = 0; layer < info.layers; layer++) {
      table.row("thresholds, layer " + (layer + 1), info.thresholds.get(layer).text());
    }
    if (info.targets == null) {
      table.row("classes", info.labels.size() + ": " + String.join(", ", info.labels));
    } else {
      info.targets.forEach(target -> table.row("predicts", "a number; mean in training " + ResultTable.number(target.mean)
          + ", standard deviation " + ResultTable.number(target.deviation)));
    }
    table.row("features", info.features == null ? "none: the data as it comes" : info.features.toString());
    Provenance provenance = info.provenance;
    table.row("trained on", provenance.data()).row("data hash", provenance.dataHash());
    for (String network : List.of("dense", "delta")) {
      memory(table, network, info.result);
    }
    if (info.rmse != null) {
      table.row("test error (RMSE)", ResultTable.number(info.rmse));
    }
    if (info.accuracy != null) {
      table.row("test accuracy", ResultTable.percent(info.accuracy));
    }
    if (info.reduction != null) {
      table.row("fewer multiply-adds", String.format(Locale.ROOT, "%.2fx in training", info.reduction));
    }
    table.row("written", info.written);
    if (info.command != null) {
      table.row("command", info.command);
    }
    table.row("made by", "lull " + provenance.lull() + ", Java " + provenance.java());
    provenance.options().forEach((name, value) -> {
      if (info.features != null || !OF_SOUND.contains(name)) {
        table.row("  " + name, list(value));
      }
    });
    return table.left();
  }

  /** A list as options take it: "[0.1, 0.2]" as 0.1,0.2. */
  private static String list(String value) {
    return value.startsWith("[") && value.endsWith("]") ? value.substring(1, value.length() - 1).replace(", ", ",") : value;
  }
}
