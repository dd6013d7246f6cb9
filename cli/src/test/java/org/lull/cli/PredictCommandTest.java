// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lull.cli.Cli.lull;
import static org.lull.cli.Cli.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.Prediction;
import org.lull.Training;
import org.lull.data.TsFile;
import org.lull.speech.LogMel;
import org.lull.speech.LogMelSettings;
import org.lull.speech.Wav;
import org.lull.train.Example;

/** lull predict on recordings, folders of them and time series. */
class PredictCommandTest {
  @TempDir
  static Path shared;
  private static Path tones;
  private static Path run;
  private static Path series;
  private static Path ofSeries;

  @TempDir
  Path dir;

  @BeforeAll
  static void trainOnce() {
    tones = TinyData.tones(shared.resolve("tones"));
    run = shared.resolve("run");
    train(tones, run, "--epochs", 8, "--threshold", "0.1", "--lr", 0.02, "--delta").succeeds();
    series = TinyData.series(shared.resolve("series"));
    ofSeries = shared.resolve("of-series");
    train(series, ofSeries, "--delta").succeeds();
  }

  private static Cli predict(Object... more) {
    List<Object> args = new ArrayList<>(List.of("predict", "--model", run));
    args.addAll(List.of(more));
    return lull(args.toArray());
  }

  private static List<JsonNode> lines(Cli cli) {
    return cli.out().lines().map(Cli::parse).toList();
  }

  /** As the library has it. */
  private static Prediction expected(Path wav) {
    Model model = Model.load(run.resolve("model.safetensors"));
    float[] flat = new LogMel(LogMelSettings.fromJson(model.frontEnd(), "")).example(Wav.read(wav), "", 0).frames();
    return model.classify(rows(flat, 16));
  }

  private static float[][] rows(float[] flat, int channels) {
    float[][] rows = new float[flat.length / channels][channels];
    for (int i = 0; i < flat.length; i++) {
      rows[i / channels][i % channels] = flat[i];
    }
    return rows;
  }

  @Test
  void saysWhatTheLibrarySays() {
    for (String tone : TinyData.TONES) {
      Path clip = tones.resolve(tone + "/clip3.wav");
      double[] p = expected(clip).probabilities();
      JsonNode line = predict(clip, "--json", "--threshold", 0, "--top", 3).succeeds().json();
      assertThat(line.get("file").textValue()).isEqualTo(clip.toString());
      assertThat(line.get("label").textValue()).isEqualTo(expected(clip).label());
      assertThat(line.get("score")).isEqualTo(line.at("/top/0/score"));
      assertThat(line.get("top")).hasSize(3);
      line.get("top").forEach(each -> assertThat(each.get("score").doubleValue())
          .isEqualTo(Math.round(1e6 * p[TinyData.TONES.indexOf(each.get("label").textValue())]) / 1e6));
      assertThat(line.at("/top/0/score").doubleValue()).isGreaterThanOrEqualTo(line.at("/top/1/score").doubleValue());
    }
  }

  @Test
  void aLowScoreIsNoneOfThese() {
    Path clip = tones.resolve("low/clip3.wav");
    Prediction prediction = expected(clip);
    double score = Math.round(1e6 * prediction.probabilities()[prediction.index()]) / 1e6;
    assertThat(score).isLessThan(1);
    assertThat(predict(clip, "--json", "--threshold", score).succeeds().json().get("label").textValue()).isEqualTo(prediction.label());

    JsonNode none = predict(clip, "--json", "--threshold", 1).succeeds().json();
    assertThat(none.get("label").isNull()).isTrue();
    assertThat(none.get("score").doubleValue()).isEqualTo(score);
    assertThat(none.at("/top/0/label").textValue()).isEqualTo(prediction.label());
    assertThat(predict(clip, "--threshold", 1).succeeds().out().lines().toList().get(1))
        .matches(".*clip3\\.wav  none of these {2,}" + prediction.label() + " [0-9.]+ %, \\w+ [0-9.]+ %");
  }

  /** Of a network that has hardly learned: a user who did not choose the threshold is told of it. */
  @Test
  void manyOfNoneAreExplained() {
    Path run = dir.resolve("untrained");
    Cli.train(tones, run, "--delta", "--epochs", 1, "--lr", 1e-6, "--warmup", 0).succeeds();
    Cli cli = Cli.lull("predict", "--model", run, tones).succeeds();
    assertThat(cli.out().lines().skip(1)).hasSize(30).allMatch(row -> row.contains("  none of these  "));
    assertThat(cli.err()).contains("30 of 30 are none of these, as the best score is below 0.5; --threshold 0 names");
    assertThat(Cli.lull("predict", "--model", run, tones.resolve("low/clip3.wav")).succeeds().err()).contains("1 of 1 is none of these");
    assertThat(Cli.lull("predict", "--model", run, tones, "--threshold", 0.5).succeeds().err()).doesNotContain("none of these");
    assertThat(Cli.lull("predict", "--model", run, tones, "--threshold", 0).succeeds().out()).doesNotContain("none of these");
    assertThat(Cli.lull("predict", "--model", run, tones, "--json").succeeds().err()).doesNotContain("none of these");
    assertThat(Cli.lull("--quiet", "predict", "--model", run, tones).succeeds().err()).doesNotContain("none of these");
  }

  @Test
  void columnsAreAligned() {
    List<String> rows = predict(tones, "--threshold", 0).succeeds().out().lines().toList();
    assertThat(rows).hasSize(31);
    assertThat(rows.getFirst()).matches("file +label +score  next best");
    int label = rows.getFirst().indexOf("label");
    int next = rows.getFirst().indexOf("next best");
    assertThat(rows.subList(1, 31)).allMatch(row -> row.charAt(label - 1) == ' ' && row.charAt(label) != ' ')
        .allMatch(row -> row.substring(0, next).matches(".*[0-9.]+ %  ")).allMatch(row -> row.substring(next).matches("\\w+ [0-9.]+ %"));
    assertThat(predict(tones.resolve("low/clip0.wav"), "--threshold", 0, "--top", 1).succeeds().out().lines().toList().get(1))
        .matches(".*clip0.wav  \\w+ +[0-9.]+ %");
  }

  @Test
  void aFolderIsAllRecordingsInItSorted() {
    Path folder = dir.resolve("folder");
    for (String name : List.of("b.wav", "a.WAV", "z/deep.wav", "c.wave", ".hidden.wav")) {
      TinyData.tone(folder.resolve(name), 300, 8000);
    }
    TinyData.text(folder.resolve("notes.txt"), "no sound");
    TinyData.text(folder.resolve("other.mp3"), "not read");
    Cli cli = predict(folder, "--json").succeeds();
    assertThat(lines(cli)).extracting(line -> folder.relativize(Path.of(line.get("file").textValue())).toString())
        .containsExactly("a.WAV", "b.wav", "c.wave", "z/deep.wav");
    assertThat(cli.err().lines()).singleElement().asString().startsWith("warning: ").contains("other.mp3", "1 .mp3");
  }

  @Test
  void whatCannotBeReadIsNamedAndTheOthersAreAnswered() {
    Path good = tones.resolve("high/clip1.wav");
    Path silent = TinyData.sound(dir.resolve("silent.wav"), new float[8000], 8000);
    Path text = TinyData.text(dir.resolve("text.wav"), "hello");
    Path empty = dir.resolve("nothing");
    assertThat(empty.toFile().mkdir()).isTrue();
    Path absent = dir.resolve("absent.wav");
    Cli cli = predict(absent, good, silent, text, empty, tones.resolve("low/clip1.wav"), "--json", "--threshold", 0);
    assertThat(cli.code()).isEqualTo(2);
    assertThat(cli.err().lines().filter(line -> line.startsWith("lull: "))).hasSize(4)
        .anyMatch(line -> line.contains(absent + ": no such file")).anyMatch(line -> line.contains(silent + ": silent"))
        .anyMatch(line -> line.contains(text.toString())).anyMatch(line -> line.contains("no WAV file in " + empty));
    assertThat(cli.err()).doesNotContain("\tat ");
    List<JsonNode> lines = lines(cli);
    assertThat(lines.stream().filter(line -> line.has("error"))).hasSize(4);
    assertThat(lines.stream().filter(line -> line.has("label"))).extracting(line -> line.get("file").textValue())
        .containsExactly(good.toString(), tones.resolve("low/clip1.wav").toString());

    assertThat(predict(good, silent).out().lines()).hasSize(2);
    predict(empty).isMistake("no WAV file in " + empty, "give WAV files");
    predict(absent).isMistake(absent + ": no such file");
  }

  @Test
  void flawsAreCounted() throws IOException {
    Path odd = dir.resolve("odd.wav");
    byte[] bytes = Files.readAllBytes(tones.resolve("low/clip1.wav"));
    Arrays.fill(bytes, 40, 44, (byte) 0x7F); // the size of the data chunk
    Files.write(odd, bytes);
    Cli cli = predict(odd, tones.resolve("low/clip2.wav"));
    assertThat(cli.err()).as(cli.out()).contains("warning: 1 of 2 clips", odd.toString());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "--threshold 1.5  | threshold: 1.5 | 0 to 1",
      "--threshold -0.1 | threshold: -0.1 | 0 to 1",
      "--threshold NaN  | threshold: NaN | 0 to 1",
      "--threshold high | --threshold | 'high'",
      "--top 0          | top: 0 | 1 or more",
      "--top 2 --top 3  | --top | once"})
  void refusesOptionsBeforeAnythingIsRead(String options, String value, String advice) {
    List<Object> args = new ArrayList<>(List.of(dir.resolve("absent.wav")));
    args.addAll(List.of(options.split(" ")));
    predict(args.toArray()).isMistake(value, advice);
  }

  @Test
  void moreClassesThanThereAreAreAllOfThem() {
    assertThat(predict(tones.resolve("low/clip1.wav"), "--json", "--top", 99).succeeds().json().get("top")).hasSize(3);
    lull("predict", "--model", run).isMistake("FILE");
    lull("predict", tones).isMistake("--model");
    lull("predict", "--model", dir.resolve("absent"), tones).isMistake("absent", "no such file");
  }

  @Test
  void everyFieldIsDocumented() throws IOException {
    Set<String> documented = Pattern.compile("(?m)^\\| `(\\w+)` \\|").matcher(Files.readString(Path.of("../docs/predict.md"))).results()
        .map(row -> row.group(1)).collect(Collectors.toSet());
    Set<String> fields = new TreeSet<>(Set.of("values")); // of regression, see below
    lines(predict(tones.resolve("low/clip1.wav"), dir.resolve("absent.wav"), "--json")).forEach(line -> line.fieldNames()
        .forEachRemaining(fields::add));
    lines(lull("predict", "--model", ofSeries, series, "--json")).forEach(line -> line.fieldNames().forEachRemaining(fields::add));
    assertThat(fields).isEqualTo(documented);
  }

  // ---- time series

  @Test
  void everyCaseOfATimeSeriesIsAnswered() {
    Path file = series.resolve("Tiny_TEST.ts");
    List<JsonNode> lines = lines(lull("predict", "--model", ofSeries, file, "--json", "--threshold", 0).succeeds());
    Model model = Model.load(ofSeries.resolve("model.safetensors"));
    List<Example> cases = ((TsFile.Classification) TsFile.read(file)).cases();
    assertThat(lines).hasSize(16);
    for (int i = 0; i < 16; i++) {
      assertThat(lines.get(i).get("line").intValue()).isEqualTo(5 + i);
      assertThat(lines.get(i).get("label").textValue()).isEqualTo(model.classify(rows(cases.get(i).frames(), 2)).label());
    }
    List<String> rows = lull("predict", "--model", ofSeries, series).succeeds().out().lines().toList();
    assertThat(rows).hasSize(1 + 16 + 40);
    assertThat(rows.get(1)).startsWith(file + ":5 ");
  }

  @Test
  void dataOfAnotherKindIsRefused() {
    Path file = series.resolve("Tiny_TEST.ts");
    Path clip = tones.resolve("low/clip1.wav");
    predict(file).isMistake(file + ": time series", "WAV files");
    lull("predict", "--model", ofSeries, clip).isMistake(clip + ": sound", ".ts form");
    lull("predict", "--model", ofSeries, tones).isMistake("no .ts file in " + tones);
    Path wide = TinyData.text(dir.resolve("wide.ts"), "@dimensions 3\n@classLabel true up down\n@data\n1,2:3,4:5,6:up\n");
    lull("predict", "--model", ofSeries, wide).isMistake(wide + ": 3 dimensions, expected 2");
    Path noName = TinyData.text(dir.resolve("series"), "up\n");
    lull("predict", "--model", ofSeries, noName).isMistake(noName.toString());
  }

  @Test
  void aModelThatPredictsNumbersPrintsThem() {
    List<float[][]> sequences = new ArrayList<>();
    List<float[]> targets = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sequences.add(new float[][] {{i}, {i}});
      targets.add(new float[] {2 * i});
    }
    Model model = Training.builder().regression().layers(1).hidden(4).epochs(1).threads(1).build()
        .fit(Dataset.ofTargets(sequences, targets)).model();
    Path file = dir.resolve("numbers.safetensors");
    model.save(file);
    Path ts = TinyData.text(dir.resolve("n.ts"), "@univariate true\n@targetLabel true\n@data\n3,3:6\n5,5:10\n");
    List<JsonNode> lines = lines(lull("predict", "--model", file, ts, "--json").succeeds());
    assertThat(lines).hasSize(2);
    float predicted = model.predict(new float[][] {{3}, {3}})[0];
    assertThat(lines.getFirst().at("/values/0").floatValue()).isEqualTo(predicted);
    assertThat(lull("predict", "--model", file, ts).succeeds().out().lines().toList().get(1)).isEqualTo(ts + ":4      " + predicted);
    lull("predict", "--model", file, ts, "--threshold", 0.5).isMistake("--threshold", "predicts numbers");
  }
}
