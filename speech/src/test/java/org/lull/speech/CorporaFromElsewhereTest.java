// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.lull.speech.TinyCorpus.text;
import static org.lull.speech.TinyCorpus.tone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.text.Normalizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.Dataset;
import org.lull.data.Purpose;
import org.lull.data.Split;
import org.lull.input.InvalidInputException;
import org.lull.train.Progress;

/** Corpora that were made, packed or edited on other systems and by other programs: read as they were meant, or with a word about it. */
class CorporaFromElsewhereTest {
  private static final String GREEN = "gr\u00FCn";
  private static final String HEADER = "path,speakerId,transcription,action,object,location";

  @TempDir
  Path dir;

  // ---- names in folders and lists

  @ParameterizedTest
  @CsvSource({"NFC,NFC", "NFC,NFD", "NFD,NFC", "NFD,NFD"})
  void foldersAndListsOfEitherUnicodeFormAreOneCorpus(Normalizer.Form folders, Normalizer.Form lists) throws IOException {
    TinyCorpus.speechCommands(dir.resolve("plain"), 4, true, GREEN, "no");
    Path corpus = TinyCorpus.speechCommands(dir.resolve("corpus"), 4, true, Normalizer.normalize(GREEN, folders), "no");
    for (Path word : List.of(corpus.resolve(Normalizer.normalize(GREEN, folders)))) { // the very bytes of the plain one
      for (Path wav : WavFile.in(word)) {
        Files.copy(dir.resolve("plain").resolve(GREEN).resolve(wav.getFileName()), wav, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    rewriteLists(corpus, line -> Normalizer.normalize(line, lists));
    AudioCorpus read = open(corpus);
    assertThat(read.labels()).containsExactly(GREEN, "no");
    assertThat(read.warnings()).isEmpty();
    assertThat(read.clips()).extracting(Clip::id).startsWith(GREEN + "/s0_nohash_0.wav");
    assertThat(read.hash()).isEqualTo(open(dir.resolve("plain")).hash());
  }

  /** What other systems make of the lines of a list. */
  private enum Spelling {
    BACKSLASHES(line -> line.replace('/', '\\'), false),
    DOT_SLASH(line -> "./" + line, false),
    DOT_BACKSLASH(line -> ".\\" + line.replace('/', '\\'), false),
    TWICE_DOT_SLASH(line -> "././" + line, false),
    WHITE_SPACE(line -> " " + line + "\t", false),
    CARRIAGE_RETURN(line -> line + "\r", false),
    BYTE_ORDER_MARK(line -> line.startsWith("down") ? "\uFEFF" + line : line, false),
    UPPER_CASE(line -> line.toUpperCase(Locale.ROOT), true),
    CAPITAL_WORDS(line -> line.substring(0, 1).toUpperCase(Locale.ROOT) + line.substring(1), true),
    FOLDERS_BEFORE(line -> "speech_commands_v0.02/" + line, true),
    ABSOLUTE(line -> "/data/speech_commands/" + line, true),
    DRIVE(line -> "C:\\data\\" + line.replace('/', '\\'), true);

    private final UnaryOperator<String> write;
    private final boolean said;

    Spelling(UnaryOperator<String> write, boolean said) {
      this.write = write;
      this.said = said;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aListMeansTheSameHoweverItIsSpelt(Spelling spelling) throws IOException {
    Path corpus = TinyCorpus.speechCommands(dir.resolve("corpus"), 6, false, "down", "up");
    text(corpus.resolve("testing_list.txt"), "down/s0_nohash_0.wav", "up/s0_nohash_0.wav");
    text(corpus.resolve("validation_list.txt"), "down/s1_nohash_0.wav", "up/s1_nohash_0.wav");
    String plain = open(corpus).hash();
    rewriteLists(corpus, spelling.write);
    AudioCorpus read = open(corpus);
    assertThat(read.hash()).isEqualTo(plain);
    if (spelling.said) {
      assertThat(read.warnings()).hasSize(2)
          .anySatisfy(w -> assertThat(w).contains("testing_list.txt writes recordings in another way than their files are called: 2"))
          .anySatisfy(w -> assertThat(w).contains("validation_list.txt", ": 2, the first ", "(down/s1_nohash_0.wav)"));
    } else {
      assertThat(read.warnings()).isEmpty();
    }
  }

  @Test
  void aLineThatMayMeanTwoRecordingsMeansNone() {
    Path corpus = TinyCorpus.speechCommands(dir.resolve("corpus"), 6, true, "Up", "up");
    text(corpus.resolve("testing_list.txt"), "up/s0_nohash_0.wav", "Up/s0_nohash_0.wav", "UP/s1_nohash_0.wav");
    assertThat(open(corpus).warnings()).anySatisfy(warning -> assertThat(warning)
        .isEqualTo("testing_list.txt names recordings that are not there: 1, the first UP/s1_nohash_0.wav; 2 are there and used"));
  }

  @Test
  void aRecordingInBothListsIsForTest() {
    Path corpus = TinyCorpus.speechCommands(dir.resolve("corpus"), 6, true, "down", "up");
    text(corpus.resolve("validation_list.txt"), "down/s0_nohash_0.wav", "down/s1_nohash_0.wav", "up/s1_nohash_0.wav");
    AudioCorpus read = open(corpus);
    assertThat(read.warnings()).containsExactly("recordings that both validation_list.txt and testing_list.txt name: 1, the first"
        + " down/s0_nohash_0.wav; they are for test alone");
    assertThat(read.clips().getFirst().split()).isEqualTo(Split.TEST);
  }

  @Test
  void foldersWhoseNamesLookAlikeAreOneClass() {
    for (String folder : List.of(GREEN, "gru\u0308n", "no", "no ", "\u00A0no")) {
      for (int i = 0; i < 6; i++) {
        tone(dir.resolve("corpus").resolve(folder).resolve(folder.length() + "x" + (int) folder.charAt(0) + i + ".wav"));
      }
    }
    AudioCorpus read = open(dir.resolve("corpus"));
    assertThat(read.labels()).containsExactly(GREEN, "no");
    assertThat(read.clips()).hasSize(30).filteredOn(clip -> clip.label().equals("no")).hasSize(18);
    assertThat(read.warnings()).singleElement().asString().contains("two folders or more", ": 2, the first 'gr\u00FCn'");
  }

  @Test
  void classesThatDifferByCaseOrSpaceAloneAreSaid() {
    for (String folder : List.of("Turn on", "turn on", "turnon", "off")) {
      for (int i = 0; i < 3; i++) {
        tone(dir.resolve("corpus").resolve(folder).resolve("clip" + i + ".wav"));
      }
    }
    AudioCorpus read = open(dir.resolve("corpus"));
    assertThat(read.labels()).hasSize(4);
    assertThat(read.warnings()).singleElement().asString()
        .contains("differ only by case or white space: 3, the first 'Turn on' and 'turn on' and 'turnon'");
  }

  // ---- what is not read

  /** Reading a pipe waits until somebody writes to it. */
  @Test
  @Timeout(60)
  void aPipeAmongTheRecordingsIsNoSound() throws Exception {
    Path corpus = TinyCorpus.speechCommands(dir.resolve("corpus"), 6, true, "down", "up");
    Path pipe = corpus.resolve("down/s9_nohash_0.wav");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "no mkfifo here");
    AudioCorpus read = open(corpus);
    assertThat(read.clips()).hasSize(13).filteredOn(clip -> clip.id().contains("s9_")).singleElement()
        .satisfies(clip -> assertThatThrownBy(() -> clip.source().load()).isInstanceOf(InvalidInputException.class)
            .hasMessageContaining("not a file"));
  }

  @Test
  void soundThatIsNotReadIsCounted() {
    Path corpus = TinyCorpus.speechCommands(dir.resolve("corpus"), 6, true, "down", "up");
    tone(corpus.resolve("up/old/a.wav"));
    tone(corpus.resolve("down/deep/er/b.WAV"));
    tone(corpus.resolve("loose.wav"));
    tone(corpus.resolve("_background_noise_/noise.wav"));
    tone(corpus.resolve("up/.trash/c.wav"));
    text(corpus.resolve("up/d.flac"), "fLaC");
    text(corpus.resolve("down/e.Mp3"), "ID3");
    text(corpus.resolve("README.md"), "x");
    assertThat(open(corpus).warnings()).satisfiesExactly(
        warning -> assertThat(warning).startsWith("WAV files that are not read: 3, the first down/deep/er/b.WAV; "),
        warning -> assertThat(warning).startsWith("sound that is not read: 1 .flac and 1 .mp3 files, the first down/e.Mp3; convert"));
  }

  @Test
  void recordingsThatNoTableNamesAreCounted() {
    Path corpus = TinyCorpus.fluent(dir.resolve("corpus"));
    tone(corpus.resolve("wavs/speakers/train/c.wav"));
    assertThat(open(corpus).warnings()).singleElement().asString()
        .contains("WAV files that are not read: 1, the first wavs/speakers/train/c.wav");
  }

  @Test
  void waveIsASuffixToo() {
    for (String word : List.of("cat", "dog")) {
      for (int i = 0; i < 5; i++) {
        tone(dir.resolve("corpus").resolve(word).resolve("clip" + i + (i % 2 == 0 ? ".wave" : ".Wav")));
      }
    }
    assertThat(open(dir.resolve("corpus")).clips()).hasSize(10);
  }

  // ---- the same recording twice

  @Test
  void recordingsInTwoSplitsAreCounted() throws IOException {
    Path corpus = TinyCorpus.speechCommands(dir.resolve("corpus"), 6, true, "down", "up");
    copy(corpus, "down/s0_nohash_0.wav", "down/s3_nohash_0.wav"); // test to training
    copy(corpus, "up/s1_nohash_0.wav", "up/s4_nohash_0.wav"); // validation to training
    copy(corpus, "up/s1_nohash_0.wav", "up/s5_nohash_0.wav");
    copy(corpus, "down/s4_nohash_0.wav", "down/s5_nohash_0.wav"); // within training: nothing is spoilt
    assertThat(open(corpus).warnings()).containsExactly("recordings that are, byte for byte, in two splits or more: 2, the first"
        + " down/s0_nohash_0.wav (test) = down/s3_nohash_0.wav (train); what was trained on is measured again; keep one of each");
  }

  @Test
  void recordingsInTwoClassesAreCounted() throws IOException {
    Path corpus = TinyCorpus.speechCommands(dir.resolve("corpus"), 6, true, "down", "up");
    copy(corpus, "down/s3_nohash_0.wav", "up/s3_nohash_0.wav");
    assertThat(open(corpus).warnings()).containsExactly("recordings that are, byte for byte, in two classes or more: 1, the first"
        + " down/s3_nohash_0.wav (down) = up/s3_nohash_0.wav (up); keep the one whose class is right");
  }

  @Test
  void casesInTwoSplitsAreCounted() {
    Path corpus = TinyCorpus.series(dir.resolve("corpus"));
    text(corpus.resolve("Tiny_TEST.ts"), "@dimensions 2", "@classLabel true up down", "@data", "7,8:9,10:down", "1:2:up", "7,8:9,10:down");
    assertThat(Corpora.open(corpus).warnings()).singleElement().asString()
        .startsWith("validation or test sequences that an earlier split has too, value for value: 2, the first Tiny_TEST.ts:4 ="
            + " Tiny_TRAIN.ts:");
  }

  // ---- classes that a split does not have

  @Test
  void classesWithoutTestOrValidationExamplesAreNamed() {
    Path corpus = TinyCorpus.speechCommands(dir.resolve("corpus"), 6, true, "down", "left", "up");
    text(corpus.resolve("testing_list.txt"), "up/s0_nohash_0.wav");
    text(corpus.resolve("validation_list.txt"), "up/s1_nohash_0.wav", "left/s1_nohash_0.wav");
    assertThat(load(open(corpus), Purpose.TRAINING).warnings()).containsExactly(
        "classes without a validation example: 1 of 3, 'down'; the best epoch is chosen without them",
        "classes without a test example: 2 of 3, 'down', 'left'; nothing is measured of them");
    assertThat(load(open(corpus), Purpose.MEASURING).warnings()).isEmpty();
  }

  @Test
  void aClassOfATsFileThatHasNoCaseIsLeftOut() {
    Path corpus = TinyCorpus.series(dir.resolve("corpus"));
    text(corpus.resolve("Tiny_TEST.ts"), "@dimensions 2", "@classLabel true left up down right", "@data", "1:2:down", "3,4:5,6:up");
    SeriesCorpus read = (SeriesCorpus) Corpora.open(corpus);
    assertThat(read.labels()).containsExactly("up", "down");
    assertThat(read.series().test()).extracting(example -> example.label()).containsExactly(1, 0);
    assertThat(read.warnings()).containsExactly("classes that @classLabel names but no case has: 2, the first 'left'; left out");
  }

  // ---- tables

  /** What other programs make of a table; ',' stands for the separator. */
  private enum Program {
    WINDOWS(table -> table.replace('/', '\\').replace("\n", "\r\n")),
    SEMICOLONS(table -> table.replace(',', ';')),
    TABS(table -> table.replace(',', '\t')),
    ANNOUNCED(table -> "sep=;\n" + table.replace(',', ';')),
    WHITE_SPACE(table -> table.replace(",", " , ")),
    NO_BREAK_SPACE(table -> table.replace("kitchen", "kitchen\u00A0")),
    UPPER_HEADER(table -> table.replace("speakerId", "SpeakerID").replace("path", "PATH")),
    EMPTY_ROWS(table -> table + ",,,,,\n ,, ,,,\n"),
    MORE_COLUMNS(table -> table.replace("\n", ",,\n")),
    DOT_SLASH(table -> table.replace("wavs/", "./wavs/")),
    QUOTES(table -> table.replace(",activate,", ",\"activate\",")),
    BYTE_ORDER_MARK(table -> "\uFEFF" + table),
    NO_LAST_LINE_END(String::stripTrailing),
    OLD_MACINTOSH(table -> table.replace('\n', '\r'));

    private final UnaryOperator<String> write;

    Program(UnaryOperator<String> write) {
      this.write = write;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTableMeansTheSameWhateverProgramWroteIt(Program program) throws IOException {
    Path corpus = fluent();
    String plain = open(corpus).hash();
    for (Split split : Split.values()) {
      Path table = FluentCommands.table(corpus, split);
      Files.writeString(table, program.write.apply(Files.readString(table)));
    }
    AudioCorpus read = open(corpus);
    assertThat(read.labels()).containsExactly("activate|lights|kitchen", "deactivate|lights|none");
    assertThat(read.warnings()).isEmpty();
    assertThat(read.hash()).isEqualTo(plain);
  }

  @ParameterizedTest
  @CsvSource({"WAVS/SPEAKERS/é,said", "wavs/speakers/é,", "wavs/speakers/e\u0301,"})
  void recordingsAreFoundInOtherCaseAndForm(String folder, String said) throws IOException {
    Path corpus = fluent();
    Files.move(corpus.resolve("wavs/speakers"), corpus.resolve("old"));
    Files.createDirectories(corpus.resolve("wavs/speakers"));
    Files.move(corpus.resolve("old"), corpus.resolve("wavs/speakers/e\u0301")); // as macOS packs it
    for (Split split : Split.values()) {
      Path table = FluentCommands.table(corpus, split);
      Files.writeString(table, Files.readString(table).replace("wavs/speakers", folder));
    }
    AudioCorpus read = open(corpus);
    assertThat(read.clips()).hasSize(12).extracting(Clip::id).allMatch(id -> id.startsWith("wavs/speakers/\u00E9/"));
    if (said == null) {
      assertThat(read.warnings()).isEmpty();
    } else {
      assertThat(read.warnings()).hasSize(3).first().asString().contains("train_data.csv writes recordings in another way", ": 4");
    }
  }

  /** A whole table may well end so; a cut one may not be told from it where the class is one of the others. */
  @ParameterizedTest
  @ValueSource(strings = {"kitchen", "none", "washroom"})
  void aLastLineWithoutAnEndIsReadWhereItsClassIsNoBeginning(String location) throws IOException {
    Path corpus = fluent();
    tone(corpus.resolve("wavs/speakers/train/z.wav"));
    Path table = FluentCommands.table(corpus, Split.TRAIN);
    Files.writeString(table, Files.readString(table) + "wavs/speakers/train/z.wav,train,x,activate,lights," + location);
    assertThat(open(corpus).clips()).hasSize(13);
  }

  private Path fluent() {
    Path corpus = dir.resolve("corpus");
    for (Split split : Split.values()) {
      String folder = "wavs/speakers/" + FluentCommands.table(corpus, split).getFileName().toString().replace("_data.csv", "");
      StringBuilder table = new StringBuilder(HEADER);
      for (int i = 0; i < 4; i++) {
        tone(corpus.resolve(folder).resolve(i + ".wav"));
        table.append('\n').append(folder).append('/').append(i).append(".wav,jo,hello,")
            .append(i % 2 == 0 ? "activate,lights,kitchen" : "deactivate,lights,none");
      }
      text(FluentCommands.table(corpus, split), table.toString());
    }
    return corpus;
  }

  // ---- to measure a model

  @Test
  void toMeasureAnyClassAndAnySplitWillDo() {
    Path corpus = TinyCorpus.speechCommands(dir.resolve("corpus"), 1, false, "up");
    text(corpus.resolve("testing_list.txt"), "up/s0_nohash_0.wav");
    assertThatThrownBy(() -> open(corpus)).isInstanceOf(InvalidInputException.class).hasMessageContaining("one class");
    Dataset data = load(Corpora.open(corpus, Purpose.MEASURING, 2, Progress.SILENT), Purpose.MEASURING);
    assertThat(data.train()).isEmpty();
    assertThat(data.test()).hasSize(1);
    assertThat(data.labels()).containsExactly("up");
    assertThat(data.warnings()).isEmpty();
  }

  /** As where somebody copies the test recordings and the lists of all. */
  @Test
  void toMeasureAListMayNameNothingThatIsThere() throws IOException {
    Path corpus = TinyCorpus.speechCommands(dir.resolve("corpus"), 4, true, "up", "down");
    for (String word : List.of("up", "down")) {
      for (int speaker = 1; speaker < 4; speaker++) {
        Files.delete(corpus.resolve(word + "/s" + speaker + "_nohash_0.wav"));
      }
    }
    assertThatThrownBy(() -> open(corpus)).hasMessageContaining("validation_list.txt names none of the recordings");
    Corpus read = Corpora.open(corpus, Purpose.MEASURING, 1, Progress.SILENT);
    assertThat(load(read, Purpose.MEASURING).test()).hasSize(2);
    assertThat(read.warnings()).containsExactly(
        "validation_list.txt names recordings that are not there: 2, the first up/s1_nohash_0.wav; 0 are there and used");
  }

  @Test
  void toMeasureOneTableWillDo() throws IOException {
    Path corpus = fluent();
    for (int i = 0; i < 4; i++) {
      Files.delete(corpus.resolve("wavs/speakers/valid/" + i + ".wav"));
    }
    assertThatThrownBy(() -> open(corpus)).hasMessageContaining("valid_data.csv names 4 recordings, none of which");
    Corpus withoutSound = Corpora.open(corpus, Purpose.MEASURING, 1, Progress.SILENT);
    assertThat(load(withoutSound, Purpose.MEASURING).test()).hasSize(4);
    assertThat(withoutSound.warnings()).singleElement().asString().contains("valid_data.csv names recordings that are not there: 4");
    Files.delete(FluentCommands.table(corpus, Split.TRAIN));
    Files.delete(FluentCommands.table(corpus, Split.VALIDATION));
    Dataset data = load(Corpora.open(corpus, Purpose.MEASURING, 1, Progress.SILENT), Purpose.MEASURING);
    assertThat(data.train()).isEmpty();
    assertThat(data.test()).hasSize(4);
    assertThat(data.warnings()).singleElement().asString().contains("not read: 4, the first wavs/speakers/train/0.wav");
  }

  @ParameterizedTest
  @CsvSource({"Tiny_TRAIN.ts,0,0,2", "Tiny_TEST.ts,10,2,0"})
  void toMeasureOneOfTheTwoFilesWillDo(String without, int train, int validation, int test) throws IOException {
    Path corpus = TinyCorpus.series(dir.resolve("corpus"));
    Files.delete(corpus.resolve(without));
    Dataset data = load(Corpora.open(corpus, Purpose.MEASURING, 1, Progress.SILENT), Purpose.MEASURING);
    assertThat(data.train()).hasSize(train);
    assertThat(data.validation()).hasSize(validation);
    assertThat(data.test()).hasSize(test);
  }

  @Test
  void featuresKeptWhileMeasuringAreStillCheckedForTraining() {
    Path corpus = TinyCorpus.speechCommands(dir.resolve("corpus"), 1, true, "up");
    Corpus read = Corpora.open(corpus, Purpose.MEASURING, 1, Progress.SILENT);
    LogMelSettings settings = LogMelSettings.preset("mel16");
    Datasets.load(read, Purpose.MEASURING, settings, dir.resolve("cache"), 1, Progress.SILENT);
    assertThatThrownBy(() -> Datasets.load(read, Purpose.TRAINING, settings, dir.resolve("cache"), 1, Progress.SILENT))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("one class, 'up'");
  }

  // ---- classes to be added

  @Test
  void addedFoldersFollowTheSameRules() {
    for (int i = 0; i < 4; i++) {
      tone(dir.resolve("a").resolve("clip" + i + ".wav"));
      tone(dir.resolve("b").resolve("clip" + i + ".wav"));
    }
    tone(dir.resolve("a/more/clip.wav"));
    text(dir.resolve("flac/1.flac"), "fLaC");
    Map<String, Path> folders = new LinkedHashMap<>();
    folders.put(" gru\u0308n ", dir.resolve("a"));
    folders.put("rot", dir.resolve("b"));
    AudioCorpus added = Corpora.folders(folders, 2, Progress.SILENT);
    assertThat(added.labels()).containsExactly(GREEN, "rot");
    assertThat(added.clips()).extracting(Clip::id).startsWith("gr\u00FCn/clip0.wav");
    assertThat(added.warnings()).singleElement().asString().contains("class 'gr\u00FCn'", "not read: 1, the first more/clip.wav");
    for (String label : List.of("", " ", "\t", "\u00A0", "a\u0000")) {
      assertThatThrownBy(() -> Corpora.folders(Map.of(label, dir.resolve("a")), 1, Progress.SILENT))
          .isInstanceOf(InvalidInputException.class).hasMessageStartingWith("label ");
    }
    assertThatThrownBy(() -> Corpora.folders(Map.of("x", dir.resolve("flac")), 1, Progress.SILENT))
        .isInstanceOf(InvalidInputException.class).hasMessageContainingAll("class 'x'", "1 .flac file", "ffmpeg");
  }

  private static void rewriteLists(Path corpus, UnaryOperator<String> line) throws IOException {
    for (String name : List.of("testing_list.txt", "validation_list.txt")) {
      Path list = corpus.resolve(name);
      try (Stream<String> lines = Files.readAllLines(list).stream()) {
        text(list, lines.map(line).toArray(String[]::new));
      }
    }
  }

  private static void copy(Path corpus, String from, String to) throws IOException {
    Files.copy(corpus.resolve(from), corpus.resolve(to), StandardCopyOption.REPLACE_EXISTING);
  }

  private static AudioCorpus open(Path corpus) {
    return (AudioCorpus) Corpora.open(corpus);
  }

  private static Dataset load(Corpus corpus, Purpose purpose) {
    return Datasets.load(corpus, purpose, LogMelSettings.preset("mel16"), null, 2, Progress.SILENT);
  }
}
