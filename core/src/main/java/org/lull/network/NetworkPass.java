package org.lull.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.lull.cost.OperationCount;
import org.lull.cost.OperationCounts;
import org.lull.cost.TapeSize;
import org.lull.input.Finite;
import org.lull.input.InvalidInputException;
import org.lull.kernel.Kernels;
import org.lull.parallel.Shard;
import org.lull.parallel.Workers;
import org.lull.rnn.ArrayLength;
import org.lull.rnn.DeltaLayer;
import org.lull.rnn.DeltaPenalty;
import org.lull.rnn.DenseLayer;
import org.lull.rnn.LayerLayout;
import org.lull.rnn.Packing;
import org.lull.rnn.Tape;
import org.lull.rnn.Thresholds;

/**
 * Room to run sequences through a network, forward and backward: on the calling thread, or on those of a {@link LayerScheduler}. Between
 * {@link #forward} and {@link #backward} the caller turns {@link #logits} into their gradient.
 *
 * <p>In {@link Execution#SPARSE} it takes one sequence at a time, in {@link Execution#DENSE} several; another {@link Arithmetic} has the
 * sparse form alone, in both modes. What a sequence gives does not depend on the
 * others it runs with.
 */
public final class NetworkPass {
  private final Network network;
  private final Mode mode;
  private final Kernels kernels;
  private final List<DeltaLayer> deltaLayers = new ArrayList<>();
  private final List<DenseLayer> denseLayers = new ArrayList<>();
  private final List<Tape> tapes = new ArrayList<>();
  private final OperationCounts operations;
  private final LinearHead head;
  private final Packing packing = new Packing();
  /** What runs the layers instead, in other numbers than floats; null for none. */
  private final Arithmetic.Layers others;

  // the penalty of the lowest layer, whose input is data, and of the others
  private DeltaPenalty ofInput = DeltaPenalty.NONE;
  private DeltaPenalty ofHidden = DeltaPenalty.NONE;

  private final LayerScheduler solo;
  // made once: lambdas would be allocated in each step
  private final LayerScheduler.LayerTask forwardLayer = this::forwardLayer;
  private final LayerScheduler.LayerTask backwardLayer = this::backwardLayer;

  // what runs now
  private LayerScheduler scheduler;
  private Execution execution;
  private float[] gradients;
  private boolean overwrite;
  private boolean inputGradient;
  private float[] input = new float[0];
  private float[] output;
  private int[] lengths = new int[0];

  public NetworkPass(Network network, Mode mode) {
    this.network = network;
    this.mode = mode;
    this.kernels = network.kernels();
    this.others = network.arithmetic().layers(network, mode);
    this.operations = network.operationCounts();
    this.head = new LinearHead(network);
    this.solo = new LayerScheduler(network, new Workers(1));
    for (LayerLayout layout : network.layers()) {
      deltaLayers.add(new DeltaLayer(layout, kernels));
      denseLayers.add(new DenseLayer(layout, kernels));
      tapes.add(new Tape(layout));
    }
  }

  /**
   * Makes every backward pass include the gradient of a {@link DeltaPenalty}; {@link #logits} know nothing of it.
   *
   * @param strength 0 for none
   */
  public void penaliseDeltas(float strength) {
    ofInput = new DeltaPenalty(0, strength);
    ofHidden = new DeltaPenalty(strength, strength);
  }

  /** Runs sequences from the zero state: dense mode in the dense form, delta mode in the sparse one. */
  public void forward(List<Sequence> sequences) {
    forward(sequences, others == null && mode == Mode.DENSE ? Execution.DENSE : Execution.SPARSE);
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
   * @throws IllegalArgumentException if they are not, or dense mode is asked for in the sparse form
   * @throws InvalidInputException if they are longer than Java has arrays for, or have a value that is not within the bound of
   *     {@link Finite}
   */
  public void forward(List<Sequence> sequences, Execution execution, LayerScheduler scheduler) {
    if (execution == Execution.SPARSE && (others == null && mode == Mode.DENSE || sequences.size() != 1)) {
      throw new IllegalArgumentException(
          "the sparse execution runs one sequence at a time, in delta mode; got " + sequences.size() + " in " + mode + " mode");
    }
    if (execution == Execution.DENSE && others != null) {
      throw new IllegalArgumentException("the dense execution computes in floats alone");
    }
    this.execution = execution;
    this.scheduler = scheduler;
    pack(sequences);
    if (others != null) {
      output = others.forward(input, packing.steps(), operations);
      head.forward(output, 0, packing);
      return;
    }
    for (int layer = 0; layer < tapes.size(); layer++) {
      tapes.get(layer).begin(network.parameters(), packing.rows(), packing.sequences(), scheduler.together(execution));
    }
    scheduler.forward(execution, forwardLayer);
    head.forward(outputs(tapes.size()), outputsAt(tapes.size()), packing);
  }

  private void forwardLayer(int layer, Shard shard) {
    float[] w = network.parameters();
    float[] x = outputs(layer);
    int xAt = outputsAt(layer);
    Tape tape = tapes.get(layer);
    Thresholds thresholds = network.thresholds(layer);
    OperationCount count = operations.layer(layer);
    switch (execution) {
      case SPARSE -> deltaLayers.get(layer).forward(w, thresholds, x, xAt, packing.steps(), tape, shard, count);
      case DENSE -> denseLayers.get(layer).forward(w, held(layer) ? thresholds : null, x, xAt, packing, tape, shard, count);
    }
  }

  /** The array of what {@code layers} layers make of the input: their h_t, or the input itself. */
  private float[] outputs(int layers) {
    return layers == 0 ? input : tapes.get(layers - 1).array();
  }

  /** Where it begins in {@link #outputs}. */
  private int outputsAt(int layers) {
    return layers == 0 ? 0 : tapes.get(layers - 1).h(packing.sequences());
  }

  /** Whether values are held back in a layer: thresholds of zero hold none. */
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

  /** With {@code inputGradient} also leaves dL/dx at {@link #inputGradient}. */
  void backward(float[] gradients, boolean overwrite, boolean inputGradient) {
    this.gradients = gradients;
    this.overwrite = overwrite;
    this.inputGradient = inputGradient;
    head.backward(gradients, overwrite, packing);
    if (others != null) {
      others.backward(gradients, overwrite, head.outputGradient(), head.outputGradientPerStep(), operations);
      return;
    }
    for (int layer = 0; layer < tapes.size(); layer++) {
      tapes.get(layer).beginBackward(packing.sequences(), penalty(layer));
    }
    scheduler.backward(execution, backwardLayer);
  }

  /** That of a layer: none where everything is transmitted anyway. */
  private DeltaPenalty penalty(int layer) {
    return !held(layer) ? DeltaPenalty.NONE : layer == 0 ? ofInput : ofHidden;
  }

  private void backwardLayer(int layer, Shard shard) {
    float[] w = network.parameters();
    boolean top = layer == tapes.size() - 1;
    float[] out = top ? head.outputGradient() : tapes.get(layer + 1).array();
    int outAt = top ? 0 : tapes.get(layer + 1).dx(0);
    boolean perStep = !top || head.outputGradientPerStep();
    boolean wanted = layer > 0 || inputGradient;
    Tape tape = tapes.get(layer);
    OperationCount count = operations.layer(layer);
    switch (execution) {
      case SPARSE -> {
        int stride = perStep ? network.layers().get(layer).paddedUnits() : 0;
        deltaLayers.get(layer).backward(w, gradients, overwrite, out, outAt, stride, packing.steps(), tape, shard, wanted, count);
      }
      case DENSE -> denseLayers.get(layer).backward(w, gradients, overwrite, held(layer), outputs(layer), outputsAt(layer), out, outAt,
          perStep, packing, tape, shard, wanted, count);
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
    for (int layer = 0; others == null && layer < tapes.size(); layer++) { // integers are finite
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
    if (others != null) {
      return Arrays.copyOf(output, packing.rows() * Kernels.pad(network.spec().hidden()));
    }
    Tape tape = tapes.getLast();
    int first = packing.sequences();
    return Arrays.copyOfRange(tape.array(), tape.h(first), tape.h(first + packing.rows()));
  }

  /** How much memory the tapes of all layers take; what is allocated includes the packed input and the head's. */
  public TapeSize size() {
    TapeSize sum = new TapeSize(Float.BYTES * (long) input.length + head.bytes() + (others == null ? 0 : others.bytes()), 0, 0);
    for (Tape tape : tapes) {
      sum = sum.plus(tape.size());
    }
    return sum;
  }

  /** Multiply-adds of everything this pass ran, one count a layer, the lowest first. */
  public OperationCounts operations() {
    return operations;
  }
}
