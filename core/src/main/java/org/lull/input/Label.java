// SPDX-License-Identifier: Apache-2.0
package org.lull.input;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;

/**
 * The rule for the text of a class label from any source: the name of a folder, a table, a list, an option, a request.
 *
 * <p>Two texts that look the same must be the same label. macOS gives file names in decomposed form (NFD), most other programs write
 * composed form (NFC), and spreadsheets leave white space at the ends. So a label is stored in NFC, without white space at the ends.
 */
public final class Label {
  /** Largest number of characters (Unicode code points) in a label. */
  public static final int LONGEST = 100;

  private static final int ZERO_WIDTH_SPACE = 0x200B;
  private static final int BYTE_ORDER_MARK = 0xFEFF;

  /** What decoders put in place of bytes they cannot read. */
  private static final char UNREADABLE = '\uFFFD';

  /** Number of characters of a refused text that a message shows. */
  private static final int SHOWN = 40;

  private Label() {}

  /**
   * The label for a text: in NFC, without white space at the ends. {@code of(of(x))} equals {@code of(x)}.
   *
   * @param raw the text as it was found
   * @throws InvalidInputException if the label would be empty or longer than {@link #LONGEST} characters, or has control characters, half a
   *     character, or U+FFFD, which stands for bytes that could not be read
   */
  public static String of(String raw) {
    if (raw == null) {
      throw new InvalidInputException("label is missing, expected 1 to " + LONGEST + " characters");
    }
    String label = normal(raw);
    if (label.isEmpty()) {
      throw refused(raw, raw.isEmpty() ? "empty" : "nothing but white space");
    }
    int length = label.codePointCount(0, label.length());
    if (length > LONGEST) {
      throw refused(label, length + " characters");
    }
    if (label.codePoints().anyMatch(Label::isUnprintable)) {
      throw refused(label, "with a control character or half a character");
    }
    if (label.indexOf(UNREADABLE) >= 0) {
      throw refused(label, "with bytes that are not UTF-8, or that the locale cannot read (LC_ALL=C.UTF-8 can)");
    }
    return label;
  }

  /**
   * The index of a label in the labels of a model. An older version may have written these labels without normalising them.
   *
   * @return the index, or -1
   */
  public static int indexIn(List<String> labels, String label) {
    int exact = labels.indexOf(label);
    return exact >= 0 ? exact : labels.stream().map(Label::normal).toList().indexOf(normal(label));
  }

  private static String normal(String text) {
    return stripped(Normalizer.normalize(text, Normalizer.Form.NFC));
  }

  /**
   * A key that is equal for labels that differ only in case, white space or invisible characters. Such labels were probably meant as one
   * class.
   */
  public static String withoutCaseAndSpace(String label) {
    StringBuilder key = new StringBuilder();
    // to upper and back, as some letters have two small forms and some no capital of one letter
    label.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT).codePoints()
        .filter(c -> !isSpace(c) && Character.getType(c) != Character.FORMAT)
        .forEach(key::appendCodePoint);
    return Normalizer.normalize(key, Normalizer.Form.NFC);
  }

  private static String stripped(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isSpace(text.charAt(from))) { // no space takes two chars
      from++;
    }
    while (to > from && isSpace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  /** White space with the no-break spaces of spreadsheets, and the marks of no width that text files begin with. */
  private static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == ZERO_WIDTH_SPACE || c == BYTE_ORDER_MARK;
  }

  private static boolean isUnprintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE -> true;
      default -> false;
    };
  }

  private static InvalidInputException refused(String text, String what) {
    StringBuilder shown = new StringBuilder();
    text.codePoints().limit(SHOWN).map(c -> isUnprintable(c) ? '?' : c).forEach(shown::appendCodePoint);
    boolean cut = text.codePointCount(0, text.length()) > SHOWN;
    return new InvalidInputException("label \"" + shown + (cut ? "..." : "") + "\": " + what + ", expected 1 to " + LONGEST
        + " characters and none of them a control character; give it another name");
  }
}
