// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.lull.speech.WavBytes.FLOAT;
import static org.lull.speech.WavBytes.GUID_TAIL;
import static org.lull.speech.WavBytes.PCM;
import static org.lull.speech.WavBytes.ascii;
import static org.lull.speech.WavBytes.blockAlign;
import static org.lull.speech.WavBytes.chunk;
import static org.lull.speech.WavBytes.concat;
import static org.lull.speech.WavBytes.doubles;
import static org.lull.speech.WavBytes.extensible;
import static org.lull.speech.WavBytes.floats;
import static org.lull.speech.WavBytes.fmt16;
import static org.lull.speech.WavBytes.fmt;
import static org.lull.speech.WavBytes.header;
import static org.lull.speech.WavBytes.ints;
import static org.lull.speech.WavBytes.riff;
import static org.lull.speech.WavBytes.shorts;
import static org.lull.speech.WavBytes.validBits;
import static org.lull.speech.WavBytes.wav;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.input.InvalidInputException;

class WavTest {
  private static final byte[] FOUR_SAMPLES = shorts(0, 16384, -32768, 32767);
  private static final float[] FOUR_LEVELS = {0, 0.5f, -1, 32767 / 32768f};

  // ---- good files

  static Stream<Arguments> sampleTypes() {
    byte[] bytes24 = {0, 0, 0, 0, 0, 0x40, 0, 0, (byte) 0x80, (byte) 0xFF, (byte) 0xFF, 0x7F};
    return Stream.of(
        arguments("8 bits", fmt(PCM, 1, 16_000, 8), new byte[] {-128, -64, 0, -1}, new float[] {0, 0.5f, -1, 127 / 128f}),
        arguments("16 bits", fmt(PCM, 1, 16_000, 16), FOUR_SAMPLES, FOUR_LEVELS),
        arguments("24 bits", fmt(PCM, 1, 16_000, 24), bytes24, new float[] {0, 0.5f, -1, 8388607 / 8388608f}),
        arguments("32 bits", fmt(PCM, 1, 16_000, 32), ints(0, 1 << 30, Integer.MIN_VALUE, -(1 << 30)), new float[] {0, 0.5f, -1, -0.5f}),
        arguments("float", fmt(FLOAT, 1, 16_000, 32), floats(0, 0.5f, -1, 1.25f), new float[] {0, 0.5f, -1, 1.25f}),
        arguments("double", fmt(FLOAT, 1, 16_000, 64), doubles(0, 0.5, -1, 1e-3), new float[] {0, 0.5f, -1, 1e-3f}),
        arguments("extensible 16", extensible(PCM, 1, 16_000, 16, GUID_TAIL), FOUR_SAMPLES, FOUR_LEVELS),
        arguments("extensible 24", extensible(PCM, 1, 16_000, 24, GUID_TAIL), bytes24, new float[] {0, 0.5f, -1, 8388607 / 8388608f}),
        arguments("extensible float", extensible(FLOAT, 1, 16_000, 32, GUID_TAIL), floats(0, 0.5f), new float[] {0, 0.5f}),
        arguments("18-byte fmt", concat(fmt(PCM, 1, 16_000, 16), shorts(0)), FOUR_SAMPLES, FOUR_LEVELS),
        arguments("12 in 16 bits", blockAlign(fmt(PCM, 1, 16_000, 12), 2), FOUR_SAMPLES, FOUR_LEVELS),
        arguments("20 in 24 bits", blockAlign(fmt(PCM, 1, 16_000, 20), 3), bytes24, new float[] {0, 0.5f, -1, 8388607 / 8388608f}),
        arguments("20 in 24 bits, stereo", blockAlign(fmt(PCM, 2, 16_000, 20), 6), bytes24, new float[] {0.25f, -1 / 16777216f}),
        arguments("18 in 24 bits", blockAlign(fmt(PCM, 1, 16_000, 18), 3), bytes24, new float[] {0, 0.5f, -1, 8388607 / 8388608f}),
        arguments("extensible 20 valid of 24", validBits(extensible(PCM, 1, 16_000, 24, GUID_TAIL), 20), bytes24,
            new float[] {0, 0.5f, -1, 8388607 / 8388608f}),
        arguments("stereo", fmt(PCM, 2, 16_000, 16), shorts(16384, 0, -32768, -32768), new float[] {0.25f, -1}),
        arguments("three channels", fmt(PCM, 3, 16_000, 8), new byte[] {(byte) 224, (byte) 160, (byte) 128}, new float[] {1 / 3f}));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("sampleTypes")
  void readsEverySampleType(String type, byte[] fmt, byte[] data, float[] expected) {
    assertThat(Wav.read(wav(chunk("fmt ", fmt), chunk("data", data)), type).samples()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {1_000, 8_000, 11_025, 16_000, 44_100, 48_000, 192_000})
  void readsEveryRate(int rate) {
    Audio audio = Wav.read(wav(chunk("fmt ", fmt(PCM, 1, rate, 16)), chunk("data", FOUR_SAMPLES)), "a.wav");
    assertThat(audio.rate()).isEqualTo(rate);
    assertThat(audio.samples()).hasSize(4);
  }

  @Test
  void skipsUnknownChunksAndTheirPadding() {
    byte[] file = wav(chunk("LIST", new byte[7]), chunk("fmt ", fmt16()), chunk("fact", new byte[4]), chunk("bext", new byte[1]),
        chunk("data", FOUR_SAMPLES), chunk("LIST", new byte[30]), new byte[] {1, 2, 3});
    assertThat(Wav.read(file, "a.wav").samples()).isEqualTo(FOUR_LEVELS);
  }

  @Test
  void readsDataOfOddSizeWithAndWithoutItsPadding() {
    byte[] fmt = chunk("fmt ", fmt(PCM, 1, 8_000, 8));
    byte[] padded = wav(fmt, chunk("data", new byte[] {0, 64, (byte) 128}));
    assertThat(Wav.read(padded, "a.wav").samples()).containsExactly(-1, -0.5f, 0);
    assertThat(Wav.read(Arrays.copyOf(padded, padded.length - 1), "a.wav").samples()).containsExactly(-1, -0.5f, 0);
  }

  static Stream<Arguments> streamedFiles() {
    byte[] fmt = chunk("fmt ", fmt16());
    int headerSize = 4 + fmt.length + 8;
    return Stream.of(
        arguments("both 0xFFFFFFFF", riff(-1, fmt, header("data", -1), FOUR_SAMPLES)),
        arguments("both 0", riff(0, fmt, header("data", 0), FOUR_SAMPLES)),
        arguments("sizes of the moment the header was written", riff(headerSize, fmt, header("data", 0), FOUR_SAMPLES)),
        arguments("0x7FFFFFFF less a header", riff(0x7FFF_FFFF, fmt, header("data", 0x7FFF_FFFF - 36), FOUR_SAMPLES)),
        arguments("0x7FFFF000", riff(0x7FFF_F024, fmt, header("data", 0x7FFF_F000), FOUR_SAMPLES)),
        arguments("0x80000000", riff(0x8000_0024, fmt, header("data", 0x8000_0000), FOUR_SAMPLES)),
        arguments("outer 0xFFFFFFFF, data 0", riff(-1, fmt, header("data", 0), FOUR_SAMPLES)),
        arguments("outer right, data 0xFFFFFFFF", riff(headerSize + 8, fmt, header("data", -1), FOUR_SAMPLES)),
        arguments("stopped within a sample", riff(-1, fmt, header("data", -1), FOUR_SAMPLES, new byte[] {7})));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("streamedFiles")
  void takesTheRestOfTheFileWhereAWriterCouldNotFillInTheSizes(String what, byte[] file) {
    assertThat(Wav.read(file, what).samples()).isEqualTo(FOUR_LEVELS);
  }

  /** Recorders write the size of the file, of its header too, or twice the size into the data chunk; the outer size shows it. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 16, 28, 36, 44, 1000, 0x7000_0000})
  void readsToTheEndWhereTheDataCannotBeAsLongAsItSays(int extra) {
    byte[] fmt = chunk("fmt ", fmt16());
    byte[] data = shorts(IntStream.range(0, 100).map(i -> i * 317).toArray());
    float[] samples = Wav.read(wav(fmt, chunk("data", data)), "a.wav").samples();
    int right = 4 + fmt.length + 8 + data.length;
    // the outer size right, with the 8 bytes of its own header, of the data alone, and without padding
    for (int outer : new int[] {right, right + 8, data.length, right - 1}) {
      if (extra > outer - right + 1) { // else the outer size says that something is missing, or nothing is wrong
        Audio audio = Wav.read(riff(outer, fmt, header("data", data.length + extra), data), "a.wav");
        assertThat(audio.samples()).as("outer size %d", outer).isEqualTo(samples);
        assertThat(audio.flaws()).containsExactly(Flaw.WRONG_SIZE);
      }
    }
  }

  @Test
  void dataOfSizeZeroThatIsThereIsRead() {
    Audio audio = Wav.read(wav(chunk("fmt ", fmt16()), header("data", 0), FOUR_SAMPLES), "a.wav");
    assertThat(audio.samples()).isEqualTo(FOUR_LEVELS);
    assertThat(audio.flaws()).containsExactly(Flaw.WRONG_SIZE);
  }

  /** What a program that buffers or stops in the middle leaves: bytes after the last whole frame. */
  @ParameterizedTest
  @CsvSource({"1,16,1", "2,16,1", "2,16,2", "2,16,3", "1,24,1", "1,24,2", "2,24,5", "1,32,3", "6,16,11"})
  void dropsAPartialLastFrame(int channels, int bits, int rest) {
    byte[] fmt = chunk("fmt ", fmt(PCM, channels, 16_000, bits));
    byte[] frames = new byte[3 * channels * bits / 8];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = (byte) (i * 37);
    }
    Audio whole = Wav.read(wav(fmt, chunk("data", frames)), "a.wav");
    byte[] cut = concat(frames, new byte[rest]);
    for (byte[] file : List.of(wav(fmt, chunk("data", cut)), wav(fmt, header("data", cut.length), cut))) { // padded and not
      Audio audio = Wav.read(file, "a.wav");
      assertThat(audio.samples()).isEqualTo(whole.samples());
      assertThat(audio.flaws()).containsExactly(Flaw.PARTIAL_FRAME);
    }
    assertThat(whole.flaws()).isEmpty();
  }

  @Test
  void findsTheNextChunkWhereThePaddingIsMissing() {
    byte[] list = concat(header("LIST", 7), new byte[7]);
    Audio audio = Wav.read(wav(list, chunk("fmt ", fmt16()), list, chunk("data", FOUR_SAMPLES)), "a.wav");
    assertThat(audio.samples()).isEqualTo(FOUR_LEVELS);
    assertThat(audio.flaws()).isEmpty();
  }

  @Test
  void soundThatTheHeaderDoesNotCountIsNoticed() {
    byte[] fmt = chunk("fmt ", fmt16());
    byte[] more = shorts(1, -2, 3, -4, 5, -6);
    assertThat(Wav.read(wav(fmt, chunk("data", FOUR_SAMPLES), more), "a.wav").flaws()).containsExactly(Flaw.UNREAD_REST);
    byte[] good = concat(fmt, chunk("data", FOUR_SAMPLES));
    assertThat(Wav.read(wav(good, chunk("LIST", new byte[20])), "a.wav").flaws()).isEmpty();
    assertThat(Wav.read(wav(good, new byte[100]), "a.wav").flaws()).as("zeros that fill up a block").isEmpty();
    assertThat(Wav.read(riff(4 + good.length, good, more), "a.wav").flaws()).as("behind the RIFF chunk").isEmpty();
  }

  @Test
  void aSecondDataChunkIsNoticed() {
    byte[] first = concat(chunk("fmt ", fmt16()), chunk("data", FOUR_SAMPLES));
    byte[] second = chunk("data", shorts(1, 2));
    byte[] list = chunk("LIST", new byte[20]);
    byte[] odd = concat(header("LIST", 7), new byte[7]); // without padding
    List<byte[]> files = List.of(wav(first, second), wav(first, list, second), wav(first, odd, second), wav(first, second, list),
        wav(first, header("data", 1000), new byte[10]), riff(4 + first.length, first, second), concat(wav(first), wav(first)));
    for (byte[] file : files) {
      Audio audio = Wav.read(file, "a.wav");
      assertThat(audio.samples()).isEqualTo(FOUR_LEVELS);
      assertThat(audio.flaws()).containsExactly(Flaw.MORE_SOUND);
    }
    assertThat(Wav.read(wav(first, list, chunk("JUNK", concat(second, second)), odd), "a.wav").flaws()).as("within a chunk").isEmpty();
    assertThat(Wav.read(wav(first, header("LIST", -1), second), "a.wav").flaws()).as("a size beyond the file").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(floats = {10.5f, -32768, 1e30f})
  void floatsOfAnotherScaleAreNoticed(float sample) {
    Audio audio = Wav.read(wav(chunk("fmt ", fmt(FLOAT, 1, 16_000, 32)), chunk("data", floats(0.5f, sample))), "a.wav");
    assertThat(audio.samples()).containsExactly(0.5f, sample);
    assertThat(audio.flaws()).containsExactly(Flaw.BEYOND_FULL_SCALE);
    assertThatThrownBy(() -> audio.requireFullScale("a.wav")).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("a.wav: float samples up to " + Math.abs(sample)).hasMessageContaining("divide");
  }

  @Test
  void floatsALittleTooLoudAreSound() {
    Audio audio = Wav.read(wav(chunk("fmt ", fmt(FLOAT, 1, 16_000, 32)), chunk("data", floats(1.5f, -9))), "a.wav");
    assertThat(audio.flaws()).isEmpty();
    assertThat(audio.requireFullScale("a.wav")).isSameAs(audio);
  }

  @Test
  void writesWhatItReads(@TempDir Path folder) {
    float[] samples = new float[1000];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (i * 7919 % 65_536 - 32_768) / 32_768f;
    }
    Path file = folder.resolve("a.wav");
    Wav.write(file, new Audio(new float[] {1}, 8_000)); // to be replaced
    Wav.write(file, new Audio(samples, 44_100));
    assertThat(Wav.read(file).samples()).isEqualTo(samples);
    assertThat(Wav.read(file).rate()).isEqualTo(44_100);
    assertThat(folder).isDirectoryContaining("glob:**/a.wav").satisfies(f -> assertThat(f.toFile().list()).hasSize(1));
  }

  @Test
  void writesTheBytesTheSpecificationSays(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a.wav");
    Wav.write(file, new Audio(FOUR_LEVELS, 16_000));
    assertThat(Files.readAllBytes(file)).isEqualTo(wav(chunk("fmt ", fmt16()), chunk("data", FOUR_SAMPLES)));
  }

  @Test
  void clipsWhatIsTooLoud(@TempDir Path folder) {
    Path file = folder.resolve("a.wav");
    Wav.write(file, new Audio(new float[] {1, -1, 7, -7, 1e30f}, 16_000));
    float top = 32767 / 32768f;
    assertThat(Wav.read(file).samples()).containsExactly(top, -1, top, -1, top);
  }

  @Test
  void writesNothingThatCannotBeReadBack(@TempDir Path folder) {
    Path file = folder.resolve("a.wav");
    assertThatThrownBy(() -> Wav.write(file, new Audio(new float[0], 16_000))).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Wav.write(file, new Audio(new float[] {0, Float.NaN}, 16_000))).hasMessageContaining("sample 1 is NaN");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void saysWhereItCannotWriteAndLeavesNothingBehind(@TempDir Path folder) throws IOException {
    Audio audio = new Audio(FOUR_LEVELS, 16_000);
    assertThatThrownBy(() -> Wav.write(folder.resolve("missing").resolve("a.wav"), audio))
        .isInstanceOf(InvalidInputException.class).hasMessageMatching("cannot write .*a\\.wav: there is no folder .*");
    Path occupied = Files.createDirectories(folder.resolve("b.wav").resolve("inside")).getParent();
    assertThatThrownBy(() -> Wav.write(occupied, audio))
        .isInstanceOf(InvalidInputException.class).hasMessageMatching("cannot write .*b\\.wav: it is a folder.*");
    assertThat(folder.toFile().list()).containsExactly("b.wav");
  }

  // ---- bad files

  static Stream<Arguments> badFiles() {
    return Stream.of(notWav(), compressed(), damaged()).flatMap(files -> files);
  }

  private static Stream<Arguments> notWav() {
    return Stream.of(
        arguments("an empty file", new byte[0]),
        arguments("MP3 file (ID3 tag)", ascii("ID3\u0004\u0000rest of it")),
        arguments("MP3 file", ascii("\u00FF\u00FB\u0090\u0064rest of it")),
        arguments("MP3 file", ascii("\u00FF\u00F3\u0090\u0064rest of it")),
        arguments("AAC file", ascii("\u00FF\u00F1\u0050\u0080rest of it")),
        arguments("FLAC file", ascii("fLaC\u0000\u0000\u0000\"rest of it")),
        arguments("Ogg file", ascii("OggS\u0000\u0002rest of it")),
        arguments("MP4 file", ascii("\u0000\u0000\u0000 ftypM4A rest")),
        arguments("WebM", ascii("\u001AE\u00DF\u00A3rest of it")),
        arguments("AIFF file", ascii("FORM\u0000\u0000\u0010\u0000AIFFCOMM")),
        arguments(".au file", ascii(".snd\u0000\u0000\u0000\u0018rest")),
        arguments("Core Audio file", ascii("caff\u0000\u0001\u0000\u0000desc")),
        arguments("AMR file", ascii("#!AMR\nrest of it")),
        arguments("NIST SPHERE file", ascii("NIST_1A\n   1024\n")),
        arguments("Sony Wave64 file", ascii("riff.\u0091\u00CF\u0011\u00A5\u00D6\u0028")),
        arguments("what macOS keeps about a file", ascii("\u0000\u0005\u0016\u0007\u0000\u0002\u0000\u0000Mac OS X")),
        arguments("RIFX", ascii("RIFX\u0000\u0000\u0000\u0000WAVEfmt ")),
        arguments("RF64", ascii("RF64\u00FF\u00FF\u00FF\u00FFWAVEds64")),
        arguments("AVI file", ascii("RIFF\u0000\u0000\u0000\u0000AVI LIST")),
        arguments("RIFF file that does not say WAVE", ascii("RIFF\u0000\u0000\u0000\u0000WEBPVP8 ")),
        arguments("RIFF file that does not say WAVE", ascii("RIFF\u0000\u0000")),
        arguments("run git lfs pull", ascii("version https://git-lfs.github.com/spec/v1\noid sha256:12")),
        arguments("web page", ascii("<!DOCTYPE html><html>404</html>")),
        arguments("web page", ascii("<html><body>404</body></html>")),
        arguments("ZIP archive", ascii("PK\u0003\u0004rest of it")),
        arguments("gzip archive", ascii("\u001F\u008B\u0008rest of it")),
        arguments("text file that begins \"label,path\"", ascii("label,path\nyes,a.wav\n")),
        arguments("begins with the bytes 00 01 02 03", ascii("\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000B\f")),
        arguments("begins with the bytes 7f", new byte[] {0x7F}));
  }

  private static Stream<Arguments> compressed() {
    return Stream.of(
        List.of(0x0002, "Microsoft ADPCM"), List.of(0x0006, "A-law"), List.of(0x0007, "mu-law"), List.of(0x0011, "IMA ADPCM"),
        List.of(0x0031, "GSM 6.10"), List.of(0x0050, "MPEG"), List.of(0x0055, "MP3"), List.of(0x00FF, "AAC"),
        List.of(0x0161, "Windows Media"), List.of(0x2000, "AC-3"), List.of(0x674F, "Ogg Vorbis"), List.of(0xF1AC, "FLAC"),
        List.of(0x1234, "unknown format 0x1234"), List.of(0, "unknown format 0x0000"))
        .flatMap(codec -> Stream.of(fmt((int) codec.get(0), 1, 8_000, 8), extensible((int) codec.get(0), 1, 8_000, 8, GUID_TAIL))
            .map(fmt -> arguments(codec.get(1) + "", wav(chunk("fmt ", fmt), chunk("data", new byte[64])))));
  }

  private static Stream<Arguments> damaged() {
    byte[] fmt = chunk("fmt ", fmt16());
    byte[] data = chunk("data", FOUR_SAMPLES);
    byte[] good = wav(fmt, data);
    return Stream.of(
        arguments("truncated: the data chunk says 8 bytes, 7 are there (1 missing)", Arrays.copyOf(good, good.length - 1)),
        arguments("truncated: the data chunk says 8 bytes, 0 are there (8 missing)", Arrays.copyOf(good, good.length - 8)),
        arguments("no data chunk in its 43 bytes", Arrays.copyOf(good, good.length - 9)),
        arguments("no data chunk in its 36 bytes", Arrays.copyOf(good, 36)),
        arguments("truncated: the fmt chunk says 16 bytes, 15 are there", Arrays.copyOf(good, 35)),
        arguments("truncated: the fmt chunk says 16 bytes, 0 are there", Arrays.copyOf(good, 20)),
        arguments("no fmt and no data chunk", Arrays.copyOf(good, 12)),
        arguments("truncated: the data chunk says 32000 bytes, 8 are there (31992 missing)",
            riff(32_036, fmt, header("data", 32_000), FOUR_SAMPLES)),
        arguments("truncated: the data chunk says 8 bytes", riff(70, fmt, header("data", 8), new byte[6])),
        arguments("truncated: the data chunk says 32000 bytes", riff(0, fmt, header("data", 32_000), FOUR_SAMPLES)),
        arguments("truncated: the data chunk says 32000 bytes", riff(-1, fmt, header("data", 32_000), FOUR_SAMPLES)),
        arguments("damaged or truncated: the LIST chunk says 4294967295 bytes", wav(fmt, header("LIST", -1), data)),
        arguments("bad.wav: truncated: the LIST chunk says 400 bytes", riff(1000, fmt, header("LIST", 400), data)),
        arguments("damaged: no chunk begins at byte 36, where the size of the fmt chunk leads to, but the bytes 20 01 ff 20 64 00 00 00",
            wav(fmt, header(" \u0001\u00FF ", 100), data)),
        arguments("damaged: no chunk begins at byte 36, where the size of the fmt chunk leads to, but the bytes 00 00 64 61",
            wav(header("fmt ", 16), fmt16(), shorts(0), data)),
        arguments("damaged: no chunk begins at byte 36, where the size of the fmt chunk leads to, but the bytes ff ff ff ff",
            wav(fmt, ints(-1, -1, -1))),
        arguments("damaged: no chunk begins at byte 12, where the size of the RIFF chunk leads to", wav(new byte[40])),
        arguments("no data chunk in its 36 bytes; write the file again", wav(fmt)),
        arguments("zero-length: the data chunk holds no whole sample", wav(fmt, chunk("data", new byte[1]))),
        arguments("zero-length", wav(chunk("fmt ", fmt(PCM, 2, 8_000, 24)), chunk("data", new byte[5]))),
        arguments("zero-length", wav(fmt, chunk("data", new byte[0]))),
        arguments("zero-length", wav(fmt, chunk("data", new byte[0]), chunk("LIST", new byte[26]))),
        arguments("zero-length", riff(-1, fmt, header("data", -1))),
        arguments("zero-length", riff(0, fmt, header("data", 0), new byte[1])),
        arguments("no fmt chunk before the data", wav(data)),
        arguments("no fmt chunk before the data", wav(data, fmt)),
        arguments("fmt chunk of 14 bytes, expected 16", wav(chunk("fmt ", Arrays.copyOf(fmt16(), 14)), data)),
        arguments("fmt chunk of 0 bytes", wav(chunk("fmt ", new byte[0]), data)),
        arguments("fmt chunk of 18 bytes, expected 40",
            wav(chunk("fmt ", Arrays.copyOf(extensible(PCM, 1, 8_000, 16, GUID_TAIL), 18)), data)),
        arguments("unknown sub-format ...000021", wav(chunk("fmt ", extensible(PCM, 1, 8_000, 16, "000021070d311864400000000000")), data)),
        arguments("0 channels", wav(chunk("fmt ", fmt(PCM, 0, 8_000, 16)), data)),
        arguments("65535 channels", wav(chunk("fmt ", fmt(PCM, 65_535, 8_000, 16)), data)),
        arguments("rate of 0 Hz", wav(chunk("fmt ", fmt(PCM, 1, 0, 16)), data)),
        arguments("rate of 999 Hz", wav(chunk("fmt ", fmt(PCM, 1, 999, 16)), data)),
        arguments("rate of 4294967295 Hz", wav(chunk("fmt ", fmt(PCM, 1, -1, 16)), data)),
        arguments("0-bit PCM", wav(chunk("fmt ", fmt(PCM, 1, 8_000, 0)), data)),
        arguments("7-bit PCM", wav(chunk("fmt ", blockAlign(fmt(PCM, 1, 8_000, 7), 1)), data)),
        arguments("33-bit PCM", wav(chunk("fmt ", blockAlign(fmt(PCM, 1, 8_000, 33), 5)), data)),
        arguments("1 bytes a frame (1 channels of 12 bits), expected 2", wav(chunk("fmt ", fmt(PCM, 1, 8_000, 12)), data)),
        arguments("64-bit PCM", wav(chunk("fmt ", fmt(PCM, 1, 8_000, 64)), data)),
        arguments("16-bit float", wav(chunk("fmt ", fmt(FLOAT, 1, 8_000, 16)), data)),
        arguments("3 bytes a frame (1 channels of 16 bits), expected 2", wav(chunk("fmt ", blockAlign(fmt16(), 3)), data)),
        arguments("sample 1 is NaN", wav(chunk("fmt ", fmt(FLOAT, 1, 8_000, 32)), chunk("data", floats(0, Float.NaN)))),
        arguments("sample 0 is Infinity", wav(chunk("fmt ", fmt(FLOAT, 1, 8_000, 32)), chunk("data", floats(Float.POSITIVE_INFINITY)))),
        arguments("sample 0 is -Infinity", wav(chunk("fmt ", fmt(FLOAT, 1, 8_000, 64)), chunk("data", doubles(-1e300)))),
        arguments("sample 0 is NaN",
            wav(chunk("fmt ", fmt(FLOAT, 2, 8_000, 32)), chunk("data", floats(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY)))));
  }

  @ParameterizedTest(name = "{index}: {0}")
  @MethodSource("badFiles")
  void saysInOneLineWhatIsWrongWithAFile(String reason, byte[] file) {
    assertThatThrownBy(() -> Wav.read(file, "bad.wav"))
        .isExactlyInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("bad.wav: ").hasMessageContaining(reason).hasMessageContaining("; ")
        .message().hasLineCount(1).matches("[ -~]+");
  }

  @Test
  void noCutAndNoFlippedByteOfAFileBringsAnythingButSoundOrAClearError() {
    byte[] good = wav(chunk("LIST", new byte[5]), chunk("fmt ", extensible(PCM, 2, 8_000, 16, GUID_TAIL)), chunk("data", FOUR_SAMPLES));
    Stream<byte[]> cut = IntStream.range(0, good.length).mapToObj(length -> Arrays.copyOf(good, length));
    Stream<byte[]> flipped = IntStream.range(0, good.length).boxed().flatMap(at -> IntStream.of(0, 1, 0x7F, 0x80, 0xFF).mapToObj(value -> {
      byte[] file = good.clone();
      file[at] = (byte) value;
      return file;
    }));
    long refused = Stream.concat(cut, flipped).filter(file -> {
      try {
        assertThat(Wav.read(file, "a.wav").samples()).isNotEmpty();
        return false;
      } catch (InvalidInputException expected) {
        return true;
      }
    }).count();
    assertThat(refused).isGreaterThan(good.length);
  }

  @Test
  void saysWhenThereIsNoSuchFile(@TempDir Path folder) {
    assertThatThrownBy(() -> Wav.read(folder.resolve("a.wav")))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("a.wav: no such file");
    assertThatThrownBy(() -> Wav.read(folder))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("not a file");
  }

  @Test
  void refusesToLoadAHugeFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("huge.wav");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(5L << 30);
    }
    assertThatThrownBy(() -> Wav.read(file))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("5120 MiB, expected at most 256");
  }

  @Test
  void tellsSilenceFromSound() {
    Audio sound = new Audio(new float[] {0, 0, 1e-9f}, 8_000);
    assertThat(sound.requireSound("a.wav")).isSameAs(sound);
    assertThatThrownBy(() -> new Audio(new float[] {0, -0f, 0}, 8_000).requireSound("a.wav"))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("a.wav: silent: every sample is 0 (3 samples)");
  }

  @Test
  void readsRealRecordings() throws IOException {
    Optional<Path> data = RealData.find();
    assumeTrue(data.isPresent(), RealData.ABSENT);
    try (Stream<Path> files = Files.list(data.get().resolve("fsdd/recordings"))) {
      List<Path> digits = files.filter(file -> file.toString().endsWith("_4.wav")).sorted().toList();
      assertThat(digits).hasSize(60).allSatisfy(file -> {
        Audio audio = Wav.read(file).requireSound(file.toString());
        assertThat(audio.rate()).isEqualTo(8_000);
        assertThat(audio.samples().length / 8_000.0).isBetween(0.1, 2.5);
        double mean = IntStream.range(0, audio.samples().length).mapToDouble(i -> audio.samples()[i]).average().orElseThrow();
        assertThat(mean).isCloseTo(0, within(0.02)); // what misread sample bytes would not be
      });
    }
  }
}
