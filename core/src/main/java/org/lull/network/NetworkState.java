// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import org.lull.kernel.Kernels;

/** The state of a stream: the states of the layers, and the running sum of the head. Its holder owns it, and may copy or drop it. */
public final class NetworkState {
  final Arithmetic.State layers;
  final float[] sum;
  int steps;

  /** The state before the first timestep. */
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

  /** Takes over the values of another state of the same network, such as the one before the first timestep. Allocates nothing. */
  public void set(NetworkState other) {
    layers.set(other.layers);
    System.arraycopy(other.sum, 0, sum, 0, sum.length);
    steps = other.steps;
  }

  /**
   * The largest magnitude in the delta memories M of the layers; usually of the order of 1 to 100, a larger value means that something is
   * wrong.
   */
  public float largestDeltaMemory() {
    return layers.largestDeltaMemory();
  }

  /** Number of timesteps so far. */
  public int steps() {
    return steps;
  }
}
