// SPDX-License-Identifier: Apache-2.0
package org.lull.parallel;

import java.util.concurrent.atomic.AtomicReference;

/** The first failure among several threads. */
final class Failure {
  private final AtomicReference<Throwable> first = new AtomicReference<>();

  /** Keeps a failure, unless there is one already. */
  void record(Throwable failure) {
    first.compareAndSet(null, failure);
  }

  boolean isPresent() {
    return first.get() != null;
  }

  void clear() {
    first.set(null);
  }

  /** Throws the failure, if there is one. A checked exception is wrapped in an IllegalStateException. */
  void rethrow() {
    switch (first.get()) {
      case null -> {}
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }
}
