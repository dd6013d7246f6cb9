// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

/** Training produced a number that is not finite. The message names the step, what it was, and where. */
public final class Diverged extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Diverged(String message) {
    super(message);
  }
}
