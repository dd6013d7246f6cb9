// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.experiments.store.EventFile;
import org.lull.input.InvalidInputException;
import org.lull.train.EpochRecord;

/** Reads the files back by a reader of its own, bit by bit as the formats are published. */
class TensorBoardLogTest {
  @TempDir
  private Path folder;

  private record Event(double time, long step, String version, Map<String, Float> values) {}

  private static EpochRecord record(int epoch, Double validation) {
    return new EpochRecord(epoch, 0.005, 1.5 / epoch, 0.5, validation, validation, 2.25, 0.75, 0.875, 1000, 4000,
        List.of(new EpochRecord.Layer(0.7, 0.8, 0.1, 0.2), new EpochRecord.Layer(0.8, 0.9, 0.3, 0.4)));
  }

  @Test
  void theFiguresOfEachEpochComeBack() throws IOException {
    TensorBoardLog log = new TensorBoardLog(folder, Networks.BOTH);
    log.epoch(Phase.PRETRAIN, record(1, 0.25), true);
    log.epoch(Phase.DENSE, record(2, 0.25), true);
    log.epoch(Phase.DELTA, record(2, null), true);
    log.epoch(Phase.DELTA, record(300, Double.NaN), false);

    List<Event> dense = read(folder.resolve("tensorboard/dense"));
    assertThat(dense).extracting(Event::step).containsExactly(0L, 1L, 2L);
    assertThat(dense.getFirst().version).isEqualTo("brain.Event:2");
    assertThat(dense).allSatisfy(event -> assertThat(event.time).isBetween(1.7e9, 1e11));
    List<Event> delta = read(folder.resolve("tensorboard/delta"));
    assertThat(delta).extracting(Event::step).containsExactly(0L, 1L, 2L, 300L);
    assertThat(delta.get(1).values).isEqualTo(dense.get(1).values).containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
        Map.entry("loss/train", 1.5f), Map.entry("loss/validation", 0.25f), Map.entry("accuracy/train", 0.5f),
        Map.entry("accuracy/validation", 0.25f), Map.entry("learning_rate", 0.005f), Map.entry("gradient_norm", 2.25f),
        Map.entry("sparsity/x", 0.75f), Map.entry("sparsity/h", 0.875f), Map.entry("operations/saved", 0.75f),
        Map.entry("sparsity/layer1/x", 0.7f), Map.entry("sparsity/layer1/h", 0.8f), Map.entry("sparsity/layer2/x", 0.8f),
        Map.entry("sparsity/layer2/h", 0.9f), Map.entry("threshold/layer1/x", 0.1f), Map.entry("threshold/layer1/h", 0.2f),
        Map.entry("threshold/layer2/x", 0.3f), Map.entry("threshold/layer2/h", 0.4f)));
    assertThat(delta.get(2).values).doesNotContainKeys("loss/validation", "accuracy/validation").containsEntry("loss/train", 0.75f);
    assertThat(delta.getLast().values).doesNotContainKeys("loss/validation", "accuracy/validation");
  }

  @Test
  void aNetworkThatIsNotTrainedHasNoFile() {
    TensorBoardLog log = new TensorBoardLog(folder, Networks.DELTA);
    log.epoch(Phase.PRETRAIN, record(1, 0.25), true);
    assertThat(folder.resolve("tensorboard")).isDirectoryContaining(path -> path.endsWith("delta"))
        .isDirectoryNotContaining(path -> path.endsWith("dense"));
  }

  /** The mask and the polynomial, by a record whose bytes are known: an empty message of length 0 has no data but checksums. */
  @Test
  void theChecksumsAreThoseOfTheFormat() {
    assertThat(mask(crc32c("123456789".getBytes(StandardCharsets.US_ASCII)))).isEqualTo(mask(0xE3069283));
    assertThat(mask(0)).isEqualTo(0xa282ead8);
    assertThat(crc32c(new byte[32])).isEqualTo(0x8A9136AA); // from RFC 3720, B.4
  }

  @Test
  void whereNothingCanBeWrittenItIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> EventFile.create(file.resolve("inside"))).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cannot write");
  }

  // ------------------------------------------------------------------------------------------------ a reader

  private static List<Event> read(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.toList();
    }
    assertThat(files).hasSize(1);
    assertThat(files.getFirst().getFileName().toString()).matches("events\\.out\\.tfevents\\.\\d{10}\\.lull");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(files.getFirst())).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] length = new byte[Long.BYTES];
      bytes.get(length);
      assertThat(bytes.getInt()).isEqualTo(mask(crc32c(length)));
      byte[] data = new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      bytes.get(data);
      assertThat(bytes.getInt()).isEqualTo(mask(crc32c(data)));
      events.add(event(ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN)));
    }
    return events;
  }

  private static Event event(ByteBuffer in) {
    double time = 0;
    long step = 0;
    String version = null;
    Map<String, Float> values = new TreeMap<>();
    while (in.hasRemaining()) {
      switch ((int) varint(in)) {
        case 1 << 3 | 1 -> time = in.getDouble();
        case 2 << 3 -> step = varint(in);
        case 3 << 3 | 2 -> version = text(part(in));
        case 5 << 3 | 2 -> {
          ByteBuffer summary = part(in);
          while (summary.hasRemaining()) {
            assertThat(varint(summary)).isEqualTo(1 << 3 | 2);
            ByteBuffer value = part(summary);
            assertThat(varint(value)).isEqualTo(1 << 3 | 2);
            String tag = text(part(value));
            assertThat(varint(value)).isEqualTo(2 << 3 | 5);
            values.put(tag, value.getFloat());
            assertThat(value.hasRemaining()).isFalse();
          }
        }
        default -> throw new AssertionError("an unknown field");
      }
    }
    return new Event(time, step, version, values);
  }

  private static ByteBuffer part(ByteBuffer in) {
    int length = (int) varint(in);
    ByteBuffer part = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + length);
    return part;
  }

  private static String text(ByteBuffer in) {
    return StandardCharsets.UTF_8.decode(in).toString();
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0;; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  /** Castagnoli's polynomial, bit by bit. */
  private static int crc32c(byte[] bytes) {
    int crc = ~0;
    for (byte b : bytes) {
      crc ^= b & 0xFF;
      for (int i = 0; i < 8; i++) {
        crc = crc >>> 1 ^ (crc & 1) * 0x82F63B78;
      }
    }
    return ~crc;
  }

  private static int mask(int crc) {
    return (crc >>> 15 | crc << 17) + 0xa282ead8;
  }
}
