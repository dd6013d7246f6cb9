// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.Arrays;
import java.util.List;
import org.lull.cost.OperationCounts;
import org.lull.cost.TapeSize;
import org.lull.input.InvalidInputException;
import org.lull.network.Arithmetic;
import org.lull.network.Execution;
import org.lull.network.Fired;
import org.lull.network.LayerScheduler;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.rnn.Packing;

/** The recurrent layers of a network in the integers of the accelerator. Head and optimiser compute in floats. */
final class FixedLayers implements Arithmetic.Layers {
  /** Number of bits of the largest dL/dh of a sequence in the first attempt. Gradients may grow a hundredfold through time. */
  private static final int BITS_AT_FIRST = 7;

  private final FixedNetwork fixed;
  private final FixedSequence sequence;
  private final List<long[]> gradients;
  private float[] output = new float[0];

  FixedLayers(Network network, Mode mode) {
    fixed = new FixedNetwork(network, mode);
    sequence = new FixedSequence(fixed.layers());
    gradients = fixed.gradients();
  }

  @Override
  public void forward(float[] x, Packing packing, Execution execution, LayerScheduler scheduler, OperationCounts counts) {
    fixed.quantise();
    sequence.begin(packing.steps()).takeInputs(x, fixed.inputStride());
    run(packing.steps(), counts);
  }

  @Override
  public void step(Arithmetic.State state, float[] x, OperationCounts counts) {
    List<FixedState.Layer> states = ((FixedState) state).layers;
    sequence.begin(1).takeInputs(x, fixed.inputStride());
    for (int l = 0; l < states.size(); l++) {
      sequence.tapes().get(l).load(states.get(l));
    }
    run(1, counts);
    for (int l = 0; l < states.size(); l++) {
      sequence.tapes().get(l).store(states.get(l));
    }
  }

  @Override
  public Fired fired(int layer) {
    return sequence.tapes().get(layer).fired(0);
  }

  private void run(int steps, OperationCounts counts) {
    sequence.forward();
    for (int l = 0; l < counts.size(); l++) {
      counts.layer(l).addForward(steps, sequence.tapes().get(l).activeX(), sequence.tapes().get(l).activeH());
    }
    int stride = fixed.hiddenStride();
    if (output.length < steps * stride) {
      output = new float[steps * stride];
    }
    sequence.tapes().getLast().giveOutputs(output, stride);
  }

  @Override
  public float[] output() {
    return output;
  }

  @Override
  public int outputAt() {
    return 0;
  }

  @Override
  public void penaliseDeltas(float strength) {
    if (strength > 0) {
      throw new InvalidInputException("a penalty on deltas of " + strength + " in fixed16, which trains without one; leave either out");
    }
  }

  /** Integers are finite. */
  @Override
  public int firstNotFinite() {
    return -1;
  }

  @Override
  public void backward(float[] arena, boolean overwrite, float[] dh, boolean perStep, OperationCounts counts) {
    int steps = sequence.tapes().getLast().steps;
    int scale = BITS_AT_FIRST - 1 - exponentOfLargest(dh, perStep ? steps : 1);
    backward(dh, perStep, scale);
    int room = sequence.room();
    while (room < 0 || room > 1) { // once more at a scale that fits; seldom a third time
      scale += room;
      backward(dh, perStep, scale);
      room = Math.min(0, sequence.room());
    }
    for (int l = 0; l < counts.size(); l++) {
      FixedTape tape = sequence.tapes().get(l);
      fixed.toFloats(l, gradients.get(l), Math.scalb(1.0, FixedPoint.KG - FixedPoint.FV - scale), arena, overwrite);
      counts.layer(l).addBackward(1, steps, tape.activeX(), tape.activeH(), tape.activeH());
    }
  }

  private void backward(float[] dh, boolean perStep, int scale) {
    sequence.resetSaturations();
    gradients.forEach(gradient -> Arrays.fill(gradient, 0));
    sequence.backward(dh, perStep, fixed.hiddenStride(), Math.scalb(1.0, scale), gradients);
  }

  /** n of the largest magnitude's {@code m 2^n, 1 <= m < 2}; that of 1 if all are zero. */
  private int exponentOfLargest(float[] dh, int rows) {
    float largest = 0;
    for (int k = 0; k < rows * fixed.hiddenStride(); k++) {
      largest = Math.max(largest, Math.abs(dh[k]));
    }
    return largest < Float.MIN_NORMAL || !Float.isFinite(largest) ? 0 : Math.getExponent(largest);
  }

  @Override
  public TapeSize size() {
    return new TapeSize(sequence.bytes() + Float.BYTES * (long) output.length
        + gradients.stream().mapToLong(gradient -> (Long.BYTES + Integer.BYTES + Short.BYTES) * (long) gradient.length).sum(), 0, 0);
  }
}
