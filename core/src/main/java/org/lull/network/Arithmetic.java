// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.lull.cost.OperationCounts;
import org.lull.cost.TapeSize;
import org.lull.input.InvalidInputException;
import org.lull.rnn.Packing;

/**
 * Numbers for the recurrent layers of a {@link NetworkPass} to compute with. The parameters are floats, from which each pass makes what it
 * needs, and so are the gradients that come back; the head computes in floats.
 *
 * <p>{@link #FLOAT32} is always there; others are services, found by {@link java.util.ServiceLoader} on the class path or module path.
 */
public interface Arithmetic {
  /** Single precision floating point: what networks compute in unless another is set. */
  Arithmetic FLOAT32 = new Float32();

  /** The name of the one that the module org.lull.accelerator brings: the integers of its logic. */
  String OF_ACCELERATOR = "fixed16";

  /** As in options and model files: "float32". */
  String name();

  /** @throws InvalidInputException if networks of that architecture cannot compute in it */
  void check(NetworkSpec spec);

  /**
   * The arithmetic of that name.
   *
   * @throws InvalidInputException where it is not there
   */
  static Arithmetic named(String name) {
    List<Arithmetic> all = new ArrayList<>(List.of(FLOAT32));
    ServiceLoader.load(Arithmetic.class, Arithmetic.class.getClassLoader()).forEach(all::add);
    return all.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow(() -> new InvalidInputException(
        "arithmetic \"" + name + "\" is not there; choose " + all.stream().map(Arithmetic::name).collect(Collectors.joining(" or "))
            + (name.equals(OF_ACCELERATOR) ? ", or add the module org.lull.accelerator (lull-accelerator.jar), which has it" : "")));
  }

  /** Whether layers compute in that form in that mode. */
  boolean runs(Mode mode, Execution execution);

  /** Room for one thread to run the layers of a network. */
  Layers layers(Network network, Mode mode);

  /** The state of the layers of a network before the first timestep, to be run step by step. */
  State state(Network network);

  /** The layers of a network at work: whole sequences forward and backward, or one timestep after another. */
  interface Layers {
    /**
     * Runs sequences from the zero state; h_t of the top layer is then in {@link #output}.
     *
     * @param x [rows][pad(Nx)]
     * @param packing how the sequences lie in it; in {@link Execution#SPARSE} there is one
     * @param scheduler runs the layers, also backward; who computes on the calling thread alone needs none
     * @param counts take the multiply-adds, one count a layer
     */
    void forward(float[] x, Packing packing, Execution execution, LayerScheduler scheduler, OperationCounts counts);

    /**
     * Takes one timestep; h of the top layer is then in {@link #output}, a single row.
     *
     * @param state moved on by one; of {@link Arithmetic#state}
     * @param x [pad(Nx)]
     */
    void step(State state, float[] x, OperationCounts counts);

    /** h_t of the top layer, [rows][pad(Nh)] at {@link #outputAt}; valid until the next call. */
    float[] output();

    /** Where it begins in the array. */
    int outputAt();

    /**
     * Backpropagates through the sequences last run.
     *
     * @param gradients arena of the layout of {@link Network#parameters}; those of the layers are added to it
     * @param overwrite whether they replace what it holds instead
     * @param dh dL/dh_t of the top layer, [rows][pad(Nh)], or a single row for all steps of a sequence
     * @param perStep whether there is a row for each step
     */
    void backward(float[] gradients, boolean overwrite, float[] dh, boolean perStep, OperationCounts counts);

    /**
     * Makes every backward pass include the gradient of a {@link org.lull.rnn.DeltaPenalty}.
     *
     * @param strength 0 for none
     * @throws InvalidInputException where there is no such thing in these numbers and the strength is above 0
     */
    void penaliseDeltas(float strength);

    /** The lowest layer whose h_t, of the sequences last run, are not all finite; -1 where there is none. */
    int firstNotFinite();

    /** How much memory its arrays take. */
    TapeSize size();
  }

  /** Where a stream stands in the layers; a value its holder owns. */
  interface State {
    /** One of its own in the same place. */
    State copy();

    /** The largest magnitude in the delta memories M: they stay of the order of 1 to 100 unless something is wrong. */
    float largestMemory();
  }
}
