// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.util.List;
import org.lull.rnn.LayerState;

/** The arithmetic of most networks: single precision floating point. */
final class Float32 implements Arithmetic {
  @Override
  public String name() {
    return "float32";
  }

  @Override
  public void check(NetworkSpec spec) {}

  /** Dense mode knows no lists of what fired. */
  @Override
  public boolean runs(Mode mode, Execution execution) {
    return mode == Mode.DELTA || execution == Execution.DENSE;
  }

  @Override
  public Layers layers(Network network, Mode mode) {
    return new FloatLayers(network, mode);
  }

  @Override
  public State state(Network network) {
    return new FloatState(network.layers().stream().map(layout -> new LayerState(layout, network.parameters())).toList());
  }

  /** One a layer, the lowest first. */
  record FloatState(List<LayerState> layers) implements State {
    @Override
    public State copy() {
      return new FloatState(layers.stream().map(LayerState::copy).toList());
    }

    @Override
    public void set(State other) {
      List<LayerState> values = ((FloatState) other).layers;
      for (int layer = 0; layer < layers.size(); layer++) { // no iterator: a stream in windows does this all the time
        layers.get(layer).set(values.get(layer));
      }
    }

    @Override
    public float largestDeltaMemory() {
      float largest = 0;
      for (LayerState layer : layers) {
        largest = Math.max(largest, layer.largestM());
      }
      return largest;
    }
  }

  @Override
  public String toString() {
    return name();
  }
}
