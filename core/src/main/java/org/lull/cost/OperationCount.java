// SPDX-License-Identifier: Apache-2.0
package org.lull.cost;

import java.util.Arrays;
import org.lull.input.InvalidInputException;

/**
 * Multiply-adds (MACs) of the three products of one layer. They are counted from the entries that fired, not estimated. An entry that fired
 * costs one column in each product that it takes part in: as many multiply-adds as the column has rows.
 *
 * <p>The first layer needs no gradient of its input, so its transposed product covers only h, in the dense count too. No layer needs a
 * gradient of h_0, so the dense transposed product covers h at all timesteps of a sequence except the first. At a keyframe, where M is
 * computed from all references, each product takes all columns. Sparsities are shares of the entries of the forward passes, 0 to 1.
 */
public final class OperationCount {
  private final LayerShape layer;
  private final boolean inputGradient;
  private long forwardSteps;
  private long forwardX;
  private long forwardH;
  private long forwardRestX;
  private long forwardRestH;
  private long backwardSequences;
  private long backwardSteps;
  private long backwardX;
  private long backwardH;
  private long transposedH;
  private long backwardRestX;
  private long backwardRestH;

  /**
   * @param inputGradient whether the backward pass of the layer computes dL/dx
   */
  public OperationCount(LayerShape layer, boolean inputGradient) {
    this.layer = layer;
    this.inputGradient = inputGradient;
  }

  /**
   * Adds a forward pass.
   *
   * @param steps number of timesteps
   * @param activeX number of entries of x that fired, over all timesteps
   * @param activeH number of entries of h that fired, over all timesteps
   */
  public void addForward(long steps, long activeX, long activeH) {
    forwardSteps += steps;
    forwardX += activeX;
    forwardH += activeH;
  }

  /**
   * Adds the keyframes of a forward pass, which also take the columns of the entries that did not fire.
   *
   * @param restX number of entries of x that did not fire at keyframes
   * @param restH number of entries of h that did not fire at keyframes
   */
  public void addForwardKeyframes(long restX, long restH) {
    forwardRestX += restX;
    forwardRestH += restH;
  }

  /** Adds the keyframes of a backward pass; see {@link #addForwardKeyframes}. */
  public void addBackwardKeyframes(long restX, long restH) {
    backwardRestX += restX;
    backwardRestH += restH;
  }

  /**
   * Adds a backward pass.
   *
   * @param sequences number of sequences
   * @param steps number of timesteps of all sequences
   * @param activeX number of entries of x that fired, over all timesteps
   * @param activeH number of entries of h that fired, over all timesteps
   * @param transposedH number of columns of h that the transposed product took; it may skip some that the weight gradient takes
   */
  public void addBackward(long sequences, long steps, long activeX, long activeH, long transposedH) {
    backwardSequences += sequences;
    backwardSteps += steps;
    backwardX += activeX;
    backwardH += activeH;
    this.transposedH += transposedH;
  }

  /** Sets all counts to 0. */
  public void reset() {
    forwardSteps = 0;
    forwardX = 0;
    forwardH = 0;
    forwardRestX = 0;
    forwardRestH = 0;
    backwardSequences = 0;
    backwardSteps = 0;
    backwardX = 0;
    backwardH = 0;
    transposedH = 0;
    backwardRestX = 0;
    backwardRestH = 0;
  }

  /** What was counted, for a checkpoint; {@link #restore} takes it back. */
  public long[] state() {
    return new long[] {forwardSteps, forwardX, forwardH, forwardRestX, forwardRestH, backwardSequences, backwardSteps, backwardX, backwardH,
        transposedH, backwardRestX, backwardRestH};
  }

  /**
   * Replaces what was counted by a {@link #state} of the same layer.
   *
   * @throws InvalidInputException if it is none: it has another length or a negative number
   */
  public void restore(long[] state) {
    if (state.length != state().length || Arrays.stream(state).anyMatch(count -> count < 0)) {
      throw new InvalidInputException(
          "operation counts " + Arrays.toString(state) + ", expected " + state().length + " numbers of 0 or more");
    }
    reset();
    addForward(state[0], state[1], state[2]);
    addForwardKeyframes(state[3], state[4]);
    addBackward(state[5], state[6], state[7], state[8], state[9]);
    addBackwardKeyframes(state[10], state[11]);
  }

  /** Adds another count of the same layer. */
  public void add(OperationCount other) {
    addForward(other.forwardSteps, other.forwardX, other.forwardH);
    addBackward(other.backwardSequences, other.backwardSteps, other.backwardX, other.backwardH, other.transposedH);
    addForwardKeyframes(other.forwardRestX, other.forwardRestH);
    addBackwardKeyframes(other.backwardRestX, other.backwardRestH);
  }

  /** Number of timesteps of the forward passes. */
  public long steps() {
    return forwardSteps;
  }

  /** MACs of the forward product, W delta. */
  public long forward() {
    return macs(forwardX + forwardRestX, forwardH + forwardRestH);
  }

  /** MACs of the transposed product, W^T G. */
  public long transposed() {
    return macs(inputGradient ? backwardX + backwardRestX : 0, transposedH + backwardRestH);
  }

  /** MACs of the weight gradient, G delta^T. */
  public long weightGradient() {
    return macs(backwardX + backwardRestX, backwardH + backwardRestH);
  }

  /** MACs of one product with so many columns of x and of h. */
  private long macs(long ofX, long ofH) {
    return ofX * layer.macsPerColumnOfX() + ofH * layer.macsPerColumnOfH();
  }

  /** MACs of all three products. */
  public long total() {
    return forward() + transposed() + weightGradient();
  }

  /**
   * The pointwise work of the steps that ran forward and backward, in multiply-adds of two operations: the cell and, in a delta layer, the
   * encoder. The encoder takes a difference and compares it in the forward pass, and adds and negates in the backward pass.
   */
  public long pointwise(boolean delta) {
    long ofEncoder = delta ? 4L * layer.columns() : 0;
    return backwardSteps * ((long) layer.pointwiseOperations() * layer.units() + ofEncoder) / 2;
  }

  /** Number of timesteps of the backward passes. */
  public long backwardSteps() {
    return backwardSteps;
  }

  /** Number of sequences of the backward passes. */
  public long backwardSequences() {
    return backwardSequences;
  }

  /** MACs of all three products of the dense layer. */
  public long denseTotal() {
    return denseForward() + denseTransposed() + denseWeightGradient();
  }

  /** MACs of W x of the dense layer. */
  public long denseForward() {
    return macs(entriesX(), entriesH());
  }

  /** MACs of W^T G of the dense layer. */
  public long denseTransposed() {
    return macs(inputGradient ? backwardSteps * layer.inputs() : 0, (backwardSteps - backwardSequences) * layer.entriesOfH());
  }

  /**
   * MACs by the cost model of Chen et al. 2024. It counts a column for each entry of x and h that fired in the transposed product too,
   * whether that gradient is needed or not. An LSTM layer has 12 Nh (Nx (1 - sparsity of x) + Nh (1 - sparsity of h)) per timestep.
   */
  public long paperTotal() {
    return forward() + 2 * weightGradient();
  }

  /** MACs of the dense layer by the same model: 3 T (Nx + Nh) columns for T timesteps. */
  public long paperDenseTotal() {
    return denseForward() + 2 * denseWeightGradient();
  }

  /** MACs of the weight gradient of the dense layer. */
  public long denseWeightGradient() {
    return macs(backwardSteps * layer.inputs(), backwardSteps * layer.entriesOfH());
  }

  /** Words of vectors that are read and written, as in {@link MemoryAccess}. */
  long stateWords(boolean delta) {
    long units = layer.units();
    long ofM = layer.blocks() * units;
    long saved = layer.saved() * units;
    long forward = forwardSteps * (2 * ofM + saved + 3 * units + layer.columns());
    long backward = backwardSteps * (saved + 3 * units + ofM + 2 * units + ofM + layer.columns());
    if (!delta) {
      return forward + backward;
    }
    long fired = backwardX + backwardH;
    long references = forwardSteps * layer.columns() + active();
    long gradientsOfReferences = backwardSteps * layer.columns() + fired;
    long lists = 2 * (2 * active() + 2 * fired);
    return forward + backward + references + gradientsOfReferences + lists + backwardSteps * ofM;
  }

  /** Number of entries of x and h that fired in the forward passes. */
  public long active() {
    return forwardX + forwardH;
  }

  /** Number of entries of x and h in the forward passes, over all timesteps. */
  public long entries() {
    return forwardSteps * layer.columns();
  }

  long activeX() {
    return forwardX;
  }

  long activeH() {
    return forwardH;
  }

  long entriesX() {
    return forwardSteps * layer.inputs();
  }

  /** Number of entries of h in the forward passes, over all timesteps; 0 if the cell has no product with h. */
  public long entriesH() {
    return forwardSteps * layer.entriesOfH();
  }

  /** Share of entries of x that did not fire. */
  public double sparsityX() {
    return sparsity(forwardX, entriesX());
  }

  /** Share of entries of h that did not fire. */
  public double sparsityH() {
    return sparsity(forwardH, entriesH());
  }

  static double sparsity(long active, long entries) {
    return entries == 0 ? 0 : 1 - active / (double) entries;
  }
}
