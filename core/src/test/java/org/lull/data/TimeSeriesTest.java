// SPDX-License-Identifier: Apache-2.0
package org.lull.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.input.InvalidInputException;
import org.lull.train.Example;

/** A folder of time series, read by the library alone. */
class TimeSeriesTest {
  @TempDir
  Path dir;

  /** Two channels, two classes, ten training cases and two test cases; no two cases are equal. */
  @BeforeEach
  void write() throws IOException {
    List<String> train = new ArrayList<>(List.of("@problemName Tiny", "@dimensions 2", "@classLabel true up down", "@data"));
    for (int i = 0; i < 10; i++) {
      train.add(i + ",2:4,5:" + (i % 2 == 0 ? "up" : "down"));
    }
    Files.write(dir.resolve("Tiny_TRAIN.ts"), train);
    Files.write(dir.resolve("Tiny_TEST.ts"), List.of("@dimensions 2", "@classLabel true down up", "@data", "1:2:down", "3,4:5,6:up"));
  }

  @Test
  void theSecondOfFiveTrainingCasesOfAClassIsForValidation() {
    TimeSeries series = TimeSeries.read(dir, Purpose.TRAINING);
    assertThat(TimeSeries.areIn(dir)).isTrue();
    assertThat(series.name()).isEqualTo("time series in .ts form, Tiny: 2 channels, 2 classes");
    assertThat(series.labels()).containsExactly("up", "down");
    assertThat(series.validation()).extracting(Example::id).containsExactly("Tiny_TRAIN.ts:7", "Tiny_TRAIN.ts:8");
    assertThat(series.train()).hasSize(8);
    assertThat(series.test()).as("numbered as the training file has them").extracting(Example::label).containsExactly(1, 0);
    assertThat(series.warnings()).isEmpty();
    assertThat(series.hash()).isEqualTo(TimeSeries.read(dir, Purpose.MEASURING).hash()).hasSize(64);
  }

  @Test
  void whatAFileWarnsOfIsPassedOn() throws IOException {
    for (String file : List.of("Tiny_TRAIN.ts", "Tiny_TEST.ts")) {
      Files.writeString(dir.resolve(file), "@equalLength true\n@seriesLength 2\n" + Files.readString(dir.resolve(file)));
    }
    assertThat(TimeSeries.read(dir, Purpose.TRAINING).warnings()).singleElement().asString()
        .contains("Tiny_TEST.ts", "1 of 2, the first in line 6 with 1");
    Path target = Files.writeString(dir.resolve("numbers.ts"), "@equalLength true\n@targetLabel true\n@data\n1:2\n1,2:3\n");
    assertThat(TimeSeries.readTargets(target, target).warnings()).filteredOn(warning -> warning.contains("the first in line"))
        .hasSize(2);
  }

  @Test
  void oneChannelIsSaidSo() throws IOException {
    for (String file : List.of("Tiny_TRAIN.ts", "Tiny_TEST.ts")) {
      Files.writeString(dir.resolve(file), Files.readString(dir.resolve(file)).replace("@dimensions 2", "@dimensions 1")
          .replaceAll("(?m)^([0-9,]+):[0-9,]+:", "$1:"));
    }
    assertThat(TimeSeries.read(dir, Purpose.TRAINING).name()).isEqualTo("time series in .ts form, Tiny: 1 channel, 2 classes");
  }

  @Test
  void namesMayBeInAnyCase() throws IOException {
    Files.move(dir.resolve("Tiny_TRAIN.ts"), dir.resolve("Tiny_train.TS"));
    assertThat(TimeSeries.read(dir, Purpose.TRAINING).train()).hasSize(8);
  }

  @Test
  void classesThatDifferByCaseAloneAndClassesWithoutCasesAreSaid() throws IOException {
    Files.write(dir.resolve("Tiny_TEST.ts"), List.of("@dimensions 2", "@classLabel true Up up left", "@data", "1:2:up"));
    assertThat(TimeSeries.read(dir, Purpose.TRAINING).warnings())
        .containsExactly("classes that @classLabel names but no case has: 2, the first 'Up'; left out");
    Files.write(dir.resolve("Tiny_TEST.ts"), List.of("@dimensions 2", "@classLabel true Up", "@data", "1:2:Up"));
    assertThatThrownBy(() -> TimeSeries.read(dir, Purpose.TRAINING)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("1 label that training never saw: 'Up' (0 in validation, 1 in test)");
    assertThat(TimeSeries.read(dir, Purpose.MEASURING).warnings()).singleElement().asString().contains("'up' and 'Up'");
  }

  private void writeNumbers(String file, double... targets) throws IOException {
    List<String> lines = new ArrayList<>(List.of("@problemName Gas", "@dimensions 2", "@targetLabel true", "@data"));
    for (int i = 0; i < targets.length; i++) {
      lines.add(i + ",2:4," + file.length() + ":" + targets[i]);
    }
    Files.write(dir.resolve(file), lines);
  }

  @Test
  void numbersToPredictAreReadAsClassesAre() throws IOException {
    writeNumbers("Tiny_TRAIN.ts", 1.5, 2, -3, 4, 5, 6, 7);
    writeNumbers("Tiny_TEST.ts", 10, 11);
    TimeSeries series = TimeSeries.read(dir, Purpose.TRAINING);
    assertThat(series.name()).isEqualTo("time series in .ts form, Gas: 2 channels, a number to predict");
    assertThat(series.labels()).isEmpty();
    assertThat(series.train()).extracting(example -> example.target()[0]).containsExactly(1.5f, -3f, 4f, 5f, 6f);
    assertThat(series.validation()).extracting(example -> example.target()[0]).containsExactly(2f, 7f);
    assertThat(series.test()).extracting(example -> example.target()[0]).containsExactly(10f, 11f);
    assertThat(series.warnings()).isEmpty();
    assertThat(series).isEqualTo(TimeSeries.readTargets(dir.resolve("Tiny_TRAIN.ts"), dir.resolve("Tiny_TEST.ts")));
    Files.delete(dir.resolve("Tiny_TRAIN.ts"));
    assertThat(TimeSeries.read(dir, Purpose.MEASURING).test()).hasSize(2);
  }

  @Test
  void equalNumbersToPredictAndRepeatedCasesAreWarnedOf() throws IOException {
    writeNumbers("Tiny_TRAIN.ts", 3, 9, 3, 3);
    Files.copy(dir.resolve("Tiny_TRAIN.ts"), dir.resolve("Tiny_TEST.ts"), StandardCopyOption.REPLACE_EXISTING);
    List<String> warnings = TimeSeries.read(dir, Purpose.TRAINING).warnings();
    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(0)).contains("4, the first Tiny_TEST.ts:5 = Tiny_TRAIN.ts:5");
    assertThat(warnings.get(1)).isEqualTo("all 3 training cases have the number 3.0 to predict, so there is nothing to learn");
  }

  @Test
  void filesOfBothKindsAreRefused() throws IOException {
    writeNumbers("Tiny_TEST.ts", 10, 11);
    assertThatThrownBy(() -> TimeSeries.read(dir, Purpose.TRAINING)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Tiny_TEST.ts is a regression problem (@targetLabel true): its 2 cases have numbers");
    write();
    writeNumbers("Tiny_TRAIN.ts", 10, 11);
    assertThatThrownBy(() -> TimeSeries.read(dir, Purpose.TRAINING)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Tiny_TEST.ts is a classification problem (@classLabel true): its 2 cases have classes");
  }

  @Test
  void aFolderWithoutASeriesIsRefused() throws IOException {
    Path empty = Files.createDirectory(dir.resolve("empty"));
    assertThat(TimeSeries.areIn(empty)).isFalse();
    assertThatThrownBy(() -> TimeSeries.read(empty, Purpose.TRAINING)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no .ts file in " + empty);
    assertThatThrownBy(() -> TimeSeries.read(dir.resolve("absent"), Purpose.MEASURING)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cannot list");
  }
}
