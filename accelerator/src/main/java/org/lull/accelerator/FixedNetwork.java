// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.ArrayList;
import java.util.List;
import org.lull.input.InvalidInputException;
import org.lull.kernel.Kernels;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.rnn.LayerLayout;
import org.lull.rnn.Thresholds;

/** The recurrent layers of a network in integers, with the position of each weight in the arena of the floats. */
final class FixedNetwork {
  private static final int LARGEST_THRESHOLD = 1 << 15 - FixedPoint.FV;

  private final Network network;
  private final Mode mode;
  private final List<FixedLstmLayer> layers = new ArrayList<>();
  /** For each layer, positions of its weights in the arena. */
  private final List<int[]> positions = new ArrayList<>();

  /** @throws InvalidInputException if it is no LSTM */
  FixedNetwork(Network network, Mode mode) {
    new Fixed16().check(network.spec());
    this.network = network;
    this.mode = mode;
    for (LayerLayout layout : network.layers()) {
      layers.add(new FixedLstmLayer(layout.inputs(), layout.units()));
      positions.add(positions(layout));
    }
    quantise();
  }

  private static int[] positions(LayerLayout layout) {
    int columns = layout.columns();
    int gates = FixedLstmLayer.GATES;
    int[] positions = new int[(columns + 1) * gates * layout.units()];
    int k = 0;
    for (int j = 0; j <= columns; j++) {
      for (int u = 0; u < layout.units(); u++) {
        for (int gate = 0; gate < gates; gate++) {
          positions[k++] = j < columns ? layout.weight(j, gate, u) : layout.bias(0) + layout.unitInBlocks(gates, gate, u);
        }
      }
    }
    return positions;
  }

  /**
   * Converts the current weights and thresholds from floats.
   *
   * @return number of weights that were beyond the range of 16 bits
   * @throws InvalidInputException if the entries of a layer have different thresholds
   */
  int quantise() {
    int saturated = 0;
    for (int l = 0; l < layers.size(); l++) {
      FixedLstmLayer layer = layers.get(l);
      boolean delta = mode == Mode.DELTA;
      Thresholds thresholds = network.thresholds(l);
      layer.setThresholds(delta ? threshold("x", thresholds.x(), layer.inputs()) : 0,
          delta ? threshold("h", thresholds.h(), layer.units()) : 0);
      short[] weights = layer.weights();
      float[] parameters = network.parameters();
      int[] position = positions.get(l);
      for (int k = 0; k < weights.length; k++) {
        float weight = parameters[position[k]];
        weights[k] = FixedPoint.quantise(weight, 1 << FixedPoint.FW);
        saturated += FixedPoint.fits(weight, 1 << FixedPoint.FW) ? 0 : 1;
      }
    }
    return saturated;
  }

  private static int threshold(String part, float[] thresholds, int entries) {
    for (int k = 1; k < entries; k++) {
      if (thresholds[k] != thresholds[0]) {
        throw new InvalidInputException("thresholds of " + thresholds[0] + " and " + thresholds[k] + " on " + part
            + " in one layer; the accelerator has one for all");
      }
    }
    if (thresholds[0] >= LARGEST_THRESHOLD) {
      throw new InvalidInputException("threshold " + thresholds[0] + " on " + part + ": the accelerator's values end at "
          + LARGEST_THRESHOLD);
    }
    int theta = FixedPoint.quantise(thresholds[0], FixedPoint.ONE);
    return thresholds[0] > 0 ? Math.max(1, theta) : 0; // 0 would be the dense network
  }

  /** Arrays for the gradients of the weights of each layer, set to 0. */
  List<long[]> gradients() {
    return layers.stream().map(layer -> new long[layer.weights().length]).toList();
  }

  /** Converts the gradients of a layer, in units of {@code unit}, to gradients of the floats. */
  void toFloats(int layer, long[] gradient, double unit, float[] arena, boolean overwrite) {
    int[] position = positions.get(layer);
    for (int k = 0; k < gradient.length; k++) {
      float value = (float) (gradient[k] * unit);
      arena[position[k]] = overwrite ? value : arena[position[k]] + value;
    }
  }

  /** The layers, the first layer first. */
  List<FixedLstmLayer> layers() {
    return layers;
  }

  /** Number of floats from one row of x to the next. */
  int inputStride() {
    return Kernels.pad(network.spec().inputs());
  }

  /** Number of floats from one row of h to the next. */
  int hiddenStride() {
    return Kernels.pad(network.spec().hidden());
  }
}
