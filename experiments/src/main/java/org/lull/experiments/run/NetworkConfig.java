// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.util.Map;
import org.lull.input.InvalidInputException;
import org.lull.network.Arithmetic;
import org.lull.network.Head;
import org.lull.rnn.Cell;

/**
 * What a network is made of.
 *
 * @param layers recurrent layers
 * @param hidden hidden units of each
 * @param head what the classifier reads
 * @param numeric name of the arithmetic of the recurrent layers; null where it is not named, which is float32
 */
public record NetworkConfig(Cell cell, int layers, int hidden, Head head, String numeric) {
  /** @param head unless an option says another */
  static NetworkConfig read(OptionReader options, Head head) {
    return new NetworkConfig(Cell.named(options.text("cell", "lstm")), options.integer("layers", 2), options.integer("hidden", 64),
        Head.named(options.text("head", head.label())), options.text("numeric", null));
  }

  void write(Map<String, String> options) {
    options.put("cell", cell.name());
    options.put("layers", Integer.toString(layers));
    options.put("hidden", Integer.toString(hidden));
    options.put("head", head.label());
    if (numeric != null) {
      options.put("numeric", numeric);
    }
  }

  /**
   * What the recurrent layers compute in.
   *
   * @throws InvalidInputException where there is none of that name
   */
  public Arithmetic arithmetic() {
    return numeric == null ? Arithmetic.FLOAT32 : arithmetic(numeric);
  }

  /** @throws InvalidInputException where there is none of that name */
  public static Arithmetic arithmetic(String name) {
    if (!name.equals(Arithmetic.FLOAT32.name()) && !name.equals(Arithmetic.OF_ACCELERATOR)) {
      throw new InvalidInputException("numeric \"" + name + "\" is unknown; choose " + Arithmetic.FLOAT32.name() + " or "
          + Arithmetic.OF_ACCELERATOR);
    }
    return Arithmetic.named(name);
  }
}
