package org.lull.rnn;

import org.lull.kernel.Kernels;
import org.lull.parallel.Part;

/**
 * Where the weights of a layer lie in the flat arena of parameters (and, at the same places, their gradients in the arena of gradients).
 *
 * <p>W is stored column by column, one column for each entry of v = [x ; h], because all three products walk columns. Hidden units are cut
 * into panels of {@value #PANEL} (the last one padded to LANES), and a panel's part of a column is contiguous, its row blocks one
 * after another: while a list of columns is walked, the panel's sums stay in registers, and a unit's gates are together.
 *
 * <pre>
 *   weights  [panel][column][fed x units of the panel]
 *   bias     [panel][blocks x units of the panel]
 * </pre>
 *
 * Rows of padding are zero and stay zero: their gradient is zero.
 */
public final class LayerLayout {
  static final int PANEL = 64;

  private final Cell cell;
  private final int inputs;
  private final int units;
  private final int base;
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
    this.panels = (units + PANEL - 1) / PANEL;
    this.lastPanelUnits = Kernels.pad(units) - (panels - 1) * PANEL;
    this.biasBase = Math.addExact(base, Math.multiplyExact(columns(), paddedUnits() * cell.fed()));
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

  public int panels() {
    return panels;
  }

  /** Units of a panel, padding included. */
  public int panelUnits(int panel) {
    return panel < panels - 1 ? PANEL : lastPanelUnits;
  }

  /** The first unit that falls to a thread: those of whole panels do. */
  int unitsFrom(Part part) {
    return Math.min(units, part.from(panels) * PANEL);
  }

  /** Where its units end. */
  int unitsTo(Part part) {
    return Math.min(units, part.to(panels) * PANEL);
  }

  /** The first input that falls to a thread: whole groups of LANES do. */
  int inputsFrom(Part part) {
    return Math.min(inputs, part.from(paddedInputs() / Kernels.LANES) * Kernels.LANES);
  }

  /** Where its inputs end. */
  int inputsTo(Part part) {
    return Math.min(inputs, part.to(paddedInputs() / Kernels.LANES) * Kernels.LANES);
  }

  /** Rows of a panel's part of a column; also the floats from one column to the next. */
  public int rows(int panel) {
    return cell.fed() * panelUnits(panel);
  }

  /** Position of the panel's part of column j (x first, then h). */
  public int column(int panel, int j) {
    return base + panel * PANEL * cell.fed() * columns() + j * rows(panel);
  }

  /** Position of the panel's biases, M_0. */
  public int bias(int panel) {
    return biasBase + panel * PANEL * cell.blocks();
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
    int panel = unit / PANEL;
    return panel * PANEL * blocks + block * panelUnits(panel) + unit % PANEL;
  }

  /** Position of the weight from column j to unit u in the b-th row block the column feeds. */
  public int weight(int j, int block, int unit) {
    int panel = unit / PANEL;
    return column(panel, j) + block * panelUnits(panel) + unit % PANEL;
  }

  /** Multiply-adds one active entry costs in one product: real rows, padding not counted. */
  public long macsPerColumn() {
    return (long) cell.fed() * units;
  }
}
