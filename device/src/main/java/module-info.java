// SPDX-License-Identifier: Apache-2.0
/** Models as C for microcontrollers, which recognise and learn there. */
module org.lull.device {
  requires transitive org.lull;
  requires org.lull.accelerator;

  exports org.lull.device;
}
