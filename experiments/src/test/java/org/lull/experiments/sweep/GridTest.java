// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.input.InvalidInputException;

class GridTest {
  private static List<String> names(String... axes) {
    return Grid.parse(List.of(axes)).points().stream().map(Point::name).toList();
  }

  @Test
  void everyCombinationIsAPointAndControlsComeOnce() {
    assertThat(names("threshold=0.1,0.2", "seed=1,2")).containsExactly("dense,seed=1", "threshold=0.1,seed=1", "dense,seed=2",
        "threshold=0.1,seed=2", "threshold=0.2,seed=1", "threshold=0.2,seed=2");
    assertThat(names("threshold-h=0.1:0.2,0.3")).containsExactly("dense", "threshold-h=0.1:0.2", "threshold-h=0.3");
    assertThat(names("cell=lstm,gru")).containsExactly("dense,cell=lstm", "cell=lstm", "dense,cell=gru", "cell=gru");
  }

  @Test
  void everyDeltaPointHasItsControlAmongThePoints() {
    List<Point> points = Grid.parse(List.of("threshold-x=0.1,0.2", "epochs=1,2", "threshold-h=0,1", "seed=3,4")).points();
    assertThat(points).hasSize(16 + 4);
    assertThat(points).filteredOn(point -> !point.dense()).allSatisfy(point -> {
      assertThat(points.indexOf(point.control())).isBetween(0, points.indexOf(point));
      assertThat(point.control().options())
          .isEqualTo(Map.of("epochs", point.options().get("epochs"), "seed", point.options().get("seed")));
    });
  }

  @Test
  void namesAreFileNamesAndStayDifferent() {
    assertThat(new Point(false, Map.of("features", "a/b c%é")).name()).isEqualTo("features=a%2Fb%20c%25%C3%A9");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "threshold         | threshold         | as in threshold=0.1,0.2",
      "colour=red        | --over colour     | cell, class-weights, classes, clip, ",
      "run=a,b           | --over run        | choose from",
      "json=true         | --over json       | choose from",
      "threads=1,2       | --over threads    | choose from",
      "data=a,b          | --over data       | choose from",
      "=1                | --over            | choose from",
      "seed=             | --over seed=      | a value is missing",
      "seed=1,,2         | --over seed=1,,2  | a value is missing",
      "seed=1,2,1        | --over seed=1,2,1 | given twice"})
  void refusesWhatIsNoAxis(String axis, String what, String advice) {
    assertThatThrownBy(() -> Grid.parse(List.of(axis))).isInstanceOf(InvalidInputException.class).hasMessageContainingAll(what, advice);
  }

  @Test
  void aProgramIsRefusedWhatTheCommandLineIs() {
    assertThatThrownBy(() -> Axis.of("colour", "red")).isInstanceOf(InvalidInputException.class).hasMessageContaining("colour");
    assertThatThrownBy(() -> Axis.of("seed")).isInstanceOf(InvalidInputException.class).hasMessageContaining("seed");
    assertThatThrownBy(() -> Grid.of(Axis.of("seed", "1"), Axis.of("seed", "2"))).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void refusesAnAxisGivenTwice() {
    assertThatThrownBy(() -> Grid.parse(List.of("seed=1", "seed=2")))
        .isInstanceOf(InvalidInputException.class).hasMessageContainingAll("--over seed", "twice");
  }
}
