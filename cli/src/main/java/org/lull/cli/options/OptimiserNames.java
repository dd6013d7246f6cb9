// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import java.util.Iterator;
import org.lull.train.Optimiser;

/** The names of the optimisers there are, for help. */
final class OptimiserNames implements Iterable<String> {
  @Override
  public Iterator<String> iterator() {
    return Optimiser.names().iterator();
  }
}
