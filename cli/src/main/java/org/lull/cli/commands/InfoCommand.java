// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.lull.Model;
import org.lull.cli.report.ResultTable;
import org.lull.cli.report.Table;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.network.NetworkSpec;
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
    description = "Shows a model's architecture, parameters, features, labels and provenance.",
    footer = {"", "Examples:", "  lull info runs/words", "  lull info runs/words/dense.safetensors --json"})
public final class InfoCommand implements Callable<Integer> {
  /** Options that do nothing where a model has no features of sound. */
  private static final Set<String> OF_SOUND = Set.of("features", "augment");

  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "A run directory, or a model file.")
  private Path path;

  @Option(names = "--json", description = "Print as JSON.")
  private boolean json;

  /** As printed with --json; result is that of the run, if there is one. */
  record Info(String model, String cell, String mode, int inputs, int layers, int hidden, int outputs, String head, long parameters,
      List<LayerThresholds> thresholds, List<String> labels, JsonNode features, Provenance provenance,
      JsonNode result) {}

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
    Info info = new Info(file.toString(), network.cell().name(), model.mode().name().toLowerCase(Locale.ROOT), network.inputs(),
        network.layers(), network.hidden(), network.outputs(), network.head().label(), network.parameters(),
        IntStream.range(0, network.layers())
            .mapToObj(layer -> LayerThresholds.of(model.network().thresholds(layer), model.network().layers().get(layer)))
            .toList(),
        model.labels(), model.frontEnd().isEmpty() ? null : Json.parse(model.frontEnd(), file + ": its front end"), model.provenance(),
        result());
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? Json.pretty(info) + System.lineSeparator() : text(info));
    out.flush();
    return 0;
  }

  /** What the run ended with, or null. */
  private JsonNode result() {
    Path file = path.resolve(RunDirectory.RESULT);
    if (!Files.isRegularFile(file)) {
      return null;
    }
    try {
      return Json.parse(Files.readString(file), file.toString());
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read: " + AtomicFile.reason(e) + "; give a model file to see the model alone", e);
    }
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
        + " outputs, head: " + info.head);
    table.row("parameters", String.format(Locale.ROOT, "%,d", info.parameters));
    for (int layer = 0; layer < info.layers; layer++) {
      table.row("thresholds, layer " + (layer + 1), info.thresholds.get(layer).text());
    }
    table.row("classes", info.labels.size() + ": " + String.join(", ", info.labels));
    table.row("features", info.features == null ? "none: the data as it comes" : info.features.toString());
    Provenance provenance = info.provenance;
    table.row("trained on", provenance.data()).row("data hash", provenance.dataHash());
    for (String network : List.of("dense", "delta")) {
      memory(table, network, info.result);
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
