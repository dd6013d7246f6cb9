// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.lull.cost.TapeSize;
import org.lull.kernel.CellStep;
import org.lull.kernel.Kernels;

/**
 * The values that the forward pass of one layer stores for its backward pass, and the working storage of both. One thread uses a tape at a
 * time, or a few threads that run the layer together. A tape grows to the longest sequences that it has been used for, and is used again.
 *
 * <p>Everything is in one array, at positions that are multiples of a cache line, because vector code is up to 1.45 times faster on aligned
 * data.
 */
public final class Tape {
  private final LayerLayout layout;
  /** Active entries of the sparse products, for each thread. */
  private final List<ActiveSet> active = new ArrayList<>();
  /** Data of a step of the cell, for each thread. */
  private final List<CellStep> steps = new ArrayList<>();
  /** References of the dense products that are used instead of the sparse ones. */
  final ReferenceValues held;

  float[] a = new float[0];
  /** Penalty on the deltas of entries that fired. */
  DeltaPenalty penalty = DeltaPenalty.NONE;
  /** Number of entries that were added to M since the last keyframe. */
  int addedToM;
  private int capacity;
  private int sequences;
  private int members;

  private int saved;
  private int h;
  private int c;
  private int dx;

  /** M, [panel][blocks][units]. */
  int m;
  /** dL/dh_{t-1} from the recurrent product, one row for each sequence; after it the carry of the cell, such as dL/dc. */
  int dh;
  int carry;
  /** A: gradients of the references of x and h. */
  int dxReference;
  int dhReference;
  /** The parameters of the cell and their gradients, laid out as at {@link LayerLayout#own}. */
  private int own;
  private int ownGradient;
  /** Storage of each thread: scratch, references of x and h, D. */
  private int ofMembers;

  /** 0, 1, 2, ... and 1, 1, 1, ...: the list and the factors of a sum over all rows. */
  private int[] allRows = new int[0];
  float[] ones = new float[0];

  public Tape(LayerLayout layout) {
    this.layout = layout;
    this.held = new ReferenceValues(layout);
  }

  /**
   * Makes room for {@code rows} timesteps (of all sequences together), and sets the state before the first timestep: zeros, M_0 = bias.
   *
   * @param members number of threads that will run the layer together
   */
  public void begin(float[] parameters, int rows, int sequences, int members) {
    if (rows > capacity || sequences > this.sequences || members > this.members) {
      allocate(Math.max(rows, capacity), Math.max(sequences, this.sequences), Math.max(members, this.members));
    }
    Arrays.fill(a, h, h + sequences * layout.paddedUnits(), 0f);
    Arrays.fill(a, c, c + sequences * layout.paddedUnits(), 0f);
    for (int member = 0; member < members; member++) {
      Arrays.fill(a, xReference(member), xReference(member) + layout.paddedInputs(), 0f);
      Arrays.fill(a, hReference(member), hReference(member) + layout.paddedUnits(), 0f);
    }
    System.arraycopy(parameters, layout.bias(0), a, m, layout.biasSize());
    System.arraycopy(parameters, layout.own(0), a, own, layout.ownSize());
    addedToM = 0;
  }

  /**
   * Begins a backward pass: the gradients from later timesteps are 0.
   *
   * @param penalty penalty on the deltas of this layer; used only with thresholds
   */
  public void beginBackward(int sequences, DeltaPenalty penalty) {
    this.penalty = penalty;
    Arrays.fill(a, dh, dh + sequences * layout.paddedUnits(), 0f);
    Arrays.fill(a, carry, carry + sequences * layout.paddedUnits(), 0f);
    Arrays.fill(a, dxReference, dxReference + layout.paddedInputs(), 0f);
    Arrays.fill(a, dhReference, dhReference + layout.paddedUnits(), 0f);
    Arrays.fill(a, ownGradient, ownGradient + layout.ownSize(), 0f);
    held.beginBackward();
  }

  private void allocate(int rows, int sequences, int members) {
    int units = layout.paddedUnits();
    int inputs = layout.paddedInputs();
    long ofRows = (long) rows * (units * (layout.saved() + 2) + inputs);
    long ofSequences = 4L * sequences * units;
    long fixed = Kernels.ALIGNED + layout.biasSize() + 2L * layout.ownSize() + inputs + units + (long) members * sizeOfMember();
    a = new float[ArrayLength.of(ofRows + ofSequences + fixed, rows, layout.units(), "units")];
    allRows = new int[Math.max(rows, layout.columns())];
    ones = new float[rows];
    Arrays.setAll(allRows, i -> i);
    Arrays.fill(ones, 1f);
    capacity = rows;
    this.sequences = sequences;
    this.members = members;
    while (active.size() < members) {
      active.add(new ActiveSet(layout));
      steps.add(new CellStep());
    }
    int top = Kernels.ALIGNED;
    saved = top;
    top += rows * units * layout.saved();
    h = top;
    top += (rows + sequences) * units;
    c = top;
    top += (rows + sequences) * units;
    dx = top;
    top += rows * inputs;
    m = top;
    top += layout.biasSize();
    dh = top;
    top += sequences * units;
    carry = top;
    top += sequences * units;
    dxReference = top;
    top += inputs;
    dhReference = top;
    top += units;
    own = top;
    top += layout.ownSize();
    ownGradient = top;
    top += layout.ownSize();
    ofMembers = top;
    top += members * sizeOfMember();
    assert top == a.length;
  }

  private int sizeOfMember() {
    return 4 * layout.panelUnits(0) + 2 * (layout.paddedInputs() + layout.paddedUnits()) + Kernels.LANES;
  }

  /** Size of the tape. */
  public TapeSize size() {
    long floats = (long) a.length + ones.length;
    long activations = (long) layout.paddedUnits() * (capacity * (layout.saved() + 2L) + 2L * sequences);
    long lists = 0;
    long longestLists = 0;
    for (ActiveSet each : active) {
      lists += each.bytes();
      longestLists += each.bytesOfActive();
    }
    return new TapeSize(Float.BYTES * floats + Integer.BYTES * (long) allRows.length + lists + held.bytes(), Float.BYTES * activations,
        longestLists);
  }

  /** Begins from a state instead of from zero; for one sequence on one thread. */
  public void load(LayerState state) {
    System.arraycopy(state.h, 0, a, h, state.h.length);
    System.arraycopy(state.c, 0, a, c, state.c.length);
    System.arraycopy(state.xReference, 0, a, xReference(0), state.xReference.length);
    System.arraycopy(state.hReference, 0, a, hReference(0), state.hReference.length);
    System.arraycopy(state.m, 0, a, m, state.m.length);
    addedToM = state.addedToM;
  }

  /** Writes the state after {@code steps} timesteps of one sequence. */
  public void store(LayerState state, int steps) {
    System.arraycopy(a, h(steps), state.h, 0, state.h.length);
    System.arraycopy(a, c(steps), state.c, 0, state.c.length);
    System.arraycopy(a, xReference(0), state.xReference, 0, state.xReference.length);
    System.arraycopy(a, hReference(0), state.hReference, 0, state.hReference.length);
    System.arraycopy(a, m, state.m, 0, state.m.length);
    state.addedToM = addedToM;
  }

  /** The list 0, 1, 2, ..., of at least n entries. */
  int[] allRows(int n) {
    assert n <= allRows.length;
    return allRows;
  }

  /** Sets the entries of x and of h that fired at timestep t of the last sequence; for one sequence on one thread. */
  public void fired(int t, BitSet x, BitSet h) {
    ActiveSet set = active(0);
    for (int k = set.xStart(t); k < set.hStart(t); k++) {
      x.set(set.list[k]);
    }
    for (int k = set.hStart(t); k < set.end(t); k++) {
      h.set(set.list[k] - layout.inputs());
    }
  }

  /** The active entries as one thread has encoded them. */
  ActiveSet active(int member) {
    return active.get(member);
  }

  /** Data of a step of the cell for one thread. Positions that do not depend on the panel and the timestep are set. */
  CellStep step(Kernels kernels, int member) {
    CellStep step = steps.get(member);
    step.kernels = kernels;
    step.a = a;
    step.scratch = scratch(member);
    return step;
  }

  /** Sets the positions of a panel and a timestep: the row of the saved values, and the rows of the states before and after the step. */
  void moveTo(CellStep step, int p, int row, int before, int now) {
    int u = layout.firstUnit(p);
    step.units = layout.panelUnits(p);
    step.realUnits = layout.realUnits(p);
    step.own = own + layout.own(p) - layout.own(0);
    step.ownGradient = ownGradient + layout.own(p) - layout.own(0);
    step.saved = saved(p, row);
    step.cBefore = c(before) + u;
    step.c = c(now) + u;
    step.hBefore = h(before) + u;
    step.h = h(now) + u;
  }

  /** Adds the gradients of the parameters of the cell in a panel to the arena, or writes them there. */
  void ownGradient(float[] gradients, boolean overwrite, int p) {
    for (int i = layout.own(p); i < layout.own(p) + layout.ownRows(p); i++) {
      gradients[i] = (overwrite ? 0f : gradients[i]) + a[ownGradient + i - layout.own(0)];
    }
  }

  /** Position of the scratch storage of a thread, [4][units of a panel]. */
  int scratch(int member) {
    return ofMembers + member * sizeOfMember();
  }

  /** Position of the references of x of a thread. */
  int xReference(int member) {
    return scratch(member) + 4 * layout.panelUnits(0);
  }

  /** Position of the references of h of a thread. */
  int hReference(int member) {
    return xReference(member) + layout.paddedInputs();
  }

  /** Position of D of a thread: one value for each active entry. */
  int d(int member) {
    return hReference(member) + layout.paddedUnits();
  }

  /** The array that all positions refer to. */
  public float[] array() {
    return a;
  }

  /** Position of a row of hidden states, [sequences + rows][pad(Nh)]: first the initial states, then h_t. */
  public int h(int row) {
    return h + row * layout.paddedUnits();
  }

  /** Position of a row of cell states, [sequences + rows][pad(Nh)], as {@link #h}. */
  int c(int row) {
    return c + row * layout.paddedUnits();
  }

  /** Position of a row of dL/dx, [rows][pad(Nx)]. */
  public int dx(int row) {
    return dx + row * layout.paddedInputs();
  }

  /** Position of the values that the cell saved for a panel and a row; after the backward pass G_t is there. */
  int saved(int panel, int row) {
    return saved + layout.firstUnit(panel) * layout.saved() * capacity + row * savedStride(panel);
  }

  /** Number of floats from one row of the saved values of a panel to the next. */
  int savedStride(int panel) {
    return layout.saved() * layout.panelUnits(panel);
  }
}
