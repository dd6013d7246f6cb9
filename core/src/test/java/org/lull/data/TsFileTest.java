// SPDX-License-Identifier: Apache-2.0
package org.lull.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.input.InvalidInputException;
import org.lull.train.Example;

class TsFileTest {
  private static final String TAGS = "@dimensions 2|@classLabel true up down|@data|";

  @TempDir
  Path dir;

  @Test
  void tagsInAnyCaseAndOrderWithWhiteSpace() {
    TsFile.Classification file =
        classification("\uFEFF# comment||@PROBLEMNAME\tTwo words|@missing false|@equalLength true|@seriesLength 2|@classlabel TRUE  b a "
            + "|@targetLabel false|@Data|# another| 1 , -2.5e1 : 3,4 : a ");
    assertThat(file.problem()).isEqualTo("Two");
    assertThat(file.labels()).containsExactly("b", "a");
    assertThat(file.channels()).isEqualTo(2);
    assertThat(file.cases()).singleElement().satisfies(example -> {
      assertThat(example.frames()).containsExactly(1, 3, -25, 4);
      assertThat(example.label()).isEqualTo(1);
      assertThat(example.id()).isEqualTo("X_TRAIN.ts:11");
    });
  }

  @Test
  void univariate() {
    TsFile.Classification file = classification("@univariate true|@classLabel true 1 2|@data|1,2,3:2");
    assertThat(file.channels()).isEqualTo(1);
    assertThat(file.problem()).isEqualTo("X_TRAIN");
    assertThat(file.cases().getFirst().frames()).containsExactly(1, 2, 3);
  }

  /** Real archives have these before the tags, between them and before the cases. */
  @Test
  void linesThatBeginWithAPercentSignAreComments() {
    TsFile.Classification file =
        classification("% Title: x|%|@dimensions 1|% @classLabel false|@classLabel true a b|% more|@data|%c|1,2:b");
    assertThat(file.labels()).containsExactly("a", "b");
    assertThat(file.cases()).hasSize(1);
  }

  @Test
  void labelsAreComposedAndTrimmed() {
    TsFile.Classification file = classification("@dimensions 1|@classLabel true gru\u0308n rot|@data|1:gr\u00FCn\u00A0|2: gru\u0308n");
    assertThat(file.labels()).containsExactly("gr\u00FCn", "rot");
    assertThat(file.cases()).extracting(Example::label).containsExactly(0, 0);
  }

  @Test
  void regression() {
    TsFile.Regression file = (TsFile.Regression) read("@problemName Gas|@dimensions 2|@classLabel false|@targetLabel true|@data|"
        + "1,2:3,4:-1.5e2|5:6: 7 ");
    assertThat(file.problem()).isEqualTo("Gas");
    assertThat(file.channels()).isEqualTo(2);
    assertThat(file.cases()).extracting(TsFile.Case::target).containsExactly(-150f, 7f);
    assertThat(file.cases().getFirst().frames()).containsExactly(1, 3, 2, 4);
    assertThat(file.cases().getLast()).returns("X_TRAIN.ts:7", TsFile.Case::id).returns(1, TsFile.Case::steps)
        .returns(2, TsFile.Case::channels);
  }

  /** Archives have files whose tags are wrong: CharacterTrajectories was one. */
  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {
      "@equalLength true|; 2 steps long; 1 of 3, the first in line 5 with 3",
      "@equalLength true|@seriesLength 3|; 3 steps long; 2 of 3, the first in line 5 with 2",
      "@seriesLength 0|@equalLength true|; 2 steps long; 1 of 3, the first in line 6 with 3"})
  void casesOfOtherLengthsThanTheTagsSayAreCounted(String tags, String length, String count) {
    String cases = "@data|1,2:a|1,2,3:b|4,5:a";
    assertThat(classification(tags + "@classLabel true a b|" + cases).warnings()).singleElement().asString()
        .contains("X_TRAIN.ts", "not " + length, "same length: " + count);
    assertThat(read(tags + "@targetLabel true|" + cases.replaceAll(":[ab]", ":7")).warnings()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "@equalLength false|", "@equalLength false|@seriesLength 9|", "@seriesLength 9|"})
  void casesMayDifferInLength(String tags) {
    assertThat(classification(tags + "@classLabel true a b|@data|1,2:a|1,2,3:b").warnings()).isEmpty();
    assertThat(classification(tags + "@equalLength true|@seriesLength 2|@classLabel true a b|@data|1,2:a|3,4:b").warnings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1,2:3,4", "1,2:3,4:", "1,2:3,4:u", "1,2:3", "1,2", "1,"})
  void aFileThatEndsWithinACaseSaysSo(String last) throws IOException {
    Path file = dir.resolve("X_TRAIN.ts");
    Files.writeString(file, "@dimensions 2\n@classLabel true up down\n@data\n1,2:3,4:up\n" + last);
    assertThatThrownBy(() -> TsFile.read(file)).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("line 5: ", "the file ends within this line: if it was cut short, get it again");
    Files.writeString(file, "@dimensions 2\n@classLabel true up down\n@data\n" + last + "\n\n1,2:3,4:up");
    assertThatThrownBy(() -> TsFile.read(file)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("line 4: ").hasMessageNotContaining("cut short");
  }

  /** '|' ends a line of the file. */
  @ParameterizedTest
  @CsvSource(delimiter = ';', quoteCharacter = '`', value = {
      TAGS + "1,NaN:2,3:up; line 4: value 'NaN' at dimension 1, step 2, expected a finite number",
      TAGS + "1:2:up|1,2:?,3:up; line 5: value '?' at dimension 2, step 1",
      TAGS + "1,2:3,Infinity:up; line 4: value 'Infinity' at dimension 2, step 2",
      TAGS + "1,2:3,1e39:up; line 4: value '1e39'",
      TAGS + "1,x:2,3:up; line 4: value 'x'",
      TAGS + "1,:2,3:up; line 4: value ''",
      TAGS + "::up; line 4: value '' at dimension 1, step 1",
      TAGS + "1,2:3:up; line 4: dimension 2 has 1 values, dimension 1 has 2",
      TAGS + "1,2:up; line 4: 1 dimensions and a label, expected 2",
      TAGS + "1:2:3:up; line 4: 3 dimensions and a label, expected 2",
      TAGS + "up; line 4: 0 dimensions and a label, expected 2",
      TAGS + "1,2:3,4:left; line 4: label 'left', expected one of @classLabel: up down",
      TAGS + "1,2:3,4:; line 4: label ''",
      TAGS + "1,2:3,4; line 4: 1 dimensions and a label",
      TAGS + "(0,1),(1,2):3,4:up; line 4: value '(0'",
      TAGS + "; has no case after @data",
      "@classLabel true up down|@data|up; line 3: 0 dimensions and a label, expected 1",
      "@classLabel true up down|@data|1:up|1:2:up; line 4: 2 dimensions and a label, expected 1",
      "@classLabel true up down|1,2:up; line 2: '1,2:up' before @data",
      "@classLabel true up down; has no @data line",
      "`` ; has no @data line",
      "@data|1:up; line 1: @data comes before any tag that names classes or numbers to predict",
      "@classLabel true|@data|1:up; line 1: '@classLabel true' names no classes",
      "@classLabel false|@data|1:2; line 2: @data comes before any tag that names classes",
      "@targetLabel true|@data|1:x; line 3: number to predict 'x', expected a finite number",
      "@targetLabel true|@data|1:NaN; line 3: number to predict 'NaN'",
      "@targetLabel true|@data|1:; line 3: number to predict ''",
      "@targetLabel true|@data|1; line 3: 0 dimensions and a number to predict, expected 1 and a number to predict",
      "@targetLabel true|@classLabel true a b|@data|1:a; line 3: there are both @classLabel and @targetLabel true",
      "@targetLabel false|@data|1:2; line 2: @data comes before any tag",
      "@classLabel true a b a|@data; line 1: @classLabel names a class twice",
      "@timeStamps true|@data; line 1: @timeStamps true is not supported",
      "@dimensions x|@data; line 1: @dimensions 'x', expected a whole number from 1 up",
      "@seriesLength -1|@data; line 1: @seriesLength '-1', expected a whole number from 1 up",
      "@dimensions 0|@data; line 1: @dimensions '0'",
      "@dimensions|@data; line 1: @dimensions ''",
  })
  void badFiles(String content, String expected) {
    assertThatThrownBy(() -> read(content))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageNotContaining("\n")
        .hasMessageContainingAll("X_TRAIN.ts", expected);
  }

  private TsFile.Classification classification(String content) {
    return (TsFile.Classification) read(content);
  }

  private TsFile read(String content) {
    try {
      return TsFile.read(Files.write(dir.resolve("X_TRAIN.ts"), List.of(content.split("\\|", -1))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
