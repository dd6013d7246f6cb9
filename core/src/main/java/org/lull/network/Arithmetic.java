package org.lull.network;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.lull.cost.OperationCounts;
import org.lull.input.InvalidInputException;

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
