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
 * The number format that the recurrent layers of a {@link NetworkPass} compute in (as dtype in PyTorch): float32, or the integers of the
 * accelerator. Parameters and gradients are always stored as floats, and each pass converts them. The head computes in floats.
 *
 * <p>{@link #FLOAT32} is always available. Others are services, which {@link java.util.ServiceLoader} finds on the class path or module
 * path.
 */
public interface Arithmetic {
  /** Single-precision floating point, the default. */
  Arithmetic FLOAT32 = new Float32();

  /** The name of the arithmetic of the module org.lull.accelerator: the 16-bit integers of its logic. */
  String OF_ACCELERATOR = "fixed16";

  /** The name as in options and model files, such as "float32". */
  String name();

  /** @throws InvalidInputException if a network of this architecture cannot compute in this arithmetic */
  void check(NetworkSpec spec);

  /**
   * The arithmetic of that name.
   *
   * @throws InvalidInputException if it is not available
   */
  static Arithmetic named(String name) {
    List<Arithmetic> all = new ArrayList<>(List.of(FLOAT32));
    ServiceLoader.load(Arithmetic.class, Arithmetic.class.getClassLoader()).forEach(all::add);
    return all.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow(() -> new InvalidInputException(
        "arithmetic \"" + name + "\" is not there; choose " + all.stream().map(Arithmetic::name).collect(Collectors.joining(" or "))
            + (name.equals(OF_ACCELERATOR) ? ", or add the module org.lull.accelerator (lull-accelerator.jar), which has it" : "")));
  }

  /** Whether layers can run in this mode with this form of the products. */
  boolean runs(Mode mode, Execution execution);

  /** The working memory with which one thread runs the layers of a network. */
  Layers layers(Network network, Mode mode);

  /** The state of the layers before the first timestep, for running step by step. */
  State state(Network network);

  /** Runs the layers of a network: whole sequences forward and backward, or one timestep after another. */
  interface Layers {
    /**
     * Runs sequences from the zero state; h_t of the top layer is then in {@link #output}.
     *
     * @param x [rows][pad(Nx)]
     * @param packing how the sequences are packed in {@code x}; with {@link Execution#SPARSE} there is only one
     * @param scheduler runs the layers, also backward; not needed for layers that compute on the calling thread alone
     * @param counts the multiply-adds are added to these, one count per layer
     */
    void forward(float[] x, Packing packing, Execution execution, LayerScheduler scheduler, OperationCounts counts);

    /**
     * Takes one timestep; h of the top layer is then in {@link #output}, a single row.
     *
     * @param state state from {@link Arithmetic#state}; it advances by one timestep
     * @param x [pad(Nx)]
     */
    void step(State state, float[] x, OperationCounts counts);

    /** What fired in a layer, 0 being the lowest, at the last {@link #step}: a copy. */
    Fired fired(int layer);

    /** h_t of the top layer, [rows][pad(Nh)] at {@link #outputAt}; valid until the next call. */
    float[] output();

    /** Index in {@link #output} where the rows begin. */
    int outputAt();

    /**
     * Backpropagates through the sequences of the last {@link #forward}.
     *
     * @param gradients arena with the layout of {@link Network#parameters}; the gradients of the layers are added to it
     * @param overwrite whether the gradients replace the contents of the arena instead
     * @param dh dL/dh_t of the top layer, [rows][pad(Nh)], or a single row for all steps of a sequence
     * @param perStep whether there is a row for each step
     */
    void backward(float[] gradients, boolean overwrite, float[] dh, boolean perStep, OperationCounts counts);

    /**
     * Adds the gradient of a {@link org.lull.rnn.DeltaPenalty} to every backward pass.
     *
     * @param strength 0 for none
     * @throws InvalidInputException if this arithmetic has no such penalty and the strength is above 0
     */
    void penaliseDeltas(float strength);

    /** The lowest layer with an h_t that is not finite in the sequences of the last {@link #forward}; -1 if there is none. */
    int firstNotFinite();

    /** Memory of the arrays. */
    TapeSize size();
  }

  /** The state of a stream in the layers. Its holder owns it. */
  interface State {
    /** An independent copy. */
    State copy();

    /** Takes over the values of another state of the same layers. */
    void set(State other);

    /** The largest magnitude in the delta memories M; usually of the order of 1 to 100, a larger value means that something is wrong. */
    float largestDeltaMemory();
  }
}
