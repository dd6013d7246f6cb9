// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.lull.cost.OperationCount;
import org.lull.cost.OperationCounts;
import org.lull.cost.TapeSize;
import org.lull.input.Finite;
import org.lull.kernel.Kernels;
import org.lull.network.Float32.FloatState;
import org.lull.parallel.Shard;
import org.lull.rnn.DeltaLayer;
import org.lull.rnn.DeltaPenalty;
import org.lull.rnn.DenseLayer;
import org.lull.rnn.LayerLayout;
import org.lull.rnn.LayerState;
import org.lull.rnn.Packing;
import org.lull.rnn.Tape;
import org.lull.rnn.Thresholds;

/** The recurrent layers in floats: {@link DeltaLayer} for the sparse form and {@link DenseLayer} for the dense form, on the same tapes. */
final class FloatLayers implements Arithmetic.Layers {
  private final Network network;
  private final Mode mode;
  private final List<DeltaLayer> deltaLayers = new ArrayList<>();
  private final List<DenseLayer> denseLayers = new ArrayList<>();
  private final List<Tape> tapes = new ArrayList<>();
  private final Packing single = new Packing();

  // the penalty of the lowest layer, whose input is data, and of the others
  private DeltaPenalty ofInput = DeltaPenalty.NONE;
  private DeltaPenalty ofHidden = DeltaPenalty.NONE;

  // made once: lambdas would be allocated in each step
  private final LayerScheduler.LayerTask forwardLayer = this::forwardLayer;
  private final LayerScheduler.LayerTask backwardLayer = this::backwardLayer;

  // what runs now
  private float[] input;
  private Packing packing = single;
  private Execution execution;
  private LayerScheduler scheduler;
  private OperationCounts counts;
  private float[] gradients;
  private boolean overwrite;
  private float[] dh;
  private boolean perStep;
  private boolean inputGradient;

  FloatLayers(Network network, Mode mode) {
    this.network = network;
    this.mode = mode;
    Kernels kernels = network.kernels();
    for (LayerLayout layout : network.layers()) {
      deltaLayers.add(new DeltaLayer(layout, kernels));
      denseLayers.add(new DenseLayer(layout, kernels));
      tapes.add(new Tape(layout));
    }
    single.pack(new int[] {1}, 1);
  }

  /** Whether a layer holds values back; thresholds of zero do not. */
  private boolean held(int layer) {
    return mode == Mode.DELTA && !network.thresholds(layer).zero();
  }

  // ------------------------------------------------------------------------------------------------ forward

  @Override
  public void forward(float[] x, Packing packing, Execution execution, LayerScheduler scheduler, OperationCounts counts) {
    input = x;
    this.packing = packing;
    this.execution = execution;
    this.scheduler = scheduler;
    this.counts = counts;
    for (int layer = 0; layer < tapes.size(); layer++) {
      tapes.get(layer).begin(network.parameters(), packing.rows(), packing.sequences(), scheduler.together(execution));
    }
    scheduler.forward(execution, forwardLayer);
  }

  private void forwardLayer(int layer, Shard shard) {
    float[] w = network.parameters();
    float[] x = outputs(layer);
    int xAt = outputsAt(layer);
    Tape tape = tapes.get(layer);
    Thresholds thresholds = network.thresholds(layer);
    OperationCount count = counts.layer(layer);
    switch (execution) {
      case SPARSE -> deltaLayers.get(layer).forward(w, thresholds, x, xAt, packing.steps(), tape, shard, count);
      case DENSE -> denseLayers.get(layer).forward(w, held(layer) ? thresholds : null, x, xAt, packing, tape, shard, count);
    }
  }

  /** One timestep in the usual form of the mode: lists of what fired, or all entries. */
  @Override
  public void step(Arithmetic.State state, float[] x, OperationCounts counts) {
    List<LayerState> states = ((FloatState) state).layers();
    input = x;
    packing = single;
    execution = mode == Mode.DELTA ? Execution.SPARSE : Execution.DENSE;
    this.counts = counts;
    for (int layer = 0; layer < tapes.size(); layer++) {
      Tape tape = tapes.get(layer);
      tape.begin(network.parameters(), 1, 1, 1);
      tape.load(states.get(layer));
      forwardLayer(layer, Shard.WHOLE);
      tape.store(states.get(layer), 1);
    }
  }

  @Override
  public Fired fired(int layer) {
    BitSet x = new BitSet();
    BitSet h = new BitSet();
    switch (execution) {
      case SPARSE -> tapes.get(layer).fired(0, x, h);
      case DENSE -> {
        LayerLayout layout = network.layers().get(layer);
        x.set(0, layout.inputs());
        h.set(0, layout.columns() - layout.inputs());
      }
    }
    return new Fired(x, h);
  }

  /** The output of the lowest {@code layers} layers: their h_t, or the input itself for 0. */
  private float[] outputs(int layers) {
    return layers == 0 ? input : tapes.get(layers - 1).array();
  }

  /** Index in {@link #outputs} where the rows begin. */
  private int outputsAt(int layers) {
    return layers == 0 ? 0 : tapes.get(layers - 1).h(packing.sequences());
  }

  @Override
  public float[] output() {
    return outputs(tapes.size());
  }

  @Override
  public int outputAt() {
    return outputsAt(tapes.size());
  }

  // ------------------------------------------------------------------------------------------------ backward

  @Override
  public void penaliseDeltas(float strength) {
    ofInput = new DeltaPenalty(0, strength);
    ofHidden = new DeltaPenalty(strength, strength);
  }

  /** The penalty of a layer; none if everything is transmitted anyway. */
  private DeltaPenalty penalty(int layer) {
    return !held(layer) ? DeltaPenalty.NONE : layer == 0 ? ofInput : ofHidden;
  }

  /** Whether backward leaves dL/dx at {@link #inputGradient()}, too. */
  void wantInputGradient(boolean value) {
    inputGradient = value;
  }

  @Override
  public void backward(float[] gradients, boolean overwrite, float[] dh, boolean perStep, OperationCounts counts) {
    this.gradients = gradients;
    this.overwrite = overwrite;
    this.dh = dh;
    this.perStep = perStep;
    this.counts = counts;
    for (int layer = 0; layer < tapes.size(); layer++) {
      tapes.get(layer).beginBackward(packing.sequences(), penalty(layer));
    }
    scheduler.backward(execution, backwardLayer);
  }

  private void backwardLayer(int layer, Shard shard) {
    float[] w = network.parameters();
    boolean top = layer == tapes.size() - 1;
    float[] out = top ? dh : tapes.get(layer + 1).array();
    int outAt = top ? 0 : tapes.get(layer + 1).dx(0);
    boolean each = !top || perStep;
    boolean wanted = layer > 0 || inputGradient;
    Tape tape = tapes.get(layer);
    OperationCount count = counts.layer(layer);
    switch (execution) {
      case SPARSE -> {
        int stride = each ? network.layers().get(layer).paddedUnits() : 0;
        deltaLayers.get(layer).backward(w, gradients, overwrite, out, outAt, stride, packing.steps(), tape, shard, wanted, count);
      }
      case DENSE -> denseLayers.get(layer).backward(w, gradients, overwrite, held(layer), outputs(layer), outputsAt(layer), out, outAt,
          each, packing, tape, shard, wanted, count);
    }
  }

  /** dL/dx, if it was wanted: [rows][pad(channels)], a copy. */
  float[] inputGradient() {
    Tape tape = tapes.getFirst();
    return Arrays.copyOfRange(tape.array(), tape.dx(0), tape.dx(packing.rows()));
  }

  // ------------------------------------------------------------------------------------------------ about them

  /** The tape of a layer after its last run. */
  Tape tape(int layer) {
    return tapes.get(layer);
  }

  @Override
  public int firstNotFinite() {
    for (int layer = 0; layer < tapes.size(); layer++) {
      Tape tape = tapes.get(layer);
      int first = packing.sequences();
      if (Finite.firstNotFinite(tape.array(), tape.h(first), tape.h(first + packing.rows())) >= 0) {
        return layer;
      }
    }
    return -1;
  }

  @Override
  public TapeSize size() {
    TapeSize sum = TapeSize.ZERO;
    for (Tape tape : tapes) {
      sum = sum.plus(tape.size());
    }
    return sum;
  }
}
