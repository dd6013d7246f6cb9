package org.lull.network;

import java.util.ArrayList;
import java.util.List;
import org.lull.kernel.Kernels;
import org.lull.rnn.LayerState;

/** Where a stream stands: the states of the layers and the running sum of the head. A value its holder owns, copies and drops at will. */
public final class NetworkState {
  final List<LayerState> layers = new ArrayList<>();
  final float[] sum;
  int steps;

  /** Before the first timestep. */
  public NetworkState(Network network) {
    network.layers().forEach(layout -> layers.add(new LayerState(layout, network.parameters())));
    sum = new float[Kernels.pad(network.spec().hidden())];
  }

  private NetworkState(NetworkState other) {
    other.layers.forEach(layer -> layers.add(layer.copy()));
    sum = other.sum.clone();
    steps = other.steps;
  }

  public NetworkState copy() {
    return new NetworkState(this);
  }

  /** Timesteps taken so far. */
  public int steps() {
    return steps;
  }
}
