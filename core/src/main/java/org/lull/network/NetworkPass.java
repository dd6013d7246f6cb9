// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.lull.cost.OperationCounts;
import org.lull.cost.TapeSize;
import org.lull.input.Finite;
import org.lull.input.InvalidInputException;
import org.lull.kernel.Kernels;
import org.lull.parallel.Workers;
import org.lull.rnn.ArrayLength;
import org.lull.rnn.DeltaPenalty;
import org.lull.rnn.Packing;
import org.lull.rnn.Tape;

/**
 * Runs sequences through a network, forward and backward, on the calling thread or on the threads of a {@link LayerScheduler}. It owns the
 * working memory. Between {@link #forward} and {@link #backward} the caller replaces {@link #logits} by their gradient.
 *
 * <p>With {@link Execution#SPARSE} a pass takes one sequence at a time, with {@link Execution#DENSE} several. The {@link Arithmetic}
 * decides which of the two are available. The result of a sequence does not depend on the other sequences of the pass.
 */
public final class NetworkPass {
  private final Network network;
  private final Mode mode;
  private final Arithmetic.Layers layers;
  private final OperationCounts operations;
  private final LinearHead head;
  private final Packing packing = new Packing();
  private final LayerScheduler solo;
  private float[] input = new float[0];
  private int[] lengths = new int[0];

  public NetworkPass(Network network, Mode mode) {
    this.network = network;
    this.mode = mode;
    this.layers = network.arithmetic().layers(network, mode);
    this.operations = network.operationCounts();
    this.head = new LinearHead(network);
    this.solo = new LayerScheduler(network, new Workers(1));
  }

  /**
   * Adds the gradient of a {@link DeltaPenalty} to every backward pass. The {@link #logits} do not include it.
   *
   * @param strength 0 for none
   * @throws InvalidInputException if the network's arithmetic has no such penalty and the strength is above 0
   */
  public void penaliseDeltas(float strength) {
    layers.penaliseDeltas(strength);
  }

  /** Runs sequences from the zero state. Delta mode runs in the sparse form, dense mode in the dense form if the arithmetic has it. */
  public void forward(List<Sequence> sequences) {
    forward(sequences, mode == Mode.DENSE && network.arithmetic().runs(mode, Execution.DENSE) ? Execution.DENSE : Execution.SPARSE);
  }

  /** Runs sequences from the zero state, on the calling thread. */
  public void forward(List<Sequence> sequences, Execution execution) {
    forward(sequences, execution, solo);
  }

  /**
   * Runs sequences from the zero state.
   *
   * @param scheduler runs the layers, also backward
   * @param sequences sequences, longest first; only one in the sparse form
   * @throws IllegalArgumentException if the sequences are not in that order, or the mode does not run in that form
   * @throws InvalidInputException if the sequences do not fit into a Java array, or have a value beyond the bound of {@link Finite}
   */
  public void forward(List<Sequence> sequences, Execution execution, LayerScheduler scheduler) {
    if (!network.arithmetic().runs(mode, execution)) {
      throw new IllegalArgumentException(mode + " mode has no " + execution + " execution in " + network.arithmetic().name());
    }
    if (execution == Execution.SPARSE && sequences.size() != 1) {
      throw new IllegalArgumentException("the sparse execution runs one sequence at a time; got " + sequences.size());
    }
    pack(sequences);
    layers.forward(input, packing, execution, scheduler, operations);
    head.forward(layers.output(), layers.outputAt(), packing);
  }

  private void pack(List<Sequence> sequences) {
    int n = sequences.size();
    if (n == 0) {
      throw new IllegalArgumentException("no sequences to run, expected at least one");
    }
    if (lengths.length < n) {
      lengths = new int[n];
    }
    long rows = 0;
    for (int s = 0; s < n; s++) {
      rows += sequences.get(s).steps();
      lengths[s] = sequences.get(s).steps();
      if (s > 0 && lengths[s] > lengths[s - 1]) {
        throw new IllegalArgumentException("sequences must be in order of falling length; " + lengths[s] + " follows " + lengths[s - 1]);
      }
    }
    int stride = Kernels.pad(network.spec().inputs());
    int size = ArrayLength.of(rows * stride, rows, network.spec().inputs(), "channels");
    packing.pack(lengths, n);
    if (input.length < size) {
      input = new float[size];
    }
    for (int s = 0; s < n; s++) {
      float[] values = sequences.get(s).values();
      check(values, lengths[s], stride);
      for (int t = 0; t < lengths[s]; t++) {
        System.arraycopy(values, t * stride, input, packing.row(t, s) * stride, stride);
      }
    }
  }

  private static void check(float[] values, int steps, int stride) {
    int bad = Finite.firstTooLarge(values, 0, steps * stride);
    if (bad >= 0) {
      throw new InvalidInputException("timestep " + bad / stride + ", channel " + bad % stride + " is " + Finite.refused(values[bad]));
    }
  }

  /** A scheduler that runs everything on the calling thread. */
  public LayerScheduler solo() {
    return solo;
  }

  public Mode mode() {
    return mode;
  }

  /** How the sequences of the last {@link #forward} are packed. */
  public Packing packing() {
    return packing;
  }

  /**
   * The scores of the classes, [decisions][outputs] with {@link #logitsStride} floats from row to row. Row s belongs to sequence s; with
   * {@link Head#FRAMES} row {@code packing().row(t, s)} belongs to timestep t of sequence s. The caller may overwrite them with dL/dlogits
   * for {@link #backward}.
   */
  public float[] logits() {
    return head.logits();
  }

  /**
   * The input of the head, [decisions][pad(hidden)], with rows as in {@link #logits}. With {@link Head#MEAN} it is the mean of h over the
   * valid timesteps.
   */
  public float[] features() {
    return head.read();
  }

  /** Floats from one row of logits to the next. */
  public int logitsStride() {
    return head.logitsStride();
  }

  /**
   * Backpropagates dL/dlogits through the sequences of the last {@link #forward}. The caller has written dL/dlogits into {@link #logits}.
   *
   * @param gradients arena with the layout of {@link Network#parameters}
   * @param overwrite whether the gradients replace the contents of the arena; otherwise they are added
   */
  public void backward(float[] gradients, boolean overwrite) {
    backward(gradients, overwrite, false);
  }

  /** With {@code inputGradient} also leaves dL/dx at {@link #inputGradient}; of floats alone. */
  void backward(float[] gradients, boolean overwrite, boolean inputGradient) {
    if (layers instanceof FloatLayers floats) {
      floats.wantInputGradient(inputGradient);
    }
    head.backward(gradients, overwrite, packing);
    layers.backward(gradients, overwrite, head.outputGradient(), head.outputGradientPerStep(), operations);
  }

  /** dL/dx after {@link #backward(float[], boolean, boolean)}: [rows][pad(channels)]. */
  float[] inputGradient() {
    return ((FloatLayers) layers).inputGradient();
  }

  /** What a layer last ran left behind; of floats alone. */
  Tape tape(int layer) {
    return ((FloatLayers) layers).tape(layer);
  }

  /**
   * The lowest part of the network whose result of the last {@link #forward} is not finite, with the name that {@link Network#partAt}
   * gives. Call this before the logits are overwritten.
   */
  public Optional<String> firstNotFinite() {
    int layer = layers.firstNotFinite();
    if (layer >= 0) {
      return Optional.of(network.partAt(network.layers().get(layer).column(0, 0)));
    }
    return Finite.firstNotFinite(head.logits(), 0, head.decisions(packing) * head.logitsStride()) < 0 ? Optional.empty()
        : Optional.of(network.partAt(network.headWeight()));
  }

  /** Hidden states of the top layer: [rows][pad(hidden)], a copy. */
  public float[] topHidden() {
    int from = layers.outputAt();
    return Arrays.copyOfRange(layers.output(), from, from + packing.rows() * Kernels.pad(network.spec().hidden()));
  }

  /** Memory of the tapes of all layers. The allocated size includes the packed input and the arrays of the head. */
  public TapeSize size() {
    return new TapeSize(Float.BYTES * (long) input.length + head.bytes(), 0, 0).plus(layers.size());
  }

  /** Multiply-adds of everything that this pass ran, one count per layer, lowest first. */
  public OperationCounts operations() {
    return operations;
  }
}
