// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.python;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.lull.Model;
import org.lull.exchange.CellKind;
import org.lull.exchange.Description;
import org.lull.exchange.RecurrentWeights;
import org.lull.exchange.RecurrentWeights.Layer;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.io.Safetensors;
import org.lull.io.Safetensors.Tensor;

/**
 * Writes the weights of a model as safetensors in the conventions of PyTorch or Keras, and beside it a program in Python that loads them
 * and compares itself with Lull. Thresholds are not among the weights: PyTorch and Keras compute the dense network.
 */
public final class PythonExport {
  /** For whom the weights are written. */
  public enum Convention {
    PYTORCH,
    KERAS
  }

  /** In the metadata: that the file was written by this class. */
  public static final String EXPORTED = "exported_by";
  /** What the program in Python begins with. */
  public static final String FIRST_LINE = "# Written by lull export.";

  /** Keras's order of the gates of a GRU, z r n, of PyTorch's r z n. Of its other cells the order is the same. */
  private static final int[] KERAS_GRU = {1, 0, 2};

  private PythonExport() {}

  /** The program that is written beside the weights: the same name with the ending .py. */
  public static Path program(Path file) {
    String name = file.getFileName().toString();
    return file.resolveSibling((name.endsWith(Safetensors.SUFFIX) ? name.substring(0, name.length() - Safetensors.SUFFIX.length()) : name)
        + ".py");
  }

  /** Whether both files, as far as they exist, were written by this class. */
  public static boolean wrote(Path file) {
    try {
      Path program = program(file);
      return (!Files.exists(file) || Safetensors.read(file).metadata().containsKey(EXPORTED))
          && (!Files.exists(program) || Files.readString(program).startsWith(FIRST_LINE));
    } catch (InvalidInputException | IOException e) {
      return false;
    }
  }

  /**
   * Writes both files.
   *
   * @throws InvalidInputException if the other program has no such cell, or a file cannot be written
   */
  public static void write(Path file, Model model, Convention convention) {
    RecurrentWeights weights = RecurrentWeights.of(model.network());
    if (weights.kind() == CellKind.PEEPHOLE) {
      throw new InvalidInputException("PyTorch and Keras have no LSTM with peepholes; export the model as ONNX: lull export --onnx FILE");
    }
    SequencedMap<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", convention == Convention.PYTORCH ? "pt" : "tf"); // as others mark files with these names
    metadata.put(EXPORTED, "lull " + model.provenance().lull());
    metadata.put("cell", model.spec().cell().name());
    metadata.putAll(Description.of(model).metadata());
    if (model.isRegression()) {
      metadata.put("targets", Description.json(model.loss().targets()));
    }
    metadata.put(Description.PROVENANCE, Description.json(model.provenance()));
    byte[] program = new PythonProgram(model, convention, file.getFileName().toString()).text().getBytes(StandardCharsets.UTF_8);
    Safetensors.write(file, convention == Convention.PYTORCH ? pytorch(weights) : keras(weights), metadata);
    AtomicFile.write(program(file), out -> out.write(program));
  }

  /** rnn.weight_ih_l0 and so on, as a module has them whose layers are called rnn and head. */
  static List<Tensor> pytorch(RecurrentWeights weights) {
    List<Tensor> tensors = new ArrayList<>();
    for (int k = 0; k < weights.layers().size(); k++) {
      Layer layer = weights.layers().get(k);
      int rows = layer.biasIh().length;
      tensors.add(tensor("rnn.weight_ih_l" + k, layer.weightIh(), rows, layer.inputs()));
      tensors.add(tensor("rnn.weight_hh_l" + k, layer.weightHh(), rows, layer.hidden()));
      tensors.add(tensor("rnn.bias_ih_l" + k, layer.biasIh(), rows));
      tensors.add(tensor("rnn.bias_hh_l" + k, layer.biasHh(), rows));
    }
    tensors.add(tensor("head.weight", weights.head().weight(), weights.head().outputs(), weights.hidden()));
    tensors.add(tensor("head.bias", weights.head().bias(), weights.head().outputs()));
    return tensors;
  }

  /** rnn_0/kernel and so on: matrices transposed, one bias, and for the GRU (reset_after) two rows of biases. */
  static List<Tensor> keras(RecurrentWeights weights) {
    List<Tensor> tensors = new ArrayList<>();
    for (int k = 0; k < weights.layers().size(); k++) {
      Layer layer = weights.layers().get(k);
      int rows = layer.biasIh().length;
      String name = "rnn_" + k + "/";
      tensors.add(tensor(name + "kernel", transposed(ordered(layer, layer.weightIh(), layer.inputs()), layer.inputs()), layer.inputs(),
          rows));
      tensors.add(tensor(name + "recurrent_kernel", transposed(ordered(layer, layer.weightHh(), layer.hidden()), layer.hidden()),
          layer.hidden(), rows));
      float[] biasIh = ordered(layer, layer.biasIh(), 1);
      float[] biasHh = ordered(layer, layer.biasHh(), 1);
      if (layer.kind() == CellKind.GRU) {
        float[] both = new float[2 * rows];
        System.arraycopy(biasIh, 0, both, 0, rows);
        System.arraycopy(biasHh, 0, both, rows, rows);
        tensors.add(tensor(name + "bias", both, 2, rows));
      } else {
        float[] sum = new float[rows];
        for (int i = 0; i < rows; i++) {
          sum[i] = biasIh[i] + biasHh[i];
        }
        tensors.add(tensor(name + "bias", sum, rows));
      }
    }
    tensors.add(tensor("head/kernel", transposed(weights.head().weight(), weights.hidden()), weights.hidden(), weights.head().outputs()));
    tensors.add(tensor("head/bias", weights.head().bias(), weights.head().outputs()));
    return tensors;
  }

  private static Tensor tensor(String name, float[] data, int... shape) {
    return new Tensor(name, shape, data);
  }

  /** Rows of Keras's order of gates. */
  private static float[] ordered(Layer layer, float[] matrix, int columns) {
    if (layer.kind() != CellKind.GRU) {
      return matrix;
    }
    int size = layer.hidden() * columns;
    float[] ordered = new float[matrix.length];
    for (int gate = 0; gate < KERAS_GRU.length; gate++) {
      System.arraycopy(matrix, KERAS_GRU[gate] * size, ordered, gate * size, size);
    }
    return ordered;
  }

  private static float[] transposed(float[] matrix, int columns) {
    int rows = matrix.length / columns;
    float[] transposed = new float[matrix.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        transposed[c * rows + r] = matrix[r * columns + c];
      }
    }
    return transposed;
  }
}
