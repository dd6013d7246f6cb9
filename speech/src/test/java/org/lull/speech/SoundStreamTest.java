// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.input.InvalidInputException;

class SoundStreamTest {
  @TempDir
  Path dir;

  /** Gives a few bytes at a time, as a pipe does. */
  private static InputStream dripping(byte[] bytes) {
    Random random = new Random(1);
    return new ByteArrayInputStream(bytes) {
      @Override
      public int read(byte[] b, int off, int len) {
        return super.read(b, off, Math.min(len, 1 + random.nextInt(7)));
      }
    };
  }

  private static float[] all(SoundStream stream) {
    float[] all = new float[0];
    float[] block = new float[100];
    for (int n = stream.read(block); n >= 0; n = stream.read(block)) {
      int at = all.length;
      all = Arrays.copyOf(all, at + n);
      System.arraycopy(block, 0, all, at, n);
    }
    return all;
  }

  private byte[] wav(int samples) throws Exception {
    float[] sound = new float[samples];
    Random random = new Random(2);
    for (int i = 0; i < samples; i++) {
      sound[i] = random.nextFloat() - 0.5f;
    }
    Path file = dir.resolve("sound.wav");
    Wav.write(file, new Audio(sound, 16_000));
    return Files.readAllBytes(file);
  }

  @Test
  void aWavFileIsReadAsItComes() throws Exception {
    byte[] bytes = wav(3000);
    SoundStream stream = SoundStream.wav(dripping(bytes), "pipe");
    assertThat(stream.rate()).isEqualTo(16_000);
    assertThat(all(stream)).isEqualTo(Wav.read(bytes, "whole").samples());
    assertThat(stream.samples()).isEqualTo(3000);
    assertThat(stream.flaws()).isEmpty();
    assertThat(stream.missing()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 0x7FFF_F000})
  void aSizeThatTheWriterCouldNotFillInMeansToTheEnd(int size) throws Exception {
    byte[] bytes = wav(500);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(40, size);
    SoundStream stream = SoundStream.wav(dripping(bytes), "pipe");
    assertThat(all(stream)).hasSize(500);
    assertThat(stream.missing()).isZero();
  }

  @Test
  void whatIsMissingAtTheEndIsCounted() throws Exception {
    byte[] bytes = wav(500);
    SoundStream stream = SoundStream.wav(dripping(Arrays.copyOf(bytes, bytes.length - 101)), "pipe");
    assertThat(all(stream)).hasSize(449);
    assertThat(stream.missing()).isEqualTo(101);
    assertThat(stream.flaws()).containsExactly(Flaw.PARTIAL_FRAME);
  }

  @Test
  void rawSamplesAreLittleEndian() {
    byte[] integers = {0, 64, 0, -128, 1};
    SoundStream stream = SoundStream.pcm(dripping(integers), "pipe", 8000, SoundStream.Encoding.S16);
    assertThat(all(stream)).containsExactly(0.5f, -1);
    assertThat(stream.flaws()).containsExactly(Flaw.PARTIAL_FRAME);
    ByteBuffer floats = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(0.25f).putFloat(-0.5f);
    assertThat(all(SoundStream.pcm(dripping(floats.array()), "pipe", 8000, SoundStream.Encoding.F32))).containsExactly(0.25f, -0.5f);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void refusesSamplesThatAreNoNumbers(float bad) {
    ByteBuffer floats = ByteBuffer.allocate(1200).order(ByteOrder.LITTLE_ENDIAN).putFloat(1000, bad);
    SoundStream stream = SoundStream.pcm(dripping(floats.array()), "pipe", 8000, SoundStream.Encoding.F32);
    assertThatThrownBy(() -> all(stream)).isInstanceOf(InvalidInputException.class).hasMessageStartingWith("pipe: sample 250 is " + bad);
  }

  @Test
  void refusesWhatIsNoWavFile() {
    for (String text : new String[] {"", "RIFF", "RIFFxxxxWAVE", "RIFFxxxxAVI fmt ", "some raw samples"}) {
      assertThatThrownBy(() -> SoundStream.wav(dripping(text.getBytes()), "pipe")).isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("pipe: ");
    }
    assertThatThrownBy(() -> SoundStream.wav(dripping("some raw samples".getBytes()), "pipe")).hasMessageContaining("--rate");
    assertThatThrownBy(() -> SoundStream.pcm(dripping(new byte[2]), "pipe", 0, SoundStream.Encoding.S16)).hasMessageContaining("rate: 0");
    assertThatThrownBy(() -> SoundStream.Encoding.named("s24")).hasMessageContaining("choose s16 or f32");
  }
}
