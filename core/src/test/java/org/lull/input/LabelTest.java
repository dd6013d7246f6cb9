// SPDX-License-Identifier: Apache-2.0
package org.lull.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.text.Normalizer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelTest {

  @ParameterizedTest
  @ValueSource(strings = {"gr\u00FCn", "\u304C\u304E", "\uAC00\uB098", "\u00E9te\u0301", "\u1EBF"})
  void composedAndDecomposedAreOne(String word) {
    String nfc = Normalizer.normalize(word, Normalizer.Form.NFC);
    assertThat(Label.of(word)).isEqualTo(nfc);
    assertThat(Label.of(Normalizer.normalize(word, Normalizer.Form.NFD))).isEqualTo(nfc);
  }

  @ParameterizedTest
  @ValueSource(strings = {" yes", "yes ", "\tyes\r\n", "\u00A0yes\u00A0", "\u3000yes", "\uFEFFyes", "yes\u200B", "\u2007 yes\u202F"})
  void whiteSpaceAtTheEndsIsNoPartOfIt(String text) {
    assertThat(Label.of(text)).isEqualTo("yes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"turn on", "activate|lights|none", "\u0646\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645", "\uD83D\uDC4D",
      "-1", "#", "Yes", "a"})
  void theRestStaysAsItIs(String text) {
    assertThat(Label.of(text)).isEqualTo(text);
    assertThat(Label.of(Label.of(" " + text + " "))).isEqualTo(text);
  }

  @Test
  void lengthCountsCharactersNotHalves() {
    String longest = "\uD83D\uDC4D".repeat(Label.LONGEST);
    assertThat(Label.of(" " + longest + " ")).isEqualTo(longest);
    assertThat(Label.of("e\u0301".repeat(Label.LONGEST))).hasSize(Label.LONGEST);
    assertThatThrownBy(() -> Label.of("x".repeat(101))).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("101 characters, expected 1 to 100").hasMessageContaining("\"" + "x".repeat(40) + "...\"");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " ", "\t", "\r\n", "\u00A0", "\u3000\u2003", "\uFEFF", "\u200B", "a\u0000b", "a\tb", "a\nb", "a\u007Fb",
      "a\u0085b", "a\u2028b", "a\u2029b", "gr\uFFFDn", "\uD83D", "x\uDC4D", "\u001B[31mred"})
  void whatIsNoLabelIsRefusedInOneLine(String text) {
    assertThatThrownBy(() -> Label.of(text)).isInstanceOf(InvalidInputException.class).hasMessageStartingWith("label ")
        .message().hasLineCount(1).doesNotContain("\u0000").doesNotContain("\u001B");
  }

  @ParameterizedTest
  @CsvSource({"Yes,yes", "YES,yes", "turn on,turnon", "turn on,Turn\u00A0On", "stra\u00DFe,STRASSE", "a\u200Cb,ab",
      "\u03C3\u03AC\u03C2,\u03A3\u0386\u03A3", "\u01C6,\u01C4", "\u00C9t\u00E9,e\u0301TE\u0301"})
  void labelsThatDifferOnlyByCaseAndSpaceHaveOneKey(String one, String other) {
    assertThat(Label.withoutCaseAndSpace(Label.of(one))).isEqualTo(Label.withoutCaseAndSpace(Label.of(other)));
  }

  @ParameterizedTest
  @CsvSource({"yes,no", "e,\u00E9", "a|b,ab", "1,2", "a_b,ab", "a-b,ab"})
  void otherLabelsHaveOtherKeys(String one, String other) {
    assertThat(Label.withoutCaseAndSpace(one)).isNotEqualTo(Label.withoutCaseAndSpace(other));
  }

  @Test
  void aModelsLabelsAreFoundHoweverTheyWereWritten() {
    List<String> labels = List.of("no", "gru\u0308n", "yes ", "");
    assertThat(Label.indexIn(labels, "gr\u00FCn")).isEqualTo(1);
    assertThat(Label.indexIn(labels, "gru\u0308n")).isEqualTo(1);
    assertThat(Label.indexIn(labels, "yes")).isEqualTo(2);
    assertThat(Label.indexIn(labels, "No")).isEqualTo(-1);
    assertThat(Label.indexIn(List.of("yes ", "yes"), "yes")).as("the same before the similar").isEqualTo(1);
  }
}
