// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.lull.continual.Methods;
import org.lull.experiments.incremental.Trial;

/** The names of the methods of incremental learning there are, for help. */
public final class MethodNames implements Iterable<String> {
  @Override
  public Iterator<String> iterator() {
    return Methods.names().iterator();
  }

  /** With joint training, which is what they are compared with. */
  static List<String> withJoint() {
    return Stream.concat(Stream.of(Trial.JOINT), Methods.names().stream()).toList();
  }
}
