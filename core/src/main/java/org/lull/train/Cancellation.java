// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.concurrent.CancellationException;

/** A token that asks long work to stop early. Any thread may call {@link #request}; the work checks the token before each training step. */
public final class Cancellation {
  private volatile boolean requested;

  public Cancellation() {}

  /** Asks the work to stop. */
  public void request() {
    requested = true;
  }

  public boolean isRequested() {
    return requested;
  }

  /** @throws CancellationException if {@link #request} was called */
  public void check() {
    if (requested) {
      throw new CancellationException("cancelled");
    }
  }
}
