// SPDX-License-Identifier: Apache-2.0
package org.lull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.lull.input.InvalidInputException;
import org.lull.io.Safetensors.Contents;
import org.lull.io.Safetensors;
import org.lull.io.StateDict;
import org.lull.kernel.Kernels;
import org.lull.network.Arithmetic;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Provenance;
import org.lull.rnn.Cell;
import org.lull.rnn.LayerLayout;
import org.lull.rnn.Thresholds;

/**
 * Reads and writes a model as one safetensors file. Parameters have PyTorch's names and layout ({@link StateDict}); everything else is JSON
 * strings in the metadata. The format is described in docs/formats.md.
 */
final class ModelFile {
  private static final String FORMAT = "lull-model-1";
  private static final ObjectMapper JSON = JsonMapper.builder()
      .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
          DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
      .build();

  private static final String DAMAGED = "the file is damaged or was changed by hand";

  private ModelFile() {}

  private record Architecture(String cell, int inputs, int layers, int hidden, int outputs, String head, String mode) {}

  /** A normalisation, which may be damaged. */
  private record Statistics(float[] mean, float[] deviation) {}

  /** Thresholds of a layer: one number each if they are all the same. */
  private record LayerThresholds(float[] x, float[] h) {
    static LayerThresholds of(Thresholds thresholds, LayerLayout layout) {
      return new LayerThresholds(shortest(thresholds.x(), layout.inputs()), shortest(thresholds.h(), layout.units()));
    }

    private static float[] shortest(float[] padded, int n) {
      boolean same = IntStream.range(1, n).allMatch(i -> padded[i] == padded[0]);
      return Arrays.copyOf(padded, same ? 1 : n);
    }

    Thresholds in(LayerLayout layout) {
      return new Thresholds(spread(x, layout.inputs()), spread(h, layout.units()));
    }

    private static float[] spread(float[] values, int n) {
      if (values.length != 1 && values.length != n) {
        throw new InvalidInputException(values.length + " thresholds of a layer, expected 1 or " + n);
      }
      float[] padded = Arrays.copyOf(values, Kernels.pad(n));
      if (values.length == 1) {
        Arrays.fill(padded, values[0]);
      }
      return padded;
    }
  }

  /**
   * Writes the model. An existing file is replaced.
   *
   * @throws InvalidInputException if it cannot be written; an existing file is then unchanged
   */
  static void write(Path file, Model model) {
    NetworkSpec spec = model.network().spec();
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT);
    metadata.put("architecture", json(new Architecture(spec.cell().name(), spec.inputs(), spec.layers(), spec.hidden(), spec.outputs(),
        spec.head().label(), model.mode().name().toLowerCase(Locale.ROOT))));
    metadata.put("thresholds", json(IntStream.range(0, spec.layers())
        .mapToObj(layer -> LayerThresholds.of(model.network().thresholds(layer), model.network().layers().get(layer)))
        .toList()));
    metadata.put("labels", json(model.labels()));
    metadata.put("normalisation", json(model.normalisation()));
    if (model.isRegression()) {
      metadata.put("targets", json(model.targets()));
    }
    metadata.put("arithmetic", model.arithmetic().name());
    metadata.put("features", model.frontEnd());
    metadata.put("provenance", json(model.provenance()));
    model.detector().ifPresent(detector -> metadata.put("detector", json(detector)));
    Safetensors.write(file, StateDict.of(model.network()), metadata);
  }

  /**
   * Reads a model.
   *
   * @throws InvalidInputException if the file is missing, damaged, or not a model of this program
   */
  static Model read(Path file) {
    Contents contents = Safetensors.read(file);
    Map<String, String> metadata = contents.metadata();
    if (!FORMAT.equals(metadata.get("format"))) {
      throw new InvalidInputException(file + ": a safetensors file" + origin(contents) + ", but its metadata does not say \"format\": \""
          + FORMAT + "\"; give a model that lull train wrote, or make one of it: lull import " + file + " --out RUN");
    }
    Architecture architecture = parse(file, metadata, "architecture", new TypeReference<>() {});
    List<String> labels = parse(file, metadata, "labels", new TypeReference<>() {});
    List<LayerThresholds> thresholds = parse(file, metadata, "thresholds", new TypeReference<>() {});
    Statistics statistics = parse(file, metadata, "normalisation", new TypeReference<>() {});
    Provenance provenance = parse(file, metadata, "provenance", new TypeReference<>() {});
    String features = metadata.getOrDefault("features", "");
    NetworkSpec spec = spec(file, architecture);
    Normalisation targets = !metadata.containsKey("targets") ? null
        : normalisation(file, parse(file, metadata, "targets", new TypeReference<>() {}), spec.outputs());
    int classes = targets == null ? spec.head().classes(spec.outputs()) : 0;
    int different = (int) labels.stream().filter(Objects::nonNull).distinct().count();
    expect(file, "different labels", different, classes);
    expect(file, "labels", labels.size(), classes);
    expect(file, "layers of thresholds", thresholds.size(), spec.layers());
    Normalisation normalisation = normalisation(file, statistics, spec.inputs());
    checkSize(file, contents, spec);
    contents.tensors().values().forEach(tensor -> checkFinite(file, tensor.name(), tensor.data()));
    Network network = new Network(spec);
    StateDict.load(network, contents);
    for (int layer = 0; layer < spec.layers(); layer++) {
      network.setThresholds(layer, thresholds(file, thresholds.get(layer), network.layers().get(layer)));
    }
    setArithmetic(file, network, metadata, provenance);
    DetectorSettings detector = !metadata.containsKey("detector") ? null : detector(file, metadata);
    try {
      return new Model(network, mode(file, architecture.mode), normalisation, labels, targets, features, provenance, detector);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": " + e.getMessage() + "; " + DAMAGED, e);
    }
  }

  private static DetectorSettings detector(Path file, Map<String, String> metadata) {
    String text = metadata.get("detector");
    try {
      DetectorSettings settings = JSON.readValue(text, DetectorSettings.class);
      if (settings != null) {
        return settings;
      }
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(file + ": \"detector\" in its metadata cannot be read: " + e.getOriginalMessage() + "; " + DAMAGED,
          e);
    }
    throw new InvalidInputException(file + ": \"detector\" in its metadata is null; " + DAMAGED);
  }

  /** Which program wrote a file that is not from Lull, as far as the file says. */
  private static String origin(Contents contents) {
    Optional<String> recurrent =
        contents.tensors().keySet().stream().filter(name -> name.matches("(.*\\.)?weight_(ih|hh)_l\\d+(_reverse)?")).findFirst();
    if (recurrent.isPresent()) {
      return " with the parameters of a recurrent layer of PyTorch (" + recurrent.get() + ")";
    }
    return switch (contents.metadata().getOrDefault("format", "")) {
      case "pt" -> " of PyTorch";
      case "tf" -> " of TensorFlow";
      case "flax" -> " of Flax";
      case "np" -> " of NumPy";
      case "mlx" -> " of MLX";
      default -> "";
    };
  }

  /** The sizes come from the file: believe them only if it holds that many numbers. */
  private static void checkSize(Path file, Contents contents, NetworkSpec spec) {
    long held = contents.tensors().values().stream().mapToLong(tensor -> tensor.data().length).sum();
    if (held != spec.parameters()) {
      throw new InvalidInputException(file + ": holds " + held + " parameters, but the architecture it describes has " + spec.parameters()
          + "; " + DAMAGED);
    }
  }

  private static NetworkSpec spec(Path file, Architecture a) {
    try {
      return new NetworkSpec(Cell.named(a.cell), a.inputs, a.layers, a.hidden, a.outputs, Head.named(a.head));
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": in the architecture it describes, " + e.getMessage(), e);
    }
  }

  /** In older files the arithmetic has no key of its own; it is among the options. */
  private static void setArithmetic(Path file, Network network, Map<String, String> metadata, Provenance provenance) {
    String name = metadata.get("arithmetic");
    if (name == null) {
      name = provenance.options().getOrDefault("numeric", Arithmetic.FLOAT32.name());
    }
    try {
      network.setArithmetic(Arithmetic.named(name));
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": " + e.getMessage(), e);
    }
  }

  private static Thresholds thresholds(Path file, LayerThresholds thresholds, LayerLayout layout) {
    if (thresholds == null) {
      throw new InvalidInputException(file + ": a layer has no thresholds; " + DAMAGED);
    }
    try {
      return thresholds.in(layout);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": " + e.getMessage() + "; " + DAMAGED, e);
    }
  }

  private static Normalisation normalisation(Path file, Statistics statistics, int channels) {
    expect(file, "means", statistics.mean.length, channels);
    expect(file, "deviations", statistics.deviation.length, channels);
    checkFinite(file, "mean", statistics.mean);
    checkFinite(file, "deviation", statistics.deviation);
    for (float deviation : statistics.deviation) {
      if (!(deviation > 0)) {
        throw new InvalidInputException(file + ": a deviation is " + deviation + ", expected more than 0; " + DAMAGED);
      }
    }
    return new Normalisation(statistics.mean, statistics.deviation);
  }

  /** A number that is not finite would turn every decision into the same one, silently. */
  private static void checkFinite(Path file, String what, float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new InvalidInputException(file + ": a number of " + what + " is " + value + ", expected finite ones; " + DAMAGED);
      }
    }
  }

  private static Mode mode(Path file, String name) {
    for (Mode mode : Mode.values()) {
      if (mode.name().equalsIgnoreCase(name)) {
        return mode;
      }
    }
    throw new InvalidInputException(file + ": mode \"" + name + "\" in the architecture, expected dense or delta");
  }

  private static void expect(Path file, String what, int actual, int expected) {
    if (actual != expected) {
      throw new InvalidInputException(file + ": " + actual + " " + what + ", expected " + expected
          + " for the architecture the file describes; it is damaged or was changed by hand");
    }
  }

  /**
   * The settings of a front end as they are stored.
   *
   * @throws InvalidInputException if they are neither "" nor a JSON object
   */
  static String frontEnd(String json) {
    try {
      if (Objects.requireNonNull(json, "frontEnd").isEmpty() || JSON.readTree(json).isObject()) {
        return json;
      }
    } catch (JsonProcessingException e) {
      // refused below
    }
    throw new InvalidInputException(
        "front end " + json + ", expected a JSON object such as LogMelSettings.toJson gives, or \"\" for data that"
            + " is used as it is");
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T> T parse(Path file, Map<String, String> metadata, String key, TypeReference<T> type) {
    String text = metadata.get(key);
    if (text == null) {
      throw new InvalidInputException(file + ": no \"" + key + "\" in its metadata; expected a model written by lull train");
    }
    try {
      T value = JSON.readValue(text, type);
      if (value == null) {
        throw new InvalidInputException(file + ": \"" + key + "\" in its metadata is null; the file is damaged");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          file + ": \"" + key + "\" in its metadata cannot be read: " + e.getOriginalMessage() + "; the file is damaged", e);
    }
  }
}
