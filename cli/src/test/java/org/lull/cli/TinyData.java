// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.lull.speech.Audio;
import org.lull.speech.Wav;

/** Writes small corpora that a small network can learn. */
public final class TinyData {
  public static final int RATE = 16_000;
  public static final List<String> TONES = List.of("high", "low", "middle");

  private TinyData() {}

  /** A folder of WAVs for each class: ten tones each, of a pitch of the class, a little apart. */
  public static Path tones(Path dir) {
    for (int k = 0; k < TONES.size(); k++) {
      for (int i = 0; i < 10; i++) {
        tone(dir.resolve(TONES.get(k)).resolve("clip" + i + ".wav"), 300 * (k + 1) * (k + 1) + 7 * i, RATE);
      }
    }
    return dir;
  }

  /** Time series of two channels: one rises or falls, the other is noise; twenty training cases of each class and eight test cases. */
  public static Path series(Path dir) {
    SplittableRandom random = new SplittableRandom(5);
    text(dir.resolve("Tiny_TRAIN.ts"), series(random, 20));
    text(dir.resolve("Tiny_TEST.ts"), series(random, 8));
    return dir;
  }

  private static String series(SplittableRandom random, int cases) {
    StringBuilder text = new StringBuilder("@problemName Tiny\n@dimensions 2\n@classLabel true up down\n@data\n");
    for (int i = 0; i < 2 * cases; i++) {
      StringBuilder slope = new StringBuilder();
      StringBuilder noise = new StringBuilder();
      int steps = random.nextInt(5, 12);
      for (int t = 0; t < steps; t++) {
        String comma = t == 0 ? "" : ",";
        slope.append(String.format(Locale.ROOT, "%s%.3f", comma, (i % 2 == 0 ? t : -t) + random.nextDouble()));
        noise.append(String.format(Locale.ROOT, "%s%.3f", comma, random.nextDouble()));
      }
      text.append(slope).append(':').append(noise).append(i % 2 == 0 ? ":up\n" : ":down\n");
    }
    return text.toString();
  }

  /** Noisy sines of any phase and height: the number to predict is their frequency, of 20 to 120 in a thousand steps. */
  public static Path numbers(Path dir) {
    SplittableRandom random = new SplittableRandom(5);
    text(dir.resolve("Waves_TRAIN.ts"), numbers(random, 60));
    text(dir.resolve("Waves_TEST.ts"), numbers(random, 20));
    return dir;
  }

  private static String numbers(SplittableRandom random, int cases) {
    StringBuilder text = new StringBuilder("@problemName Waves\n@univariate true\n@targetlabel true\n@data\n");
    for (int i = 0; i < cases; i++) {
      double frequency = random.nextDouble(20, 120);
      double phase = random.nextDouble(6.28);
      double height = random.nextDouble(0.5, 2);
      int steps = random.nextInt(20, 40);
      for (int t = 0; t < steps; t++) {
        text.append(String.format(Locale.ROOT, "%s%.3f", t == 0 ? "" : ",",
            height * Math.sin(2e-3 * Math.PI * frequency * t + phase) + 0.1 * random.nextGaussian()));
      }
      text.append(String.format(Locale.ROOT, ":%.4f%n", frequency));
    }
    return text.toString();
  }

  /** Fluent Speech Commands: two intents, four recordings of each in each split. */
  public static Path fluent(Path dir) {
    for (String split : List.of("train", "valid", "test")) {
      StringBuilder table = new StringBuilder(",path,speakerId,transcription,action,object,location\n");
      for (int i = 0; i < 8; i++) {
        String path = "wavs/speakers/" + split + "/" + i + ".wav";
        tone(dir.resolve(path), i % 2 == 0 ? 300 : 2000, RATE);
        table.append(i).append(',').append(path).append(',').append(split).append(",Do it,activate,")
            .append(i % 2 == 0 ? "lights" : "music").append(",none\n");
      }
      text(dir.resolve("data/" + split + "_data.csv"), table.toString());
    }
    return dir;
  }

  /** Google Speech Commands: two words of six speakers, s0 for test and s1 for validation. */
  public static Path speechCommands(Path dir) {
    StringBuilder testing = new StringBuilder();
    StringBuilder validation = new StringBuilder();
    for (String word : List.of("yes", "no")) {
      for (int speaker = 0; speaker < 6; speaker++) {
        String id = word + "/s" + speaker + "_nohash_0.wav";
        tone(dir.resolve(id), (word.equals("yes") ? 300 : 2000) + speaker, RATE);
        (speaker == 0 ? testing : speaker == 1 ? validation : new StringBuilder()).append(id).append('\n');
      }
    }
    text(dir.resolve("testing_list.txt"), testing.toString());
    text(dir.resolve("validation_list.txt"), validation.toString());
    return dir;
  }

  /** A third of a second. */
  public static Path tone(Path file, double hz, int rate) {
    float[] samples = new float[rate / 3];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (0.5 * Math.sin(2 * Math.PI * hz * i / rate));
    }
    return sound(file, samples, rate);
  }

  public static Path sound(Path file, float[] samples, int rate) {
    try {
      Files.createDirectories(file.getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Wav.write(file, new Audio(samples, rate));
    return file;
  }

  public static Path text(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Path bytes(Path file, byte... bytes) {
    try {
      Files.createDirectories(file.getParent());
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static byte[] bytesOf(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static String string(Path file) {
    return new String(bytesOf(file), StandardCharsets.UTF_8);
  }
}
