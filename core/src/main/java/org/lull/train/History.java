// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.List;
import org.lull.cost.MemoryUse;
import org.lull.cost.OperationCounts;

/**
 * The result of {@link Trainer#fit}. The network then has the weights of the best epoch.
 *
 * @param epochs one record for each epoch that ran
 * @param best the epoch with the highest validation accuracy (training accuracy if there is no validation); at equal accuracy the one with
 *     the lowest loss
 * @param operations multiply-adds of all training steps, one count per layer
 * @param memory peak memory of the arrays of training, including validation
 */
public record History(List<EpochRecord> epochs, EpochRecord best, OperationCounts operations, MemoryUse memory) {}
