// SPDX-License-Identifier: Apache-2.0
/** Lull beside PyTorch, in speed and, for the golden files of the tests, in results. Uses DJL, and all that Lull has. */
package org.lull.bench;
