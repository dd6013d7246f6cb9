// SPDX-License-Identifier: Apache-2.0
/** The training step in 16-bit integers: the golden model, the logic, and both run side by side. */
module org.lull.accelerator {
  requires transitive org.lull;

  exports org.lull.accelerator;

  provides org.lull.network.Arithmetic with org.lull.accelerator.Fixed16;
}
