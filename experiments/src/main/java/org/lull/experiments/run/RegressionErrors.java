// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.lull.Dataset;
import org.lull.TrainingResult;
import org.lull.network.Normalisation;
import org.lull.train.Evaluation;
import org.lull.train.Example;

/**
 * How far predicted numbers are from the true ones, in the unit of the target.
 *
 * @param testMse mean squared error on the test examples, in the squared unit
 * @param testRmse its root
 * @param testMae mean absolute error on the test examples
 * @param validationRmse root mean squared error on the validation examples, of the best epoch; null where there are none, or several
 *     targets
 */
public record RegressionErrors(double testMse, double testRmse, double testMae, Double validationRmse) {
  static RegressionErrors of(TrainingResult trained) {
    Evaluation test = trained.test();
    return new RegressionErrors(test.rmse() * test.rmse(), test.rmse(), test.mae(),
        rmse(trained.fit().best().validationLoss(), trained.model().loss().targets()));
  }

  /**
   * The errors of always predicting the same: the mean of the training targets. A network that has learned something is better.
   *
   * @param targets statistics of the training targets
   */
  static RegressionErrors ofMean(Dataset data, Normalisation targets) {
    boolean validated = !data.validation().isEmpty() && targets.channels() == 1;
    double mse = mseOfMean(data.test(), targets);
    return new RegressionErrors(mse, Math.sqrt(mse), meanError(data.test(), targets, Math::abs),
        validated ? (Double) Math.sqrt(mseOfMean(data.validation(), targets)) : null);
  }

  /**
   * The mean squared error of always predicting the mean of the training targets.
   *
   * @param examples at least one
   * @param targets statistics of the training targets
   */
  public static double mseOfMean(List<Example> examples, Normalisation targets) {
    return meanError(examples, targets, error -> error * error);
  }

  private static double meanError(List<Example> examples, Normalisation targets, DoubleUnaryOperator size) {
    float[] mean = targets.mean();
    double sum = 0;
    for (Example example : examples) {
      float[] target = example.target();
      for (int k = 0; k < mean.length; k++) {
        sum += size.applyAsDouble((double) mean[k] - target[k]);
      }
    }
    return sum / ((long) examples.size() * mean.length);
  }

  /**
   * A loss of an epoch as root mean squared error in the unit of the target.
   *
   * @param loss mean squared error of the normalised targets, or null
   * @param targets statistics of the training targets, by which they were normalised; null for classes
   * @return null where there is no loss, there are classes, or several targets that may have different units
   */
  static Double rmse(Double loss, Normalisation targets) {
    return loss == null || targets == null || targets.channels() > 1 ? null : (Double) (Math.sqrt(loss) * targets.deviation()[0]);
  }
}
