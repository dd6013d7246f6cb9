// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import java.util.Iterator;
import org.lull.rnn.Cell;
import org.lull.rnn.Cells;

/** The names of the cells there are, for help. */
public final class CellNames implements Iterable<String> {
  @Override
  public Iterator<String> iterator() {
    return Cells.ALL.stream().map(Cell::name).iterator();
  }
}
