// SPDX-License-Identifier: Apache-2.0
package org.lull;

import java.util.List;
import org.lull.train.EpochRecord;

/**
 * What training starts from.
 *
 * @param model a dense model with the weights of the best of the epochs
 * @param epochs one record for each epoch of dense pretraining; empty if the network was only initialised
 */
public record Pretrained(Model model, List<EpochRecord> epochs) {}
