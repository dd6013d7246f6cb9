// SPDX-License-Identifier: Apache-2.0
package org.lull.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.input.InvalidInputException;
import org.lull.io.Safetensors.Contents;
import org.lull.io.Safetensors.Tensor;

class CheckpointFileTest {
  @TempDir
  private Path folder;

  private final List<String> warnings = new ArrayList<>();

  private Path file() {
    return folder.resolve("run/delta.safetensors");
  }

  private Path previous() {
    return folder.resolve("run/delta.previous.safetensors");
  }

  private static void write(CheckpointFile file, int version) {
    float[] values = new float[100];
    Arrays.fill(values, version);
    values[0] = -0.0f;
    file.write(List.of(new Tensor("w", new int[] {10, 10}, values), new Tensor("v", new int[] {1}, new float[] {0.1f * version})),
        Map.of("step", Integer.toString(version)));
  }

  private String step(CheckpointFile file) {
    return file.read(warnings::add).map(contents -> contents.metadata().get("step")).orElse("none");
  }

  @Test
  void theLastOneIsReadAndTheOneBeforeIsKept() {
    CheckpointFile file = new CheckpointFile(file());
    assertThat(file.exists()).isFalse();
    assertThat(step(file)).isEqualTo("none");
    write(file, 1);
    assertThat(previous()).doesNotExist();
    write(file, 2);
    write(file, 3);
    assertThat(step(new CheckpointFile(file()))).isEqualTo("3");
    assertThat(Safetensors.read(previous()).metadata()).containsEntry("step", "2").containsEntry("format", "lull-checkpoint-1");
    Contents contents = file.read(warnings::add).orElseThrow();
    assertThat(Float.floatToRawIntBits(contents.tensor("w", 10, 10).data()[0])).isEqualTo(Float.floatToRawIntBits(-0.0f));
    assertThat(warnings).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"MOVED, 1, none", "HALF, 1, none", "WRITTEN, 1, none", "DONE, 1, 1", "MOVED, 3, 2", "HALF, 3, 2", "WRITTEN, 3, 2",
      "DONE, 3, 3"})
  void aWriteThatIsCutOffLeavesTheOneBefore(String stage, int write, String expected) throws IOException {
    CheckpointFile file = new CheckpointFile(file());
    try (CheckpointFaults _ = CheckpointFaults.at(stage, write)) {
      assertThatThrownBy(() -> {
        for (int version = 1; version <= 3; version++) {
          write(file, version);
        }
      }).isInstanceOf(CheckpointFaults.Killed.class);
    }
    Files.createFile(file().resolveSibling("delta.safetensors.0.tmp")); // as a process that was killed leaves it
    CheckpointFile again = new CheckpointFile(file());
    assertThat(step(again)).isEqualTo(expected);
    assertThat(warnings).hasSize(expected.equals("2") ? 1 : 0).allMatch(warning -> warning.contains("going on from the one before it"));
    write(again, 4);
    assertThat(step(new CheckpointFile(file()))).isEqualTo("4");
    assertThat(file().resolveSibling("delta.safetensors.0.tmp")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 20, 100, 300, -300, -2, -1})
  void aFileThatIsCutShortIsRefusedAndTheOneBeforeIsUsed(int length) throws IOException {
    CheckpointFile file = new CheckpointFile(file());
    write(file, 1);
    write(file, 2);
    byte[] bytes = Files.readAllBytes(file());
    Files.write(file(), Arrays.copyOf(bytes, length < 0 ? bytes.length + length : length));
    CheckpointFile again = new CheckpointFile(file());
    assertThat(step(again)).isEqualTo("1");
    assertThat(warnings).singleElement().asString().contains("delta.safetensors", "going on from the one before it");
    try (CheckpointFaults _ = CheckpointFaults.at("moved", 1)) { // the damaged file must not replace the whole one
      assertThatThrownBy(() -> write(again, 3)).isInstanceOf(CheckpointFaults.Killed.class);
    }
    assertThat(step(new CheckpointFile(file()))).isEqualTo("1");
  }

  @Test
  void withoutAWholeOneBothReasonsAreSaid() throws IOException {
    CheckpointFile file = new CheckpointFile(file());
    write(file, 1);
    Files.write(file(), new byte[5]);
    assertThatThrownBy(() -> step(file)).isInstanceOf(InvalidInputException.class).hasMessageContaining("no checkpoint before it");
    write(file, 2);
    write(file, 3);
    Files.write(file(), new byte[5]);
    Files.write(previous(), new byte[6]);
    assertThatThrownBy(() -> step(file)).isInstanceOf(InvalidInputException.class).hasMessageContainingAll("5 bytes", "6 bytes",
        "remove both");
    assertThat(warnings).isEmpty();
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Files.createDirectories(file().getParent());
    Safetensors.write(file(), List.of(), Map.of("format", "lull-model-1"));
    assertThatThrownBy(() -> step(new CheckpointFile(file()))).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("lull-model-1", "lull-checkpoint-1");
    Safetensors.write(file(), List.of(), Map.of("format", CheckpointFile.FORMAT, "step", "4"));
    assertThatThrownBy(() -> step(new CheckpointFile(file()))).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("checksum");
  }

  /** Any change is found, apart from changes of the header's white space and the like, which mean the same. */
  @Test
  @Timeout(60)
  void mutatedFilesAreRefusedOrMeanTheSame() throws IOException {
    CheckpointFile file = new CheckpointFile(file());
    write(file, 1);
    byte[] bytes = Files.readAllBytes(file());
    Contents whole = file.read(warnings::add).orElseThrow();
    int same = 0;
    int mutations = Integer.getInteger("lull.mutations", 400);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < mutations; i++) {
      Files.write(file(), mutated(bytes, random));
      try {
        Contents read = new CheckpointFile(file()).read(warnings::add).orElseThrow();
        assertThat(read).isEqualTo(whole);
        same++;
      } catch (InvalidInputException e) {
        assertThat(e.getMessage()).contains("delta.safetensors").doesNotContain("\n").hasSizeLessThan(600);
      }
    }
    assertThat(same).isLessThan(mutations / 10);
    assertThat(warnings).isEmpty();
  }

  /** Bits turned, bytes replaced, parts cut out, doubled or exchanged. */
  static byte[] mutated(byte[] bytes, SplittableRandom random) {
    byte[] copy = bytes.clone();
    int at = random.nextInt(bytes.length);
    int length = Math.min(bytes.length - at, 1 + random.nextInt(64));
    switch (random.nextInt(5)) {
      case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> copy[at] = (byte) random.nextInt();
      case 2 -> {
        return Arrays.copyOf(copy, at);
      }
      case 3 -> System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), copy, at, length);
      default -> {
        byte[] noise = new String(copy, at, length, StandardCharsets.ISO_8859_1).chars().map(c -> c >= '0' && c <= '9' ? '9' : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString()
            .getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(noise, 0, copy, at, length);
      }
    }
    if (Arrays.equals(copy, bytes)) {
      copy[at] ^= 1;
    }
    return copy;
  }
}
