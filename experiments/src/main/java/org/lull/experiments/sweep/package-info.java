// SPDX-License-Identifier: Apache-2.0
/** Sweeps: a network for every point of a grid of options, each with a dense control. */
package org.lull.experiments.sweep;
