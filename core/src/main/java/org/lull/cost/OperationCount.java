// SPDX-License-Identifier: Apache-2.0
package org.lull.cost;

import java.util.Arrays;
import org.lull.input.InvalidInputException;

/**
 * Multiply-adds of the three products of one layer, counted from what fired, not estimated: an active entry costs one
 * column, fed x Nh multiply-adds, in each product it takes part in. The first layer needs no gradient of its input, so its transposed
 * product covers h alone, in the dense count as in the sparse one; and no layer needs one of h_0, so the dense transposed product covers h
 * at all timesteps but a sequence's first. A keyframe, where M is computed anew, costs all columns in each product. Sparsities are shares
 * of entries of the forward passes, 0 to 1.
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
   * @param inputGradient whether the layer's backward pass is needed to give dL/dx
   */
  public OperationCount(LayerShape layer, boolean inputGradient) {
    this.layer = layer;
    this.inputGradient = inputGradient;
  }

  /** Of a forward pass: its timesteps, and the columns that fired, of x and of h. */
  public void addForward(long steps, long activeX, long activeH) {
    forwardSteps += steps;
    forwardX += activeX;
    forwardH += activeH;
  }

  /** Of the keyframes of a forward pass: the columns of x and of h that did not fire, which they take as well. */
  public void addForwardKeyframes(long restX, long restH) {
    forwardRestX += restX;
    forwardRestH += restH;
  }

  /** The same of a backward pass. */
  public void addBackwardKeyframes(long restX, long restH) {
    backwardRestX += restX;
    backwardRestH += restH;
  }

  /**
   * Of a backward pass.
   *
   * @param transposedH columns of h of the transposed product, where it may skip some that the weight gradient has
   */
  public void addBackward(long sequences, long steps, long activeX, long activeH, long transposedH) {
    backwardSequences += sequences;
    backwardSteps += steps;
    backwardX += activeX;
    backwardH += activeH;
    this.transposedH += transposedH;
  }

  /** Back to nothing counted. */
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

  /** Timesteps that went forward. */
  public long steps() {
    return forwardSteps;
  }

  /** MACs of W delta. */
  public long forward() {
    return macs(forwardX + forwardRestX, forwardH + forwardRestH);
  }

  /** MACs of W^T G. */
  public long transposed() {
    return macs(inputGradient ? backwardX + backwardRestX : 0, transposedH + backwardRestH);
  }

  /** MACs of G delta^T. */
  public long weightGradient() {
    return macs(backwardX + backwardRestX, backwardH + backwardRestH);
  }

  /** What so many columns of x and of h cost in one product. */
  private long macs(long ofX, long ofH) {
    return ofX * layer.macsPerColumnOfX() + ofH * layer.macsPerColumnOfH();
  }

  /** MACs of all three products. */
  public long total() {
    return forward() + transposed() + weightGradient();
  }

  /**
   * The pointwise work of the steps that went forward and backward, in multiply-adds (two operations each): the cell, and of a delta layer
   * the encoder, which takes a difference and compares it forward, and adds and negates backward.
   */
  public long pointwise(boolean delta) {
    long ofEncoder = delta ? 4L * layer.columns() : 0;
    return backwardSteps * ((long) layer.pointwiseOperations() * layer.units() + ofEncoder) / 2;
  }

  /** Timesteps that went backward. */
  public long backwardSteps() {
    return backwardSteps;
  }

  /** Sequences that went backward. */
  public long backwardSequences() {
    return backwardSequences;
  }

  /** What the three products cost the dense layer. */
  public long denseTotal() {
    return denseForward() + denseTransposed() + denseWeightGradient();
  }

  /** What W x costs the dense layer. */
  public long denseForward() {
    return macs(entriesX(), entriesH());
  }

  /** What W^T G costs the dense layer. */
  public long denseTransposed() {
    return macs(inputGradient ? backwardSteps * layer.inputs() : 0, (backwardSteps - backwardSequences) * layer.entriesOfH());
  }

  /**
   * MACs as the cost model of Chen et al. 2024 counts them: in the transposed product, too, a column of x as well as of h for each entry
   * that fired, whether anybody needs that gradient or not. Of LSTM layers, 12 Nh (Nx occupancy of x + Nh occupancy of h) a timestep.
   */
  public long paperTotal() {
    return forward() + 2 * weightGradient();
  }

  /** What the three products cost the dense layer by the same model: 3 T (Nx + Nh) columns. */
  public long paperDenseTotal() {
    return denseForward() + 2 * denseWeightGradient();
  }

  /** What G x^T costs the dense layer. */
  public long denseWeightGradient() {
    return macs(backwardSteps * layer.inputs(), backwardSteps * layer.entriesOfH());
  }

  /** Words of vectors that are read and written, as {@link MemoryAccess} has them. */
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

  /** Entries of x and h that fired, going forward. */
  public long active() {
    return forwardX + forwardH;
  }

  /** Entries of x and h there were, going forward. */
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

  long entriesH() {
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
