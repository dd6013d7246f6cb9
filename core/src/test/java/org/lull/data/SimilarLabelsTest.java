// SPDX-License-Identifier: Apache-2.0
package org.lull.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SimilarLabelsTest {
  @Test
  void theFirstOtherThatIsSimilarIsFound() {
    List<String> labels = List.of("no", "Yes", "yes", "turn on");
    assertThat(SimilarLabels.similarTo("yes", labels)).hasValue("Yes");
    assertThat(SimilarLabels.similarTo("Yes", labels)).hasValue("yes");
    assertThat(SimilarLabels.similarTo("TurnOn", labels)).hasValue("turn on");
    assertThat(SimilarLabels.similarTo("no", labels)).isEmpty();
    assertThat(SimilarLabels.similarTo("yes!", labels)).isEmpty();
  }

  @Test
  void similarLabelsAreCounted() {
    assertThat(SimilarLabels.warnings(List.of("no", "yes", "turn on"))).isEmpty();
    assertThat(SimilarLabels.warnings(List.of("on", "yes", "YES", "On", "no"))).singleElement().asString()
        .startsWith("classes that differ only by case or white space: 4, the first 'on' and 'On';");
  }
}
