// SPDX-License-Identifier: Apache-2.0
/**
 * Training and measuring: examples, batches, losses, optimisers, budgets, and the loop over epochs. Uses all that a network is made of,
 * and no files.
 */
package org.lull.train;
