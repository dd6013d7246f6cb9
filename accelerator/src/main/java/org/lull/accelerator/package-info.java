// SPDX-License-Identifier: Apache-2.0
/**
 * The training step as the accelerator computes it, in 16-bit integers: the golden model, the logic built with Verilator, and both side by
 * side. Uses the library, and the logic in {@code accelerator/rtl}.
 */
package org.lull.accelerator;
