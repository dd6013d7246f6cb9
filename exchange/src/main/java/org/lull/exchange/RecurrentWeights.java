// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.lull.input.InvalidInputException;
import org.lull.io.Safetensors.Contents;
import org.lull.io.Safetensors.Tensor;
import org.lull.io.StateDict;
import org.lull.network.Head;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;

/**
 * The weights of a stack of recurrent layers and of a linear output layer, in the conventions of PyTorch. Whatever comes in or goes out
 * passes through this form: readers of files make it, and {@link #network} makes a network of it; {@link #of} makes it of a network, and
 * writers of files take it.
 *
 * @param kind of all layers
 * @param layers the lowest first; each has the hidden units of the one below as inputs, and all have the same number of units
 * @param head the output layer; null where the source has none
 */
public record RecurrentWeights(CellKind kind, List<Layer> layers, Linear head) {
  /**
   * One layer. Row {@code gate * hidden + unit} of a matrix belongs to a gate of a unit, gates in the order of {@link CellKind}. Arrays are
   * not copied.
   *
   * @param weightIh [gates hidden][inputs], row by row
   * @param weightHh [gates hidden][hidden], row by row
   * @param biasIh [gates hidden]; zeros if the source has none
   * @param biasHh [gates hidden]; zeros likewise. Both biases are added, so that only their sum matters, except for n of the GRU
   * @param peepholes [3 hidden], in the order i f o; empty unless the kind is {@link CellKind#PEEPHOLE}
   */
  public record Layer(CellKind kind, int inputs, int hidden, float[] weightIh, float[] weightHh, float[] biasIh, float[] biasHh,
      float[] peepholes) {
    /** @throws IllegalArgumentException if the arrays do not have these sizes */
    public Layer {
      long rows = (long) kind.gates() * hidden;
      requireLength("weightIh", weightIh, rows * inputs);
      requireLength("weightHh", weightHh, rows * hidden);
      requireLength("biasIh", biasIh, rows);
      requireLength("biasHh", biasHh, rows);
      requireLength("peepholes", peepholes, kind == CellKind.PEEPHOLE ? 3L * hidden : 0);
    }
  }

  /**
   * @throws InvalidInputException if the layers are not a stack as Lull has it: of one kind, of equal size, each as wide as the one above
   *     takes
   */
  public RecurrentWeights {
    if (layers.isEmpty()) {
      throw new InvalidInputException("a network without recurrent layers, expected at least one LSTM, GRU or RNN");
    }
    layers = List.copyOf(layers);
    int hidden = layers.getFirst().hidden;
    for (int k = 0; k < layers.size(); k++) {
      Layer layer = layers.get(k);
      if (layer.kind != kind) {
        throw new InvalidInputException("layer " + k + " is of the kind " + layer.kind.displayName() + " and layer 0 of the kind "
            + kind.displayName() + "; a network of Lull has one kind of cell in all layers");
      }
      if (layer.hidden != hidden) {
        throw new InvalidInputException("layer " + k + " has " + layer.hidden + " units and layer 0 has " + hidden
            + "; a network of Lull has the same number in all layers");
      }
      if (k > 0 && layer.inputs != hidden) {
        throw new InvalidInputException("layer " + k + " takes " + layer.inputs + " inputs, and the layer below has " + hidden
            + " units; expected " + hidden + (layer.inputs == 2 * hidden ? "; bidirectional layers have no equal in Lull" : ""));
      }
    }
    if (head != null && head.inputs() != hidden) {
      throw new InvalidInputException("the output layer takes " + head.inputs() + " inputs, and the layers have " + hidden
          + " units; expected " + hidden);
    }
  }

  /** Number of channels that the lowest layer takes. */
  public int inputs() {
    return layers.getFirst().inputs;
  }

  /** Number of units of each layer. */
  public int hidden() {
    return layers.getFirst().hidden;
  }

  /** The same with another output layer. */
  public RecurrentWeights withHead(Linear other) {
    return new RecurrentWeights(kind, layers, other);
  }

  /**
   * The weights of a network of Lull. Its thresholds are not among them.
   *
   * @throws InvalidInputException if other programs have no such cell
   */
  public static RecurrentWeights of(Network network) {
    NetworkSpec spec = network.spec();
    CellKind kind = CellKind.of(spec.cell());
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    StateDict.of(network).forEach(tensor -> tensors.put(tensor.name(), tensor));
    List<Layer> layers = new ArrayList<>();
    for (int k = 0; k < spec.layers(); k++) {
      float[] peepholes = new float[kind == CellKind.PEEPHOLE ? 3 * spec.hidden() : 0];
      for (int gate = 0; gate * spec.hidden() < peepholes.length; gate++) {
        System.arraycopy(tensors.get(PEEPHOLES.get(gate) + k).data(), 0, peepholes, gate * spec.hidden(), spec.hidden());
      }
      layers.add(new Layer(kind, spec.inputs(k), spec.hidden(), tensors.get("weight_ih_l" + k).data(),
          tensors.get("weight_hh_l" + k).data(), tensors.get("bias_ih_l" + k).data(), tensors.get("bias_hh_l" + k).data(), peepholes));
    }
    return new RecurrentWeights(kind, layers,
        new Linear(spec.outputs(), spec.hidden(), tensors.get("head.weight").data(), tensors.get("head.bias").data()));
  }

  /** Names of the peepholes in Lull's files, without the number of the layer, in the order i f o. */
  private static final List<String> PEEPHOLES = List.of("weight_ci_l", "weight_cf_l", "weight_co_l");

  /**
   * A network of Lull with these weights and thresholds of 0. It holds the sum of the two biases where only that matters.
   *
   * @param reads what the output layer reads of the top layer
   * @throws InvalidInputException if a size is beyond what Lull has
   * @throws IllegalStateException if there is no output layer
   */
  public Network network(Head reads) {
    if (head == null) {
      throw new IllegalStateException("no output layer; give one by withHead");
    }
    int hidden = hidden();
    Network network = new Network(new NetworkSpec(kind.cell(), inputs(), layers.size(), hidden, head.outputs(), reads));
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    for (int k = 0; k < layers.size(); k++) {
      Layer layer = layers.get(k);
      int rows = kind.gates() * hidden;
      put(tensors, "weight_ih_l" + k, layer.weightIh, rows, layer.inputs);
      put(tensors, "weight_hh_l" + k, layer.weightHh, rows, hidden);
      put(tensors, "bias_ih_l" + k, layer.biasIh, rows);
      put(tensors, "bias_hh_l" + k, layer.biasHh, rows);
      for (int gate = 0; gate * hidden < layer.peepholes.length; gate++) {
        float[] ofGate = new float[hidden];
        System.arraycopy(layer.peepholes, gate * hidden, ofGate, 0, hidden);
        put(tensors, PEEPHOLES.get(gate) + k, ofGate, hidden);
      }
    }
    put(tensors, "head.weight", head.weight(), head.outputs(), hidden);
    put(tensors, "head.bias", head.bias(), head.outputs());
    StateDict.load(network, new Contents(Path.of(""), tensors, new LinkedHashMap<>()));
    return network;
  }

  private static void put(SequencedMap<String, Tensor> tensors, String name, float[] data, int... shape) {
    tensors.put(name, new Tensor(name, shape, data));
  }

  static void requireLength(String what, float[] values, long length) {
    if (values.length != length) {
      throw new IllegalArgumentException(what + ": " + values.length + " values, expected " + length);
    }
  }
}
