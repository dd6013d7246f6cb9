// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.ArrayList;
import java.util.List;
import org.lull.network.Arithmetic;
import org.lull.network.Network;
import org.lull.rnn.LayerLayout;

/** The state of the integer layers in a stream, the first layer first. */
final class FixedState implements Arithmetic.State {
  /** One of M in its unit, 2^-(FV + FW). */
  private static final float UNIT_OF_M = Math.scalb(1f, -FixedPoint.FV - FixedPoint.FW);

  /** The state of one layer between timesteps. */
  static final class Layer {
    /** h and c of the last timestep, [Nh]. */
    final short[] h;
    final short[] c;
    /** References vHat: the value that each column last transmitted, [Nx + Nh]. */
    final short[] reference;
    /** M, [4 Nh]. */
    final long[] m;
    /** Whether the bias has been added to M, which is done at the first timestep. */
    boolean begun;

    private Layer(LayerLayout layout) {
      h = new short[layout.units()];
      c = new short[layout.units()];
      reference = new short[layout.columns()];
      m = new long[FixedLstmLayer.GATES * layout.units()];
    }

    private Layer(Layer other) {
      h = other.h.clone();
      c = other.c.clone();
      reference = other.reference.clone();
      m = other.m.clone();
      begun = other.begun;
    }

    private void set(Layer other) {
      System.arraycopy(other.h, 0, h, 0, h.length);
      System.arraycopy(other.c, 0, c, 0, c.length);
      System.arraycopy(other.reference, 0, reference, 0, reference.length);
      System.arraycopy(other.m, 0, m, 0, m.length);
      begun = other.begun;
    }
  }

  final List<Layer> layers;

  private FixedState(List<Layer> layers) {
    this.layers = layers;
  }

  /** The state before the first timestep: zeros. */
  static FixedState of(Network network) {
    List<Layer> layers = new ArrayList<>();
    network.layers().forEach(layout -> layers.add(new Layer(layout)));
    return new FixedState(layers);
  }

  @Override
  public Arithmetic.State copy() {
    return new FixedState(layers.stream().map(Layer::new).toList());
  }

  @Override
  public void set(Arithmetic.State other) {
    for (int layer = 0; layer < layers.size(); layer++) {
      layers.get(layer).set(((FixedState) other).layers.get(layer));
    }
  }

  @Override
  public float largestDeltaMemory() {
    long largest = 0;
    for (Layer layer : layers) {
      for (long value : layer.m) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    return largest * UNIT_OF_M;
  }
}
