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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.input.InvalidInputException;

class RecordLogTest {
  private static final List<String> RECORDS = List.of("first", "", "the third\n\n", "last");

  @TempDir
  Path folder;
  private Path file;
  private byte[] whole;
  private final List<Long> ends = new ArrayList<>(); // of the records

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("some.log");
    try (RecordLog log = RecordLog.create(file, List.of(bytes(RECORDS.getFirst())))) {
      ends.add(log.size());
      for (String record : RECORDS.subList(1, RECORDS.size())) {
        log.append(bytes(record));
        ends.add(log.size());
      }
    }
    whole = Files.readAllBytes(file);
    assertThat(whole).hasSize(ends.getLast().intValue());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** What the file gives as it is, and the warnings of that. */
  private record Read(List<String> records, List<String> warnings) {}

  private Read read() {
    Read read = new Read(new ArrayList<>(), new ArrayList<>());
    RecordLog.open(file, record -> read.records.add(new String(record, StandardCharsets.US_ASCII)), read.warnings::add).close();
    return read;
  }

  private List<String> recordsWithin(int bytes) {
    return RECORDS.subList(0, (int) ends.stream().filter(end -> end <= bytes).count());
  }

  @Test
  void givesBackWhatItWasGiven() {
    assertThat(read()).isEqualTo(new Read(RECORDS, List.of()));
  }

  @Test
  void goesOnWhereItEnded() {
    try (RecordLog log = RecordLog.open(file, _ -> {}, _ -> {})) {
      log.append(bytes("more"));
    }
    assertThat(read().records).isEqualTo(Stream.concat(RECORDS.stream(), Stream.of("more")).toList());
  }

  @Test
  void othersTakeTheirPlaceAndAreGoneOnWith() {
    try (RecordLog log = RecordLog.open(file, _ -> {}, _ -> {})) {
      log.replace(List.of(bytes("a"), bytes("b")));
      log.append(bytes("c"));
    }
    assertThat(read().records).containsExactly("a", "b", "c");
    assertThat(folder).isDirectoryContaining(path -> path.equals(file)).isDirectoryNotContaining(path -> !path.equals(file));
  }

  /** Cut at every byte: whole records stay, of a part a warning tells; what is written then stands after them. */
  @Test
  void aRecordThatWasCutOffIsDropped() throws IOException {
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      if (length < ends.getFirst() - RECORDS.getFirst().length() - 13) {
        assertThatThrownBy(this::read).isInstanceOf(InvalidInputException.class).hasMessageContaining("does not begin with");
        continue;
      }
      List<String> left = recordsWithin(length);
      Read read = read();
      assertThat(read.records).isEqualTo(left);
      assertThat(read.warnings).hasSize(length == 11 || ends.contains((long) length) ? 0 : 1);
      try (RecordLog log = RecordLog.open(file, _ -> {}, _ -> {})) {
        log.append(bytes("anew"));
      }
      assertThat(read()).isEqualTo(new Read(Stream.concat(left.stream(), Stream.of("anew")).toList(), List.of()));
    }
  }

  /** Read alone, a file stays as it is to the byte, cut off or whole. */
  @Test
  void readingChangesNothing() throws IOException {
    for (int length = ends.getFirst().intValue(); length <= whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      Files.write(file, cut);
      List<String> records = new ArrayList<>();
      long rest = RecordLog.read(file, record -> records.add(new String(record, StandardCharsets.US_ASCII)));
      assertThat(records).isEqualTo(recordsWithin(length));
      assertThat(rest).isEqualTo(length - ends.stream().filter(end -> end <= cut.length).mapToLong(end -> end).max().orElseThrow());
      assertThat(Files.readAllBytes(file)).isEqualTo(cut);
    }
    Files.writeString(file, "RIFF, a sound");
    assertThatThrownBy(() -> RecordLog.read(file, _ -> {})).isInstanceOf(InvalidInputException.class).hasMessageContaining("no log");
    Files.delete(file);
    assertThatThrownBy(() -> RecordLog.read(file, _ -> {})).isInstanceOf(InvalidInputException.class).hasMessageContaining("no such file");
    assertThat(file).doesNotExist();
  }

  /** Zeros from any byte of the last record on, as a file system leaves them that had made room when the power went. */
  @Test
  void zerosInPlaceOfARecordAreDropped() throws IOException {
    for (int from = ends.get(2).intValue(); from < whole.length; from++) {
      for (int surplus : new int[] {0, 5, 100_000}) {
        byte[] torn = Arrays.copyOf(Arrays.copyOf(whole, from), whole.length + surplus);
        Files.write(file, torn);
        Read read = read();
        assertThat(read.records).isEqualTo(RECORDS.subList(0, 3));
        assertThat(read.warnings).hasSize(1);
      }
    }
  }

  /** Every bit of the file, turned. */
  @Test
  void damageIsRefused() throws IOException {
    for (int i = 0; i < whole.length; i++) {
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        byte[] damaged = whole.clone();
        damaged[i] ^= (byte) (1 << bit);
        Files.write(file, damaged);
        assertThatThrownBy(this::read).as("byte %d, bit %d", i, bit).isInstanceOf(InvalidInputException.class)
            .hasMessageContaining(file.toString());
        assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
      }
    }
  }

  @Test
  void zerosBetweenRecordsAreDamage() throws IOException {
    byte[] damaged = whole.clone();
    Arrays.fill(damaged, ends.get(1).intValue(), ends.get(2).intValue(), (byte) 0);
    Files.write(file, damaged);
    assertThatThrownBy(this::read).hasMessageContaining("the record at byte " + ends.get(1) + " of " + whole.length + " is damaged");
  }

  /** What the message advises. */
  @Test
  void cutOffBeforeTheDamageItGoesOn() throws IOException {
    Files.write(file, Arrays.copyOf(whole, ends.get(1).intValue()));
    assertThat(read()).isEqualTo(new Read(RECORDS.subList(0, 2), List.of()));
  }

  @Test
  void whatIsNoSuchFileIsRefused() throws IOException {
    Files.writeString(file, "RIFF, a sound");
    assertThatThrownBy(this::read).isInstanceOf(InvalidInputException.class).hasMessageContaining("no log of records");
    Files.delete(file);
    assertThatThrownBy(this::read).isInstanceOf(InvalidInputException.class).hasMessageContaining("no such file");
  }

  /** An interrupt closes a channel of a file; the record is kept all the same, and the interrupt too. */
  @Test
  void anInterruptedThreadAppends() {
    try (RecordLog log = RecordLog.open(file, _ -> {}, _ -> {})) {
      Thread.currentThread().interrupt();
      log.append("first".getBytes());
      assertThat(Thread.interrupted()).isTrue();
      log.append("second".getBytes());
    }
    List<String> expected = new ArrayList<>(RECORDS);
    expected.addAll(List.of("first", "second"));
    assertThat(read().records).isEqualTo(expected);
  }

  /** Somebody else may have the file by then. */
  @Test
  void aClosedLogWritesNothing() {
    RecordLog log = RecordLog.open(file, _ -> {}, _ -> {});
    log.close();
    assertThatThrownBy(() -> log.append("late".getBytes())).isInstanceOf(InvalidInputException.class).hasMessageContaining("was closed");
    assertThatThrownBy(() -> log.replace(List.of())).isInstanceOf(InvalidInputException.class).hasMessageContaining("was closed");
    assertThat(read().records).isEqualTo(RECORDS);
  }

  @Test
  void aRecordTooLongIsRefused() {
    try (RecordLog log = RecordLog.open(file, _ -> {}, _ -> {})) {
      assertThatThrownBy(() -> log.append(new byte[RecordLog.LONGEST + 1])).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(read().records).isEqualTo(RECORDS);
  }
}
