// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Set;
import org.lull.input.InvalidInputException;

/**
 * How the samples of a WAV file are stored: its fmt chunk.
 *
 * @param floating IEEE float, otherwise integers: unsigned at 8 bits, signed above
 * @param channels interleaved samples in a frame
 * @param rate frames per second
 * @param bits bits of a sample. A sample is stored in whole bytes. If it has fewer bits (20 in 24, 12 in 16), they are the upper ones and
 *     the others are 0, so it is read as if it had all bits. The same holds for the valid bits of WAVE_FORMAT_EXTENSIBLE
 */
record WavFormat(boolean floating, int channels, int rate, int bits) {
  static final int PCM = 1;
  static final int MIN_BYTES = 16;
  private static final int IEEE_FLOAT = 3;
  private static final int EXTENSIBLE = 0xFFFE;
  private static final int EXTENSIBLE_BYTES = 40;

  /** What follows the 16-bit format tag in the sub-format GUID of WAVE_FORMAT_EXTENSIBLE. */
  private static final String GUID_TAIL = "000000001000800000aa00389b71";

  private static final int MIN_RATE = 1_000;
  private static final int MAX_RATE = 1_000_000;
  private static final int MAX_CHANNELS = 64;

  /**
   * Reads a fmt chunk.
   *
   * @param chunk content of the chunk, little endian
   * @throws InvalidInputException if it is damaged, or the samples are compressed
   */
  static WavFormat parse(ByteBuffer chunk, String name) {
    int tag = chunk.limit() < MIN_BYTES ? 0 : Short.toUnsignedInt(chunk.getShort(0));
    int expected = tag == EXTENSIBLE ? EXTENSIBLE_BYTES : MIN_BYTES;
    if (chunk.limit() < expected) {
      throw new InvalidInputException("%s: damaged: a fmt chunk of %d bytes, expected %d or more; write the file again"
          .formatted(name, chunk.limit(), expected));
    }
    if (tag == EXTENSIBLE) {
      tag = subFormat(chunk, name);
    }
    if (tag != PCM && tag != IEEE_FLOAT) {
      throw new InvalidInputException("%s: %s, expected PCM or float samples; %s".formatted(name, codec(tag), Wav.CONVERT));
    }
    int channels = Short.toUnsignedInt(chunk.getShort(2));
    long rate = Integer.toUnsignedLong(chunk.getInt(4));
    int frameBytes = Short.toUnsignedInt(chunk.getShort(12));
    int bits = Short.toUnsignedInt(chunk.getShort(14));
    if (channels < 1 || channels > MAX_CHANNELS) {
      throw damaged(name, channels + " channels", "1 to " + MAX_CHANNELS);
    }
    if (rate < MIN_RATE || rate > MAX_RATE) {
      throw damaged(name, "a sample rate of " + rate + " Hz", MIN_RATE + " to " + MAX_RATE);
    }
    boolean floating = tag == IEEE_FLOAT;
    if (floating ? bits != 32 && bits != 64 : bits < 8 || bits > 32) {
      throw damaged(name, bits + (floating ? "-bit float" : "-bit PCM"), floating ? "32 or 64 bits" : "8 to 32 bits");
    }
    WavFormat format = new WavFormat(floating, channels, (int) rate, bits);
    if (frameBytes != format.frameBytes()) {
      String frame = "%d bytes a frame (%d channels of %d bits)".formatted(frameBytes, channels, bits);
      throw damaged(name, frame, String.valueOf(format.frameBytes()));
    }
    return format;
  }

  /** Bytes of one sample of every channel. */
  int frameBytes() {
    return channels * sampleBytes();
  }

  private int sampleBytes() {
    return (bits + Byte.SIZE - 1) / Byte.SIZE;
  }

  /**
   * Decodes samples and averages the channels. Full scale is -1..1.
   *
   * @param data whole frames, little endian
   * @param flaws receives the flaws that are found
   * @throws InvalidInputException if a sample is NaN or infinite
   */
  float[] decode(ByteBuffer data, String name, Set<Flaw> flaws) {
    float[] mono = new float[data.remaining() / frameBytes()];
    decode(data, mono, mono.length, 0, name, flaws);
    return mono;
  }

  /**
   * Decodes a part of the samples, as {@link #decode(ByteBuffer, String, Set)}, and allocates nothing.
   *
   * @param mono receives {@code count} samples
   * @param first number of the first sample in the whole, for messages
   */
  void decode(ByteBuffer data, float[] mono, int count, long first, String name, Set<Flaw> flaws) {
    for (int t = 0; t < count; t++) {
      double sum = 0;
      for (int c = 0; c < channels; c++) {
        sum += floating ? floatSample(data) : integerSample(data);
      }
      mono[t] = (float) (sum / channels);
      if (!Float.isFinite(mono[t])) {
        throw new InvalidInputException("%s: sample %d is %s, expected numbers about -1..1; write the file again"
            .formatted(name, first + t, Float.toString(mono[t])));
      }
      if (Math.abs(mono[t]) > Audio.LOUDEST) {
        flaws.add(Flaw.BEYOND_FULL_SCALE);
      }
    }
  }

  private double floatSample(ByteBuffer data) {
    return bits == 32 ? data.getFloat() : data.getDouble();
  }

  private double integerSample(ByteBuffer data) {
    return switch (sampleBytes()) {
      case 1 -> (Byte.toUnsignedInt(data.get()) - 128) * 0x1p-7;
      case 2 -> data.getShort() * 0x1p-15;
      case 3 -> (Short.toUnsignedInt(data.getShort()) | data.get() << 16) * 0x1p-23;
      default -> data.getInt() * 0x1p-31;
    };
  }

  private static int subFormat(ByteBuffer chunk, String name) {
    byte[] tail = new byte[GUID_TAIL.length() / 2];
    chunk.get(26, tail);
    String hex = HexFormat.of().formatHex(tail);
    if (!hex.equals(GUID_TAIL)) {
      throw new InvalidInputException("%s: unknown sub-format ...%s, expected PCM or float samples; %s".formatted(name, hex, Wav.CONVERT));
    }
    return Short.toUnsignedInt(chunk.getShort(24));
  }

  private static InvalidInputException damaged(String name, String found, String expected) {
    return new InvalidInputException(
        "%s: damaged or unusual header: %s, expected %s; write the file again or %s".formatted(name, found, expected, Wav.CONVERT));
  }

  /** Names as registered in RFC 2361 and mmreg.h. */
  private static String codec(int tag) {
    return switch (tag) {
      case 0x0002 -> "Microsoft ADPCM compressed";
      case 0x0006 -> "A-law compressed";
      case 0x0007 -> "mu-law compressed";
      case 0x0011 -> "IMA ADPCM compressed";
      case 0x0014, 0x0040, 0x0045, 0x0064 -> "G.72x ADPCM compressed";
      case 0x0022 -> "TrueSpeech compressed";
      case 0x0031 -> "GSM 6.10 compressed";
      case 0x0050 -> "MPEG audio compressed";
      case 0x0055 -> "MP3 compressed";
      case 0x00FF, 0x1600, 0x1610 -> "AAC compressed";
      case 0x0160, 0x0161, 0x0162, 0x0163 -> "Windows Media Audio compressed";
      case 0x2000 -> "AC-3 compressed";
      case 0x566F, 0x674F, 0x6750, 0x6751 -> "Ogg Vorbis compressed";
      case 0x704F -> "Opus compressed";
      case 0xF1AC -> "FLAC compressed";
      default -> "unknown format 0x%04X".formatted(tag);
    };
  }
}
