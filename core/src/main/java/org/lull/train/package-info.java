// SPDX-License-Identifier: Apache-2.0
/**
 * Training and evaluation: examples, batches, losses, optimisers, budgets, and the training loop. Uses the packages of the network, and no
 * files.
 */
package org.lull.train;
