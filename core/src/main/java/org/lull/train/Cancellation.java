// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.concurrent.CancellationException;

/** A wish that long work ends before it is done. Whoever has it may ask from any thread; the work looks before each training step. */
public final class Cancellation {
  private volatile boolean requested;

  public Cancellation() {}

  /** Asks the work to end. */
  public void request() {
    requested = true;
  }

  public boolean isRequested() {
    return requested;
  }

  /** @throws CancellationException where the work is to end */
  public void check() {
    if (requested) {
      throw new CancellationException("cancelled");
    }
  }
}
