// SPDX-License-Identifier: Apache-2.0
/**
 * Continual learning: learning new classes after training, with a memory of exemplars. {@link org.lull.continual.IncrementalLearner} learns
 * task after task; {@link org.lull.continual.OnlineLearner} learns one example at a time and survives a crash. This package uses all
 * others.
 */
package org.lull.continual;
