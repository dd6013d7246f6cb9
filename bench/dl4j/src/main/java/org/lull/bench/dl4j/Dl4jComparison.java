// SPDX-License-Identifier: Apache-2.0
package org.lull.bench.dl4j;

import java.io.IOException;
import java.util.List;
import org.lull.bench.PeerComparison;

/** Training steps and inference beside Deeplearning4j; options, table and JSON are those of {@link PeerComparison}. */
public final class Dl4jComparison {
  private Dl4jComparison() {}

  public static void main(String[] arguments) throws IOException {
    PeerComparison.run(List.of(new Dl4jPeer.Dl4j()));
  }
}
