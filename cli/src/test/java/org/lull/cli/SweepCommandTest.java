// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.lull.cli.Cli.lull;
import static org.lull.cli.TinyData.bytesOf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.Model;
import org.lull.cli.report.ParetoPicture;
import org.lull.cli.report.Picture.Place;
import org.lull.network.Mode;

class SweepCommandTest {
  @TempDir
  static Path shared;
  private static Path series;

  @TempDir
  Path dir;

  @BeforeAll
  static void makeData() {
    series = TinyData.series(shared.resolve("series"));
  }

  private Path out() {
    return dir.resolve("sweep");
  }

  private static List<Object> arguments(Path out, String options) {
    List<Object> arguments = new ArrayList<>(List.of("sweep", "--data", series, "--out", out, "--hidden", 8, "--layers", 1, "--no-cache"));
    arguments.addAll(Arrays.asList(options.split(" ")));
    return arguments;
  }

  private static Cli sweep(Path out, String options) {
    return lull(arguments(out, options).toArray());
  }

  private static Map<String, JsonNode> byName(JsonNode results) {
    return results.get("points").valueStream().collect(Collectors.toMap(point -> point.get("name").textValue(), point -> point));
  }

  private static List<String> files(Path dir) throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  // ---- what is trained

  @Test
  void everyPointIsWhatTrainMakesOfItsOptions() throws IOException {
    sweep(out(), "--epochs 3 --over threshold=0.1,0.4 --over seed=1,2 --jobs 2").succeeds();

    assertThat(files(out().resolve("points"))).containsExactly("dense,seed=1", "dense,seed=2", "threshold=0.1,seed=1",
        "threshold=0.1,seed=2", "threshold=0.4,seed=1", "threshold=0.4,seed=2");
    Path train = dir.resolve("train");
    Cli.train(series, train, "--layers", 1, "--epochs", 3, "--threshold", 0.4, "--seed", 2).succeeds();
    Path delta = out().resolve("points/threshold=0.4,seed=2");
    Path dense = out().resolve("points/dense,seed=2");
    assertThat(files(delta)).containsExactly("curves.png", "metrics.jsonl", "model.safetensors", "point.json", "result.json");
    assertThat(bytesOf(delta.resolve("model.safetensors"))).isEqualTo(bytesOf(train.resolve("model.safetensors")));
    Model control = Model.load(dense.resolve("model.safetensors"));
    assertThat(control.mode()).isEqualTo(Mode.DENSE);
    assertThat(bytesOf(dense.resolve("model.safetensors"))).isEqualTo(bytesOf(train.resolve("dense.safetensors")));
    assertThat(control.provenance().options()).containsEntry("seed", "2").doesNotContainKey("threshold");
    assertThat(Files.readString(train.resolve("metrics.jsonl")))
        .isEqualTo(Files.readString(dense.resolve("metrics.jsonl")) + Files.readString(delta.resolve("metrics.jsonl")));
    JsonNode point = Cli.parse(Files.readString(delta.resolve("point.json")));
    assertThat(point.at("/options/threshold").textValue()).isEqualTo("[0.4]");
    assertThat(point.get("timed").booleanValue()).isFalse();
  }

  /** The beginning that the control and the points compared with it share makes no byte another. */
  @Test
  void pretrainedPointsAreWhatTrainMakesOfTheirOptions() throws IOException {
    JsonNode results =
        sweep(out(), "--pretrain-epochs 2 --epochs 2 --over target-reduction=1.5,3 --over seed=1,2 --jobs 2 --json").succeeds()
            .json();

    Path train = dir.resolve("train");
    Cli.train(series, train, "--layers", 1, "--pretrain-epochs", 2, "--epochs", 2, "--target-reduction", 3, "--seed", 2).succeeds();
    Path delta = out().resolve("points/target-reduction=3,seed=2");
    Path dense = out().resolve("points/dense,seed=2");
    assertThat(bytesOf(delta.resolve("model.safetensors"))).isEqualTo(bytesOf(train.resolve("model.safetensors")));
    assertThat(bytesOf(dense.resolve("model.safetensors"))).isEqualTo(bytesOf(train.resolve("dense.safetensors")));
    List<String> together = Files.readAllLines(train.resolve("metrics.jsonl"));
    assertThat(Files.readAllLines(dense.resolve("metrics.jsonl"))).isEqualTo(together.subList(0, 4));
    assertThat(Files.readAllLines(delta.resolve("metrics.jsonl"))).startsWith(together.get(0), together.get(1))
        .endsWith(together.get(4), together.get(5)).hasSize(4);
    ObjectNode alone = (ObjectNode) Cli.parse(Files.readString(train.resolve("result.json"))).get("delta");
    alone.remove("step_micros");
    assertThat(untimed(delta).get("delta")).isEqualTo(alone);

    JsonNode figures = byName(results).get("target-reduction=3,seed=2").get("result");
    double training = alone.get("training_macs").doubleValue();
    double pretraining = alone.get("pretraining_macs").doubleValue();
    assertThat(pretraining).isPositive();
    assertThat(figures.get("whole_reduction").doubleValue())
        .isEqualTo((alone.get("dense_training_macs").doubleValue() + pretraining) / (training + pretraining));
    assertThat(figures.get("full_reduction")).isEqualTo(alone.get("full_reduction"));
    assertThat(figures.get("paper_reduction")).isEqualTo(alone.get("paper_reduction"));
    assertThat(figures.get("target_met")).isEqualTo(alone.at("/target/met"));
  }

  /** A sweep that is cut off after pretraining does not pretrain again, unless it must, and comes to the same bytes. */
  @ParameterizedTest
  @ValueSource(strings = {"--cell lstm", "--cell gru", "--numeric fixed16"})
  void pretrainingIsKept(String network) throws IOException {
    String options = network + " --pretrain-epochs 2 --epochs 1 --over threshold=0.1,0.3";
    sweep(out(), options).succeeds();
    Path kept = out().resolve("pretrained", files(out().resolve("pretrained")).getFirst());
    Path train = dir.resolve("train");
    Cli.train(series, train, (Object[]) ("--layers 1 --dense --epochs 2 " + network).split(" ")).succeeds();
    assertThat(bytesOf(kept.resolve("model.safetensors"))).isEqualTo(bytesOf(train.resolve("model.safetensors")));

    FileTime before = Files.getLastModifiedTime(kept);
    endsTheSameWithoutSomePoints(options);
    assertThat(Files.getLastModifiedTime(kept)).isEqualTo(before);

    TinyData.text(kept.resolve("epochs.json"), "{\"epochs\": [{}]}");
    assertThat(endsTheSameWithoutSomePoints(options).err()).contains("epochs.json is damaged", "epochs are missing", "trained again");
    Files.delete(kept.resolve("model.safetensors"));
    assertThat(endsTheSameWithoutSomePoints(options).err()).contains("warning: ", "model.safetensors", "trained again");
    assertThat(endsTheSameWithoutSomePoints(options).err()).doesNotContain("warning");
  }

  private Cli endsTheSameWithoutSomePoints(String options) throws IOException {
    List<Path> points = List.of(out().resolve("points/dense"), out().resolve("points/threshold=0.3"));
    List<List<Object>> before = new ArrayList<>();
    for (Path point : points) {
      before.add(whatDecidesNoTime(point));
      Files.delete(point.resolve("result.json"));
      Files.delete(point.resolve("model.safetensors"));
    }
    Cli again = sweep(out(), options).succeeds();
    for (int i = 0; i < points.size(); i++) {
      assertThat(whatDecidesNoTime(points.get(i))).isEqualTo(before.get(i));
    }
    return again;
  }

  private static List<Object> whatDecidesNoTime(Path point) throws IOException {
    return List.of(untimed(point), Files.readString(point.resolve("metrics.jsonl")),
        Arrays.toString(bytesOf(point.resolve("model.safetensors"))));
  }

  @Test
  void aPretrainingThatDivergesFailsAllThatBeginWithIt() {
    Cli sweep = sweep(out(), "--pretrain-epochs 50 --epochs 1 --optimizer sgd --clip 1e30 --warmup 0 --weight-decay 900 --over lr=999,1e-6"
        + " --over threshold=0.1,0.2 --json");
    assertThat(sweep.code()).isEqualTo(1);
    Map<String, JsonNode> points = byName(sweep.json());
    assertThat(List.of("dense,lr=999", "lr=999,threshold=0.1", "lr=999,threshold=0.2"))
        .allSatisfy(name -> assertThat(points.get(name).get("failure").textValue()).startsWith("epoch "));
    assertThat(points.get("lr=1e-6,threshold=0.2").at("/result/difference").isNumber()).isTrue();
  }

  @Test
  void differencesAreToTheControlOfTheSameSeed() {
    JsonNode results = sweep(out(), "--epochs 2 --over threshold=0.2 --over seed=1,2,3 --json").succeeds().json();

    Map<String, JsonNode> points = byName(results);
    double sum = 0;
    for (int seed = 1; seed <= 3; seed++) {
      JsonNode delta = points.get("threshold=0.2,seed=" + seed);
      JsonNode dense = points.get("dense,seed=" + seed);
      assertThat(delta.get("control")).isEqualTo(dense.get("name"));
      double difference = delta.at("/result/test_accuracy").doubleValue() - dense.at("/result/test_accuracy").doubleValue();
      assertThat(delta.at("/result/difference").doubleValue()).isEqualTo(difference);
      sum += difference;
      assertThat(delta.at("/result/reduction").doubleValue()).isGreaterThan(1);
      assertThat(delta.at("/result/step_micros").isNull()).isTrue();
      assertThat(dense.get("control").isNull()).isTrue();
    }
    JsonNode family = results.get("families").get(1);
    assertThat(family.get("network").textValue()).isEqualTo("delta");
    assertThat(family.get("options").toString()).isEqualTo("{\"threshold\":\"0.2\"}");
    assertThat(family.get("runs").intValue()).isEqualTo(3);
    assertThat(family.at("/difference/mean").doubleValue()).isCloseTo(sum / 3, within(1e-12));
  }

  @Test
  void theTableHasMeansOverTheSeeds() {
    String table = sweep(out(), "--epochs 1 --over cell=lstm,gru --over threshold=0.1,1e30 --over seed=1,2").succeeds().out();
    assertThat(table.lines().map(line -> line.split(" {2,}")[0] + " " + line.split(" {2,}")[1] + " " + line.split(" {2,}")[2]))
        .containsExactly("network cell threshold", "dense lstm -", "delta lstm 0.1", "delta lstm 1e30", "dense gru -", "delta gru 0.1",
            "delta gru 1e30");
    assertThat(table.lines().skip(1)).allMatch(line -> line.contains(" +- "));
    assertThat(table).contains("1.0x").doesNotContain("NaN", "Infinity", "step");
  }

  @Test
  void theCsvHasEveryPoint() throws IOException {
    sweep(out(), "--epochs 1 --over threshold=0.1,1e30").succeeds();
    List<String> lines = Files.readAllLines(out().resolve("sweep.csv"));
    assertThat(lines.getFirst()).startsWith("name,network,threshold,test_accuracy,");
    assertThat(lines.stream().skip(1).map(line -> line.split(",")[0])).containsExactly("dense", "threshold=0.1", "threshold=1e30");
    assertThat(lines.getLast()).as("no reduction, no time").endsWith(",,");
    assertThat(lines).allMatch(line -> line.chars().filter(c -> c == ',').count() == 16);
  }

  @Test
  void stepsAreTimedWhereNothingElseRuns() {
    JsonNode results = sweep(out(), "--epochs 1 --over threshold=0.1 --jobs 1 --timing 0.01 --json").succeeds().json();
    assertThat(byName(results).get("threshold=0.1").at("/result/step_micros").doubleValue()).isPositive();
    assertThat(sweep(out(), "--epochs 1 --over threshold=0.1").succeeds().out()).contains("step", " ms");
  }

  @Test
  void anyOptionCanBeAnAxis() throws IOException {
    sweep(out(), "--epochs 1 --over threshold-x=0.1:0.3 --over layers=2 --over head=mean,last --over augment=true,false --over lr=0.01")
        .isMistake("layers");
    List<Object> arguments = arguments(out(), "--epochs 1 --over threshold-x=0.1:0.3 --over head=mean,last --over augment=false");
    arguments.set(arguments.indexOf("--layers") + 1, 2);
    lull(arguments.toArray()).succeeds();
    Model model = Model.load(out().resolve("points/threshold-x=0.1:0.3,head=last,augment=false/model.safetensors"));
    assertThat(model.network().thresholds(1).x()[0]).isEqualTo(0.3f);
    assertThat(model.provenance().options()).containsEntry("augment", "false").containsEntry("head", "last");
  }

  @Test
  void aPointThatDivergesEndsNoOther() {
    Cli sweep = sweep(out(), "--epochs 50 --optimizer sgd --clip 1e30 --warmup 0 --weight-decay 900 --over lr=999,1e-6 --json");
    assertThat(sweep.code()).isEqualTo(1);
    assertThat(sweep.err()).contains("warning: lr=999: training stopped: epoch ").doesNotContain("\tat ");
    Map<String, JsonNode> points = byName(sweep.json());
    assertThat(points.get("lr=999").get("failure").textValue()).contains("epoch ");
    assertThat(points.get("lr=999").get("result").isNull()).isTrue();
    assertThat(points.get("lr=1e-6").at("/result/difference").isNumber()).isTrue();
    assertThat(out().resolve("unfinished")).doesNotExist();
    Cli shown = lull("sweep", "--out", out(), "--json");
    assertThat(shown.out()).as("the reasons too").isEqualTo(sweep.out());
  }

  @Test
  void aBudgetThatIsNotMetIsNamed() {
    Cli sweep = sweep(out(), "--epochs 1 --over target-reduction=1.01,1e5 --over seed=1,2").succeeds();
    String missed = "warning: not within a twentieth of the target: ";
    assertThat(sweep.err()).contains(missed, "target-reduction=1e5,seed=2")
        .contains("warning: target-reduction=1e5,seed=1: a reduction of 100000.0 was the target, ");
    assertThat(sweep.out()).contains("target met", "0 of 2");
    assertThat(lull("sweep", "--out", out()).succeeds().err()).contains(missed);
  }

  @Test
  void aFailureThatIsNotOfAPointAloneEndsAll() {
    String tooLongForAFile = "0." + "0".repeat(260) + "1";
    sweep(out(), "--epochs 100000 --jobs 4 --over lr=0.01," + tooLongForAFile).isMistake("name too long");
    assertThat(out().resolve("unfinished")).doesNotExist();
    assertThat(out().resolve("points")).isEmptyDirectory();
  }

  @Test
  void theFrontHasWhatNoOtherBeats() {
    Place dense = new Place(6e9, 0.9, 0);
    Place middle = new Place(2e9, 0.85, 0);
    Place cheap = new Place(1e9, 0.8, 0);
    Place wasteful = new Place(3e9, 0.85, 0);
    assertThat(ParetoPicture.front(List.of(cheap, new Place(2e9, 0.84, 0), middle, wasteful, dense, new Place(7e9, 0.9, 0))))
        .containsExactly(cheap, middle, dense);
  }

  // ---- going on

  @Test
  void aCompleteSweepTrainsNothingAndPrintsTheSame() throws IOException {
    String options = "--epochs 1 --over threshold=0.1,0.2 --over seed=1,2";
    String table = sweep(out(), options).succeeds().out();
    Path result = out().resolve("points/dense,seed=1/result.json");
    FileTime before = Files.getLastModifiedTime(result);
    Files.delete(out().resolve("sweep.csv"));

    assertThat(sweep(out(), options).succeeds().out()).isEqualTo(table);
    Cli shown = lull("sweep", "--out", out()).succeeds();
    assertThat(shown.out()).isEqualTo(table);
    assertThat(shown.err()).doesNotContain("data: ");
    assertThat(Files.getLastModifiedTime(result)).isEqualTo(before);
    assertThat(out().resolve("sweep.csv")).exists();
  }

  @Test
  void aPointWithoutAResultIsTrainedAgain() throws IOException {
    String options = "--epochs 1 --over threshold=0.1,0.2";
    String table = sweep(out(), options).succeeds().out();
    Path point = out().resolve("points/threshold=0.2");
    byte[] model = bytesOf(point.resolve("model.safetensors"));
    Files.delete(point.resolve("result.json"));
    TinyData.text(point.resolve("model.safetensors"), "cut off");
    TinyData.text(out().resolve("unfinished/threshold=0.2/metrics.jsonl"), "{\"half\":");

    Cli partial = lull("sweep", "--out", out());
    assertThat(partial.code()).isEqualTo(1);
    assertThat(partial.err()).contains("warning: 1 of 3 points are not trained");
    assertThat(out().resolve("unfinished")).exists();

    assertThat(sweep(out(), options).succeeds().out()).isEqualTo(table);
    assertThat(bytesOf(point.resolve("model.safetensors"))).isEqualTo(model);
    assertThat(out().resolve("unfinished")).doesNotExist();
  }

  @Test
  void aDamagedResultIsNamed() {
    sweep(out(), "--epochs 1 --over threshold=0.1").succeeds();
    Path result = out().resolve("points/threshold=0.1/result.json");
    TinyData.text(result, "{\"data\":");
    sweep(out(), "--epochs 1 --over threshold=0.1").isMistake(result.toString(), "damaged", "trained again");
  }

  private Process start(Path out, String options) throws IOException {
    return Cli.start(dir.resolve("output"), arguments(out, options).toArray());
  }

  /** Waits until the sweep has finished some points. */
  private static void awaitPoints(Process process, Path out, int count) throws Exception {
    while (!Files.exists(out.resolve("points")) || files(out.resolve("points")).size() < count) {
      assertThat(process.waitFor(20, TimeUnit.MILLISECONDS)).as("the sweep ended by itself").isFalse();
    }
  }

  @Test
  void aSweepThatWasKilledGoesOnAndEndsTheSame() throws Exception {
    String options = "--pretrain-epochs 20 --epochs 40 --jobs 2 --over threshold=0,0.2 --over seed=1,2,3,4";
    Process killed = start(out(), options);
    awaitPoints(killed, out(), 2);
    killed.destroyForcibly().waitFor();
    List<String> done = files(out().resolve("points"));
    assertThat(done).hasSizeBetween(2, 11);
    Map<String, FileTime> before = done.stream().collect(Collectors.toMap(name -> name, this::finishedAt));

    Cli resumed = sweep(out(), options).succeeds();

    assertThat(done).allSatisfy(name -> assertThat(finishedAt(name)).isEqualTo(before.get(name)));
    Path whole = dir.resolve("whole");
    assertThat(sweep(whole, options).succeeds().out()).isEqualTo(resumed.out());
    assertThat(files(out().resolve("points"))).hasSize(12).isEqualTo(files(whole.resolve("points")));
    for (String file : List.of("sweep.json", "results.json", "sweep.csv", "pareto.png")) {
      assertThat(bytesOf(out().resolve(file))).as(file).isEqualTo(bytesOf(whole.resolve(file)));
    }
    for (String name : files(whole.resolve("points"))) {
      Path here = out().resolve("points", name);
      Path there = whole.resolve("points", name);
      for (String file : List.of("model.safetensors", "metrics.jsonl", "point.json", "curves.png")) {
        assertThat(bytesOf(here.resolve(file))).as(name + "/" + file).isEqualTo(bytesOf(there.resolve(file)));
      }
      assertThat(untimed(here)).isEqualTo(untimed(there));
    }
  }

  /** A point that was cut off within its training goes on from its checkpoint, and ends the same. */
  @Test
  void aPointThatWasCutOffGoesOn() throws Exception {
    String options = "--jobs 2 --epochs 120 --over threshold=0.2";
    Process killed = start(out(), options);
    Path checkpoints = out().resolve("checkpoints");
    while (!Files.exists(checkpoints) || files(checkpoints).isEmpty()) {
      assertThat(killed.waitFor(5, TimeUnit.MILLISECONDS)).as("the sweep ended by itself").isFalse();
    }
    killed.destroy();
    assertThat(killed.waitFor(60, TimeUnit.SECONDS)).isTrue();
    Cli resumed = sweep(out(), options).succeeds();
    assertThat(checkpoints).doesNotExist();
    Path whole = dir.resolve("whole");
    assertThat(sweep(whole, options).succeeds().out()).isEqualTo(resumed.out());
    for (String name : files(whole.resolve("points"))) {
      for (String file : List.of("model.safetensors", "metrics.jsonl")) {
        assertThat(bytesOf(out().resolve("points", name, file))).isEqualTo(bytesOf(whole.resolve("points", name, file)));
      }
    }
  }

  private FileTime finishedAt(String point) {
    try {
      return Files.getLastModifiedTime(out().resolve("points", point, "result.json"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode untimed(Path point) throws IOException {
    JsonNode result = Cli.parse(Files.readString(point.resolve("result.json")));
    Stream.of("dense", "delta").map(result::get).filter(JsonNode::isObject)
        .forEach(network -> ((ObjectNode) network).remove("step_micros"));
    return result;
  }

  @Test
  void aRequestToEndTellsWhatThereIsAndNoOtherSweepComesBetween() throws Exception {
    String options = "--jobs 2 --over epochs=1,100000";
    Process running = start(out(), options);
    awaitPoints(running, out(), 2);
    sweep(out(), options).isMistake("another sweep is at work in " + out());
    lull("sweep", "--out", out()).isMistake("another sweep is at work in " + out());
    running.destroy(); // as Ctrl-C does, but for the signal
    assertThat(running.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(dir.resolve("output")).content()
        .contains("lull: stopped before the end; 2 of 4 points are finished in " + out()).doesNotContain("\tat ");
  }

  // ---- refusals

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "--epochs 1 --over seed=1,3                        | seed is [1, 3], there [1, 2]",
      "--epochs 2 --over seed=1,2                        | epochs is 2, there 1",
      "--epochs 1 --over threshold=0.1 --over seed=1,2   | threshold is [0.1], there auto",
      "--epochs 1 --over seed=1,2 --patience 3           | patience is 3, there not given"})
  void anotherSweepIsRefusedWithWhatDiffers(String options, String difference) throws IOException {
    sweep(out(), "--epochs 1 --over seed=1,2").succeeds();
    byte[] results = bytesOf(out().resolve("results.json"));
    TinyData.text(out().resolve("unfinished/seed=1/metrics.jsonl"), "of the other sweep");
    sweep(out(), options).isMistake(out().toString(), "holds another sweep", difference, "--out");
    assertThat(bytesOf(out().resolve("results.json"))).isEqualTo(results);
    assertThat(out().resolve("unfinished/seed=1/metrics.jsonl")).hasContent("of the other sweep");
  }

  @Test
  void otherDataAreRefused() throws IOException {
    Path changing = TinyData.series(dir.resolve("changing"));
    Object[] arguments = {"sweep", "--data", changing, "--out", out(), "--hidden", 8, "--layers", 1, "--epochs", 1, "--over", "seed=1"};
    lull(arguments).succeeds();
    Path test = changing.resolve("Tiny_TEST.ts");
    Files.writeString(test, Files.readString(test) + "1,2,3:1,2,3:up\n");
    lull(arguments).isMistake("the data", "have changed");
    arguments[2] = TinyData.tones(dir.resolve("tones"));
    lull(arguments).isMistake("the data are a folder of WAV files per class, 3 classes, ", ", there time series");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "--over colour=red                          | --over colour",
      "--over batch=8,many                        | 'many'",
      "--over threshold=0.1,-1                    | point threshold=-1: threshold -1.0",
      "--over lr=0.1,0.10                         | points lr=0.1 and lr=0.10 are the same",
      "--over hidden=4,8                          | --hidden and --over hidden exclude each other",
      "--over seed=1 --jobs 0                     | jobs: 0",
      "--over seed=1 --threads 0                  | threads: 0",
      "--over seed=1 --jobs 2 --timing 1          | --timing needs --jobs 1",
      "--epochs 1                                 | there is no sweep in"})
  void refusesOptionsBeforeAnythingIsRead(String options, String message) {
    sweep(out(), options).isMistake(message);
    assertThat(out()).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "full/mine.txt", "full/mine.txt/sweep"})
  void refusesPlacesThatAreTaken(String place) throws IOException {
    TinyData.text(dir.resolve("full/mine.txt"), "precious");
    sweep(dir.resolve(place), "--over seed=1").isMistake(dir.resolve(place).toString(), "--out");
    assertThat(dir.resolve("full/mine.txt")).hasContent("precious");
    assertThat(files(dir.resolve("full"))).containsExactly("mine.txt");
  }

  @Test
  void dataThatCannotBeReadLeaveNothing() {
    lull("sweep", "--data", dir.resolve("none"), "--out", out(), "--over", "seed=1").isMistake(dir.resolve("none").toString());
    assertThat(out()).doesNotExist();
  }
}
