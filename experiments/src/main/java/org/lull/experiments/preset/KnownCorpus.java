// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.preset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A corpus that presets are for: how its folder is called, and where to get it. */
public enum KnownCorpus {
  EMBEDDED("embedded synthetic speech, 31 intents", 5_952, List.of(), "nowhere: it is spoken when it is needed", ""),
  FLUENT("Fluent Speech Commands, 31 intents", 23_132, List.of("fluent_speech_commands", "fluent_speech_commands_dataset"),
      "https://fluent.ai/fluent-speech-commands-a-dataset-for-spoken-language-understanding-research/",
      "data/train_data.csv, data/valid_data.csv, data/test_data.csv and wavs/"),
  SPEECH_COMMANDS("Google Speech Commands v0.02, 35 words", 84_843, List.of("speech_commands", "speech_commands_v0.02"),
      "https://storage.googleapis.com/download.tensorflow.org/data/speech_commands_v0.02.tar.gz",
      "<word>/<speaker>_nohash_<n>.wav, validation_list.txt and testing_list.txt"),
  ARABIC("Arabic Speech Commands (a subset), 35 words", 3_150, List.of("asc35"),
      "https://github.com/abdulkaderghandoura/arabic-speech-commands-dataset (tag v1.0) by docs/make-asc35.sh",
      "<word>/<speaker>_nohash_<n>.wav, validation_list.txt and testing_list.txt"),
  ARABIC_PUBLISHED("Arabic Speech Commands, 40 words", 7_200,
      List.of("arabic-speech-commands-dataset", "arabic-speech-commands-dataset-1.0"),
      "https://github.com/abdulkaderghandoura/arabic-speech-commands-dataset (tag v1.0)",
      "train.csv, val.csv, test.csv and dataset/<word>/<speaker>_NO_<round>.wav"),
  DIGITS("Free Spoken Digits, 10 digits", 2_400, List.of("fsdd", "free-spoken-digit-dataset"),
      "https://github.com/Jakobovski/free-spoken-digit-dataset", "recordings/<digit>_<speaker>_<index>.wav"),
  VOWELS("Japanese Vowels, 9 speakers", 216, List.of("japanese_vowels", "JapaneseVowels"),
      "https://www.timeseriesclassification.com", "JapaneseVowels_TRAIN.ts and JapaneseVowels_TEST.ts");

  /** Classes that a corpus has, about. */
  static final int USUAL_CLASSES = 35;
  /** Frames of a recording of a second, about. */
  private static final int USUAL_STEPS = 100;

  private final String title;
  private final int trainExamples;
  private final List<String> folders;
  private final String from;
  private final String layout;

  KnownCorpus(String title, int trainExamples, List<String> folders, String from, String layout) {
    this.title = title;
    this.trainExamples = trainExamples;
    this.folders = folders;
    this.from = from;
    this.layout = layout;
  }

  public String title() {
    return title;
  }

  /** Training examples of the published corpus. */
  public int trainExamples() {
    return trainExamples;
  }

  /** Timesteps of an example, about. */
  int steps() {
    return this == VOWELS ? 16 : USUAL_STEPS;
  }

  /** Channels of an example; 0 of sound, where the front end decides. */
  int channels() {
    return this == VOWELS ? 12 : 0;
  }

  /** What its folder is called. */
  public String folder() {
    return folders.getFirst();
  }

  /** Where to get it, and as what to lay it out. */
  public String advice() {
    return "get " + title + " from " + from + ", laid out as " + layout;
  }

  /**
   * Its folder, by its name.
   *
   * @param data a folder that holds corpora, or this one itself; null for none
   */
  public Optional<Path> in(Path data) {
    if (data == null) {
      return Optional.empty();
    }
    boolean itself = folders.contains(String.valueOf(data.toAbsolutePath().normalize().getFileName()));
    return Stream.concat(itself ? Stream.of(data) : Stream.empty(), folders.stream().map(data::resolve)).filter(Files::isDirectory)
        .findFirst();
  }
}
