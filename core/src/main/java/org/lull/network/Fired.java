// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.util.BitSet;

/**
 * The entries of one layer that fired at a timestep, so that their columns of W took part in the products. In dense mode all entries do.
 *
 * @param x entries of the input of the layer, from 0
 * @param h entries of the hidden state of the timestep before, from 0
 */
public record Fired(BitSet x, BitSet h) {}
