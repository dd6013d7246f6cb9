// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

/** Opens {@link LayerState} to tests of other packages. */
public final class States {
  private States() {}

  /** The largest difference of M from bias + W vHat, computed in double precision. */
  public static double drift(LayerState state, LayerLayout layout, float[] parameters) {
    double worst = 0;
    double[] fresh = fresh(state, layout, parameters);
    for (int i = 0; i < fresh.length; i++) {
      worst = Math.max(worst, Math.abs(state.m[i] - fresh[i]));
    }
    return worst;
  }

  /** Sets M to bias + W vHat, as near as floats are. */
  public static void refresh(LayerState state, LayerLayout layout, float[] parameters) {
    double[] fresh = fresh(state, layout, parameters);
    for (int i = 0; i < fresh.length; i++) {
      state.m[i] = (float) fresh[i];
    }
  }

  private static double[] fresh(LayerState state, LayerLayout layout, float[] parameters) {
    double[] fresh = new double[layout.biasSize()];
    for (int i = 0; i < fresh.length; i++) {
      fresh[i] = parameters[layout.bias(0) + i];
    }
    Cell cell = layout.cell();
    for (int j = 0; j < layout.columns(); j++) {
      boolean ofX = j < layout.inputs();
      double reference = ofX ? state.xReference[j] : state.hReference[j - layout.inputs()];
      for (int block = 0; block < (ofX ? cell.blocksOfX() : cell.blocksOfH()); block++) {
        int row = ofX ? block : block + cell.firstBlockOfH();
        for (int unit = 0; unit < layout.units(); unit++) {
          fresh[layout.unitInBlocks(cell.blocks(), row, unit)] += parameters[layout.weight(j, block, unit)] * reference;
        }
      }
    }
    return fresh;
  }

  /** vHat, of x and then of h. */
  public static float[] references(LayerState state, LayerLayout layout) {
    float[] references = new float[layout.columns()];
    System.arraycopy(state.xReference, 0, references, 0, layout.inputs());
    System.arraycopy(state.hReference, 0, references, layout.inputs(), layout.entriesOfH());
    return references;
  }
}
