// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.util.SplittableRandom;
import org.lull.rnn.Cell;
import org.lull.rnn.CellParameter;
import org.lull.rnn.LayerLayout;

/**
 * Initial weights: input weights and the head Xavier uniform (Glorot and Bengio 2010), recurrent weights orthogonal (Saxe et al. 2014),
 * both gate by gate; the cell decides its biases and its own parameters.
 */
public final class Initialiser {
  private Initialiser() {}

  /** Fills a network whose weights are zero. The same random stream gives the same bytes. */
  public static void initialise(Network network, SplittableRandom random) {
    for (LayerLayout layout : network.layers()) {
      layer(network.parameters(), layout, random);
    }
    outputs(network, 0, random);
  }

  /** Fills the weights of the head's outputs from {@code first} on. */
  public static void outputs(Network network, int first, SplittableRandom random) {
    NetworkSpec spec = network.spec();
    double limit = Math.sqrt(6.0 / (spec.hidden() + spec.outputs()));
    int stride = (network.headBias() - network.headWeight()) / spec.outputs();
    for (int k = first; k < spec.outputs(); k++) {
      for (int u = 0; u < spec.hidden(); u++) {
        network.parameters()[network.headWeight() + k * stride + u] = (float) random.nextDouble(-limit, limit);
      }
    }
  }

  private static void layer(float[] parameters, LayerLayout layout, SplittableRandom random) {
    Cell cell = layout.cell();
    double limit = Math.sqrt(6.0 / (layout.inputs() + layout.units()));
    for (int block = 0; block < Math.max(cell.blocksOfX(), cell.blocksOfH()); block++) {
      for (int u = 0; block < cell.blocksOfX() && u < layout.units(); u++) {
        for (int j = 0; j < layout.inputs(); j++) {
          parameters[layout.weight(j, block, u)] = (float) random.nextDouble(-limit, limit);
        }
      }
      double[][] q = block < cell.blocksOfH() ? orthogonal(layout.units(), random) : new double[0][];
      for (int u = 0; u < q.length; u++) {
        for (int j = 0; j < layout.units(); j++) {
          parameters[layout.weight(layout.inputs() + j, block, u)] = (float) q[u][j];
        }
      }
    }
    for (int block = 0; block < cell.blocks(); block++) {
      for (int u = 0; u < layout.units(); u++) {
        parameters[layout.bias(0) + layout.unitInBlocks(cell.blocks(), block, u)] = cell.initialBias(block);
      }
    }
    int block = 0;
    for (CellParameter parameter : cell.parameters()) {
      for (int i = 0; i < parameter.blocks(); i++, block++) {
        for (int u = 0; u < layout.units(); u++) {
          boolean drawn = parameter.low() < parameter.high();
          parameters[layout.own(block, u)] = drawn ? (float) random.nextDouble(parameter.low(), parameter.high()) : parameter.low();
        }
      }
    }
  }

  /** Rows of normal random numbers made orthonormal by modified Gram-Schmidt, twice for accuracy. */
  private static double[][] orthogonal(int n, SplittableRandom random) {
    double[][] q = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        q[i][j] = random.nextGaussian();
      }
      for (int round = 0; round < 2; round++) {
        for (int k = 0; k < i; k++) {
          addScaled(q[i], -dot(q[i], q[k]), q[k]);
        }
      }
      double norm = Math.sqrt(dot(q[i], q[i]));
      for (int j = 0; j < n; j++) {
        q[i][j] /= norm;
      }
    }
    return q;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void addScaled(double[] to, double scale, double[] row) {
    for (int i = 0; i < to.length; i++) {
      to[i] += scale * row[i];
    }
  }
}
