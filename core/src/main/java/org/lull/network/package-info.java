// SPDX-License-Identifier: Apache-2.0
/**
 * Layers and a head made into a network, which runs over whole sequences, forward and backward, or frame by frame. Knows nothing of files
 * and of training.
 */
package org.lull.network;
