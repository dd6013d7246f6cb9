// SPDX-License-Identifier: Apache-2.0
/**
 * One recurrent layer, forward and backward: the cells, the delta layer and the dense layer, and the tape between the two passes. Uses
 * {@code parallel}, {@code kernel}, {@code cost} and {@code input}.
 */
package org.lull.rnn;
