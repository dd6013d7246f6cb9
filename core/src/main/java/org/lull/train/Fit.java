package org.lull.train;

import java.util.List;
import org.lull.rnn.OperationCount;

/**
 * A finished training run; the network holds the weights of its best epoch.
 *
 * @param epochs one record for each epoch that ran
 * @param best number of the epoch with the highest validation accuracy (of equals the one with the lowest loss), 0 if none ran
 * @param operations of all training steps, one count a layer
 */
public record Fit(List<EpochRecord> epochs, int best, List<OperationCount> operations) {}
