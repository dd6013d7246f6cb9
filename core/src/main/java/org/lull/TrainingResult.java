// SPDX-License-Identifier: Apache-2.0
package org.lull;

import java.util.List;
import org.lull.train.EpochRecord;
import org.lull.train.Evaluation;
import org.lull.train.History;

/**
 * The result of a {@link Training}.
 *
 * @param model the trained model, with the weights of the best epoch
 * @param pretraining one record for each epoch of dense pretraining
 * @param fit the epochs after pretraining, and their cost
 * @param test measures of the model on the test examples; null if the data has none
 */
public record TrainingResult(Model model, List<EpochRecord> pretraining, History fit, Evaluation test) {
  /** One record for each epoch after pretraining. */
  public List<EpochRecord> epochs() {
    return fit.epochs();
  }
}
