package org.lull.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.lull.InvalidInputException;
import org.lull.kernel.Kernels;
import org.lull.rnn.ArrayLength;
import org.lull.rnn.DeltaLayer;
import org.lull.rnn.DenseLayer;
import org.lull.rnn.LayerLayout;
import org.lull.rnn.OperationCount;
import org.lull.rnn.Packing;
import org.lull.rnn.Tape;
import org.lull.rnn.TapeSize;
import org.lull.rnn.Thresholds;

/**
 * One thread's room to run sequences through a network, forward and backward. Between {@link #forward} and {@link #backward} the caller
 * turns {@link #logits} into their gradient.
 *
 * <p>In {@link Form#SPARSE} it takes one sequence at a time, in {@link Form#DENSE} several. What a sequence gives does not depend on the
 * others it runs with.
 */
public final class Pass {
  private final Network network;
  private final Mode mode;
  private final Kernels kernels;
  private final List<DeltaLayer> deltaLayers = new ArrayList<>();
  private final List<DenseLayer> denseLayers = new ArrayList<>();
  private final List<Tape> tapes = new ArrayList<>();
  private final List<OperationCount> operations;
  private final LinearHead head;
  private final Packing packing = new Packing();

  private Form form;
  private float[] input = new float[0];
  private int[] lengths = new int[0];

  public Pass(Network network, Mode mode) {
    this.network = network;
    this.mode = mode;
    this.kernels = network.kernels();
    this.operations = network.operationCounts();
    this.head = new LinearHead(network);
    for (LayerLayout layout : network.layers()) {
      deltaLayers.add(new DeltaLayer(layout, kernels));
      denseLayers.add(new DenseLayer(layout, kernels));
      tapes.add(new Tape(layout));
    }
  }

  /** Runs sequences from the zero state: dense mode in the dense form, delta mode in the sparse one. */
  public void forward(List<Sequence> sequences) {
    forward(sequences, mode == Mode.DENSE ? Form.DENSE : Form.SPARSE);
  }

  /**
   * Runs sequences from the zero state.
   *
   * @param sequences in order of falling length; in the sparse form just one
   * @throws IllegalArgumentException if they are not, or dense mode is asked for in the sparse form
   * @throws InvalidInputException if they are longer than Java has arrays for
   */
  public void forward(List<Sequence> sequences, Form form) {
    if (form == Form.SPARSE && (mode == Mode.DENSE || sequences.size() != 1)) {
      throw new IllegalArgumentException(
          "the sparse form runs one sequence at a time, in delta mode; got " + sequences.size() + " in " + mode + " mode");
    }
    this.form = form;
    pack(sequences);
    float[] w = network.parameters();
    float[] x = input;
    int xAt = 0;
    for (int layer = 0; layer < tapes.size(); layer++) {
      Tape tape = tapes.get(layer);
      tape.begin(w, packing.rows(), packing.sequences());
      Thresholds thresholds = network.thresholds(layer);
      switch (form) {
        case SPARSE -> deltaLayers.get(layer).forward(w, thresholds, x, xAt, packing.steps(), tape, operations.get(layer));
        case DENSE -> denseLayers.get(layer).forward(w, held(layer) ? thresholds : null, x, xAt, packing, tape, operations.get(layer));
      }
      x = tape.array();
      xAt = tape.h(packing.sequences());
    }
    head.forward(x, xAt, packing);
  }

  /** Whether the dense form has to hold values back in a layer: thresholds of zero hold none. */
  private boolean held(int layer) {
    return mode == Mode.DELTA && !network.thresholds(layer).zero();
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
      for (int t = 0; t < lengths[s]; t++) {
        System.arraycopy(values, t * stride, input, packing.row(t, s) * stride, stride);
      }
    }
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

  /** With {@code inputGradient} also leaves dL/dx at {@link #inputGradient}. */
  void backward(float[] gradients, boolean overwrite, boolean inputGradient) {
    float[] w = network.parameters();
    int top = tapes.size() - 1;
    head.backward(gradients, overwrite, packing);
    float[] out = head.outputGradient();
    int outAt = 0;
    boolean perStep = head.outputGradientPerStep();
    for (int layer = top; layer >= 0; layer--) {
      Tape tape = tapes.get(layer);
      boolean wanted = layer > 0 || inputGradient;
      switch (form) {
        case SPARSE -> {
          int stride = perStep ? network.layers().get(layer).paddedUnits() : 0;
          deltaLayers.get(layer)
              .backward(w, gradients, overwrite, out, outAt, stride, packing.steps(), tape, wanted, operations.get(layer));
        }
        case DENSE -> {
          float[] x = layer == 0 ? input : tapes.get(layer - 1).array();
          int xAt = layer == 0 ? 0 : tapes.get(layer - 1).h(packing.sequences());
          denseLayers.get(layer).backward(w, gradients, overwrite, held(layer), x, xAt, out, outAt, perStep, packing, tape,
              wanted, operations.get(layer));
        }
      }
      out = tape.array();
      outAt = tape.dx(0);
      perStep = true;
    }
  }

  /** dL/dx after {@link #backward(float[], boolean, boolean)}: [rows][pad(channels)]. */
  float[] inputGradient() {
    Tape tape = tapes.getFirst();
    return Arrays.copyOfRange(tape.array(), tape.dx(0), tape.dx(packing.rows()));
  }

  /** What a layer last ran left behind. */
  Tape tape(int layer) {
    return tapes.get(layer);
  }

  /**
   * The lowest part of the network whose result of the last {@link #forward} is not finite, as {@link Network#partAt} names parts; to be
   * asked before the logits are overwritten.
   */
  public Optional<String> firstNotFinite() {
    for (int layer = 0; layer < tapes.size(); layer++) {
      Tape tape = tapes.get(layer);
      int first = packing.sequences();
      if (!finite(tape.array(), tape.h(first), tape.h(first + packing.rows()))) {
        return Optional.of(network.partAt(network.layers().get(layer).column(0, 0)));
      }
    }
    return finite(head.logits(), 0, head.decisions(packing) * head.logitsStride()) ? Optional.empty()
        : Optional.of(network.partAt(network.headWeight()));
  }

  private static boolean finite(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Float.isFinite(values[i])) {
        return false;
      }
    }
    return true;
  }

  /** Hidden states of the top layer: [rows][pad(hidden)], a copy. */
  public float[] topHidden() {
    Tape tape = tapes.getLast();
    int first = packing.sequences();
    return Arrays.copyOfRange(tape.array(), tape.h(first), tape.h(first + packing.rows()));
  }

  /** How much memory the tapes of all layers take; what is allocated includes the packed input and the head's. */
  public TapeSize size() {
    TapeSize sum = new TapeSize(Float.BYTES * (long) input.length + head.bytes(), 0, 0);
    for (Tape tape : tapes) {
      sum = sum.plus(tape.size());
    }
    return sum;
  }

  /** Multiply-adds of everything this pass ran, one count a layer, the lowest first. */
  public List<OperationCount> operations() {
    return operations;
  }
}
