// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

/** Thrown when training produced a number that is not finite. The message says in which step, which quantity, and where in the network. */
public final class Diverged extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Diverged(String message) {
    super(message);
  }
}
