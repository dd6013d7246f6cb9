// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.util.List;
import java.util.stream.IntStream;
import org.lull.cost.OperationCounts;
import org.lull.input.Finite;
import org.lull.input.InvalidInputException;
import org.lull.kernel.Kernels;
import org.lull.parallel.Subnormals;

/**
 * Runs a network step by step, as frames arrive, on a state that the caller holds. After every step the result is bit for bit that of
 * {@link NetworkPass} on the sequence so far, with delta mode in the sparse form. Only one thread may use a stream at a time, but with any
 * number of states. The network must not change.
 */
public final class NetworkStream {
  private final Network network;
  private final Arithmetic.Layers layers;
  private final OperationCounts operations;
  private final LinearHead head;
  private final float[] x;

  /** A stream in delta mode. */
  public NetworkStream(Network network) {
    this(network, Mode.DELTA);
  }

  public NetworkStream(Network network, Mode mode) {
    this.network = network;
    this.layers = network.arithmetic().layers(network, mode);
    this.operations = network.operationCounts();
    this.head = new LinearHead(network);
    this.x = new float[Kernels.pad(network.spec().inputs())];
  }

  /**
   * Takes one timestep.
   *
   * @param state state of the sequence; it advances by one timestep
   * @param frame normalised features, [channels]
   * @return scores of the classes after this timestep, [outputs]; with {@link Head#FRAMES} the scores of this timestep alone
   * @throws InvalidInputException if the frame has another number of channels, or a value beyond the bound of {@link Finite}; the state is
   *     then unchanged
   * @throws IllegalStateException if the thread's arithmetic is not Java's ({@link Subnormals})
   */
  public float[] step(NetworkState state, float[] frame) {
    float[] scores = new float[network.spec().outputs()];
    step(state, frame, scores);
    return scores;
  }

  /**
   * Takes one timestep, as {@link #step(NetworkState, float[])}, and allocates nothing.
   *
   * @param scores receives the scores, [outputs]; null if nobody wants them at this timestep, so that the head is not computed
   */
  public void step(NetworkState state, float[] frame, float[] scores) {
    if (frame.length != network.spec().inputs()) {
      throw new InvalidInputException("a frame of " + frame.length + " values for a network of " + network.spec().inputs() + " inputs");
    }
    int bad = Finite.firstTooLarge(frame, 0, frame.length);
    if (bad >= 0) {
      throw new InvalidInputException("timestep " + state.steps + ", channel " + bad + " is " + Finite.refused(frame[bad]));
    }
    Subnormals.check();
    System.arraycopy(frame, 0, x, 0, frame.length);
    layers.step(state.layers, x, operations);
    state.steps++;
    head.step(state, layers.output(), layers.outputAt(), scores);
  }

  /** What fired in each layer at the last {@link #step}, the lowest layer first. */
  public List<Fired> fired() {
    return IntStream.range(0, network.spec().layers()).mapToObj(layers::fired).toList();
  }

  /** Multiply-adds of all steps so far, one count per layer. */
  public OperationCounts operations() {
    return operations;
  }
}
