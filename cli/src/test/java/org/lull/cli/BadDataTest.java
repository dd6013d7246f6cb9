// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Corpora with something wrong in them: refused in one line, or used without the bad part, which is named. */
class BadDataTest {
  @TempDir
  Path dir;

  private Path data() {
    return dir.resolve("data");
  }

  private Cli train(Object... more) {
    return Cli.train(data(), dir.resolve("run"), more);
  }

  private void isRefused(String... named) {
    train("--dense").isMistake(named);
    assertThat(dir.resolve("run")).doesNotExist();
  }

  private void isUsed(String... warnings) {
    assertThat(train("--dense").succeeds().err()).contains(warnings);
  }

  // ---- the folder

  @Test
  void noSuchFolder() {
    isRefused("no such folder: " + data());
  }

  @Test
  void aFileInsteadOfAFolder() {
    TinyData.tone(data(), 440, 16_000);
    isRefused("not a folder: " + data());
  }

  @Test
  void noKnownLayout() {
    TinyData.text(data().resolve("README"), "nothing here");
    isRefused("no known layout in " + data(), "Google Speech Commands");
  }

  @Test
  void anEmptyClass() throws IOException {
    TinyData.tones(data());
    Files.createDirectory(data().resolve("never"));
    isRefused("'never' is empty", data().resolve("never").toString());
  }

  @Test
  void aSingleClass() throws IOException {
    TinyData.tones(data().resolve("all"));
    Files.move(data().resolve("all/low"), data().resolve("low"));
    deleteAll(data().resolve("all"));
    isRefused(data().toString(), "one class, 'low'");
  }

  private static void deleteAll(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }

  // ---- recordings

  /** What a recording can be instead of sound. */
  private enum Damage {
    EMPTY {
      @Override
      void spoil(Path file) {
        TinyData.bytes(file);
      }
    },
    TRUNCATED {
      @Override
      void spoil(Path file) {
        TinyData.bytes(file, Arrays.copyOf(TinyData.bytesOf(file), 30));
      }
    },
    NO_SAMPLES {
      @Override
      void spoil(Path file) {
        byte[] header = Arrays.copyOf(TinyData.bytesOf(file), 44);
        ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putInt(4, 36).putInt(40, 0); // sizes of the file and of the data
        TinyData.bytes(file, header);
      }
    },
    SILENT {
      @Override
      void spoil(Path file) {
        TinyData.sound(file, new float[5000], 16_000);
      }
    },
    COMPRESSED {
      @Override
      void spoil(Path file) {
        byte[] bytes = TinyData.bytesOf(file);
        bytes[20] = 0x55; // the format tag of MP3
        TinyData.bytes(file, bytes);
      }
    },
    TEXT {
      @Override
      void spoil(Path file) {
        TinyData.text(file, "this is no sound");
      }
    };

    abstract void spoil(Path file);
  }

  @ParameterizedTest
  @EnumSource
  void oneBadRecordingAmongManyIsLeftOutByName(Damage damage) {
    TinyData.tones(data());
    damage.spoil(data().resolve("low/clip3.wav"));
    isUsed("warning: left out ", "low/clip3.wav", "left out 1 of 30 clips as unusable");
    assertThat(Cli.lull("eval", "--model", dir.resolve("run"), "--data", data(), "--cache", dir.resolve("cache")).succeeds().err())
        .as("from the cache").contains("low/clip3.wav");
  }

  @Test
  void tooManyBadRecordingsAreRefused() {
    TinyData.tones(data());
    for (int i = 0; i < 4; i++) {
      Damage.values()[i].spoil(data().resolve("low/clip" + i + ".wav"));
    }
    isRefused("4 of 30 clips", "low/clip0.wav");
  }

  @Test
  void aClassWithoutAUsableRecordingIsRefused() {
    TinyData.speechCommands(data());
    for (int speaker = 0; speaker < 6; speaker++) {
      Damage.SILENT.spoil(data().resolve("no/s" + speaker + "_nohash_0.wav"));
    }
    isRefused("class 'no'", "no/s0_nohash_0.wav");
  }

  @Test
  void warningsDoNotFloodTheScreen() throws IOException {
    TinyData.tones(data());
    for (int i = 10; i < 110; i++) {
      TinyData.tone(data().resolve("low/clip" + i + ".wav"), 1200 + i, 16_000);
    }
    for (int i = 10; i < 20; i++) {
      Damage.TEXT.spoil(data().resolve("low/clip" + i + ".wav"));
    }
    Cli run = train("--dense").succeeds();
    assertThat(run.err().lines().filter(line -> line.startsWith("warning: "))).hasSizeBetween(2, 8);
    assertThat(run.err()).contains("left out 10 of 130 clips");
    assertThat(Files.readAllLines(dir.resolve("run/left-out.txt"))).as("but all are named").hasSize(10)
        .allMatch(line -> line.matches(".*low/clip1\\d\\.wav.* looks like a text file.*"));
  }

  @Test
  void twoSampleRatesAreNoticed() {
    TinyData.tones(data());
    TinyData.tone(data().resolve("low/clip3.wav"), 1200, 8_000);
    isUsed("warning: the clips have 2 sample rates (1 at 8000 Hz, 29 at 16000 Hz)");
  }

  @Test
  void soundInAnotherFormat() {
    TinyData.bytes(data().resolve("low/1.flac"), "fLaC".getBytes());
    TinyData.bytes(data().resolve("high/2.opus"), "OggS".getBytes());
    isRefused(data().toString(), "1 .flac and 1 .opus files", "ffmpeg");
  }

  @Test
  void headersOfCarelessWriters() {
    TinyData.tones(data());
    byte[] bytes = TinyData.bytesOf(data().resolve("low/clip3.wav"));
    bytes[40] += 44; // the size of the data
    TinyData.bytes(data().resolve("low/clip3.wav"), bytes);
    isUsed("warning: 1 of 30 clips are WAV files whose data chunk says a size that cannot be right", "low/clip3.wav");
  }

  // ---- lists and tables

  @Test
  void aListInTheOtherUnicodeForm() throws IOException {
    TinyData.speechCommands(data());
    Files.move(data().resolve("no"), data().resolve("gru\u0308n"));
    for (String list : List.of("testing_list.txt", "validation_list.txt")) {
      Files.writeString(data().resolve(list), Files.readString(data().resolve(list)).replace("no/", "gr\u00FCn\\"));
    }
    assertThat(train("--dense").succeeds().err()).contains("8 training, 2 validation and 2 test").doesNotContain("warning");
  }

  @Test
  void aListThatNamesMissingFiles() throws IOException {
    TinyData.speechCommands(data());
    Path list = data().resolve("testing_list.txt");
    Files.writeString(list, Files.readString(list) + "yes/gone.wav\nno/gone.wav\n");
    isUsed("warning: testing_list.txt names recordings that are not there: 2, the first yes/gone.wav; 2 are there");
  }

  @Test
  void aListThatNamesOnlyMissingFiles() {
    TinyData.speechCommands(data());
    TinyData.text(data().resolve("testing_list.txt"), "yes/gone.wav\n");
    isRefused(data().resolve("testing_list.txt").toString(), "none");
  }

  @Test
  void labelsThatTrainingNeverSaw() {
    TinyData.speechCommands(data());
    TinyData.tone(data().resolve("maybe/s0_nohash_0.wav"), 700, 16_000);
    TinyData.text(data().resolve("testing_list.txt"), "yes/s0_nohash_0.wav\nno/s0_nohash_0.wav\nmaybe/s0_nohash_0.wav\n");
    isRefused(data().toString(), "training never saw", "'maybe' (0 in validation, 1 in test)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"path", "speakerId", "action", "location"})
  void aTableWithoutAColumn(String column) throws IOException {
    TinyData.fluent(data());
    Path table = data().resolve("data/valid_data.csv");
    Files.writeString(table, Files.readString(table).replaceFirst(column, "other"));
    isRefused(table.toString(), "no column '" + column + "'");
  }

  @Test
  void aMissingTable() throws IOException {
    TinyData.fluent(data());
    Files.delete(data().resolve("data/test_data.csv"));
    isRefused(data().resolve("data/test_data.csv").toString());
  }

  @Test
  void aTableThatNamesMissingFiles() throws IOException {
    TinyData.fluent(data());
    Files.delete(data().resolve("wavs/speakers/train/5.wav"));
    isUsed("warning: train_data.csv names recordings that are not there: 1, the first wavs/speakers/train/5.wav");
  }

  // ---- time series

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "Infinity", "?", "", "abc", "1e99"})
  void aValueThatIsNoNumber(String value) throws IOException {
    TinyData.series(data());
    Path file = data().resolve("Tiny_TRAIN.ts");
    Files.writeString(file, Files.readString(file) + "1.0,2.0:3.0," + value + ":up\n");
    isRefused(file + ", line 45", "'" + value + "'", "dimension 2, step 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1,2:3,4:sideways", "1,2:up", "1,2:3:up", "1,2:3,4", "@data"})
  void aCaseThatDoesNotFit(String text) throws IOException {
    TinyData.series(data());
    Path file = data().resolve("Tiny_TEST.ts");
    Files.writeString(file, Files.readString(file) + text + "\n");
    isRefused(file + ", line 21");
  }

  @Test
  void aMissingTestFile() throws IOException {
    TinyData.series(data());
    Files.delete(data().resolve("Tiny_TEST.ts"));
    isRefused(data().resolve("Tiny_TEST.ts").toString());
  }

  // ---- the cache

  @Test
  void aCacheThatCannotBeUsedCostsAWarning() {
    TinyData.tones(data());
    TinyData.text(dir.resolve("file"), "precious");
    assertThat(train("--dense", "--cache", dir.resolve("file")).succeeds().err()).contains("warning: ", dir.resolve("file").toString());
    assertThat(dir.resolve("file")).hasContent("precious");
  }
}
