// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.lull.speech.TinyCorpus.text;
import static org.lull.speech.TinyCorpus.tone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.data.Purpose;
import org.lull.data.Split;
import org.lull.input.InvalidInputException;
import org.lull.train.Progress;

class CorporaTest {
  @TempDir
  Path dir;

  @Test
  void speechCommandsWithLists() {
    TinyCorpus.speechCommands(dir, 4, true, "up", "down");
    tone(dir.resolve("_background_noise_/noise.wav"));
    tone(dir.resolve(".cache/x_nohash_0.wav"));
    tone(dir.resolve("up/._s9_nohash_0.wav"));
    AudioCorpus corpus = open();
    assertThat(corpus.name())
        .isEqualTo("Google Speech Commands layout, 2 words, split by its lists; not classes: .cache, _background_noise_");
    assertThat(corpus.labels()).containsExactly("down", "up");
    assertThat(corpus.warnings()).isEmpty();
    assertThat(corpus.clips()).extracting(Clip::id).containsExactly(
        "down/s0_nohash_0.wav", "down/s1_nohash_0.wav", "down/s2_nohash_0.wav", "down/s3_nohash_0.wav",
        "up/s0_nohash_0.wav", "up/s1_nohash_0.wav", "up/s2_nohash_0.wav", "up/s3_nohash_0.wav");
    assertThat(corpus.clips().getLast()).returns("up", Clip::label).returns("s3", Clip::speaker).returns(Split.TRAIN, Clip::split);
    assertThat(splits(corpus)).containsEntry("up/s0_nohash_0.wav", Split.TEST).containsEntry("down/s1_nohash_0.wav", Split.VALIDATION);
    assertThat(corpus.clips().getFirst().source().load().samples()).hasSize(1600);
  }

  @Test
  void speechCommandsListsThatNameMissingFilesAreCountedAndUsed() {
    TinyCorpus.speechCommands(dir, 4, true, "up", "down");
    text(dir.resolve("testing_list.txt"), "gone/x_nohash_0.wav", "up/s0_nohash_0.wav ", "", "up/none.wav", "down/s0_nohash_0.wav");
    AudioCorpus corpus = open();
    assertThat(corpus.warnings()).containsExactly(
        "testing_list.txt names recordings that are not there: 2, the first gone/x_nohash_0.wav; 2 are there and used");
    assertThat(corpus.clips()).filteredOn(clip -> clip.split() == Split.TEST).hasSize(2);
  }

  @Test
  void speechCommandsWithoutListsKeepsTheCustomarySplitOfSpeakers() {
    TinyCorpus.speechCommands(dir, 60, false, "up", "down");
    AudioCorpus corpus = open();
    assertThat(corpus.name()).contains("split by the hash of the speaker");
    assertThat(corpus.clips()).allSatisfy(clip -> assertThat(clip.split()).isEqualTo(HashSplit.customary(clip.speaker())));
    assertThat(corpus.clips()).extracting(Clip::split).contains(Split.values());
  }

  @Test
  void speechCommandsWithOneListHashesTheRest() throws IOException {
    TinyCorpus.speechCommands(dir, 60, true, "up", "down");
    Files.delete(dir.resolve("validation_list.txt"));
    AudioCorpus corpus = open();
    assertThat(corpus.name()).contains("split by testing_list.txt and the hash of the speaker");
    assertThat(corpus.clips()).filteredOn(clip -> clip.split() == Split.TEST).extracting(Clip::speaker).containsOnly("s0");
    assertThat(corpus.clips()).filteredOn(clip -> clip.split() == Split.VALIDATION).isNotEmpty()
        .allSatisfy(clip -> assertThat(HashSplit.customary(clip.speaker())).isEqualTo(Split.VALIDATION));
  }

  @Test
  void fluentSpeechCommands() {
    TinyCorpus.fluent(dir);
    AudioCorpus corpus = open();
    assertThat(corpus.name()).isEqualTo("Fluent Speech Commands layout, 2 intents, 3 speakers");
    assertThat(corpus.labels()).containsExactly("activate|lights|kitchen", "activate|music|none");
    assertThat(corpus.warnings()).isEmpty();
    assertThat(splits(corpus)).hasSize(6)
        .containsEntry("wavs/speakers/train/a.wav", Split.TRAIN)
        .containsEntry("wavs/speakers/valid/b.wav", Split.VALIDATION)
        .containsEntry("wavs/speakers/test/b.wav", Split.TEST);
    assertThat(corpus.clips().getFirst()).returns("test", Clip::speaker);
    assertThat(corpus.clips().getFirst().source().load().rate()).isEqualTo(16_000);
  }

  @Test
  void fluentSpeechCommandsCountsWhatIsMissingOrRepeated() throws IOException {
    TinyCorpus.fluent(dir);
    Path table = dir.resolve("data/train_data.csv");
    Files.writeString(table, "\uFEFF" + Files.readString(table)
        + "2,wavs/gone.wav,x,Gone,activate,music,none\n\n3,wavs/speakers/train/b.wav,x,Again,activate,music,none\n");
    AudioCorpus corpus = open();
    assertThat(corpus.clips()).hasSize(6);
    assertThat(corpus.warnings()).containsExactly(
        "train_data.csv names recordings that are not there: 1, the first wavs/gone.wav; left out",
        "train_data.csv names recordings that were named before: 1, the first wavs/speakers/train/b.wav; left out");
  }

  @Test
  void arabicSpeechCommandsAsPublished() {
    TinyCorpus.arabic(dir, 11, "zero", "zoom in");
    AudioCorpus corpus = open();
    assertThat(corpus.name()).isEqualTo("Arabic Speech Commands layout, 2 words, 11 speakers, split by its tables");
    assertThat(corpus.labels()).containsExactly("zero", "zoom in");
    assertThat(corpus.warnings()).isEmpty();
    assertThat(splits(corpus)).hasSize(44)
        .containsEntry("dataset/zero/00000001_NO_02.wav", Split.TRAIN)
        .containsEntry("dataset/zoom in/00000002_NO_01.wav", Split.VALIDATION)
        .containsEntry("dataset/zoom in/00000010_NO_02.wav", Split.TEST);
    assertThat(corpus.clips().getFirst()).returns("00000001", Clip::speaker).returns("zero", Clip::label);
    assertThat(corpus.clips().getFirst().source().load().rate()).isEqualTo(16_000);
  }

  /** The same corpus, whatever the tables take for the folder that their paths begin in. */
  @ParameterizedTest
  @ValueSource(strings = {"", "./", ".\\"})
  void arabicSpeechCommandsWithPathsWithinTheFolderOfTheRecordings(String prefix) throws IOException {
    String hash = ((AudioCorpus) Corpora.open(TinyCorpus.arabic(dir.resolve("published"), 11, "zero", "one"))).hash();
    TinyCorpus.arabic(dir.resolve("other"), 11, "zero", "one");
    for (String table : List.of("train.csv", "val.csv", "test.csv")) {
      Path file = dir.resolve("other").resolve(table);
      Files.writeString(file, Files.readString(file).replace("dataset/", prefix));
    }
    AudioCorpus other = (AudioCorpus) Corpora.open(dir.resolve("other"));
    assertThat(other.hash()).isEqualTo(hash);
    assertThat(other.warnings()).isEmpty();
  }

  @Test
  void tablesOfOtherColumnsAreNoLayout() {
    TinyCorpus.speechCommands(dir, 4, true, "up", "down");
    text(dir.resolve("train.csv"), "name,label", "up/s3_nohash_0.wav,up");
    assertThat(open().name()).startsWith("Google Speech Commands layout");
  }

  @Test
  void spokenDigitsInTheFolderOrInRecordings() {
    for (String folder : List.of("flat", "repository/recordings")) {
      for (int digit = 0; digit < 2; digit++) {
        for (int index = 0; index < 12; index++) {
          tone(dir.resolve(folder).resolve(digit + "_jo_" + index + ".wav"));
        }
      }
    }
    tone(dir.resolve("flat/readme_sound.wav"));
    AudioCorpus flat = (AudioCorpus) Corpora.open(dir.resolve("flat"));
    assertThat(flat.name()).isEqualTo("Free Spoken Digit Dataset layout, 2 digits, 1 speakers, each in every split");
    assertThat(flat.warnings()).singleElement().asString().contains("not read: 1, the first readme_sound.wav", "rename");
    assertThat(splits(flat))
        .containsEntry("0_jo_0.wav", Split.TEST).containsEntry("0_jo_4.wav", Split.TEST)
        .containsEntry("0_jo_5.wav", Split.VALIDATION).containsEntry("1_jo_9.wav", Split.VALIDATION)
        .containsEntry("1_jo_10.wav", Split.TRAIN).containsEntry("1_jo_11.wav", Split.TRAIN);
    AudioCorpus repository = (AudioCorpus) Corpora.open(dir.resolve("repository"));
    assertThat(repository.clips()).hasSize(24).first().returns("recordings/0_jo_0.wav", Clip::id).returns("jo", Clip::speaker);
  }

  @Test
  void foldersOfClassesKeepSpeakersApart() {
    for (String label : List.of("cat", "dog")) {
      for (int i = 0; i < 40; i++) {
        tone(dir.resolve(label).resolve("person" + i % 10 + "_" + i + ".wav"));
      }
    }
    AudioCorpus corpus = open();
    assertThat(corpus.name()).contains("2 classes").contains("hash of the speaker").contains("10 speakers");
    Map<Split, Set<String>> speakers = corpus.clips().stream()
        .collect(Collectors.groupingBy(Clip::split, Collectors.mapping(Clip::speaker, Collectors.toSet())));
    assertThat(speakers.get(Split.TEST)).hasSize(1).doesNotContainAnyElementsOf(speakers.get(Split.TRAIN));
    assertThat(speakers.get(Split.VALIDATION)).hasSize(1).doesNotContainAnyElementsOf(speakers.get(Split.TRAIN))
        .doesNotContainAnyElementsOf(speakers.get(Split.TEST));
  }

  /** None of these patterns tells a speaker: the class's name, one word for all, no separator. */
  @ParameterizedTest
  @MethodSource("namesWithoutSpeakers")
  void foldersOfClassesHashTheFilesWhereNamesDoNotTellSpeakers(String catName, String dogName) {
    for (int i = 0; i < 20; i++) {
      tone(dir.resolve("cat").resolve(catName.formatted(i)));
      tone(dir.resolve("dog").resolve(dogName.formatted(i)));
    }
    AudioCorpus corpus = open();
    assertThat(corpus.name()).contains("hash of the file");
    for (String label : List.of("cat", "dog")) {
      assertThat(corpus.clips()).filteredOn(clip -> clip.label().equals(label)).extracting(Clip::split)
          .satisfies(splits -> assertThat(splits).filteredOn(Split.TRAIN::equals).hasSize(16))
          .satisfies(splits -> assertThat(splits).filteredOn(Split.VALIDATION::equals).hasSize(2));
    }
    assertThat(corpus.clips()).extracting(Clip::speaker).containsOnly("");
  }

  static Stream<Arguments> namesWithoutSpeakers() {
    return Stream.of(arguments("cat_%d.wav", "dog_%d.wav"), arguments("rec-%d.wav", "rec-%d.wav"), arguments("%d.wav", "%d.WAV"),
        arguments("a%d_x.wav", "b%d_x.wav"));
  }

  @Test
  void timeSeries() {
    TinyCorpus.series(dir);
    Corpus corpus = Corpora.open(dir);
    assertThat(corpus).isInstanceOfSatisfying(SeriesCorpus.class, series -> {
      var data = series.series();
      assertThat(data.name()).isEqualTo("time series in .ts form, Tiny: 2 channels, 2 classes");
      assertThat(data.labels()).containsExactly("up", "down");
      assertThat(data.train()).hasSize(10);
      assertThat(data.validation()).extracting(e -> e.id()).containsExactly("Tiny_TRAIN.ts:9", "Tiny_TRAIN.ts:10");
      assertThat(data.train().getFirst().frames()).containsExactly(1, 4, 2, 5, 3, 6);
      assertThat(data.test()).extracting(e -> e.label()).containsExactly(1, 0);
      assertThat(data.test().getFirst().steps()).isEqualTo(1);
    });
  }

  @Test
  void relativeFoldersGiveTheSameCorpus() {
    TinyCorpus.speechCommands(dir.resolve("gsc"), 4, true, "up", "down");
    TinyCorpus.fluent(dir.resolve("fluent"));
    for (String corpus : List.of("gsc", "fluent")) {
      Path absolute = dir.resolve(corpus);
      Path relative = Path.of("").toAbsolutePath().relativize(absolute);
      assertThat(Corpora.open(relative).hash()).isEqualTo(Corpora.open(absolute).hash());
      assertThat(Corpora.open(absolute.resolve(".")).hash()).isEqualTo(Corpora.open(absolute).hash());
    }
  }

  @Test
  void hashSeesEveryChangeThatMatters() throws IOException {
    TinyCorpus.speechCommands(dir, 4, true, "up", "down");
    String before = open().hash();
    assertThat(before).hasSize(64).isEqualTo(open().hash());

    text(dir.resolve("testing_list.txt"), "up/s0_nohash_0.wav", "down/s0_nohash_0.wav", "up/s2_nohash_0.wav");
    String otherSplit = open().hash();
    assertThat(otherSplit).isNotEqualTo(before);

    Path wav = dir.resolve("up/s3_nohash_0.wav");
    byte[] bytes = Files.readAllBytes(wav);
    bytes[bytes.length - 1] ^= 1;
    Files.write(wav, bytes);
    assertThat(open().hash()).isNotEqualTo(otherSplit);

    Files.move(wav, wav.resolveSibling("s4_nohash_0.wav"));
    assertThat(open().hash()).isNotEqualTo(otherSplit).isNotEqualTo(before);
  }

  /** A folder that cannot be trained on, and what its message has to say. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("unusable")
  void unusableFolders(String what, Consumer<Path> make, List<String> expected) {
    make.accept(dir);
    assertThatThrownBy(() -> Corpora.open(dir.resolve("corpus")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageNotContaining("\n")
        .hasMessageContainingAll(expected.toArray(CharSequence[]::new));
  }

  static Stream<Arguments> unusable() {
    return Stream.of(
        unusable("no such folder", corpus -> {}, "no such folder"),
        unusable("not a folder", corpus -> text(corpus, "x"), "not a folder"),
        unusable("an empty folder", corpus -> folder(corpus), "expected one of: Fluent Speech Commands (data/train_data.csv,",
            "), Arabic Speech Commands (train.csv, val.csv, test.csv of file,class), time series (NAME_TRAIN.ts and NAME_TEST.ts), Free Spoken Digit Dataset (",
            "), Google Speech Commands (",
            "), a folder of WAV files per class; give the folder"),
        unusable("folders without sound", corpus -> text(corpus.resolve("up/readme.txt"), "x"), "no known layout"),
        unusable("WAV files without labels", corpus -> tone(corpus.resolve("take one.wav")), "no known layout"),
        unusable("only folders that are no classes", corpus -> tone(corpus.resolve("_background_noise_/x.wav")), "no known layout"),
        unusable("an empty class", corpus -> {
          TinyCorpus.speechCommands(corpus, 3, true, "up", "down");
          folder(corpus.resolve("left"));
        }, "class 'left' is empty", "rename it to _left"),
        unusable("an empty class of a folder per class", corpus -> {
          tone(corpus.resolve("cat/1.wav"));
          text(corpus.resolve("dog/1.mp3"), "x");
        }, "class 'dog' is empty"),
        unusable("a table that is missing", corpus -> {
          TinyCorpus.arabic(corpus, 11, "zero", "one");
          delete(corpus.resolve("val.csv"));
        }, "val.csv", "Arabic Speech Commands has train.csv, val.csv and test.csv there"),
        unusable("a table whose recordings are elsewhere", corpus -> {
          TinyCorpus.arabic(corpus, 11, "zero", "one");
          text(corpus.resolve("test.csv"), "file,class", "elsewhere/zero/00000010_NO_01.wav,zero");
        }, "test.csv names 1 recording, none of which is in", "elsewhere/zero"),
        unusable("one class", corpus -> TinyCorpus.speechCommands(corpus, 3, true, "up"), "one class, 'up'", "at least 2"),
        unusable("a list of files that are all missing", corpus -> {
          TinyCorpus.speechCommands(corpus, 3, true, "up", "down");
          text(corpus.resolve("testing_list.txt"), "elsewhere/x.wav");
        }, "testing_list.txt", "none of the recordings", "down/s0_nohash_0.wav"),
        unusable("an empty list", corpus -> {
          TinyCorpus.speechCommands(corpus, 3, true, "up", "down");
          text(corpus.resolve("validation_list.txt"));
        }, "validation_list.txt", "none of the recordings"),
        unusable("a list that is a folder", corpus -> {
          TinyCorpus.speechCommands(corpus, 3, true, "up", "down");
          delete(corpus.resolve("testing_list.txt"));
          folder(corpus.resolve("testing_list.txt/x"));
        }, "testing_list.txt"),
        unusable("a list that is not text", corpus -> {
          TinyCorpus.speechCommands(corpus, 3, true, "up", "down");
          bytes(corpus.resolve("testing_list.txt"), (byte) 0xff, (byte) 0xfe, (byte) 0);
        }, "testing_list.txt", "not UTF-8"),
        unusable("nothing to train on",
            corpus -> TinyCorpus.speechCommands(corpus, 2, true, "up", "down"), "nothing in its training split"),
        unusable("nothing to test with", corpus -> {
          tone(corpus.resolve("cat/1.wav"));
          tone(corpus.resolve("dog/1.wav"));
        }, "nothing in its test split"),
        unusable("labels that training never saw", corpus -> {
          TinyCorpus.speechCommands(corpus, 3, true, "up", "down");
          tone(corpus.resolve("left/s0_nohash_0.wav"));
          text(corpus.resolve("testing_list.txt"), "up/s0_nohash_0.wav", "left/s0_nohash_0.wav");
        }, "1 label that training never saw", "'left' (0 in validation, 1 in test)"),
        unusable("two files of one name", corpus -> {
          TinyCorpus.speechCommands(corpus, 3, true, "gr\u00FCn", "gru\u0308n", "no");
        }, "two files called gr\u00FCn/s0_nohash_0.wav", "composed"),
        unusable("a folder of spaces", corpus -> {
          TinyCorpus.speechCommands(corpus, 3, true, "up", "down", " \u00A0");
        }, "is no class", "white space"),
        unusable("a folder with a control character", corpus -> {
          TinyCorpus.speechCommands(corpus, 3, true, "up", "do\nwn");
        }, "is no class", "do?wn", "control character"),
        unusable("sound in other formats", corpus -> {
          text(corpus.resolve("up/1.flac"), "fLaC");
          text(corpus.resolve("up/2.FLAC"), "fLaC");
          text(corpus.resolve("down/3.opus"), "OggS");
        }, "no known layout", "2 .flac and 1 .opus files, the first down/3.opus", "ffmpeg"),
        unusable("a class in another format", corpus -> {
          tone(corpus.resolve("cat/1.wav"));
          text(corpus.resolve("dog/1.mp3"), "ID3");
        }, "class 'dog' is empty", "but 1 .mp3 file, 1.mp3", "ffmpeg"),
        unusable("a class further down", corpus -> {
          tone(corpus.resolve("cat/1.wav"));
          tone(corpus.resolve("dog/take1/1.wav"));
        }, "class 'dog' is empty", "1 further down, the first take1/1.wav", "move them up"),
        unusable("a corpus further down", corpus -> TinyCorpus.speechCommands(corpus.resolve("all/train"), 3, true, "up", "down"),
            "no known layout", "WAV files further down: 6, the first all/train/down/s0_nohash_0.wav", "give the folder"),
        unusable("only digits of a test set", corpus -> {
          tone(corpus.resolve("0_jo_0.wav"));
          tone(corpus.resolve("1_jo_0.wav"));
        }, "nothing in its training split"),
        unusable("a table missing", corpus -> {
          TinyCorpus.fluent(corpus);
          delete(corpus.resolve("data/valid_data.csv"));
        }, "no file", "valid_data.csv"),
        fluent("an empty table", "", "test_data.csv is empty"),
        fluent("no action", "path,speakerId,transcription,object,location", "no column 'action'", "found path, speakerId"),
        fluent("other separators", "path:speakerId:transcription:action:object:location", "no column 'path'", "found path:speakerId"),
        fluent("a short line", HEADER + "\nwavs/speakers/test/a.wav,x,Lights\n", "test_data.csv, line 2", "3 fields, expected at least 6",
            "correct the line"),
        fluent("a short line before others", HEADER + "\nwavs/x.wav,x\nwavs/speakers/test/a.wav,x,y,a,b,c", "line 2", "2 fields",
            "correct the line"),
        fluent("an open quote", HEADER + "\n\nwavs/speakers/test/a.wav,x,\"Lights,a,b,c\n", "test_data.csv, line 3", "quoted field",
            "correct the line"),
        fluent("cut within the fields", HEADER + "\nwavs/speakers/test/a.wav,x,Lights,act", "test_data.csv, line 2",
            "4 fields, expected at least 6", "ends within this line", "cut short"),
        fluent("cut within a quote", HEADER + "\nwavs/speakers/test/a.wav,x,\"Lights", "test_data.csv, line 2", "cut short"),
        fluent("cut within the last field", HEADER + "\r\nwavs/speakers/test/a.wav,x,y,activate,lights,kit", "test_data.csv, line 2",
            "class 'activate|lights|kit', the beginning of another", "cut short"),
        fluent("an empty slot", HEADER + "\nwavs/speakers/test/a.wav,x,y,activate, ,none", "test_data.csv, line 2, column object",
            "label"),
        fluent("a path outside", HEADER + "\n../../secret.wav,x,y,a,b,c", "line 2", "'../../secret.wav'", "expected a file within"),
        fluent("an absolute path", HEADER + "\n/etc/secret.wav,x,y,a,b,c", "line 2", "expected a file within"),
        fluent("no path", HEADER + "\n,x,y,a,b,c", "line 2", "path ''"),
        fluent("an impossible path", HEADER + "\na\u0000.wav,x,y,a,b,c", "line 2", "expected a file within"),
        fluent("only missing files", HEADER + "\nwavs\\x.wav,x,y,a,b,c\nwavs\\y.wav,x,y,a,b,c", "test_data.csv names 2 recordings",
            "the first wavs\\x.wav"),
        fluent("no recordings", HEADER + "\n", "nothing in its test split"),
        fluent("an unseen intent", HEADER + "\nwavs/speakers/test/a.wav,x,y,a,b,c", "'a|b|c' (0 in validation, 1 in test)"),
        unusable("no training series", corpus -> {
          TinyCorpus.series(corpus);
          delete(corpus.resolve("Tiny_TRAIN.ts"));
        }, "0 files called NAME_TRAIN.ts", "Tiny_TEST.ts"),
        unusable("no test series", corpus -> {
          TinyCorpus.series(corpus);
          delete(corpus.resolve("Tiny_TEST.ts"));
        }, "no file", "Tiny_TEST.ts"),
        unusable("two problems", corpus -> {
          TinyCorpus.series(corpus);
          text(corpus.resolve("Other_TRAIN.ts"), "x");
        }, "2 files called NAME_TRAIN.ts", "a folder of its own"),
        unusable("numbers to predict beside classes", corpus -> {
          TinyCorpus.series(corpus);
          text(corpus.resolve("Tiny_TRAIN.ts"), "@dimensions 2", "@targetLabel true", "@data", "1:2:0.5", "1:3:-7");
        }, "Tiny_TEST.ts is a classification problem (@classLabel true)", "2 cases have classes"),
        unusable("classes beside numbers to predict", corpus -> {
          TinyCorpus.series(corpus);
          text(corpus.resolve("Tiny_TEST.ts"), "@dimensions 2", "@targetLabel true", "@data", "1:2:0.5", "1:3:-7");
        }, "Tiny_TEST.ts is a regression problem (@targetLabel true)", "2 cases have numbers"),
        unusable("test series of other dimensions", corpus -> {
          TinyCorpus.series(corpus);
          text(corpus.resolve("Tiny_TEST.ts"), "@classLabel true up down", "@data", "1:2:3:up");
        }, "Tiny_TEST.ts has 3 dimensions, expected 2"),
        unusable("a test label of its own", corpus -> {
          TinyCorpus.series(corpus);
          text(corpus.resolve("Tiny_TEST.ts"), "@classLabel true up left", "@data", "1:2:left");
        }, "1 label that training never saw", "'left' (0 in validation, 1 in test)"));
  }

  @Test
  void threadsChangeNothingAndProgressCountsTheFiles() {
    Path corpus = TinyCorpus.speechCommands(dir.resolve("threads"), 10, true, "up", "down");
    AtomicLong done = new AtomicLong();
    AtomicLong expected = new AtomicLong();
    Progress progress = (task, total) -> {
      expected.addAndGet(total);
      return done::addAndGet;
    };
    assertThat(Corpora.open(corpus, Purpose.TRAINING, 1, progress).hash())
        .isEqualTo(Corpora.open(corpus, Purpose.TRAINING, 3, progress).hash());
    assertThat(done).hasValue(40).hasValue(expected.get());
    assertThatThrownBy(() -> Corpora.open(corpus, Purpose.TRAINING, 0, progress))
        .isInstanceOf(InvalidInputException.class).hasMessage("threads 0, expected at least 1");
  }

  private static final String HEADER = "path,speakerId,transcription,action,object,location";

  private static Arguments unusable(String what, Consumer<Path> make, String... expected) {
    Consumer<Path> inDir = dir -> make.accept(dir.resolve("corpus"));
    return arguments(what, inDir, List.of(expected));
  }

  private static Arguments fluent(String what, String testTable, String... expected) {
    return unusable(what, corpus -> {
      TinyCorpus.fluent(corpus);
      bytes(corpus.resolve("data/test_data.csv"), testTable.getBytes(StandardCharsets.UTF_8));
    }, expected);
  }

  private AudioCorpus open() {
    return (AudioCorpus) Corpora.open(dir);
  }

  private static Map<String, Split> splits(AudioCorpus corpus) {
    return corpus.clips().stream().collect(toMap(Clip::id, Clip::split));
  }

  private static void folder(Path folder) {
    unchecked(() -> Files.createDirectories(folder));
  }

  private static void delete(Path file) {
    unchecked(() -> Files.delete(file));
  }

  private static void bytes(Path file, byte... bytes) {
    unchecked(() -> Files.write(file, bytes));
  }

  private interface FileAction {
    void run() throws IOException;
  }

  private static void unchecked(FileAction action) {
    try {
      action.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
