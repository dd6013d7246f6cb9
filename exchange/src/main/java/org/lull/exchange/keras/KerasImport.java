// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.jhdf.api.Dataset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lull.exchange.Budget;
import org.lull.exchange.CellKind;
import org.lull.exchange.Description;
import org.lull.exchange.ImportedModel;
import org.lull.exchange.Linear;
import org.lull.exchange.RecurrentWeights;
import org.lull.exchange.RecurrentWeights.Layer;
import org.lull.exchange.StoredZip;
import org.lull.exchange.keras.KerasConfig.LayerConfig;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.network.Head;
import org.lull.network.Normalisation;

/**
 * Reads whole models of Keras: .keras archives of Keras 3, and the HDF5 files of before. Layers are taken in their order: Normalization,
 * then LSTM, GRU or SimpleRNN, then perhaps GlobalAveragePooling1D, then Dense; what does nothing when a model runs is passed over.
 */
public final class KerasImport {
  private static final Set<String> PASSIVE =
      Set.of("InputLayer", "Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "ActivityRegularization");
  private static final double EPSILON = 1e-7; // of Keras, below which a deviation counts as this
  private static final int JSON_NODE = 12; // bytes of memory a byte of JSON takes, about

  private final Path file;
  private final Hdf5 weights;
  private final boolean archive;
  private final List<KerasReference.Layer> layers = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private Linear head;
  private Head read;
  private boolean sequences = true; // whether the last recurrent layer gives all timesteps
  private Normalisation normalisation;

  private KerasImport(Path file, Hdf5 weights, boolean archive) {
    this.file = file;
    this.weights = weights;
    this.archive = archive;
  }

  /**
   * Reads a .keras archive.
   *
   * @throws InvalidInputException if the file cannot be read, is damaged, or holds something that Lull has no equal for
   */
  public static ImportedModel archive(Path file) {
    Budget budget = Budget.of(file);
    try (StoredZip zip = new StoredZip(file, budget)) {
      String config = new String(zip.read("config.json"), StandardCharsets.UTF_8);
      KerasConfig described = config(file, config, budget);
      try (Hdf5 hdf = new Hdf5(file, zip.read("model.weights.h5"), budget)) {
        return new KerasImport(file, hdf, true).model(described, "Keras file");
      }
    }
  }

  /**
   * Reads an HDF5 file of {@code model.save}.
   *
   * @throws InvalidInputException likewise
   */
  public static ImportedModel hdf5(Path file) {
    Budget budget = Budget.of(file);
    try (Hdf5 hdf = new Hdf5(file, bytes(file, budget), budget)) {
      String config = hdf.text("model_config");
      if (config == null) {
        throw new InvalidInputException(file + ": it has no model_config, which says what the weights belong to; save the whole model, by"
            + " model.save()");
      }
      return new KerasImport(file, hdf, false).model(config(file, config, budget), "Keras HDF5 file");
    }
  }

  private static byte[] bytes(Path file, Budget budget) {
    try {
      budget.take(Files.size(file), Byte.BYTES);
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new InvalidInputException("cannot read " + file + ": " + AtomicFile.reason(e) + "; check the path and its permissions", e);
    }
  }

  private static KerasConfig config(Path file, String json, Budget budget) {
    if (json.length() > 1 << 16) { // small ones are small
      budget.take(json.length(), JSON_NODE);
    }
    return KerasConfig.of(json, file.toString());
  }

  private ImportedModel model(KerasConfig config, String format) {
    config.layers().forEach(this::take);
    if (layers.isEmpty()) {
      throw bad("there is no LSTM, GRU or SimpleRNN among its layers");
    }
    if (normalisation != null && normalisation.channels() != layers.getFirst().inputs()) {
      throw bad("its normalisation has " + normalisation.channels() + " channels, and the layer after it takes "
          + layers.getFirst().inputs() + " inputs");
    }
    List<Layer> stack = layers.stream().map(KerasImport::common).toList();
    try {
      RecurrentWeights all = new RecurrentWeights(stack.getFirst().kind(), stack, head);
      return new ImportedModel(format, all, new KerasReference(List.copyOf(layers)), new Description(null, read, normalisation, null),
          Map.of(), notes);
    } catch (InvalidInputException e) {
      throw bad(e.getMessage());
    }
  }

  /** Takes the next layer, if it may come here. */
  private void take(LayerConfig layer) {
    switch (layer.type()) {
      case "LSTM", "GRU", "SimpleRNN" -> {
        require(head == null && read == null, layer, "after the output layer");
        require(sequences, layer, "after a layer that gives the last timestep alone (return_sequences=False)");
        layers.add(recurrent(layer));
        sequences = layer.flag("return_sequences", false);
      }
      case "Normalization" -> {
        require(layers.isEmpty() && normalisation == null, layer, "after the first layers");
        normalisation = normalisation(layer);
      }
      case "GlobalAveragePooling1D" -> {
        require(!layers.isEmpty() && sequences && head == null, layer, "that is not between the recurrent layers and the output layer");
        read = Head.MEAN;
      }
      case "Dense", "TimeDistributed" -> {
        require(!layers.isEmpty(), layer, "before the recurrent layers");
        require(head == null, layer, "after the output layer");
        if (!sequences) {
          read = Head.LAST;
        }
        head = dense(layer);
      }
      case "Softmax" -> require(head != null, layer, "before the output layer");
      case "Activation" -> {
        require(head != null, layer, "before the output layer");
        requireScores(layer, layer.function("activation", "linear"));
      }
      case "Masking" -> notes.add("the layer " + layer.name() + " (Masking) is left out: give sequences without the masked timesteps");
      case "Bidirectional" -> throw bad("the layer " + layer.name() + " is Bidirectional, which Lull has no equal for: it computes as the"
          + " input arrives");
      default -> require(PASSIVE.contains(layer.type()), layer, "beside the recurrent layers and the output layer");
    }
  }

  private void require(boolean ok, LayerConfig layer, String where) {
    if (!ok) {
      throw bad("the layer " + layer.name() + " is a " + layer.type() + " " + where + ", which Lull has no equal for");
    }
  }

  // ---------------------------------------------------------------- layers

  private KerasReference.Layer recurrent(LayerConfig layer) {
    requireFunction(layer, "activation", "tanh");
    if (!layer.type().equals("SimpleRNN")) {
      requireFunction(layer, "recurrent_activation", "sigmoid");
    }
    if (layer.flag("go_backwards", false)) {
      throw bad("the layer " + layer.name() + " goes backwards, which Lull has no equal for: it computes as the input arrives");
    }
    if (layer.type().equals("GRU") && !layer.flag("reset_after", false)) {
      throw bad("the layer " + layer.name() + " has the reset gate before the product (reset_after=False), which Lull has no equal for: it"
          + " has it after");
    }
    boolean biased = layer.flag("use_bias", true);
    Map<String, Hdf5.Values> values = values(layer, "cell/", List.of("kernel", "recurrent_kernel", "bias"), biased ? 3 : 2);
    int[] kernel = values.get("kernel").shape();
    int[] recurrent = values.get("recurrent_kernel").shape();
    int gates = layer.type().equals("LSTM") ? 4 : layer.type().equals("GRU") ? 3 : 1;
    int units = recurrent.length == 2 ? recurrent[0] : 0;
    int columns = gates * units;
    if (units == 0 || recurrent[1] != columns || kernel.length != 2 || kernel[0] == 0 || kernel[1] != columns) {
      throw bad("the layer " + layer.name() + " has a kernel of the sizes " + Arrays.toString(kernel) + " and a recurrent_kernel of "
          + Arrays.toString(recurrent) + ", expected [I, " + gates + " H] and [H, " + gates + " H]");
    }
    int biases = layer.type().equals("GRU") ? 2 * columns : columns;
    float[] bias = biased ? values.get("bias").data() : new float[biases];
    if (bias.length != biases) {
      throw bad("the layer " + layer.name() + " has " + bias.length + " biases, expected " + biases);
    }
    return new KerasReference.Layer(layer.type(), kernel[0], units, values.get("kernel").data(), values.get("recurrent_kernel").data(),
        bias);
  }

  private void requireFunction(LayerConfig layer, String key, String expected) {
    String function = layer.function(key, expected);
    if (!function.equals(expected)) {
      throw bad("the layer " + layer.name() + " has the " + key + " " + function + ", which Lull has no equal for; expected " + expected);
    }
  }

  private Linear dense(LayerConfig layer) {
    LayerConfig inner = layer;
    String within = "";
    if (layer.type().equals("TimeDistributed")) {
      within = "layer/";
      inner = new LayerConfig(layer.config().path("layer").path("class_name").asText(), layer.name(), layer.group(),
          layer.config().path("layer").path("config"));
      require(inner.type().equals("Dense"), inner, "for each timestep");
    }
    requireScores(inner, inner.function("activation", "linear"));
    boolean biased = inner.flag("use_bias", true);
    Map<String, Hdf5.Values> values = values(inner, within, List.of("kernel", "bias"), biased ? 2 : 1);
    int[] shape = values.get("kernel").shape();
    int units = layers.getLast().units();
    if (shape.length != 2 || shape[0] != units || biased && values.get("bias").data().length != shape[1]) {
      throw bad("the layer " + layer.name() + " has a kernel of the sizes " + Arrays.toString(shape) + ", and the layer below has " + units
          + " units");
    }
    int outputs = shape[1];
    return new Linear(outputs, units, transposed(values.get("kernel").data(), outputs, 0, outputs),
        biased ? values.get("bias").data() : new float[outputs]);
  }

  private void requireScores(LayerConfig layer, String function) {
    if (!Set.of("linear", "softmax", "log_softmax").contains(function)) {
      throw bad(
          "the layer " + layer.name() + " has the activation " + function + ", which Lull has no equal for; expected linear or softmax");
    }
  }

  /** Of its configuration, or of its weights where it was adapted to data. */
  private Normalisation normalisation(LayerConfig layer) {
    if (layer.flag("invert", false)) {
      throw bad("the layer " + layer.name() + " inverts its normalisation, which Lull has no equal for");
    }
    float[] mean = numbers(layer, "mean");
    float[] variance = numbers(layer, "variance");
    if (mean == null || variance == null) {
      Map<String, Hdf5.Values> values = values(layer, "", List.of("mean", "variance", "count"), 2);
      mean = values.get("mean").data();
      variance = values.get("variance").data();
    }
    float[] deviation = new float[variance.length];
    for (int i = 0; i < deviation.length; i++) {
      deviation[i] = (float) Math.max(Math.sqrt(variance[i]), EPSILON);
    }
    try {
      return new Normalisation(mean, deviation);
    } catch (InvalidInputException e) {
      throw bad("the layer " + layer.name() + ": " + e.getMessage());
    }
  }

  /** A list of the configuration, in however many brackets; null where it has none. */
  private static float[] numbers(LayerConfig layer, String key) {
    List<Float> found = new ArrayList<>();
    JsonNode node = layer.config().path(key);
    while (node.isArray() && node.size() == 1 && node.get(0).isArray()) {
      node = node.get(0);
    }
    node.forEach(value -> found.add((float) value.asDouble()));
    if (found.isEmpty()) {
      return null;
    }
    float[] numbers = new float[found.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = found.get(i);
    }
    return numbers;
  }

  /**
   * The weights of a layer: in an archive by their number, in an HDF5 file by their name.
   *
   * @param within where the archive has them in the group of the layer
   * @param names in Keras's order
   * @param count how many of them are needed
   */
  private Map<String, Hdf5.Values> values(LayerConfig layer, String within, List<String> names, int count) {
    Map<String, Dataset> found = weights.below(archive ? "layers/" + layer.group() : "model_weights/" + layer.name());
    Map<String, Hdf5.Values> values = new HashMap<>();
    for (int i = 0; i < count; i++) {
      String name = names.get(i);
      String number = within + "vars/" + i;
      List<String> paths = found.keySet().stream()
          .filter(path -> archive ? path.equals(number) : path.equals(name) || path.matches(".*/" + name + "(:0)?")).toList();
      if (paths.size() != 1) {
        throw bad("the layer " + layer.name() + " has no " + name + " among its weights; there is " + Hdf5.names(found));
      }
      values.put(name, weights.values(layer.name() + "/" + name, found.get(paths.getFirst())));
    }
    return values;
  }

  // ---------------------------------------------------------------- into the common form

  private static Layer common(KerasReference.Layer layer) {
    CellKind kind = switch (layer.type()) {
      case "LSTM" -> CellKind.LSTM;
      case "GRU" -> CellKind.GRU;
      default -> CellKind.RNN;
    };
    int n = layer.units();
    int rows = kind.gates() * n;
    int[] gates = kind == CellKind.GRU ? new int[] {1, 0, 2} : kind == CellKind.LSTM ? new int[] {0, 1, 2, 3} : new int[] {0};
    float[] biasHh = new float[rows];
    if (kind == CellKind.GRU) {
      biasHh = reordered(layer.bias(), rows, gates, n);
    }
    return new Layer(kind, layer.inputs(), n, matrix(layer.kernel(), gates, n), matrix(layer.recurrent(), gates, n),
        reordered(layer.bias(), 0, gates, n), biasHh, new float[0]);
  }

  /** [inputs][gates units] becomes [gates units][inputs], gates in PyTorch's order. */
  private static float[] matrix(float[] kernel, int[] gates, int units) {
    int columns = gates.length * units;
    float[] matrix = new float[kernel.length];
    int at = 0;
    for (int gate : gates) {
      float[] rows = transposed(kernel, columns, gate * units, units);
      System.arraycopy(rows, 0, matrix, at, rows.length);
      at += rows.length;
    }
    return matrix;
  }

  /** Some columns of a matrix, as rows. */
  private static float[] transposed(float[] values, int columns, int first, int count) {
    int rows = values.length / columns;
    float[] transposed = new float[count * rows];
    for (int j = 0; j < count; j++) {
      for (int i = 0; i < rows; i++) {
        transposed[j * rows + i] = values[i * columns + first + j];
      }
    }
    return transposed;
  }

  private static float[] reordered(float[] values, int from, int[] gates, int units) {
    float[] ordered = new float[gates.length * units];
    for (int gate = 0; gate < gates.length; gate++) {
      System.arraycopy(values, from + gates[gate] * units, ordered, gate * units, units);
    }
    return ordered;
  }

  private InvalidInputException bad(String what) {
    return new InvalidInputException((file + ": " + what).replaceAll("\\p{Cntrl}", " "));
  }
}
