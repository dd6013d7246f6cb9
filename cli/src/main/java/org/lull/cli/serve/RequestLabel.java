// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.serve;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.lull.input.InvalidInputException;
import org.lull.input.Label;

/** The label a request is about, from the query of its address. */
final class RequestLabel {
  private static final String PARAMETER = "label=";

  private RequestLabel() {}

  /**
   * The label that a query gives, as {@code label=lights%20on}. A byte stands for itself, as curl sends it, or is written as % and two
   * hexadecimal digits; a plus is a space. Together the bytes are UTF-8.
   *
   * @param query as it came, a char for each byte: the JDK's server reads addresses as ISO 8859-1; null where there is none
   * @throws InvalidInputException where there is no label or more than one, its bytes are not UTF-8, or {@link Label#of} refuses it
   */
  static String of(String query) {
    String label = null;
    for (String part : query == null ? new String[0] : query.split("&")) {
      if (part.startsWith(PARAMETER)) {
        if (label != null) {
          throw new InvalidInputException("label is given twice, expected one; write %26 for an & in a label");
        }
        label = decoded(part.substring(PARAMETER.length()));
      }
    }
    if (label == null) {
      throw new InvalidInputException("no label is given; add ?label=WORD to the address");
    }
    return Label.of(label);
  }

  private static String decoded(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') { // two digits follow it, or the server would have refused the address
        bytes.write(Integer.parseInt(text, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(c == '+' ? ' ' : c);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidInputException("label " + ascii(text) + " is not UTF-8; send UTF-8, each byte as it is or as % and two hexadecimal"
          + " digits");
    }
  }

  private static String ascii(String text) {
    StringBuilder shown = new StringBuilder();
    text.chars().forEach(c -> shown.append(c < 0x80 ? Character.toString(c) : "%%%02x".formatted(c)));
    return shown.toString();
  }
}
