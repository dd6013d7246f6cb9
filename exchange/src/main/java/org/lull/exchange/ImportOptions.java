// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange;

import java.util.List;

/**
 * What the user says about a file whose contents could be taken in several ways.
 *
 * @param prefix what the names of the recurrent layers' weights begin with, such as "encoder.lstm"; null where there is only one choice
 * @param head name of the output layer, such as "fc"; null likewise
 * @param ignored parts that are left out, by the beginnings of their names
 * @param nonlinearity of an nn.RNN, which its weights do not tell: "tanh" or "relu"; null where it is not known
 */
public record ImportOptions(String prefix, String head, List<String> ignored, String nonlinearity) {
  public static final ImportOptions NONE = new ImportOptions(null, null, List.of(), null);

  public ImportOptions {
    ignored = List.copyOf(ignored);
  }

  /** Whether the user left a part of this name out. */
  public boolean ignores(String name) {
    return ignored.stream().anyMatch(part -> name.equals(part) || name.startsWith(part.endsWith(".") ? part : part + "."));
  }
}
