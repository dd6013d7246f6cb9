// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import org.lull.kernel.Kernels;

/** Where a stream stands: the states of the layers and the running sum of the head. A value its holder owns, copies and drops at will. */
public final class NetworkState {
  final Arithmetic.State layers;
  final float[] sum;
  int steps;

  /** Before the first timestep. */
  public NetworkState(Network network) {
    layers = network.arithmetic().state(network);
    sum = new float[Kernels.pad(network.spec().hidden())];
  }

  private NetworkState(NetworkState other) {
    layers = other.layers.copy();
    sum = other.sum.clone();
    steps = other.steps;
  }

  public NetworkState copy() {
    return new NetworkState(this);
  }

  /** The largest magnitude in the delta memories M of the layers: of the order of 1 to 100 unless something is wrong. */
  public float largestMemory() {
    return layers.largestMemory();
  }

  /** Timesteps taken so far. */
  public int steps() {
    return steps;
  }
}
