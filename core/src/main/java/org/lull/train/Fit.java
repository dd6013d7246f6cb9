// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.List;
import org.lull.cost.MemoryUse;
import org.lull.cost.OperationCounts;

/**
 * A finished training run; the network holds the weights of its best epoch.
 *
 * @param epochs one record for each epoch that ran
 * @param best the one with the highest validation accuracy (where nothing was validated: accuracy of training), of equals the one with the
 *     lowest loss
 * @param operations of all training steps, one count a layer
 * @param memory the most that the arrays of training took, validation included
 */
public record Fit(List<EpochRecord> epochs, EpochRecord best, OperationCounts operations, MemoryUse memory) {}
