// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lull.exchange.Description;
import org.lull.exchange.ImportedModel;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.input.Label;
import org.lull.io.AtomicFile;
import org.lull.io.Folder;
import org.lull.network.Head;
import org.lull.network.Normalisation;
import org.lull.speech.LogMelSettings;
import picocli.CommandLine.Option;

/**
 * What the file of another program may not say: from options, from a JSON file beside it, or from the file itself, the first that has it.
 */
public final class ImportAbout {
  private static final String NONE = "none";
  private static final String NONLINEARITY = "nonlinearity";
  private static final Set<String> KEYS =
      Set.of(Description.LABELS, Description.HEAD, Description.NORMALISATION, Description.FEATURES, NONLINEARITY);

  @Option(names = "--about", paramLabel = "FILE",
      description = "JSON with labels, head, normalisation, features (default: that of the same name beside the file, if there is one).")
  private Path about;

  @Option(names = "--labels", paramLabel = "NAMES", description = "Classes in the order of the outputs: no,yes; or a file, one a line.")
  private String labels;

  @Option(names = "--head", paramLabel = "HEAD", description = "What the output layer reads: the mean of all h, the last, or all frames.")
  private String head;

  @Option(names = "--normalisation", paramLabel = "FILE",
      description = "JSON with mean and deviation of each input, or none if the network takes its input as it comes.")
  private String normalisation;

  @Option(names = "--features", paramLabel = "NAME",
      description = "Front end for sound: mel16, reference16, mel40 or a JSON file; none for other data.")
  private String features;

  @Option(names = "--nonlinearity", paramLabel = "NAME", description = "Of an nn.RNN, whose weights do not say it: tanh or relu.")
  private String nonlinearity;

  /**
   * What was given; texts, null where nothing was.
   *
   * @param from where the JSON file is or would be
   * @param description labels, head and so on as far as they are known
   * @param noNormalisation whether the user said that there is none
   */
  record Given(Path from, Description description, boolean noNormalisation, String nonlinearity) {
    /**
     * All that a model needs.
     *
     * @throws InvalidInputException naming everything that is known neither from the user nor from the file
     */
    Description description(Path file, ImportedModel imported) {
      int inputs = imported.weights().inputs();
      Description known = description.or(imported.description());
      if (noNormalisation) {
        float[] ones = new float[inputs];
        Arrays.fill(ones, 1);
        known = new Description(null, null, new Normalisation(new float[inputs], ones), null).or(known);
      }
      Map<String, Object> needed = new LinkedHashMap<>();
      needed.put("--labels NAMES", known.labels());
      needed.put("--head mean|last|frames", known.head());
      needed.put("--normalisation none|FILE", known.normalisation());
      needed.put("--features none|mel16|...", known.frontEnd());
      List<String> missing = needed.keySet().stream().filter(option -> needed.get(option) == null).toList();
      if (!missing.isEmpty()) {
        throw new InvalidInputException(file + " does not say everything that a model needs; give " + String.join(", ", missing)
            + ", or write them into " + from + " (docs/import.md)");
      }
      int channels = known.normalisation().channels();
      int filters = known.frontEnd().isEmpty() ? inputs : LogMelSettings.fromJson(known.frontEnd(), "--features").filters();
      if (channels != inputs || filters != inputs) {
        throw new InvalidInputException(file + " takes " + inputs + " inputs, and the " + (channels != inputs ? "normalisation has "
            + channels + " channels" : "features have " + filters) + "; expected " + inputs);
      }
      return known;
    }
  }

  /** @throws InvalidInputException if something that was given cannot be understood */
  Given read(Path file) {
    Path from = about != null ? about : file.resolveSibling(Folder.name(file).replaceFirst("\\.[^.]*$", "") + ".json");
    JsonNode json = about != null || Files.exists(from) ? json(from) : Json.parse("{}", "");
    List<String> unknown = new ArrayList<>();
    json.fieldNames().forEachRemaining(key -> {
      if (!KEYS.contains(key)) {
        unknown.add(key);
      }
    });
    if (!unknown.isEmpty()) {
      throw new InvalidInputException(from + ": \"" + unknown.getFirst() + "\" is not known, expected " + String.join(", ",
          KEYS.stream().sorted().toList()) + "; name another file with --about");
    }
    Description fromJson = fromJson(json, from);
    boolean none = normalisation != null ? normalisation.equals(NONE) : NONE.equals(text(json, Description.NORMALISATION));
    Description fromOptions = new Description(labels == null ? null : labels(), head == null ? null : Head.named(head),
        normalisation == null || none ? null : normalisation(json(Path.of(normalisation)).toString(), normalisation),
        features == null ? null : frontEnd(features));
    String function = nonlinearity != null ? nonlinearity : text(json, NONLINEARITY);
    if (function != null && !Set.of("tanh", "relu").contains(function)) {
      throw new InvalidInputException("nonlinearity \"" + function + "\", expected tanh or relu");
    }
    return new Given(from, fromOptions.or(fromJson), none, function);
  }

  private static Description fromJson(JsonNode json, Path from) {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (String key : List.of(Description.LABELS, Description.HEAD, Description.NORMALISATION)) {
      JsonNode value = json.get(key);
      if (value != null && !(key.equals(Description.NORMALISATION) && NONE.equals(value.textValue()))) {
        metadata.put(key, key.equals(Description.HEAD) ? value.asText() : value.toString());
      }
    }
    JsonNode features = json.get(Description.FEATURES);
    if (features != null) {
      metadata.put(Description.FEATURES, features.isObject() ? LogMelSettings.fromJson(features.toString(), from.toString()).toJson()
          : frontEnd(features.asText()));
    }
    Description known = Description.of(metadata, from.toString());
    return known.labels() == null ? known
        : new Description(known.labels().stream().map(Label::of).toList(), known.head(), known.normalisation(), known.frontEnd());
  }

  private static String text(JsonNode json, String key) {
    return json.path(key).textValue();
  }

  private List<String> labels() {
    Path list = Path.of(labels);
    List<String> names =
        Files.isRegularFile(list) ? text(list).lines().filter(line -> !line.isBlank()).toList() : List.of(labels.split(","));
    return names.stream().map(Label::of).toList();
  }

  private static Normalisation normalisation(String json, String from) {
    return Description.of(Map.of(Description.NORMALISATION, json), from).normalisation();
  }

  private static String frontEnd(String name) {
    if (name.equals(NONE)) {
      return "";
    }
    Path settings = Path.of(name);
    return (Files.isRegularFile(settings) ? LogMelSettings.fromJson(text(settings), name) : LogMelSettings.preset(name)).toJson();
  }

  private static JsonNode json(Path file) {
    return Json.parse(text(file), file.toString());
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new InvalidInputException("cannot read " + file + ": " + AtomicFile.reason(e) + "; give a text file", e);
    }
  }
}
