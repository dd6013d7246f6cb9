// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lull.cli.Cli.lull;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** lull export --c. What the C computes is tested where it is made. */
class ExportCTest {
  @TempDir
  static Path shared;
  private static Path fixed;
  private static Path floats;

  @TempDir
  Path dir;

  @BeforeAll
  static void train() {
    Path series = TinyData.series(shared.resolve("series"));
    fixed = shared.resolve("fixed");
    floats = shared.resolve("floats");
    Cli.train(series, fixed, "--threshold", "0.1", "--numeric", "fixed16").succeeds();
    Cli.train(series, floats, "--threshold", "0.1").succeeds();
  }

  @Test
  void aLibraryIsWritten() {
    Path directory = dir.resolve("device");
    Cli export = lull("export", "--model", fixed, "--c", directory, "--learn", "full", "--steps", 40).succeeds();
    assertThat(export.out()).contains("written   " + directory, "RAM", "clips of up to 40 frames", "make -C ");
    for (String file : new String[] {"lull.h", "lull.c", "model.h", "model.c", "main.c", "Makefile", "README.md"}) {
      assertThat(directory.resolve(file)).isNotEmptyFile();
    }
    assertThat(directory.resolve("model.c")).content().contains("\"up\"", "\"down\"");
    Cli again = lull("export", "--model", fixed, "--c", directory, "--json").succeeds();
    assertThat(again.json().get("learns").textValue()).isEqualTo("none");
    assertThat(again.json().get("steps").intValue()).isZero();
    assertThat(again.json().get("rom").longValue()).isPositive();
  }

  @Test
  void mistakesAreExplained() {
    Path directory = dir.resolve("device");
    lull("export", "--model", floats, "--c", directory).isMistake("float32", "--numeric fixed16", "--from");
    lull("export", "--model", fixed).isMistake("--onnx FILE", "--c DIR");
    lull("export", "--model", fixed, "--c", directory, "--onnx", dir.resolve("a.onnx")).isMistake("one thing");
    lull("export", "--model", fixed, "--c", directory, "--steps", 40).isMistake("--steps", "--learn full");
    lull("export", "--model", fixed, "--c", directory, "--learn", "full", "--steps", 0).isMistake("0 frames", "1 to 1000");
    lull("export", "--model", fixed, "--c", directory, "--learn", "some").isMistake("some", "FULL");
    lull("export", "--model", fixed, "--c", directory, "--dense").isMistake("--dense");
    lull("export", "--model", fixed, "--onnx", dir.resolve("a.onnx"), "--learn", "full").isMistake("--learn is for --c");
    assertThat(Files.exists(directory)).isFalse();
  }
}
