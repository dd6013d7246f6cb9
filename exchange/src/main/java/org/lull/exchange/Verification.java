// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.lull.kernel.Kernels;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;
import org.lull.network.Sequence;

/**
 * Compares an imported network with its source: the same random sequences through both.
 *
 * @param sequences how many sequences
 * @param steps timesteps of all of them
 * @param hidden largest difference of a hidden state of the top layer
 * @param outputs largest difference of an output
 */
public record Verification(int sequences, int steps, double hidden, double outputs) {
  /** Longest first, as a pass takes them. */
  private static final int[] LENGTHS = {32, 20, 9, 1};

  private static final long SEED = 1;

  /** The larger of the two differences. */
  public double largest() {
    return Math.max(hidden, outputs);
  }

  /**
   * Runs normally distributed input, as a normalised one is, through the reference in double precision and through the network.
   *
   * @param network made of the imported weights
   */
  public static Verification of(ImportedModel imported, Network network) {
    RecurrentWeights weights = imported.weights();
    int inputs = weights.inputs();
    SplittableRandom random = new SplittableRandom(SEED);
    List<Sequence> sequences = new ArrayList<>();
    List<double[][]> hidden = new ArrayList<>();
    for (int length : LENGTHS) {
      int stride = Kernels.pad(inputs);
      float[] values = new float[length * stride];
      double[][] x = new double[length][inputs];
      for (int t = 0; t < length; t++) {
        for (int i = 0; i < inputs; i++) {
          values[t * stride + i] = (float) random.nextGaussian();
          x[t][i] = values[t * stride + i];
        }
      }
      sequences.add(new Sequence(values, length));
      hidden.add(imported.reference().run(x));
    }
    double ofHidden = 0;
    double ofOutputs = 0;
    for (int s = 0; s < LENGTHS.length; s++) {
      NetworkPass pass = new NetworkPass(network, Mode.DENSE);
      pass.forward(List.of(sequences.get(s)));
      double[][] outputs = outputs(weights.head(), network.spec().head(), hidden.get(s));
      ofHidden = Math.max(ofHidden, largest(pass.topHidden(), Kernels.pad(weights.hidden()), hidden.get(s)));
      ofOutputs = Math.max(ofOutputs, largest(pass.logits(), pass.logitsStride(), outputs));
    }
    return new Verification(LENGTHS.length, Arrays.stream(LENGTHS).sum(), ofHidden, ofOutputs);
  }

  /** The outputs of a head on hidden states, one row for each decision. */
  private static double[][] outputs(Linear linear, Head head, double[][] h) {
    double[][] read = switch (head) {
      case FRAMES -> h;
      case LAST -> new double[][] {h[h.length - 1]};
      case MEAN -> new double[][] {mean(h)};
    };
    double[][] outputs = new double[read.length][linear.outputs()];
    for (int t = 0; t < read.length; t++) {
      for (int k = 0; k < linear.outputs(); k++) {
        double sum = linear.bias()[k];
        for (int u = 0; u < linear.inputs(); u++) {
          sum += (double) linear.weight()[k * linear.inputs() + u] * read[t][u];
        }
        outputs[t][k] = sum;
      }
    }
    return outputs;
  }

  private static double[] mean(double[][] h) {
    double[] mean = new double[h[0].length];
    for (double[] row : h) {
      for (int u = 0; u < mean.length; u++) {
        mean[u] += row[u] / h.length;
      }
    }
    return mean;
  }

  private static double largest(float[] actual, int stride, double[][] expected) {
    double largest = 0;
    for (int t = 0; t < expected.length; t++) {
      for (int k = 0; k < expected[t].length; k++) {
        double difference = Math.abs(actual[t * stride + k] - expected[t][k]);
        largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
      }
    }
    return largest;
  }
}
