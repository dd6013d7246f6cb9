// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.incremental;

import org.lull.input.InvalidInputException;

/**
 * Size of the memory for exemplars.
 *
 * @param text a share of the size of all training clips, such as 10%, or bytes above 0, such as 100000; "none" for no memory
 */
public record MemorySize(String text) {
  /** No exemplars. */
  public static final MemorySize NONE = new MemorySize("none");

  /** @throws InvalidInputException if the text is neither */
  public MemorySize {
    if (!text.equals("none")) {
      isShare(text);
      value(text);
    }
  }

  private static boolean isShare(String text) {
    return text.endsWith("%");
  }

  private static double value(String text) {
    try {
      double value = isShare(text) ? Double.parseDouble(text.substring(0, text.length() - 1)) / 100 : Long.parseLong(text);
      if (value > 0 && !(isShare(text) && value > 1)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // the same sentence
    }
    throw new InvalidInputException("memory \"" + text + "\": expected a share of the training clips, such as 10%, or bytes above 0");
  }

  /** @param all bytes that all training clips would take */
  public long bytes(long all) {
    return text.equals("none") ? 0 : isShare(text) ? Math.round(value(text) * all) : Long.parseLong(text);
  }
}
