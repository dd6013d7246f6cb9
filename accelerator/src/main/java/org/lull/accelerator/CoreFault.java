// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

/** The logic has failed: an assertion in it, with cycle and signal, or an answer that never came. */
public final class CoreFault extends RuntimeException {
  private static final long serialVersionUID = 1;

  CoreFault(String message) {
    super(message);
  }
}
