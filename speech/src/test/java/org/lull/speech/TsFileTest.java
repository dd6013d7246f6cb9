package org.lull.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.lull.speech.TinyCorpus.text;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.input.InvalidInputException;

class TsFileTest {
  private static final String TAGS = "@dimensions 2|@classLabel true up down|@data|";

  @TempDir Path dir;

  @Test
  void tagsInAnyCaseAndOrderWithWhiteSpace() {
    TsFile file = read("\uFEFF# comment||@PROBLEMNAME\tTwo words|@missing false|@equalLength true|@seriesLength 2|@classlabel TRUE  b a "
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
    TsFile file = read("@univariate true|@classLabel true 1 2|@data|1,2,3:2");
    assertThat(file.channels()).isEqualTo(1);
    assertThat(file.problem()).isEqualTo("X_TRAIN");
    assertThat(file.cases().getFirst().frames()).containsExactly(1, 2, 3);
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
    "@data|1:up; line 1: @data comes before any @classLabel",
    "@classLabel true|@data|1:up; line 1: '@classLabel true' names no classes",
    "@classLabel false|@data|1:2; line 1: '@classLabel false' names no classes",
    "@classLabel true a b a|@data; line 1: @classLabel names a class twice",
    "@timeStamps true|@data; line 1: @timeStamps true is not supported",
    "@dimensions x|@data; line 1: @dimensions 'x', expected a whole number from 1 up",
    "@dimensions 0|@data; line 1: @dimensions '0'",
    "@dimensions|@data; line 1: @dimensions ''",
  })
  void badFiles(String content, String expected) {
    assertThatThrownBy(() -> read(content))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageNotContaining("\n")
        .hasMessageContainingAll("X_TRAIN.ts", expected);
  }

  private TsFile read(String content) {
    return TsFile.read(text(dir.resolve("X_TRAIN.ts"), content.split("\\|", -1)));
  }
}
