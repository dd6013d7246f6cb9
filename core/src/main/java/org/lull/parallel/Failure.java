// SPDX-License-Identifier: Apache-2.0
package org.lull.parallel;

import java.util.concurrent.atomic.AtomicReference;

/** The first thing that went wrong among threads that work on one thing together. */
final class Failure {
  private final AtomicReference<Throwable> first = new AtomicReference<>();

  /** Keeps the failure unless there was one before. */
  void record(Throwable failure) {
    first.compareAndSet(null, failure);
  }

  boolean isPresent() {
    return first.get() != null;
  }

  void clear() {
    first.set(null);
  }

  /** Throws the failure, if there is one; what may not be thrown undeclared is wrapped in an IllegalStateException. */
  void rethrow() {
    switch (first.get()) {
      case null -> {}
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }
}
