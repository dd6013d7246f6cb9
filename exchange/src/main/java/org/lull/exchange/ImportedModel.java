// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange;

import java.util.List;
import java.util.Map;

/**
 * A model as a reader found it in a file of another program.
 *
 * @param format the kind of file, as in "from a Keras file"
 * @param weights in the common form
 * @param reference the recurrent layers of the file by the definition of its own program
 * @param description what the file says beside the weights
 * @param metadata strings of the file, for what Lull itself wrote there
 * @param notes what the user may want to know: a sentence each, such as what was left out
 */
public record ImportedModel(String format, RecurrentWeights weights, Reference reference, Description description,
    Map<String, String> metadata, List<String> notes) {
  public ImportedModel {
    metadata = Map.copyOf(metadata);
    notes = List.copyOf(notes);
  }
}
