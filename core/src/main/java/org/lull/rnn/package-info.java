// SPDX-License-Identifier: Apache-2.0
/**
 * One recurrent layer, forward and backward: cells, the delta and the dense form, and the tape between the two passes. Uses
 * {@code parallel}, {@code kernel}, {@code cost} and {@code input}.
 */
package org.lull.rnn;
