// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.page;

import com.fasterxml.jackson.databind.JsonNode;
import j2html.tags.DomContent;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;

/** Training in logic: what {@code lull simulate --json} printed into a file, of a step or of a sweep. */
final class SimulationPart {
  private SimulationPart() {}

  static DomContent read(Path file) {
    JsonNode result;
    try {
      result = Json.parse(Files.readString(file), file.toString());
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(file + " is not text; give the directory of a run, or a file that lull simulate --json printed", e);
    } catch (IOException e) {
      throw new InvalidInputException("cannot read " + file + ": " + AtomicFile.reason(e), e);
    }
    if (!result.has("simulator")) {
      throw new InvalidInputException(file + " is not what lull simulate --json prints; give such a file, or the directory of a run");
    }
    List<DomContent> contents = new ArrayList<>();
    JsonNode rows = result.path("rows");
    if (rows.isArray() && !rows.isEmpty()) {
      contents.add(Html.charts(charts(rows)));
      contents.add(table(rows));
    }
    List<List<String>> figures = new ArrayList<>();
    flatten("", result, figures);
    contents.add(Html.rows("", List.of(), figures));
    return Html.part("Training in logic, " + ReportPage.name(file), contents.toArray(DomContent[]::new));
  }

  /** A line for each source, size and number of multipliers. */
  private static List<DomContent> charts(JsonNode rows) {
    Map<String, List<JsonNode>> lines = new LinkedHashMap<>();
    rows.forEach(row -> lines.computeIfAbsent(
        row.path("source").asText() + " " + row.path("size").asText() + ", " + row.path("lanes").asText() + " multipliers",
        _ -> new ArrayList<>()).add(row));
    Chart speedup = new Chart("speed-up of a training step", "sparsity, %", "#.#");
    Chart busy = new Chart("multipliers busy, %", "sparsity, %", "#").range(0, 100);
    int colour = 0;
    for (Map.Entry<String, List<JsonNode>> line : lines.entrySet()) {
      List<Double> sparsity = line.getValue().stream().map(row -> 100 * row.path("sparsity").asDouble()).toList();
      var shade = Chart.COLOURS.get(colour++ % Chart.COLOURS.size());
      speedup.line(line.getKey(), shade, Chart.SOLID, sparsity,
          line.getValue().stream().map(row -> row.path("step_speedup").asDouble(Double.NaN)).toList());
      busy.line(line.getKey(), shade, Chart.SOLID, sparsity,
          line.getValue().stream().map(row -> 100 * row.path("matrix_utilisation").asDouble(Double.NaN)).toList());
    }
    return List.of(speedup, busy).stream().filter(chart -> !chart.isEmpty()).map(Chart::svg).toList();
  }

  private static DomContent table(JsonNode rows) {
    List<String> header = new ArrayList<>();
    rows.get(0).fieldNames().forEachRemaining(header::add);
    List<List<String>> cells = new ArrayList<>();
    rows.forEach(row -> cells.add(header.stream().map(name -> row.path(name).asText("-")).toList()));
    return Html.rows("", header.stream().map(SimulationPart::words).toList(), cells);
  }

  /** Every figure that is not in a list, with the names that lead to it. */
  private static void flatten(String before, JsonNode node, List<List<String>> figures) {
    node.properties().forEach(field -> {
      String name = before + words(field.getKey());
      if (field.getValue().isObject()) {
        flatten(name + ", ", field.getValue(), figures);
      } else if (!field.getValue().isArray()) {
        figures.add(List.of(name, field.getValue().isNull() ? "-" : field.getValue().asText()));
      }
    });
  }

  private static String words(String name) {
    return name.replace('_', ' ');
  }
}
