// SPDX-License-Identifier: Apache-2.0
package org.lull;

import java.util.List;
import org.lull.network.Network;
import org.lull.train.EpochRecord;

/**
 * The network that training starts from.
 *
 * @param network has the weights of the best of the epochs; it is not changed
 * @param epochs one record for each epoch of dense pretraining; empty if the network was only initialised
 */
public record Pretrained(Network network, List<EpochRecord> epochs) {}
