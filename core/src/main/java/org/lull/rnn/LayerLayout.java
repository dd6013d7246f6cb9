// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import org.lull.cost.LayerShape;
import org.lull.kernel.Kernels;
import org.lull.parallel.Shard;

/**
 * Where the weights of a layer lie in the flat arena of parameters (and, at the same places, their gradients in the arena of gradients).
 *
 * <p>W is stored column by column, one column for each entry of v = [x ; h], because all three products walk columns. Hidden units are cut
 * into panels (the last one padded to LANES), and a panel's part of a column is contiguous, its row blocks one after another: a unit's
 * gates are together, and threads share a layer by panels.
 *
 * <pre>
 *   weights  [panel][column][blocks that x or h feeds x units of the panel, and the gap]
 *   bias     [panel][blocks x units of the panel]
 *   own      [panel][blocks of the cell's own parameters x units of the panel]
 * </pre>
 *
 * Where the weights of a layer fit the second-level cache, a panel has {@value #NARROW} units: its sums stay in registers while a list of
 * columns is walked. Larger layers are cut into an even number of equal panels, {@value #WIDE} units wide at most: their columns come from
 * memory that is quick only when read in long pieces, two to three times as quick in pieces of four kilobytes (256 units of an LSTM) as of
 * one. A cell that needs the whole layer at once has one panel.
 *
 * <p>Rows of padding are zero and stay zero: their gradient is zero. So do the gaps, which no product touches.
 */
public final class LayerLayout {
  /** Units of a panel where a layer's weights fit the second-level cache. */
  static final int NARROW = 64;
  /** Most units of a panel where they do not. */
  static final int WIDE = 256;
  /** Weights of a layer, in floats, that the second-level cache of today's processors holds: 512 kB. */
  private static final int CACHED = 1 << 17;
  /** Floats between the columns of a wide panel: of columns a power of two apart a cache keeps few, as it has the same place for all. */
  private static final int GAP = Kernels.LANES;

  private final Cell cell;
  private final int blocks;
  private final int blocksOfX;
  private final int blocksOfH;
  private final int ownBlocks;
  private final int saved;
  private final int inputs;
  private final int units;
  private final int base;
  private final boolean cached;
  private final int panel;
  private final int gap;
  private final int panels;
  private final int lastPanelUnits;
  private final int panelSize;
  private final int biasBase;
  private final int ownBase;

  /**
   * @param base position of the layer's first weight in the arena
   */
  public LayerLayout(Cell cell, int inputs, int units, int base) {
    this.cell = cell;
    this.blocks = cell.blocks();
    this.blocksOfX = cell.blocksOfX();
    this.blocksOfH = cell.blocksOfH();
    this.ownBlocks = cell.parameterBlocks();
    this.saved = cell.saved();
    this.inputs = inputs;
    this.units = units;
    this.base = base;
    long rows = (long) inputs * blocksOfX + (long) entriesOfH() * blocksOfH;
    this.cached = rows * paddedUnits() <= CACHED;
    int wide = cell.wholeLayer() ? 1 : cached ? Integer.MAX_VALUE : 2 * Math.ceilDiv(units, 2 * WIDE);
    this.panel = Math.max(NARROW, Kernels.pad(Math.ceilDiv(units, wide)));
    this.gap = cached || panel == NARROW ? 0 : GAP;
    this.panels = (units + panel - 1) / panel;
    this.lastPanelUnits = Kernels.pad(units) - (panels - 1) * panel;
    this.panelSize = Math.toIntExact(rows * panel + (long) gap * columns());
    this.biasBase = Math.toIntExact(base + rows * paddedUnits() + (long) panels * gap * columns());
    this.ownBase = Math.addExact(biasBase, biasSize());
  }

  public Cell cell() {
    return cell;
  }

  /** Row blocks of M, as the cell says. */
  int blocks() {
    return blocks;
  }

  /** Blocks kept of each timestep, as the cell says. */
  int saved() {
    return saved;
  }

  /** Nx. */
  public int inputs() {
    return inputs;
  }

  /** Nh. */
  public int units() {
    return units;
  }

  /** Entries of h that have columns in W: Nh, or 0 where the cell has no recurrent product. */
  public int entriesOfH() {
    return blocksOfH > 0 ? units : 0;
  }

  /** N = Nx + Nh, or Nx where the cell has no recurrent product: entries of v, columns of W. */
  public int columns() {
    return inputs + entriesOfH();
  }

  /** Nx rounded up to LANES: floats from one timestep of x to the next. */
  public int paddedInputs() {
    return Kernels.pad(inputs);
  }

  /** Nh rounded up to LANES: floats from one timestep of h to the next. */
  public int paddedUnits() {
    return Kernels.pad(units);
  }

  /** Whether the weights fit the second-level cache. */
  public boolean cached() {
    return cached;
  }

  public int panels() {
    return panels;
  }

  /** Units of a panel, padding included. */
  public int panelUnits(int p) {
    return p < panels - 1 ? panel : lastPanelUnits;
  }

  /** Its first unit. */
  int firstUnit(int p) {
    return p * panel;
  }

  /** Its units without padding. */
  int realUnits(int p) {
    return Math.min(panelUnits(p), units - firstUnit(p));
  }

  /** The first entry of h that falls to a thread: those of whole panels do. */
  int entriesOfHFrom(Shard shard) {
    return Math.min(entriesOfH(), shard.from(panels) * panel);
  }

  /** Where its entries of h end. */
  int entriesOfHTo(Shard shard) {
    return Math.min(entriesOfH(), shard.to(panels) * panel);
  }

  /** The first input that falls to a thread: whole groups of LANES do. */
  int inputsFrom(Shard shard) {
    return Math.min(inputs, shard.from(paddedInputs() / Kernels.LANES) * Kernels.LANES);
  }

  /** Where its inputs end. */
  int inputsTo(Shard shard) {
    return Math.min(inputs, shard.to(paddedInputs() / Kernels.LANES) * Kernels.LANES);
  }

  /** Whether x and h feed the same rows, so that their columns may be walked as one list. */
  boolean sameRows() {
    return blocksOfX == blocks && blocksOfH == blocks;
  }

  /** Rows of a panel's part of a column of x. */
  public int rowsOfX(int p) {
    return blocksOfX * panelUnits(p);
  }

  /** Rows of a panel's part of a column of h. */
  public int rowsOfH(int p) {
    return blocksOfH * panelUnits(p);
  }

  /** Rows of a panel's part of column j. */
  public int rows(int p, int j) {
    return j < inputs ? rowsOfX(p) : rowsOfH(p);
  }

  /** Where the rows h feeds begin among those of M. */
  int firstRowOfH(int p) {
    return (blocks - blocksOfH) * panelUnits(p);
  }

  /** Floats from one column of x to the next. */
  public int strideOfX(int p) {
    return rowsOfX(p) + gap;
  }

  /** Floats from one column of h to the next. */
  public int strideOfH(int p) {
    return rowsOfH(p) + gap;
  }

  /** Position of the panel's part of column j (x first, then h). */
  public int column(int p, int j) {
    return base + p * panelSize + Math.min(j, inputs) * strideOfX(p) + Math.max(0, j - inputs) * strideOfH(p);
  }

  /** Position from which the column of an entry of h is as many strides away as its number among all of v says. */
  int columnsOfH(int p) {
    return column(p, inputs) - inputs * strideOfH(p);
  }

  /** Timesteps whose gradients to bring into dL/dW together: few, so that a panel's G stays in the second-level cache. */
  public int stepsAtOnce() {
    return panel == NARROW ? 128 : 64;
  }

  /** Position of the panel's biases, M_0. */
  public int bias(int p) {
    return biasBase + p * panel * blocks;
  }

  /** Floats of all biases, contiguous from {@code bias(0)}. */
  public int biasSize() {
    return paddedUnits() * blocks;
  }

  /** Position of the panel's share of the cell's own parameters, one after the other. */
  public int own(int p) {
    return ownBase + p * panel * ownBlocks;
  }

  /** Position of unit u in a block of the cell's own parameters. */
  public int own(int block, int unit) {
    return ownBase + unitInBlocks(ownBlocks, block, unit);
  }

  /** Floats of a panel's share of them. */
  int ownRows(int p) {
    return ownBlocks * panelUnits(p);
  }

  /** Floats of all of the cell's own parameters, contiguous from {@code own(0)}. */
  public int ownSize() {
    return paddedUnits() * ownBlocks;
  }

  /** First position after the layer. */
  public int end() {
    return ownBase + ownSize();
  }

  /** Position of unit u in row block b of something laid out as the bias is, from its start. */
  public int unitInBlocks(int blocks, int block, int unit) {
    int p = unit / panel;
    return p * panel * blocks + block * panelUnits(p) + unit % panel;
  }

  /** Position of the weight from column j to unit u in the {@code block}-th of the row blocks the column feeds. */
  public int weight(int j, int block, int unit) {
    int p = unit / panel;
    return column(p, j) + block * panelUnits(p) + unit % panel;
  }

  /** What decides the cost of the layer. */
  public LayerShape shape() {
    return new LayerShape(inputs, entriesOfH(), units, macsPerColumnOfX(), macsPerColumnOfH(), blocks, cell.saved(),
        cell.pointwiseOperations());
  }

  /** Multiply-adds one active entry of x costs in one product: real rows, padding not counted. */
  public long macsPerColumnOfX() {
    return (long) blocksOfX * units;
  }

  /** Multiply-adds one active entry of h costs in one product. */
  public long macsPerColumnOfH() {
    return (long) blocksOfH * units;
  }
}
