// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest {
  @Test
  void fields() {
    assertThat(Csv.fields("a,b,c", ',')).hasValueSatisfying(fields -> assertThat(fields).containsExactly("a", "b", "c"));
    assertThat(Csv.fields("", ',')).hasValueSatisfying(fields -> assertThat(fields).containsExactly(""));
    assertThat(Csv.fields(",x,", ',')).hasValueSatisfying(fields -> assertThat(fields).containsExactly("", "x", ""));
    assertThat(Csv.fields("1,\"a, \"\"b\"\"\",,\"\"", ','))
        .hasValueSatisfying(fields -> assertThat(fields).containsExactly("1", "a, \"b\"", "", ""));
    assertThat(Csv.fields("don't,5\" long", ',')).hasValueSatisfying(fields -> assertThat(fields).containsExactly("don't", "5\" long"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"", "a,\"b", "\"a\"\"", "\"a\"b,c", "\"a\" ,c"})
  void quotesThatDoNotEnd(String line) {
    assertThat(Csv.fields(line, ',')).isEmpty();
  }
}
