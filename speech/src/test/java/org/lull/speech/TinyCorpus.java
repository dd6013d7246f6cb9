// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes small corpora of short tones. */
final class TinyCorpus {
  static final int RATE = 16_000;

  private TinyCorpus() {}

  /** A tenth of a second; the pitch comes from the names of file and folder, so that no two files are equal. */
  static Path tone(Path file, int rate) {
    float[] samples = new float[rate / 10];
    String name = file.getParent().getFileName() + "/" + file.getFileName();
    double hz = 200 + 3000 * (Integer.toUnsignedLong(name.hashCode() * 0x9E3779B9) / 0x1p32);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (0.5 * Math.sin(2 * Math.PI * hz * i / rate));
    }
    return wav(file, new Audio(samples, rate));
  }

  static Path tone(Path file) {
    return tone(file, RATE);
  }

  static Path silence(Path file) {
    return wav(file, new Audio(new float[1600], RATE));
  }

  static Path text(Path file, String... lines) {
    try {
      Files.createDirectories(file.getParent());
      return Files.write(file, List.of(lines));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Google Speech Commands: words of speakers s0, s1, ...; with lists s0 is for test and s1 for validation. */
  static Path speechCommands(Path dir, int speakers, boolean lists, String... words) {
    for (String word : words) {
      for (int speaker = 0; speaker < speakers; speaker++) {
        tone(dir.resolve(word).resolve("s" + speaker + "_nohash_0.wav"));
      }
    }
    if (lists) {
      text(dir.resolve("testing_list.txt"), named("s0", words));
      text(dir.resolve("validation_list.txt"), named("s1", words));
    }
    return dir;
  }

  /** Fluent Speech Commands: two intents, one speaker per split. */
  static Path fluent(Path dir) {
    for (String split : List.of("train", "valid", "test")) {
      String[] lines = {
          ",path,speakerId,transcription,action,object,location",
          "0,wavs/speakers/" + split + "/a.wav," + split + ",\"Lights, on: \"\"please\"\"\",activate,lights,kitchen",
          "1,wavs/speakers/" + split + "/b.wav," + split + ",Play music,activate,music,none"
      };
      text(dir.resolve("data/" + split + "_data.csv"), lines);
      tone(dir.resolve("wavs/speakers/" + split + "/a.wav"));
      tone(dir.resolve("wavs/speakers/" + split + "/b.wav"));
    }
    return dir;
  }

  /** Arabic Speech Commands as published, of two rounds: speaker 2 is for validation, 10 for test, others for training. */
  static Path arabic(Path dir, int speakers, String... words) {
    Map<String, StringBuilder> tables = new TreeMap<>();
    for (String word : words) {
      for (int speaker = 1; speaker <= speakers; speaker++) {
        for (int round = 1; round <= 2; round++) {
          String file = String.format("dataset/%s/%08d_NO_%02d.wav", word, speaker, round);
          tone(dir.resolve(file));
          tables.computeIfAbsent(speaker == 2 ? "val.csv" : speaker == 10 ? "test.csv" : "train.csv", _ -> new StringBuilder("file,class"))
              .append("\n").append(file).append(",").append(word);
        }
      }
    }
    tables.forEach((name, lines) -> text(dir.resolve(name), lines.toString()));
    tone(dir.resolve("background_noise/wind.wav"));
    text(dir.resolve("README.md"), "# Arabic Speech Commands Dataset");
    return dir;
  }

  /** Time series of two channels and two classes, six training cases of each and one test case of each. */
  static Path series(Path dir) {
    String train = "1,2,3:4,5,6:up\n7,8:9,10:down\n".repeat(6).stripTrailing();
    text(dir.resolve("Tiny_TRAIN.ts"), "# a comment", "@problemName Tiny", "@timeStamps false", "@dimensions 2", "@classLabel true up down",
        "@data", train);
    text(dir.resolve("Tiny_TEST.ts"), "@problemName Tiny", "@dimensions 2", "@classLabel true up down",
        "@data", "1:2:down", "", "3,4:5,6:up");
    return dir;
  }

  private static String[] named(String speaker, String... words) {
    String[] lines = new String[words.length];
    for (int i = 0; i < words.length; i++) {
      lines[i] = words[i] + "/" + speaker + "_nohash_0.wav";
    }
    return lines;
  }

  private static Path wav(Path file, Audio audio) {
    try {
      Files.createDirectories(file.getParent());
      Wav.write(file, audio);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
