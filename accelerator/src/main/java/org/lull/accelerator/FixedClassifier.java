// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lull.network.Mode;
import org.lull.network.Network;

/**
 * A whole network in 16-bit integers, which classifies sequences and learns from one sequence at a time: the golden model of the C library
 * for microcontrollers, which gives the same bits. The layers are {@link FixedLstmLayer}, so the same as those of the accelerator; head and
 * update are those of docs/device.md. Only one thread may use it at a time.
 */
public final class FixedClassifier {
  /** Number of bits of the largest dL/dh in the first trial. Gradients may grow a hundredfold through time. */
  private static final int TRIAL_BITS = 7;

  /** Largest n of a learning rate of 2^-n. */
  public static final int LARGEST_RATE = 20;

  /** Gradients so large that they would need a smaller shift count as smaller than they are. */
  private static final int SMALLEST_SHIFT = -8;

  private final List<FixedLstmLayer> layers;
  private final FixedHead head;
  private final FixedSequence sequence;
  private final List<long[]> gradients;
  private final List<byte[]> carries = new ArrayList<>();
  private final Saturations updates = new Saturations();
  private final int saturatedWeights;
  private long values;
  private long gradientValues;

  /**
   * @param mode in dense mode every entry fires
   * @throws org.lull.input.InvalidInputException if the network has no form in integers
   */
  public FixedClassifier(Network network, Mode mode) {
    FixedNetwork fixed = new FixedNetwork(network, mode);
    saturatedWeights = fixed.quantise();
    layers = fixed.layers();
    head = new FixedHead(network);
    sequence = new FixedSequence(layers);
    gradients = fixed.gradients();
    gradients.forEach(gradient -> carries.add(new byte[gradient.length]));
  }

  /** Number of weights that were beyond the range of 16 bits. */
  public int saturatedWeights() {
    return saturatedWeights;
  }

  /** A normalised feature as the layers take it: in 2^-12, rounded half to even, saturated. */
  public static short input(float normalised) {
    return FixedPoint.quantise(normalised, FixedPoint.ONE);
  }

  /**
   * The scores of a sequence.
   *
   * @param x [steps][inputs], as from {@link #input}
   * @return [classes], in 2^-12
   */
  public int[] scores(short[] x, int steps) {
    forward(x, steps);
    countSaturations();
    return head.scores(head.read(sequence.tapes().getLast()));
  }

  private void forward(short[] x, int steps) {
    sequence.begin(steps).takeInputs(x);
    sequence.forward();
  }

  /** h_t of the top layer in the last sequence, t from 1, [steps][units], in 2^-12. */
  public short[] hidden() {
    FixedTape top = sequence.tapes().getLast();
    int units = layers.getLast().units();
    return Arrays.copyOfRange(top.h, units, (top.steps + 1) * units);
  }

  /**
   * Learns that a sequence has a label: one step of gradient descent on the cross-entropy, of all weights.
   *
   * @param x [steps][inputs], as from {@link #input}
   * @param rate n of the learning rate 2^-n, 0 to {@link #LARGEST_RATE}
   * @return the scores before, as from {@link #scores}
   */
  public int[] learn(short[] x, int steps, int label, int rate) {
    forward(x, steps);
    FixedTape top = sequence.tapes().getLast();
    short[] y = head.read(top);
    int[] scores = head.scores(y);
    int[] dScores = FixedHead.gradient(scores, label);
    long[] dh = head.outputGradient(dScores, steps);
    head.update(y, dScores, rate, updates);
    int shift = fittingShift(dh, steps);
    backward(dh, shift, steps);
    int exponent = shift - head.fraction() - FixedHead.FP - FixedHead.FD; // the unit of the gradients is 2^exponent
    int updateShift = Math.max(SMALLEST_SHIFT, rate - exponent - (FixedPoint.KG - FixedPoint.FV + FixedPoint.FW));
    for (int l = 0; l < layers.size(); l++) {
      layers.get(l).update(gradients.get(l), updateShift, carries.get(l), updates);
    }
    countSaturations();
    return scores;
  }

  /** The shift of dL/dh with which the largest of all gradients just fits 16 bits. Trials find it. */
  private int fittingShift(long[] dh, int steps) {
    long largest = Arrays.stream(dh).map(Math::abs).max().orElseThrow();
    int bits = Long.SIZE - Long.numberOfLeadingZeros(largest);
    Saturations.Counts ofForward = sequence.saturations();
    values += ofForward.value(); // before the trials forget them
    int kept = TRIAL_BITS;
    int room = -1;
    while (room < 0) {
      backward(dh, Math.max(0, bits - kept), steps);
      room = sequence.room();
      kept += room > 0 ? room - 1 : room;
      if (kept < 1) { // as small as can be
        kept = 1;
        room = 0;
      }
    }
    return Math.max(0, bits - kept);
  }

  private void backward(long[] dh, int shift, int steps) {
    FixedTape top = sequence.tapes().getLast();
    int units = layers.getLast().units();
    Arrays.fill(top.dh, 0, steps * units, (short) 0);
    for (int t = head.readsAll() ? 0 : steps - 1; t < steps; t++) {
      for (int u = 0; u < units; u++) {
        top.dh[t * units + u] = (short) FixedPoint.rne(dh[u], shift);
      }
    }
    sequence.resetSaturations();
    gradients.forEach(gradient -> Arrays.fill(gradient, 0));
    sequence.backward(gradients);
  }

  private void countSaturations() {
    Saturations.Counts counts = sequence.saturations();
    values += counts.value();
    gradientValues += counts.gradient();
  }

  /**
   * How many numbers were saturated since the beginning.
   *
   * @param values deltas and cell states
   * @param gradients gradients of the backward pass
   * @param weights weights in updates
   */
  public record Saturated(long values, long gradients, long weights) {}

  public Saturated saturated() {
    return new Saturated(values, gradientValues, updates.counts().weight());
  }

  /** W of a layer, [Nx + Nh + 1][4 Nh]: columns of x, of h, of biases; rows 4 u + gate, gates i f g o. In 2^-13. Not a copy. */
  public short[] weights(int layer) {
    return layers.get(layer).weights();
  }

  /** What the updates of {@link #weights} left over, in 1/256 of their unit. */
  public byte[] carry(int layer) {
    return carries.get(layer);
  }

  /** Threshold of the inputs of a layer, in 2^-12. */
  public int thresholdX(int layer) {
    return layers.get(layer).thetaX();
  }

  /** Threshold of the hidden states of a layer, in 2^-12. */
  public int thresholdH(int layer) {
    return layers.get(layer).thetaH();
  }

  /** W of the head with the bias as the last column, [classes][Nh + 1], in 2^-{@link #headFraction}. Not a copy. */
  public short[] headWeights() {
    return head.weights();
  }

  /** What the updates of {@link #headWeights} left over. */
  public byte[] headCarry() {
    return head.carry();
  }

  /** Fraction bits of {@link #headWeights}. */
  public int headFraction() {
    return head.fraction();
  }

  /** tanh(k / 32) in 2^-15, k = 0..256: the table of the cell. */
  public static int[] tanhTable() {
    return ActivationTable.base();
  }

  /** 2^(k / 64) in 2^-15, k = 0..64: the table of the softmax. */
  public static int[] powerTable() {
    return Exponential.base();
  }
}
