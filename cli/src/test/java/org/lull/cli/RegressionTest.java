// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.lull.cli.Cli.lull;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.Training;
import org.lull.data.Purpose;
import org.lull.data.TimeSeries;
import org.lull.train.Example;

/** Time series with numbers to predict, from the files to the figures. */
class RegressionTest {
  @TempDir
  static Path dir;
  private static Path data;
  private static Path run;
  private static Cli trained;

  @BeforeAll
  static void train() {
    data = TinyData.numbers(dir.resolve("data"));
    run = dir.resolve("run");
    trained = Cli.train(data, run, "--hidden", 16, "--layers", 1, "--epochs", 30, "--batch", 8, "--threshold", 0.05).succeeds();
  }

  private JsonNode result() throws IOException {
    return Cli.parse(Files.readString(run.resolve("result.json")));
  }

  private TimeSeries series() {
    return TimeSeries.read(data, Purpose.TRAINING);
  }

  @Test
  void theResultHasErrorsBesideThoseOfTheMean() throws IOException {
    JsonNode result = result();
    double mean = series().train().stream().mapToDouble(example -> example.target()[0]).average().orElseThrow();
    double square = series().test().stream().mapToDouble(example -> Math.pow(example.target()[0] - mean, 2)).average().orElseThrow();
    double magnitude = series().test().stream().mapToDouble(example -> Math.abs(example.target()[0] - mean)).average().orElseThrow();
    assertThat(result.at("/mean_predictor/test_mse").asDouble()).isCloseTo(square, within(1e-3));
    assertThat(result.at("/mean_predictor/test_rmse").asDouble()).isCloseTo(Math.sqrt(square), within(1e-4));
    assertThat(result.at("/mean_predictor/test_mae").asDouble()).isCloseTo(magnitude, within(1e-4));
    for (String network : List.of("dense", "delta")) {
      JsonNode errors = result.at("/" + network + "/errors");
      double rmse = errors.path("test_rmse").asDouble();
      assertThat(rmse).as(network + " learns").isBetween(0.1, 0.5 * Math.sqrt(square));
      assertThat(errors.path("test_mse").asDouble()).isCloseTo(rmse * rmse, within(1e-6 * rmse * rmse));
      assertThat(errors.path("test_mae").asDouble()).isBetween(0.0, rmse);
      assertThat(errors.path("validation_rmse").asDouble()).isPositive();
      assertThat(result.at("/" + network + "/test_accuracy").isNull()).isTrue();
    }
    assertThat(trained.out()).contains("error     delta ", "always predicting the mean", "20 test examples)").doesNotContain("accuracy");
    assertThat(lull("info", run, "--details").succeeds().out()).contains("test error (RMSE)", "always predicting the mean")
        .doesNotContain("accuracy");
    assertThat(run.resolve("report.html")).content().contains("test error (RMSE)").doesNotContain("test accuracy");
    assertThat(trained.err()).contains("regression; 48 training, 12 validation and 20 test examples").doesNotContain("warning");
    assertThat(run.resolve("curves.png")).exists();
  }

  /** The errors of the model in the file, and those of the best epoch, are those of the result. */
  @Test
  void theFiguresAreThoseOfTheModel() throws IOException {
    Model model = Model.load(run.resolve("model.safetensors"));
    double squares = 0;
    for (Example example : series().test()) {
      float[][] frames = new float[example.steps()][];
      for (int t = 0; t < frames.length; t++) {
        frames[t] = new float[] {example.frames()[t]};
      }
      squares += Math.pow(model.predict(frames)[0] - example.target()[0], 2);
    }
    double rmse = result().at("/delta/errors/test_rmse").asDouble();
    assertThat(Math.sqrt(squares / series().test().size())).isCloseTo(rmse, within(1e-4));
    List<JsonNode> lines = Files.readAllLines(run.resolve("metrics.jsonl")).stream().map(Cli::parse)
        .filter(line -> line.path("phase").asText().equals("delta")).toList();
    JsonNode best = lines.get(result().at("/delta/best_epoch").asInt() - 1);
    assertThat(best.path("validation_rmse").asDouble()).isEqualTo(result().at("/delta/errors/validation_rmse").asDouble())
        .isEqualTo(lines.stream().mapToDouble(line -> line.path("validation_rmse").asDouble()).min().orElseThrow());
    assertThat(lines.getFirst().path("train_rmse").asDouble()).isGreaterThan(lines.getLast().path("train_rmse").asDouble());
  }

  @Test
  void theLibraryTrainsTheSameModel() {
    Training training = Training.builder().regression().hidden(16).layers(1).epochs(30).batch(8).threshold(0.05f).threads(2).build();
    assertThat(training.fit(Dataset.of(series())).model().network().parameters())
        .isEqualTo(Model.load(run.resolve("model.safetensors")).network().parameters());
  }

  @Test
  void evalMeasuresIt() throws IOException {
    JsonNode eval = lull("eval", "--model", run, "--data", data, "--json").succeeds().json();
    assertThat(eval.path("rmse").asDouble()).isEqualTo(result().at("/delta/errors/test_rmse").asDouble());
    assertThat(eval.path("mean_predictor_rmse").asDouble()).isEqualTo(result().at("/mean_predictor/test_rmse").asDouble());
    assertThat(eval.has("accuracy")).isFalse();
    assertThat(eval.path("examples").asInt()).isEqualTo(20);
    assertThat(lull("eval", "--model", run.resolve("dense.safetensors"), "--data", data, "--split", "all").succeeds().out())
        .contains("error (RMSE), 80 examples", "always predicting the mean", "sparsity of delta-x");
    Path test = TinyData.text(dir.resolve("test/Waves_TEST.ts"), Files.readString(data.resolve("Waves_TEST.ts")));
    assertThat(lull("eval", "--model", run, "--data", test.getParent(), "--json").succeeds().json().path("mse").asDouble())
        .isEqualTo(eval.path("mse").asDouble());
  }

  @Test
  void predictGivesTheNumbers() throws IOException {
    List<JsonNode> lines = lull("predict", "--model", run, data.resolve("Waves_TEST.ts"), "--json").succeeds().out().lines().map(Cli::parse)
        .toList();
    assertThat(lines).hasSize(20);
    double squares = 0;
    for (int i = 0; i < 20; i++) {
      squares += Math.pow(lines.get(i).at("/values/0").asDouble() - series().test().get(i).target()[0], 2);
    }
    assertThat(Math.sqrt(squares / 20)).isCloseTo(result().at("/delta/errors/test_rmse").asDouble(), within(1e-4));
  }

  @Test
  void infoSaysWhatIsPredicted() {
    assertThat(lull("info", run).succeeds().out()).contains("predicts", "a number; mean in training", "1 output,")
        .doesNotContain("classes");
    JsonNode info = lull("info", run, "--json").succeeds().json();
    assertThat(info.path("labels")).isEmpty();
    assertThat(info.at("/targets/0/mean").asDouble())
        .isCloseTo(series().train().stream().mapToDouble(example -> example.target()[0]).average().orElseThrow(), within(1e-3));
    assertThat(info.at("/targets/0/deviation").asDouble()).isBetween(20.0, 40.0);
  }

  @Test
  void aSweepComparesErrors() throws IOException {
    Path out = dir.resolve("sweep");
    Cli sweep = lull("sweep", "--data", data, "--out", out, "--jobs", 2, "--hidden", 4, "--layers", 1, "--epochs", 1, "--pretrain-epochs",
        1, "--over", "threshold=0.05,0.4", "--over", "seed=1,2").succeeds();
    assertThat(sweep.out()).contains("test RMSE", "validation RMSE", "+-").doesNotContain("accuracy");
    JsonNode results = Cli.parse(Files.readString(out.resolve("results.json")));
    JsonNode dense = results.path("points").get(0).path("result");
    JsonNode delta = results.path("points").get(1).path("result");
    assertThat(delta.path("difference").asDouble())
        .isEqualTo(delta.path("test_rmse").asDouble() - dense.path("test_rmse").asDouble());
    assertThat(results.at("/families/0/test_rmse/mean").asDouble()).isPositive();
    List<String> csv = Files.readAllLines(out.resolve("sweep.csv"));
    assertThat(csv.getFirst()).startsWith("name,network,threshold,seed,test_rmse,validation_rmse,difference,");
    assertThat(csv.get(1)).contains("," + dense.path("test_rmse").asText() + "," + dense.path("validation_rmse").asText() + ",");
    assertThat(out.resolve("pareto.png")).exists();
    assertThat(lull("sweep", "--out", out).succeeds().out()).as("from its files").isEqualTo(sweep.out());
    Path page = dir.resolve("page.html");
    lull("report", run, out, out.resolve("points/dense,seed=1"), "--out", page).succeeds();
    assertThat(page).content().contains("test error (RMSE)", "validation error (RMSE)", "test RMSE").doesNotContain("test accuracy");
  }

  @Test
  void whatNeedsClassesRefuses() {
    lull("incremental", "--data", data, "--out", dir.resolve("incremental"), "--start", 2, "--step", 1).isMistake("learns classes",
        "a number to predict");
    lull("learn", "--model", run, "--data", data, "--classes", "a").isMistake("lull learn", "predicts a number");
    lull("serve", "--model", run, "--state", dir.resolve("state")).isMistake("lull serve", "predicts a number");
    lull("simulate", "--model", run, "--data", data).isMistake("lull simulate", "predicts a number");
    lull("eval", "--model", run, "--data", data, "--picture", dir.resolve("a.png")).isMistake("--picture", "predicts a number");
    Cli.train(data, dir.resolve("frames"), "--head", "frames").isMistake("the head frames", "mean or last");
    assertThat(dir.resolve("frames")).doesNotExist();
    assertThat(dir.resolve("state")).doesNotExist();
  }

  @Test
  void dataAndModelAreOfOneKind() {
    Path classes = TinyData.series(dir.resolve("classes"));
    lull("eval", "--model", run, "--data", classes).isMistake("predicts a number", "has classes", "@targetLabel true");
    Path other = dir.resolve("classifier");
    Cli.train(classes, other, "--dense").succeeds();
    lull("eval", "--model", other, "--data", data).isMistake("tells classes apart", "numbers to predict");
  }
}
