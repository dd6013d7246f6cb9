package org.lull.network;

import org.lull.cost.OperationCounts;
import org.lull.input.InvalidInputException;

/**
 * Numbers for the recurrent layers of a {@link NetworkPass} to compute with, in the place of floats. The parameters stay floats, from
 * which each pass makes what it needs, and so do the gradients that come back; the head computes in floats.
 */
public interface Arithmetic {
  /** As in options. */
  String name();

  /** @throws InvalidInputException if networks of that architecture cannot compute in it */
  void check(NetworkSpec spec);

  /** Room for one thread to run the layers of a network. */
  Layers layers(Network network, Mode mode);

  /** Runs the layers of a network, one sequence at a time. */
  interface Layers {
    /**
     * Runs a sequence from the zero state.
     *
     * @param x [steps][pad(Nx)]
     * @param counts take the multiply-adds, one count a layer
     * @return h_t of the top layer, [steps][pad(Nh)]; valid until the next call
     */
    float[] forward(float[] x, int steps, OperationCounts counts);

    /**
     * Backpropagates through the sequence last run.
     *
     * @param gradients arena of the layout of {@link Network#parameters}; those of the layers are added to it
     * @param overwrite whether they replace what it holds instead
     * @param dh dL/dh_t of the top layer, [steps][pad(Nh)], or a single row for all steps
     * @param perStep whether there is a row for each step
     */
    void backward(float[] gradients, boolean overwrite, float[] dh, boolean perStep, OperationCounts counts);

    /** Bytes of its arrays. */
    long bytes();
  }
}
