// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lull.cli.Cli.lull;
import static org.lull.cli.TinyData.bytesOf;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.Model;

/** lull train --from. */
class TrainFromTest {
  @TempDir
  static Path shared;
  private static Path series;
  private static Path tones;
  private static Path ofSeries;
  private static Path ofTones;

  @TempDir
  Path dir;

  @BeforeAll
  static void makeRuns() {
    series = TinyData.series(shared.resolve("series"));
    tones = TinyData.tones(shared.resolve("tones"));
    ofSeries = shared.resolve("of-series");
    ofTones = shared.resolve("of-tones");
    Cli.train(series, ofSeries, "--dense", "--cell", "gru", "--layers", 1, "--head", "last", "--epochs", 4, "--batch", 8).succeeds();
    Cli.train(tones, ofTones, "--dense", "--features", "mel40", "--batch", 8).succeeds();
  }

  private Path run() {
    return dir.resolve("run");
  }

  /** The options of Cli.train, but for the sizes, which are those of the model. */
  private Cli from(Path model, Path data, Object... more) {
    Stream<Object> usual = Stream.of("train", "--from", model, "--data", data, "--run", run(), "--cache", dir.resolve("cache"), "--threads",
        1, "--timing", 0);
    Stream<Object> epochs = List.of(more).contains("--epochs") ? Stream.of() : Stream.of("--epochs", 2);
    return lull(Stream.of(usual, epochs, Stream.of(more)).flatMap(s -> s).toArray());
  }

  @Test
  void aModelIsTrainedFurther() throws IOException {
    Model model = Model.load(ofSeries.resolve("model.safetensors"));
    Cli trained = from(ofSeries, series, "--target-reduction", 3, "--batch", 8).succeeds();
    Model delta = Model.load(run().resolve("model.safetensors"));
    assertThat(delta.spec()).isEqualTo(model.spec());
    assertThat(delta.normalisation()).isEqualTo(model.normalisation());
    assertThat(delta.labels()).isEqualTo(model.labels());
    assertThat(delta.provenance().options()).containsEntry("from", model.fingerprint()).containsEntry("cell", "gru");
    assertThat(Model.load(run().resolve("dense.safetensors")).provenance().options()).containsEntry("from", model.fingerprint());

    JsonNode result = Cli.parse(Files.readString(run().resolve("result.json")));
    JsonNode before = Cli.parse(Files.readString(ofSeries.resolve("result.json")));
    assertThat(result.get("from").get("fingerprint").textValue()).isEqualTo(model.fingerprint());
    assertThat(result.get("from").get("mode").textValue()).isEqualTo("dense");
    assertThat(result.get("from").get("test_accuracy")).isEqualTo(before.get("dense").get("test_accuracy"));
    assertThat(trained.out()).contains(", before ");
    assertThat(Files.readString(run().resolve("report.html"))).contains("the model that training started from");
    assertThat(Files.readString(run().resolve("config.toml"))).contains("from = \"" + ofSeries.toAbsolutePath() + "\"", "cell = \"gru\"",
        "layers = 1", "head = \"last\"");

    // the options that the run has left train the same again
    Path again = dir.resolve("again");
    lull("train", "--config", run().resolve("config.toml"), "--run", again, "--timing", 0).succeeds();
    assertThat(bytesOf(again.resolve("model.safetensors"))).isEqualTo(bytesOf(run().resolve("model.safetensors")));
    lull("info", run(), "--details").succeeds();
    lull("report", run()).succeeds();
    lull("eval", "--model", run(), "--data", series, "--no-cache").succeeds();
  }

  @Test
  void soundKeepsTheFrontEndOfTheModel() {
    from(ofTones.resolve("model.safetensors"), tones, "--delta", "--batch", 8, "--quick").succeeds();
    Model model = Model.load(run().resolve("model.safetensors"));
    assertThat(model.frontEnd()).isEqualTo(Model.load(ofTones.resolve("model.safetensors")).frontEnd()).contains("mel40");
    assertThat(run().resolve("dense.safetensors")).doesNotExist();
  }

  /** Settings that no preset has, as a program may have made them. */
  @Test
  void aFrontEndOfOnesOwnIsKept() {
    Model model = Model.load(ofTones.resolve("model.safetensors"));
    String own = model.frontEnd().replace("mel40", "own").replace("\"lowHz\":20.0", "\"lowHz\":30.0");
    assertThat(own).contains("30.0");
    Path file = dir.resolve("own.safetensors");
    new Model(model.network(), model.mode(), model.normalisation(), model.labels(), own, model.provenance()).save(file);
    from(file, tones, "--dense", "--batch", 8, "--epochs", 1).succeeds();
    assertThat(Model.load(run().resolve("model.safetensors")).frontEnd()).isEqualTo(own);
    lull("train", "--config", run().resolve("config.toml"), "--run", dir.resolve("again"), "--timing", 0).succeeds();
    lull("train", "--resume", run(), "--epochs", 2, "--timing", 0, "--threads", 1, "--cache", dir.resolve("cache")).succeeds();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "--cell lstm        | --cell lstm beside --from   | has gru",
      "--layers 2         | --layers 2 beside --from    | has 1",
      "--hidden 64        | --hidden 64 beside --from   | has 8",
      "--head mean        | --head mean beside --from   | has last",
      "--pretrain-epochs 3 | --pretrain-epochs 3 beside --from | trained already",
      "--dense --target-reduction 3 | --dense trains no delta network | leave one out",
      "--threshold -1     | threshold -1.0              | 0 or more",
      "--threshold 0.1,0.2 | 2 thresholds               | 1 layers"})
  void whatContradictsTheModelIsRefusedByName(String options, String mistake, String expected) {
    from(ofSeries, series, (Object[]) options.split(" ")).isMistake(mistake, expected);
    assertThat(run()).doesNotExist();
  }

  @Test
  void theSameMayBeSaidAgain() {
    from(ofSeries, series, "--cell", "gru", "--hidden", 8, "--dense", "--layers", 1, "--head", "last").succeeds();
  }

  @Test
  void otherDataIsRefusedBeforeSoundIsMade() throws IOException {
    from(ofTones, tones, "--features", "mel16").isMistake("--features mel16 beside --from", "has mel40");
    from(ofTones, series).isMistake("was trained on sound, not on time series");
    from(ofSeries, tones).isMistake("was trained on time series, not on sound");
    from(ofSeries, TinyData.numbers(dir.resolve("numbers"))).isMistake("tells classes apart");
    Path other = TinyData.tones(dir.resolve("tones"));
    Files.move(other.resolve("middle"), other.resolve("deep"));
    from(ofTones, other).isMistake("does not know: deep", "no middle", "expected the labels of the model: high, low, middle");
    assertThat(dir.resolve("cache")).doesNotExist();
    from(dir.resolve("none"), series).isMistake("no such file or directory");
    from(TinyData.text(dir.resolve("model.safetensors"), "hello"), series).isMistake("model.safetensors");
    assertThat(run()).doesNotExist();
  }

  @Test
  void regression() {
    Path numbers = TinyData.numbers(dir.resolve("numbers"));
    Path before = dir.resolve("before");
    Cli.train(numbers, before, "--dense").succeeds();
    Cli trained = from(before, numbers).succeeds();
    assertThat(trained.out()).contains(", before ");
    from(before, series).isMistake("exists and is not empty");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dense", "delta"})
  void itGoesOnWithoutTheModelGiven(String phase) throws IOException {
    Path whole = dir.resolve("whole");
    Path given = dir.resolve("given.safetensors");
    Files.copy(ofSeries.resolve("model.safetensors"), given);
    Object[] options = {"--from", given, "--target-reduction", 3, "--batch", 8, "--checkpoint-every", 1, "--epochs", 3, "--hidden", 8};
    Cli.train(series, whole, options).succeeds();
    Cli.train(series, run(), options).succeeds();
    Files.delete(given);
    Path checkpoints = run().resolve("checkpoints");
    for (String later : phase.equals("dense") ? List.of("dense", "delta") : List.of("delta")) { // as if killed
      Files.delete(checkpoints.resolve(later + ".safetensors"));
      if (!later.equals(phase)) {
        Files.delete(checkpoints.resolve(later + ".previous.safetensors"));
      }
    }
    Path noted = checkpoints.resolve("settings.json");
    TinyData.text(noted, Files.readString(noted).replaceAll("\"completed_epochs\" : 3", "\"completed_epochs\" : null"));
    Files.delete(run().resolve("result.json"));

    resume("--from", ofTones).isMistake("--from beside --resume", "begun from another model");
    resume("--cell", "lstm").isMistake("--cell lstm beside --resume");
    resume("--from", ofSeries).succeeds();
    for (String file : List.of("model.safetensors", "dense.safetensors", "metrics.jsonl")) {
      assertThat(bytesOf(run().resolve(file))).as(file).isEqualTo(bytesOf(whole.resolve(file)));
    }
    JsonNode result = Cli.parse(Files.readString(run().resolve("result.json")));
    assertThat(result.get("from")).isEqualTo(Cli.parse(Files.readString(whole.resolve("result.json"))).get("from"));
    resume("--from", ofTones).isMistake("begun from another model");
    Path plain = dir.resolve("plain");
    Cli.train(series, plain, "--dense").succeeds();
    lull("train", "--resume", plain, "--from", ofSeries).isMistake("begun from initial weights");
    Files.delete(checkpoints.resolve("from.safetensors"));
    resume("--epochs", 4).isMistake("from.safetensors");
  }

  private Cli resume(Object... more) {
    return lull(Stream.concat(Stream.of("train", "--resume", run(), "--timing", 0, "--threads", 1), Stream.of(more)).toArray());
  }
}
