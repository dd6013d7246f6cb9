// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.lull.cli.Cli.lull;
import static org.lull.cli.Cli.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.kernel.KernelChoice;

/** lull cache, version, completion, and --quiet. */
class SmallCommandsTest {
  @TempDir
  Path dir;

  @Test
  void theCacheIsCountedAndCleared() throws IOException {
    Path cache = dir.resolve("cache");
    JsonNode empty = lull("cache", "--cache", cache, "--json").succeeds().json();
    assertThat(empty.get("files").intValue()).isZero();
    train(TinyData.tones(dir.resolve("tones")), dir.resolve("run"), "--cache", cache).succeeds();
    Path logic = TinyData.text(cache.resolve("accelerator/library-0123abcd.so"), "built");
    Path mine = TinyData.text(cache.resolve("notes.features"), "not made by lull");
    Path besides = TinyData.text(cache.resolve("accelerator/library.sv"), "neither");

    JsonNode there = lull("cache", "--cache", cache, "--json").succeeds().json();
    long bytes = sizeOfFeatures(cache) + Files.size(logic);
    assertThat(there.get("folder").textValue()).isEqualTo(cache.toString());
    assertThat(there.get("files").intValue()).isEqualTo(2);
    assertThat(there.get("bytes").longValue()).isEqualTo(bytes);
    assertThat(lull("cache", "--cache", cache).succeeds().out()).startsWith(cache + ": 2 files, ");

    assertThat(lull("cache", "clear", "--cache", cache).succeeds().out()).startsWith("removed from " + cache + ": 2 files, ");
    assertThat(lull("cache", "--cache", cache, "--json").succeeds().json().get("files").intValue()).isZero();
    assertThat(List.of(mine, besides)).allSatisfy(file -> assertThat(file).exists());
    lull("cache", "--cache", "").succeeds();
    lull("cache", "clean", "--cache", cache).isMistake("'clean'", "clear");
  }

  private static long sizeOfFeatures(Path cache) throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      return files.filter(file -> file.getFileName().toString().matches("[0-9a-f]{64}\\.features"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  @Test
  void theVersionIsThatOfTheOption() {
    String text = lull("version").succeeds().out();
    assertThat(text).isEqualTo(lull("--version").succeeds().out()).startsWith("lull ").contains(", Java ", ", kernels: ");
    JsonNode json = lull("version", "--json").succeeds().json();
    assertThat(text).contains(json.get("version").textValue(), json.get("java").textValue(), json.get("kernels").textValue());
    assertThat(json.get("vector_bits").intValue()).isEqualTo(KernelChoice.kernels().vectorBits()).isIn(128, 256, 512);
  }

  @ParameterizedTest
  @CsvSource({"tr, 1, train", "train --ce, 2, --cell", "train --cell mi, 3, mingru", "cache cl, 2, clear"})
  void bashCompletes(String words, int at, String expected) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "SKIPPED: there is no bash");
    Path script = TinyData.text(dir.resolve("completion"), lull("completion").succeeds().out());
    Process bash = new ProcessBuilder("/bin/bash", "-c", ". " + script + "; COMP_WORDS=(lull " + words + "); COMP_CWORD=" + at
        + "; _complete_lull; echo ${COMPREPLY[*]}").start();
    assertThat(new String(bash.getInputStream().readAllBytes()).strip()).isEqualTo(expected);
  }

  @Test
  void quietLeavesTheResultAndWarnings() {
    Path tones = TinyData.tones(dir.resolve("tones"));
    TinyData.sound(tones.resolve("low/clip9.wav"), new float[TinyData.RATE], TinyData.RATE); // silent
    Cli loud = train(tones, dir.resolve("a")).succeeds();
    Cli quiet = train(tones, dir.resolve("b"), "--quiet").succeeds();
    assertThat(loud.err()).contains("reading ", "finished after ", "warning: left out low/clip9.wav");
    assertThat(quiet.err().lines()).isNotEmpty().allMatch(line -> line.startsWith("warning: left out "));
    assertThat(quiet.out().lines().findFirst()).isEqualTo(loud.out().lines().findFirst());
    assertThat(lull("-q", "eval", "--model", dir.resolve("b"), "--data", tones, "--no-cache", "--json").succeeds().json().has("accuracy"))
        .isTrue();
    lull("train", "-q", "--data", dir.resolve("none")).isMistake("no such folder");
  }
}
