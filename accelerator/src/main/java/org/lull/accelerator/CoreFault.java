// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

/** The logic has failed: an assertion failed, with cycle and signal, or there was no answer. */
public final class CoreFault extends RuntimeException {
  private static final long serialVersionUID = 1;

  CoreFault(String message) {
    super(message);
  }
}
