// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.exchange.ImportOptions;
import org.lull.input.InvalidInputException;

/**
 * Files with bytes turned, cut out, doubled or overwritten: each is read, or refused in one line, and none takes much memory. As many as
 * {@code -Dlull.mutations=3000} says.
 */
class DamagedFilesTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final int MUTATIONS = Integer.getInteger("lull.mutations", 60);
  /** What reading a file takes however small it is: classes, tables of protocol buffers and of JSON. */
  private static final long FLOOR = 4 << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir
  Path dir;

  private static byte[] mutated(byte[] good, SplittableRandom random) {
    byte[] bytes = good.clone();
    int times = random.nextInt(1, 5);
    for (int i = 0; i < times; i++) {
      int at = random.nextInt(bytes.length);
      int length = Math.min(bytes.length - at, random.nextInt(1, 64));
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> Arrays.fill(bytes, at, at + length, (byte) (random.nextBoolean() ? 0xFF : 0));
        case 3 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
        case 4 -> System.arraycopy(bytes.clone(), random.nextInt(bytes.length - length + 1), bytes, at, length);
        default -> { // cut out
          byte[] shorter = Arrays.copyOf(bytes, Math.max(1, bytes.length - length));
          System.arraycopy(bytes, at + length, shorter, Math.min(at, shorter.length), bytes.length - at - length);
          bytes = shorter;
        }
      }
    }
    return bytes;
  }

  /** Reads a file; counts what is refused, and checks how. */
  private boolean isRefused(Path file, ImportOptions options) throws IOException {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    boolean refused = false;
    try {
      ModelImport.read(file, options);
    } catch (InvalidInputException e) {
      refused = true;
      assertThat(e.getMessage()).doesNotContain("\n", "\r").contains(file.getFileName().toString());
    }
    if (file.toString().endsWith(".h5")) {
      return refused; // its library takes what a damaged size asks for, or as much as there is
    }
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).as("bytes taken for " + Files.size(file))
        .isLessThan(FLOOR + 4 * Files.size(file));
    return refused;
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm.pt", "checkpoint.pt", "gru.safetensors", "lstm.onnx", "gru-dynamo.onnx", "keras-gru.h5",
      "keras-lstm.keras"})
  void aDamagedFileIsReadOrRefused(String name) throws IOException {
    byte[] good = Files.readAllBytes(GOLDEN.resolve(name));
    Path file = dir.resolve(name);
    ImportOptions options = GoldenTest.options(name);
    Files.write(file, good);
    assertThat(isRefused(file, options)).isFalse();
    SplittableRandom random = new SplittableRandom(7);
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      Files.write(file, mutated(good, random));
      refused += isRefused(file, options) ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(MUTATIONS / 4);
  }

  /** An archive whose checksums are right, so that what is within is read. */
  private void archive(Path file, byte[] pickle, byte[]... storages) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      add(zip, "a/data.pkl", pickle);
      for (int i = 0; i < storages.length; i++) {
        add(zip, "a/data/" + i, storages[i]);
      }
    }
    Files.write(file, bytes.toByteArray());
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  private static byte[] pickle(String latin1) {
    return latin1.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The pickle of the golden file, mutated behind a right checksum. */
  @Test
  void aDamagedPickleIsReadOrRefused() throws IOException {
    byte[] good;
    byte[][] storages = new byte[10][];
    try (ZipFile zip = new ZipFile(GOLDEN.resolve("lstm.pt").toFile())) {
      good = zip.getInputStream(zip.getEntry("lstm/data.pkl")).readAllBytes();
      for (int i = 0; i < storages.length; i++) {
        storages[i] = zip.getInputStream(zip.getEntry("lstm/data/" + i)).readAllBytes();
      }
    }
    Path file = dir.resolve("a.pt");
    archive(file, good, storages);
    assertThat(isRefused(file, ImportOptions.NONE)).isFalse();
    SplittableRandom random = new SplittableRandom(8);
    int refused = 0;
    for (int i = 0; i < 5 * MUTATIONS; i++) {
      archive(file, mutated(good, random), storages);
      refused += isRefused(file, ImportOptions.NONE) ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(MUTATIONS);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "cos\\nsystem\\n(X\\4\\0\\0\\0ruintR. | Python object, os.system",
      "cbuiltins\\neval\\n(X\\1\\0\\0\\0\\061tR. | Python object, builtins.eval",
      "ctorch._utils\\n_rebuild_tensor_v2\\n(tR. | tensor without storage",
      "ctorch.serialization\\nload\\n(tR. | Python object, torch.serialization.load",
      "ctorch\\nFloatStorage\\n)R. | calls torch.FloatStorage",
      "i__main__\\nNet\\n. | the instruction 0x69",
      "S'a'\\n. | the instruction 0x53",
      "}( | ends within an instruction",
      "h\\7. | recalls entry 7",
      "X\\377\\377\\377\\177a. | a text of 2147483647 bytes",
      "}K\\1s. | no dictionary", "}s. | empty stack",
      "t. | no mark",
      "(K\\1K\\2tQ. | no storage of numbers",
      "}q\\0X\\1\\0\\0\\0ah\\0s. | no dictionary of tensors",
      "\\211. | no dictionary of tensors"})
  void nothingInAPickleIsExecuted(String escaped, String reason) throws IOException {
    StringBuilder text = new StringBuilder("\u0080\u0002");
    Matcher matcher = Pattern.compile("\\\\n|\\\\([0-7]{1,3})|.").matcher(escaped);
    while (matcher.find()) {
      text.append(matcher.group().equals("\\n") ? "\n" : matcher.group(1) != null ? String.valueOf((char) Integer.parseInt(matcher.group(1),
          8)) : matcher.group());
    }
    Path file = dir.resolve("a.pt");
    archive(file, pickle(text.toString()));
    assertThatThrownBy(() -> ModelImport.read(file, ImportOptions.NONE)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(reason);
  }

  /** Two dictionaries that contain each other a hundred times: as a tree they are endless. */
  @Test
  void whatContainsItselfEnds() throws IOException {
    StringBuilder text = new StringBuilder("\u0080\u0002}q\0}q\1");
    for (int key = 0; key < 100; key++) {
      text.append('K').append((char) key).append("h\0s");
    }
    text.append("h\0");
    for (int key = 0; key < 100; key++) {
      text.append('K').append((char) key).append("h\1s");
    }
    Path file = dir.resolve("a.pt");
    archive(file, pickle(text.append('.').toString()));
    assertThatThrownBy(() -> ModelImport.read(file, ImportOptions.NONE)).hasMessageContaining("no dictionary of tensors");
  }

  /** An archive that unpacks to a thousand times its size. */
  @Test
  void aBombIsRefused() throws IOException {
    Path file = dir.resolve("a.pt");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("a/data.pkl"));
      zip.write(new byte[20 << 20]);
      zip.closeEntry();
    }
    Files.write(file, bytes.toByteArray());
    assertThat(isRefused(file, ImportOptions.NONE)).isTrue();
    assertThatThrownBy(() -> ModelImport.read(file, ImportOptions.NONE)).hasMessageContaining("can account for");
  }

  /** A pickle of small containers takes many times its size as objects. */
  @Test
  void manySmallObjectsAreRefused() throws IOException {
    Path file = dir.resolve("a.pt");
    archive(file, pickle("\u0080\u0002" + "}".repeat(1 << 20) + "."));
    assertThat(isRefused(file, ImportOptions.NONE)).isTrue();
    assertThatThrownBy(() -> ModelImport.read(file, ImportOptions.NONE)).hasMessageContaining("can account for");
  }
}
