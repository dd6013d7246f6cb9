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
 *   weights  [panel][column][fed x units of the panel, and the gap]
 *   bias     [panel][blocks x units of the panel]
 * </pre>
 *
 * Where the weights of a layer fit the second-level cache, a panel has {@value #NARROW} units: its sums stay in registers while a list of
 * columns is walked. Larger layers are cut into an even number of equal panels, {@value #WIDE} units wide at most: their columns come from
 * memory that is quick only when read in long pieces, two to three times as quick in pieces of four kilobytes (256 units of an LSTM) as of
 * one.
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
  private final int inputs;
  private final int units;
  private final int base;
  private final boolean cached;
  private final int panel;
  private final int gap;
  private final int panels;
  private final int lastPanelUnits;
  private final int biasBase;

  /**
   * @param base position of the layer's first weight in the arena
   */
  public LayerLayout(Cell cell, int inputs, int units, int base) {
    this.cell = cell;
    this.inputs = inputs;
    this.units = units;
    this.base = base;
    this.cached = (long) columns() * paddedUnits() * cell.fed() <= CACHED;
    int wide = 2 * Math.ceilDiv(units, 2 * WIDE);
    this.panel = cached ? NARROW : Math.max(NARROW, Kernels.pad(Math.ceilDiv(units, wide)));
    this.gap = panel == NARROW ? 0 : GAP;
    this.panels = (units + panel - 1) / panel;
    this.lastPanelUnits = Kernels.pad(units) - (panels - 1) * panel;
    this.biasBase = Math.addExact(base, Math.multiplyExact(columns(), paddedUnits() * cell.fed() + panels * gap));
  }

  public Cell cell() {
    return cell;
  }

  /** Nx. */
  public int inputs() {
    return inputs;
  }

  /** Nh. */
  public int units() {
    return units;
  }

  /** N = Nx + Nh: entries of v, columns of W. */
  public int columns() {
    return inputs + units;
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

  /** The first unit that falls to a thread: those of whole panels do. */
  int unitsFrom(Shard shard) {
    return Math.min(units, shard.from(panels) * panel);
  }

  /** Where its units end. */
  int unitsTo(Shard shard) {
    return Math.min(units, shard.to(panels) * panel);
  }

  /** The first input that falls to a thread: whole groups of LANES do. */
  int inputsFrom(Shard shard) {
    return Math.min(inputs, shard.from(paddedInputs() / Kernels.LANES) * Kernels.LANES);
  }

  /** Where its inputs end. */
  int inputsTo(Shard shard) {
    return Math.min(inputs, shard.to(paddedInputs() / Kernels.LANES) * Kernels.LANES);
  }

  /** Rows of a panel's part of a column. */
  public int rows(int p) {
    return cell.fed() * panelUnits(p);
  }

  /** Floats from one column to the next. */
  public int stride(int p) {
    return rows(p) + gap;
  }

  /** Position of the panel's part of column j (x first, then h). */
  public int column(int p, int j) {
    return base + p * (panel * cell.fed() + gap) * columns() + j * stride(p);
  }

  /** Timesteps whose gradients to bring into dL/dW together: few, so that a panel's G stays in the second-level cache. */
  public int stepsAtOnce() {
    return panel == NARROW ? 128 : 64;
  }

  /** Position of the panel's biases, M_0. */
  public int bias(int p) {
    return biasBase + p * panel * cell.blocks();
  }

  /** Floats of all biases, contiguous from {@code bias(0)}. */
  public int biasSize() {
    return paddedUnits() * cell.blocks();
  }

  /** First position after the layer. */
  public int end() {
    return biasBase + biasSize();
  }

  /** Position of unit u in row block b of something laid out as the bias is, from its start. */
  public int unitInBlocks(int blocks, int block, int unit) {
    int p = unit / panel;
    return p * panel * blocks + block * panelUnits(p) + unit % panel;
  }

  /** Position of the weight from column j to unit u in the b-th row block the column feeds. */
  public int weight(int j, int block, int unit) {
    int p = unit / panel;
    return column(p, j) + block * panelUnits(p) + unit % panel;
  }

  /** What decides the cost of the layer. */
  public LayerShape shape() {
    return new LayerShape(inputs, units, macsPerColumn(), cell.blocks(), cell.saved(), cell.pointwiseOperations());
  }

  /** Multiply-adds one active entry costs in one product: real rows, padding not counted. */
  public long macsPerColumn() {
    return (long) cell.fed() * units;
  }
}
