// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.lull.cli.Cli.lull;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {
  @Test
  void timesTrainingAndInferenceDenseAndDelta() {
    JsonNode rows =
        lull("bench", "--networks", "56k", "--batch", "1,2", "--sparsity", "0.5,0.8", "--seconds", "0.01", "--json").succeeds().json();
    assertThat(rows).hasSize(2 * 2 * 3);
    for (JsonNode row : rows) {
      assertThat(row.fieldNames()).toIterable()
          .containsExactly("network", "what", "mode", "sparsity", "batch", "threads", "micros", "lower_quartile", "upper_quartile", "tape");
      assertThat(row.get("lower_quartile").asDouble()).isPositive().isLessThanOrEqualTo(row.get("micros").asDouble());
      assertThat(row.get("upper_quartile").asDouble()).isGreaterThanOrEqualTo(row.get("micros").asDouble());
    }
    for (int first = 0; first < rows.size(); first += 3) { // of the two delta networks, the one that fires less needs less
      assertThat(rows.get(first + 2).get("tape").asLong()).isLessThan(rows.get(first + 1).get("tape").asLong());
    }
    assertThat(rows.findValuesAsText("mode").subList(0, 3)).isEqualTo(List.of("dense", "delta", "delta"));
    assertThat(rows.get(0).get("sparsity").asDouble()).isZero();
    assertThat(rows.get(1).get("sparsity").asDouble()).isCloseTo(0.5, within(0.03));
    assertThat(rows.get(2).get("sparsity").asDouble()).isCloseTo(0.8, within(0.03));
    assertThat(rows.findValuesAsText("what")).containsOnly("train", "infer");
  }

  /** The other build is this one, in a jar that names these classes and their libraries. */
  @Test
  void timesAnotherBuildInTurn(@TempDir Path folder) throws IOException {
    Path jar = folder.resolve("lull.jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Lull.class.getName());
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toUri().toString()).collect(Collectors.joining(" ")));
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    JsonNode rows = lull("bench", "--networks", "56k", "--batch", "1", "--sparsity", "0.8", "--seconds", "0.01", "--against", jar,
        "--rounds", 2, "--json").succeeds().json();
    assertThat(rows.findValuesAsText("what")).containsExactly("train", "train", "infer", "infer");
    assertThat(rows.findValuesAsText("mode")).containsExactly("dense", "delta", "dense", "delta");
    for (JsonNode row : rows) {
      assertThat(row.get("rounds").asInt()).isEqualTo(2);
      assertThat(row.get("this_micros").asDouble()).isPositive();
      assertThat(row.get("other_micros").asDouble()).isPositive();
      assertThat(row.get("ratio").asDouble()).isBetween(row.get("lowest").asDouble(), row.get("highest").asDouble());
    }
  }

  @Test
  void refusesWhatIsNoOtherBuild(@TempDir Path folder) throws IOException {
    lull("bench", "--against", folder.resolve("none.jar")).isMistake("none.jar: no such file", "lull.jar of another build");
    Path text = Files.writeString(folder.resolve("text.jar"), "text");
    lull("bench", "--against", text, "--networks", "56k").isMistake("text.jar is not a build of Lull", "java ended with 1");
    lull("bench", "--against", text, "--rounds", 0).isMistake("rounds: 0, expected 1 to 1000");
  }

  @ParameterizedTest
  @CsvSource({"--networks, 57k, 57k", "--sparsity, 1, 1.0", "--sparsity, -0.1, -0.1", "--batch, 0, 0", "--threads, 0, 0",
      "--seconds, 0, 0.0",
      "--cell, transformer, transformer"})
  void refusesWhatCannotBeTimed(String option, String value, String shown) {
    lull("bench", option, value).isMistake(shown);
  }
}
