// SPDX-License-Identifier: Apache-2.0
/**
 * Networks of recurrent layers and a head. They run over whole sequences, forward and backward, or frame by frame. This package uses no
 * files and no training.
 */
package org.lull.network;
