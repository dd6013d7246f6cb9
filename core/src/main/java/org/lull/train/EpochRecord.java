// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.ArrayList;
import java.util.List;
import org.lull.cost.OperationCount;
import org.lull.cost.OperationCounts;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.rnn.LayerLayout;
import org.lull.rnn.Thresholds;

/**
 * The figures of one epoch. They are the same in every run with the same seed.
 *
 * @param epoch number of the epoch, from 1; pretraining and training are counted together
 * @param learningRate rate at the last step of the epoch
 * @param trainLoss mean over the training examples, as augmented, while the weights still changed
 * @param trainAccuracy measured as trainLoss is; null in regression
 * @param validationLoss mean loss on the validation examples after the epoch; null if there are none
 * @param validationAccuracy accuracy on the validation examples after the epoch; null if there are none, and in regression
 * @param gradientNorm mean over the steps of the epoch, before clipping
 * @param sparsityX share of entries of x, of all layers, that did not fire in training
 * @param sparsityH share of entries of h, of all layers, that did not fire in training
 * @param macs multiply-adds of the three products in the training steps of the epoch
 * @param denseMacs multiply-adds that a dense network would have needed
 * @param layers sparsity and thresholds of each layer, the lowest first; empty in records of earlier versions
 */
public record EpochRecord(int epoch, double learningRate, double trainLoss, Double trainAccuracy, Double validationLoss,
    Double validationAccuracy, double gradientNorm, double sparsityX, double sparsityH, long macs, long denseMacs,
    List<Layer> layers) {

  public EpochRecord {
    layers = layers == null ? List.of() : List.copyOf(layers);
  }

  /**
   * The figures of one layer.
   *
   * @param sparsityX share of entries of x that did not fire in training
   * @param sparsityH share of entries of h that did not fire in training
   * @param thresholdX threshold on x at the end of the epoch, the mean over the entries; 0 in dense mode
   * @param thresholdH threshold on h, likewise
   */
  public record Layer(double sparsityX, double sparsityH, double thresholdX, double thresholdH) {
    static List<Layer> of(Network network, Mode mode, OperationCounts operations) {
      List<Layer> layers = new ArrayList<>();
      for (int layer = 0; layer < operations.size(); layer++) {
        LayerLayout layout = network.layers().get(layer);
        Thresholds thresholds = network.thresholds(layer);
        OperationCount count = operations.layer(layer);
        boolean delta = mode == Mode.DELTA;
        layers.add(new Layer(count.sparsityX(), count.sparsityH(), delta ? mean(thresholds.x(), layout.inputs()) : 0,
            delta ? mean(thresholds.h(), layout.units()) : 0));
      }
      return layers;
    }

    /** The rest is padding. */
    private static double mean(float[] values, int n) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += values[i];
      }
      return sum / n;
    }
  }

  /**
   * The accuracy that decides which epoch's weights are kept: the validation accuracy, or the training accuracy if there is no validation;
   * 0 in regression.
   */
  public double decidingAccuracy() {
    return trainAccuracy == null ? 0 : validationAccuracy == null ? trainAccuracy : validationAccuracy;
  }

  /**
   * The loss that breaks ties, and that the plateau schedule watches: the validation loss, or the training loss if there is no validation.
   */
  public double decidingLoss() {
    return validationLoss == null ? trainLoss : validationLoss;
  }

  /**
   * Whether this epoch's weights are better than the other's: higher accuracy, or at equal accuracy (and in regression) lower loss.
   */
  public boolean isBetterThan(EpochRecord other) {
    int byAccuracy = Double.compare(decidingAccuracy(), other.decidingAccuracy());
    return byAccuracy > 0 || byAccuracy == 0 && decidingLoss() < other.decidingLoss();
  }
}
