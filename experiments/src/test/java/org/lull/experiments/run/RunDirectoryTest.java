// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.input.InvalidInputException;

class RunDirectoryTest {
  @TempDir
  Path folder;

  private Path run() {
    return folder.resolve("run");
  }

  @Test
  void aDirectoryThatWasGivenIsRefusedToTheSecond() {
    RunDirectory first = RunDirectory.create(run());
    assertThatThrownBy(() -> RunDirectory.create(run()))
        .isInstanceOf(InvalidInputException.class).hasMessageContainingAll(run().toString(), "exists", "--run");
    assertThat(first.path()).isEqualTo(run());
  }

  @Test
  void runsThatBeginTogetherHaveADirectoryEach() throws Exception {
    int runs = 8;
    try (ExecutorService together = Executors.newFixedThreadPool(runs)) {
      List<Future<RunDirectory>> all = Stream.generate(() -> together.submit(() -> RunDirectory.createIn(folder))).limit(runs).toList();
      List<Path> paths = new ArrayList<>();
      for (Future<RunDirectory> one : all) {
        paths.add(one.get().path());
      }
      assertThat(paths).doesNotHaveDuplicates()
          .allSatisfy(path -> assertThat(path.getFileName().toString()).matches("\\d{4}-\\d{2}-\\d{2}-\\d{6}(-\\d)?"));
    }
  }

  @Test
  void aFileInThePlaceOfTheRunsIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("runs"), "precious");
    assertThatThrownBy(() -> RunDirectory.requirePlace(file))
        .isInstanceOf(InvalidInputException.class).hasMessageContainingAll(file.toString(), "is a file", "--run");
    assertThatThrownBy(() -> RunDirectory.createIn(file))
        .isInstanceOf(InvalidInputException.class).hasMessageContainingAll(file.toString(), "--run");
    assertThat(file).hasContent("precious");
  }

  @Test
  void whatFailedBeforeItsFirstEpochLeavesNothing() {
    RunDirectory run = RunDirectory.create(run());
    run.leftOut(List.of("a.wav: silent"));
    run.removeIfEmpty();
    assertThat(run()).doesNotExist();
  }

  @Test
  void aDirectoryThatWasThereStays() throws IOException {
    Files.createDirectory(run());
    RunDirectory.create(run()).removeIfEmpty();
    assertThat(run()).isEmptyDirectory();
  }

  @Test
  void whatHasAnEpochIsKept() {
    RunDirectory run = RunDirectory.create(run());
    run.metrics(List.of(1));
    run.removeIfEmpty();
    assertThat(run().resolve(RunDirectory.METRICS)).hasContent("[1]");
  }
}
