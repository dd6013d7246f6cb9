// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.lull.cost.OperationCount;
import org.lull.cost.OperationCounts;
import org.lull.input.InvalidInputException;
import org.lull.kernel.KernelChoice;
import org.lull.kernel.Kernels;
import org.lull.rnn.LayerLayout;
import org.lull.rnn.Thresholds;

/**
 * The parameters of a network: the weights of a stack of recurrent layers and a linear head, in one flat array (the arena), and the
 * thresholds of the layers. The computation is in {@link NetworkPass} (whole sequences, with gradients) and {@link NetworkStream} (step by
 * step).
 *
 * <p>One thread may change the parameters while no other uses them; any number may read.
 */
public final class Network {
  private final NetworkSpec spec;
  private final Kernels kernels;
  private final List<LayerLayout> layers;
  private final int headWeight;
  private final int headBias;
  private final float[] parameters;
  private final Thresholds[] thresholds;
  private Arithmetic arithmetic = Arithmetic.FLOAT32;

  /** A network whose weights and thresholds are zero. It uses the kernels of this machine. */
  public Network(NetworkSpec spec) {
    this(spec, KernelChoice.kernels());
  }

  public Network(NetworkSpec spec, Kernels kernels) {
    this.spec = spec;
    this.kernels = kernels;
    List<LayerLayout> layouts = new ArrayList<>();
    int top = Kernels.ALIGNED;
    for (int layer = 0; layer < spec.layers(); layer++) {
      LayerLayout layout = new LayerLayout(spec.cell(), spec.inputs(layer), spec.hidden(), top);
      layouts.add(layout);
      top = layout.end();
    }
    layers = List.copyOf(layouts);
    headWeight = top;
    headBias = headWeight + spec.outputs() * Kernels.pad(spec.hidden());
    parameters = new float[headBias + Kernels.pad(spec.outputs())];
    thresholds = new Thresholds[spec.layers()];
    for (int layer = 0; layer < spec.layers(); layer++) {
      thresholds[layer] = Thresholds.uniform(spec.inputs(layer), spec.hidden(), 0, 0);
    }
  }

  /** An independent copy with the same parameters, thresholds and arithmetic. */
  public Network copy() {
    Network copy = new Network(spec, kernels);
    copy.arithmetic = arithmetic;
    copy.set(this);
    return copy;
  }

  /** Copies the parameters and thresholds of another network of the same architecture into this one. */
  public void set(Network other) {
    System.arraycopy(other.parameters, 0, parameters, 0, parameters.length);
    System.arraycopy(other.thresholds, 0, thresholds, 0, thresholds.length);
  }

  /**
   * A copy with the same layers and thresholds but other outputs. This is how classes are added and removed.
   *
   * @param outputs for each output of the new head, the output of this network whose weights and bias are copied, or -1 for zeros
   */
  public Network withOutputs(int... outputs) {
    NetworkSpec wider = new NetworkSpec(spec.cell(), spec.inputs(), spec.layers(), spec.hidden(), outputs.length, spec.head());
    Network network = new Network(wider, kernels);
    network.arithmetic = arithmetic;
    System.arraycopy(parameters, 0, network.parameters, 0, headWeight);
    System.arraycopy(thresholds, 0, network.thresholds, 0, thresholds.length);
    int row = Kernels.pad(spec.hidden());
    for (int k = 0; k < outputs.length; k++) {
      if (outputs[k] >= 0) {
        System.arraycopy(parameters, headWeight + outputs[k] * row, network.parameters, headWeight + k * row, row);
        network.parameters[network.headBias + k] = parameters[headBias + outputs[k]];
      }
    }
    return network;
  }

  public NetworkSpec spec() {
    return spec;
  }

  public Kernels kernels() {
    return kernels;
  }

  /** The position of each layer in the arena, lowest first. */
  public List<LayerLayout> layers() {
    return layers;
  }

  /**
   * The arena of all parameters: first the layers, in the layout of {@link LayerLayout}, then the head. Not a copy: training changes it in
   * place.
   */
  public float[] parameters() {
    return parameters;
  }

  /** First position of the arena that has a parameter. From there to the end there are only parameters, and padding that stays zero. */
  public int first() {
    return layers.getFirst().column(0, 0);
  }

  /** Position of the head's weights, [outputs][pad(hidden)]. */
  public int headWeight() {
    return headWeight;
  }

  /** Position of the head's biases, [outputs]. */
  public int headBias() {
    return headBias;
  }

  /** The thresholds of a layer (0 is the lowest); used only in {@link Mode#DELTA}. */
  public Thresholds thresholds(int layer) {
    return thresholds[layer];
  }

  /** @throws IllegalArgumentException if the lengths are not those of the layer's padded inputs and units */
  public void setThresholds(int layer, Thresholds value) {
    LayerLayout layout = layers.get(layer);
    if (value.x().length != layout.paddedInputs() || value.h().length != layout.paddedUnits()) {
      throw new IllegalArgumentException("thresholds for " + value.x().length + " and " + value.h().length + " entries in layer " + layer
          + " of " + layout.paddedInputs() + " and " + layout.paddedUnits() + " (padded)");
    }
    thresholds[layer] = value;
  }

  /** The number format that the recurrent layers compute in. */
  public Arithmetic arithmetic() {
    return arithmetic;
  }

  /**
   * Sets the arithmetic. Call this before passes are made.
   *
   * @throws InvalidInputException if a network of this architecture cannot compute in this arithmetic
   */
  public void setArithmetic(Arithmetic value) {
    value.check(spec);
    arithmetic = value;
  }

  /** New counters for this architecture. */
  public OperationCounts operationCounts() {
    return new OperationCounts(IntStream.range(0, layers.size())
        .mapToObj(layer -> new OperationCount(layers.get(layer).shape(), layer > 0))
        .toList());
  }

  /** Name of the part of the network that a position in the arena belongs to, for messages. */
  public String partAt(int position) {
    for (int layer = 0; layer < layers.size(); layer++) {
      if (position < layers.get(layer).end()) {
        return "layer " + layer;
      }
    }
    return "the head";
  }
}
