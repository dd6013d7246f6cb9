// SPDX-License-Identifier: Apache-2.0
package org.lull;

import java.util.List;
import org.lull.network.Network;
import org.lull.train.EpochRecord;

/**
 * A network that training goes on from.
 *
 * @param network with the weights of the best of the epochs; it stays as it is
 * @param epochs that made it, in which it was dense; none where it was only initialised
 */
public record Pretrained(Network network, List<EpochRecord> epochs) {}
