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
 * Room to run sequences through a network, forward and backward: on the calling thread, or on those of a {@link LayerScheduler}. Between
 * {@link #forward} and {@link #backward} the caller turns {@link #logits} into their gradient.
 *
 * <p>In {@link Execution#SPARSE} it takes one sequence at a time, in {@link Execution#DENSE} several; which of them there are is the
 * {@link Arithmetic}'s to say. What a sequence gives does not depend on the others it runs with.
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
   * Makes every backward pass include the gradient of a {@link DeltaPenalty}; {@link #logits} know nothing of it.
   *
   * @param strength 0 for none
   * @throws InvalidInputException where the network's arithmetic has no such thing and the strength is above 0
   */
  public void penaliseDeltas(float strength) {
    layers.penaliseDeltas(strength);
  }

  /** Runs sequences from the zero state: delta mode in the sparse form, dense mode in the dense one where its arithmetic has that. */
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
   * @param sequences in order of falling length; in the sparse form just one
   * @throws IllegalArgumentException if they are not, or the mode is not computed in that form
   * @throws InvalidInputException if they are longer than Java has arrays for, or have a value that is not within the bound of
   *     {@link Finite}
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

  /** The calling thread alone. */
  public LayerScheduler solo() {
    return solo;
  }

  public Mode mode() {
    return mode;
  }

  /** How the sequences last run are packed. */
  public Packing packing() {
    return packing;
  }

  /**
   * The scores of the classes, [decisions][outputs] with {@link #logitsStride} floats from row to row. A row is that of sequence s, or
   * with {@link Head#FRAMES} that of {@code packing().row(t, s)}. The caller may overwrite them with dL/dlogits for {@link #backward}.
   */
  public float[] logits() {
    return head.logits();
  }

  /**
   * What the head read of the top layer, [decisions][pad(hidden)], rows as those of {@link #logits}: with {@link Head#MEAN} the mean of h
   * over the valid timesteps.
   */
  public float[] features() {
    return head.read();
  }

  /** Floats from one row of logits to the next. */
  public int logitsStride() {
    return head.logitsStride();
  }

  /**
   * Backpropagates dL/dlogits, which the caller left in {@link #logits}, through the sequences last run.
   *
   * @param gradients arena of the layout of {@link Network#parameters}
   * @param overwrite whether the gradients replace what the arena holds; otherwise they are added to it
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
   * The lowest part of the network whose result of the last {@link #forward} is not finite, as {@link Network#partAt} names parts; to be
   * asked before the logits are overwritten.
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

  /** How much memory the tapes of all layers take; what is allocated includes the packed input and the head's. */
  public TapeSize size() {
    return new TapeSize(Float.BYTES * (long) input.length + head.bytes(), 0, 0).plus(layers.size());
  }

  /** Multiply-adds of everything this pass ran, one count a layer, the lowest first. */
  public OperationCounts operations() {
    return operations;
  }
}
