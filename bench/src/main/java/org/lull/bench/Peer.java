// SPDX-License-Identifier: Apache-2.0
package org.lull.bench;

import org.lull.network.NetworkSpec;
import org.lull.rnn.Cell;

/** Another library that trains the same network, on random sequences of one length. */
public interface Peer extends AutoCloseable {
  /** Forward, loss and backward; the loss. */
  float train();

  /** The forward pass alone; the first score, so that it has to be computed. */
  float infer();

  @Override
  void close();

  /** How one library is set to work. */
  interface Library {
    /** With its version. */
    String name();

    boolean has(Cell cell);

    /** From now on, for all its networks. */
    void useThreads(int threads);

    Peer open(NetworkSpec spec, int steps, int batch);
  }
}
