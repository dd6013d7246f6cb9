// SPDX-License-Identifier: Apache-2.0
/** Named experiments of the paper and of our own: sweeps with the data they want and what others report. */
package org.lull.experiments.preset;
