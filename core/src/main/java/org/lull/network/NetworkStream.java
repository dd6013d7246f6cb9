package org.lull.network;

import java.util.ArrayList;
import java.util.List;
import org.lull.cost.OperationCounts;
import org.lull.input.Finite;
import org.lull.input.InvalidInputException;
import org.lull.kernel.Kernels;
import org.lull.parallel.Shard;
import org.lull.parallel.Subnormals;
import org.lull.rnn.DeltaLayer;
import org.lull.rnn.Tape;

/**
 * Runs a delta network step by step, as frames arrive, on a state the caller holds: after every step the bits are those
 * {@link NetworkPass} gives in the sparse form for the sequence up to there. One thread at a time; it serves any number of states.
 */
public final class NetworkStream {
  private final Network network;
  private final List<DeltaLayer> layers = new ArrayList<>();
  private final List<Tape> tapes = new ArrayList<>();
  private final OperationCounts operations;
  private final LinearHead head;
  private final float[] x;

  public NetworkStream(Network network) {
    this.network = network;
    this.operations = network.operationCounts();
    this.head = new LinearHead(network);
    this.x = new float[Kernels.pad(network.spec().inputs())];
    network.layers().forEach(layout -> {
      layers.add(new DeltaLayer(layout, network.kernels()));
      tapes.add(new Tape(layout));
    });
  }

  /**
   * Takes one timestep.
   *
   * @param state moved on by one
   * @param frame normalised features, [channels]
   * @return scores of the classes after it, [outputs]; with {@link Head#FRAMES} those of this timestep
   * @throws InvalidInputException if the frame has another number of channels, or a value that is not within the bound of {@link Finite};
   *     the state is then as before
   * @throws IllegalStateException if the thread's arithmetic is not Java's ({@link Subnormals})
   */
  public float[] step(NetworkState state, float[] frame) {
    if (frame.length != network.spec().inputs()) {
      throw new InvalidInputException("a frame of " + frame.length + " values for a network of " + network.spec().inputs() + " inputs");
    }
    int bad = Finite.firstTooLarge(frame, 0, frame.length);
    if (bad >= 0) {
      throw new InvalidInputException("timestep " + state.steps + ", channel " + bad + " is " + Finite.refused(frame[bad]));
    }
    Subnormals.check();
    System.arraycopy(frame, 0, x, 0, frame.length);
    float[] values = x;
    int at = 0;
    for (int layer = 0; layer < layers.size(); layer++) {
      Tape tape = tapes.get(layer);
      tape.begin(network.parameters(), 1, 1, 1);
      tape.load(state.layers.get(layer));
      layers.get(layer)
          .forward(network.parameters(), network.thresholds(layer), values, at, 1, tape, Shard.WHOLE, operations.layer(layer));
      tape.store(state.layers.get(layer), 1);
      values = tape.array();
      at = tape.h(1);
    }
    state.steps++;
    return head.step(state, values, at);
  }

  /** Multiply-adds of all steps so far, one count a layer. */
  public OperationCounts operations() {
    return operations;
  }
}
