package org.lull.accelerator;

import java.util.Arrays;
import java.util.List;
import org.lull.model.Arithmetic;
import org.lull.model.Mode;
import org.lull.model.Network;
import org.lull.rnn.OperationCount;

/** The layers of a network in the accelerator's integers, between a head and an optimiser that compute in floats. */
final class FixedLayers implements Arithmetic.Layers {
  /** At first the largest dL/dh of a sequence becomes a number of so many bits: gradients may grow a hundred times on their way. */
  private static final int BITS_AT_FIRST = 7;
  /** Bits the largest of all gradients shall have. */
  private static final int BITS = 15;

  private final FixedNetwork fixed;
  private final List<FixedTape> tapes;
  private final List<long[]> gradients;
  private float[] output = new float[0];

  FixedLayers(Network network, Mode mode) {
    fixed = new FixedNetwork(network, mode);
    tapes = fixed.layers().stream().map(FixedTape::new).toList();
    gradients = fixed.layers().stream().map(layer -> new long[layer.weights().length]).toList();
  }

  @Override
  public float[] forward(float[] x, int steps, List<OperationCount> counts) {
    fixed.quantise();
    tapes.forEach(tape -> tape.begin(steps));
    FixedTape first = tapes.getFirst();
    int inputs = fixed.layers().getFirst().inputs();
    for (int t = 0; t < steps; t++) {
      for (int k = 0; k < inputs; k++) {
        first.x[t * inputs + k] = FixedPoint.quantise(x[t * fixed.inputStride() + k], FixedPoint.ONE);
      }
    }
    for (int l = 0; l < tapes.size(); l++) {
      FixedTape tape = tapes.get(l);
      if (l > 0) {
        tape.takeInputs(tapes.get(l - 1));
      }
      fixed.layers().get(l).forward(tape);
      counts.get(l).addForward(steps, tape.activeX(), tape.activeH());
    }
    return outputs(steps);
  }

  private float[] outputs(int steps) {
    int stride = fixed.hiddenStride();
    if (output.length < steps * stride) {
      output = new float[steps * stride];
    }
    FixedTape top = tapes.getLast();
    int units = fixed.layers().getLast().units();
    for (int t = 0; t < steps; t++) {
      for (int u = 0; u < units; u++) {
        output[t * stride + u] = top.h[(t + 1) * units + u] / (float) FixedPoint.ONE;
      }
    }
    return output;
  }

  @Override
  public void backward(float[] arena, boolean overwrite, float[] dh, boolean perStep, List<OperationCount> counts) {
    int steps = tapes.getLast().steps;
    int scale = BITS_AT_FIRST - 1 - exponentOfLargest(dh, perStep ? steps : 1);
    backward(dh, perStep, scale);
    int room = room();
    while (room < 0 || room > 1) { // once more at a scale that fits; seldom a third time
      scale += room;
      backward(dh, perStep, scale);
      room = Math.min(0, room());
    }
    for (int l = 0; l < tapes.size(); l++) {
      FixedTape tape = tapes.get(l);
      fixed.toFloats(l, gradients.get(l), Math.scalb(1.0, FixedPoint.KG - FixedPoint.FV - scale), arena, overwrite);
      counts.get(l).addBackward(1, steps, tape.activeX(), tape.activeH(), tape.activeH());
    }
  }

  private void backward(float[] dh, boolean perStep, int scale) {
    tapes.getLast().takeGradient(dh, perStep, fixed.hiddenStride(), Math.scalb(1.0, scale));
    for (int l = tapes.size() - 1; l >= 0; l--) {
      Arrays.fill(gradients.get(l), 0);
      tapes.get(l).saturations.reset();
      fixed.layers().get(l).backward(tapes.get(l), gradients.get(l), l > 0);
      if (l > 0) {
        tapes.get(l - 1).takeGradient(tapes.get(l));
      }
    }
  }

  /** By how many bits the gradients might be larger; below 0 if they have to be smaller. */
  private int room() {
    long largest = 1;
    long saturated = 0;
    for (FixedTape tape : tapes) {
      largest = Math.max(largest, tape.saturations.largestGradient());
      saturated += tape.saturations.ofGradients();
    }
    int room = BITS - (Long.SIZE - Long.numberOfLeadingZeros(largest));
    return saturated > 0 ? Math.min(-1, room) : room;
  }

  /** n of the largest magnitude's m 2^n, 1 <= m < 2; that of 1 if all are zero. */
  private int exponentOfLargest(float[] dh, int rows) {
    float largest = 0;
    for (int k = 0; k < rows * fixed.hiddenStride(); k++) {
      largest = Math.max(largest, Math.abs(dh[k]));
    }
    return largest < Float.MIN_NORMAL || !Float.isFinite(largest) ? 0 : Math.getExponent(largest);
  }

  @Override
  public long bytes() {
    return tapes.stream().mapToLong(FixedTape::bytes).sum()
        + gradients.stream().mapToLong(g -> (Long.BYTES + 2L * Integer.BYTES) * g.length).sum()
        + Float.BYTES * (long) output.length;
  }
}
