package org.lull.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.cli.commands.Grid.Point;
import org.lull.cli.options.RunOptions;
import org.lull.input.InvalidInputException;
import picocli.CommandLine;

class GridTest {
  private static List<String> names(String... axes) {
    return Grid.of(List.of(axes)).points().stream().map(Point::name).toList();
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
    List<Point> points = Grid.of(List.of("threshold-x=0.1,0.2", "epochs=1,2", "threshold-h=0,1", "seed=3,4")).points();
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
      "colour=red        | --over colour     | cell, clip, ",
      "run=a,b           | --over run        | choose from",
      "json=true         | --over json       | choose from",
      "threads=1,2       | --over threads    | choose from",
      "data=a,b          | --over data       | choose from",
      "=1                | --over            | choose from",
      "seed=             | --over seed=      | a value is missing",
      "seed=1,,2         | --over seed=1,,2  | a value is missing",
      "seed=1,2,1        | --over seed=1,2,1 | given twice"})
  void refusesWhatIsNoAxis(String axis, String what, String advice) {
    assertThatThrownBy(() -> Grid.of(List.of(axis))).isInstanceOf(InvalidInputException.class).hasMessageContainingAll(what, advice);
  }

  @Test
  void refusesAnAxisGivenTwice() {
    assertThatThrownBy(() -> Grid.of(List.of("seed=1", "seed=2")))
        .isInstanceOf(InvalidInputException.class).hasMessageContainingAll("--over seed", "twice");
  }

  // ---- the options of a point

  private static RunOptions parsed(String... options) {
    return CommandLine.populateCommand(new RunOptions(), options);
  }

  @Test
  void aPointHasTheOptionsGivenForAllAndItsOwn() {
    RunOptions point = parsed("--hidden", "8", "--no-augment", "--threshold-x", "0.5")
        .with(Map.of("threshold", "0.1:0.2", "lr", "0.01", "patience", "3"));
    assertThat(point.values()).isEqualTo(
        parsed("--hidden", "8", "--no-augment", "--threshold-x", "0.5", "--threshold", "0.1,0.2", "--lr", "0.01", "--patience", "3")
            .values());
    assertThat(parsed("--no-augment").with(Map.of("augment", "true")).values()).containsEntry("augment", "true");
    assertThat(parsed().with(Map.of("augment", "false")).values()).containsEntry("augment", "false");
  }

  @Test
  void everyOptionThatDecidesCanBeAnAxis() {
    RunOptions all = parsed();
    assertThat(RunOptions.names()).contains("threshold", "features", "optimizer").containsAll(RunOptions.deltaNames());
    for (String name : all.values().keySet()) {
      String value = all.values().get(name).replaceAll("[\\[\\]]", "");
      assertThat(all.with(Map.of(name, value)).values()).as(name).isEqualTo(all.values());
    }
  }

  @ParameterizedTest
  @CsvSource({"hidden, many, 'many'", "threshold, high, 'high'", "augment, maybe, true or false"})
  void refusesValuesOfAnotherKind(String name, String value, String message) {
    assertThatThrownBy(() -> parsed().with(Map.of(name, value)))
        .isInstanceOf(InvalidInputException.class).hasMessageContainingAll(name, message);
  }
}
