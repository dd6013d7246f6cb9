// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.Model;
import org.lull.cli.Cli;
import org.lull.cli.TinyData;

class ConfigFileTest {
  @TempDir
  private static Path folder;
  private static Path data;

  @BeforeAll
  static void makesData() {
    data = TinyData.series(folder.resolve("time series \"of\" \\ two"));
  }

  private static Path config(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name + ".toml"), text);
  }

  private static String option(Path run, String name) {
    return Model.load(run.resolve("model.safetensors")).provenance().options().get(name);
  }

  @Test
  void optionsComeFromTheFileAndTheCommandLineWins() throws IOException {
    Path config = config("all", """
        # a small network
        data = "%s"
        epochs = 1
        hidden = 6
        threshold = [0.4, 0.5]
        threshold-x = [0.1, 0.2]
        threshold-h = 0.3
        lr = 1
        warmup = 0.5
        cell = "gru"
        augment = false
        optimiser = "sgd"
        timing = 0
        threads = 1
        no-cache = true
        delta = true
        """.formatted(data.toString().replace("\\", "\\\\").replace("\"", "\\\"")));
    Path run = folder.resolve("all");
    Cli.lull("train", "--hidden", 10, "--config", config, "--run", run, "--lr", "0.01").succeeds();
    assertThat(option(run, "hidden")).isEqualTo("10");
    assertThat(option(run, "lr")).isEqualTo("0.01");
    assertThat(option(run, "epochs")).isEqualTo("1");
    assertThat(option(run, "threshold-x")).isEqualTo("[0.1, 0.2]");
    assertThat(option(run, "threshold")).isIn("[0.4, 0.5]", "0.4,0.5");
    assertThat(option(run, "threshold-h")).isEqualTo("[0.3]");
    assertThat(option(run, "cell")).isEqualTo("gru");
    assertThat(option(run, "augment")).isEqualTo("false");
    assertThat(option(run, "optimizer")).isEqualTo("sgd");
    assertThat(run.resolve("dense.safetensors")).doesNotExist();
  }

  @Test
  void whatARunLeavesTrainsTheSameAgain() throws IOException {
    Path first = folder.resolve("first");
    Cli.train(data, first, "--layers", 2, "--threshold-x", "0.1,0.2", "--no-augment", "--seed", 5).succeeds();
    Path config = first.resolve("config.toml");
    assertThat(config).content().contains("threshold-x = [0.1, 0.2]\n", "augment = false\n", "seed = 5\n", "data = \"")
        .doesNotContain("run =", "json", "config");
    Path second = folder.resolve("second");
    Cli.lull("train", "--config", config, "--run", second).succeeds();
    assertThat(second.resolve("model.safetensors")).hasSameBinaryContentAs(first.resolve("model.safetensors"));
    assertThat(second.resolve("config.toml")).hasSameTextualContentAs(config);
  }

  @Test
  void aRunThatIsTrainedFurtherSaysSo() throws IOException {
    Path run = folder.resolve("further");
    Cli.train(data, run, "--delta").succeeds();
    assertThat(run.resolve("config.toml")).content().contains("\nepochs = 1\n");
    Cli.lull("train", "--resume", run, "--config", config("more", "epochs = 2\nthreads = 1\ntiming = 0\n")).succeeds();
    assertThat(run.resolve("config.toml")).content().contains("\nepochs = 2\n").doesNotContain("epochs = 1\n");
  }

  @Test
  void aSweepTakesOneToo() throws IOException {
    Path config = config("sweep", "hidden = 6\nepochs = 1\nthreads = 1\nno-cache = true\ndata = '" + data + "'\nout = '"
        + folder.resolve("swept") + "'\n");
    Cli.lull("sweep", "--config", config, "--over", "threshold=0.1,0.2").succeeds();
    assertThat(folder.resolve("swept/results.json")).content().contains("\"hidden\" : \"6\"");
    Cli.lull("sweep", "--config", config("over", "over = \"threshold=0.1\"\n")).isMistake("over.toml, line 1, column 1: over",
        "command line alone");
  }

  /** Line and column, key, and what would have been right. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "epoch = 3                | 1 | 1 | epochs",
      "ephocs = 3               | 1 | 1 | epochs",
      "hiden = 3                | 1 | 1 | hidden",
      "Hidden = 3               | 1 | 1 | hidden",
      "learning-rate = 1        | 1 | 1 | no option",
      "pretrain_epochs = 3      | 1 | 1 | pretrain-epochs",
      "pretrain_lr = 0.1        | 1 | 1 | pretrain-lr",
      "lr2 = 0.1                | 1 | 1 | lr",
      "seeds = 1                | 1 | 1 | seed",
      "optimizr = \"sgd\"       | 1 | 1 | optimizer",
      "help = true              | 1 | 1 | no option",
      "config = \"a.toml\"      | 1 | 1 | no option",
      "version = true           | 1 | 1 | no option",
      "'' = 1                   | 1 | 1 | no option",
      "\"--epochs\" = 1         | 1 | 1 | epochs",
      "epochs = 3.5             | 1 | 1 | a whole number",
      "epochs = \"3\"           | 1 | 1 | a whole number",
      "epochs = true            | 1 | 1 | a whole number",
      "epochs = [3]             | 1 | 1 | a whole number",
      "epochs = 1979-05-27      | 1 | 1 | a whole number",
      "epochs.first = 3         | 1 | 1 | a whole number",
      "hidden = 1e2             | 1 | 1 | a whole number",
      "lr = \"high\"            | 1 | 1 | a number",
      "lr = nan                 | 1 | 1 | a number",
      "lr = inf                 | 1 | 1 | a number",
      "lr = false               | 1 | 1 | a number",
      "lr = [0.1]               | 1 | 1 | a number",
      "threshold-x = \"0.1\"    | 1 | 1 | a number or a list",
      "threshold-x = [0.1, \"b\"] | 1 | 1 | a number or a list",
      "threshold-x = []         | 1 | 1 | a number or a list",
      "threshold-x = [[0.1]]    | 1 | 1 | a number or a list",
      "threshold-x = -inf       | 1 | 1 | a number or a list",
      "threshold = true         | 1 | 1 | a number, a list of numbers, or text",
      "threshold = [0.1, \"b\"] | 1 | 1 | a number, a list of numbers, or text",
      "cell = 3                 | 1 | 1 | text in quotes",
      "cell = [\"lstm\"]        | 1 | 1 | text in quotes",
      "data = 7                 | 1 | 1 | text in quotes",
      "augment = \"no\"         | 1 | 1 | true or false",
      "augment = 0              | 1 | 1 | true or false",
      "dense = \"yes\"          | 1 | 1 | true or false",
      "threads = 1.0            | 1 | 1 | a whole number",
      "[train]                  | 1 | 1 | no option",
      "[[epochs]]               | 1 | 1 | a whole number",
      "epochs 3                 | 1 | 8 | line 1",
      "epochs = three           | 1 | 10 | line 1",
      "epochs =                 | 1 | 9 | line 1",
      "= 3                      | 1 | 1 | line 1",
      "epochs = 03              | 1 | 11 | line 1",
      "epochs = 99999999999999999999 | 1 | 10 | line 1",
      "cell = \"lstm            | 1 | 13 | line 1"})
  void wrongLinesAreRefusedWithTheirPlace(String line, int row, int column, String expected) throws IOException {
    for (int before : new int[] {0, 2}) {
      Path config = config("wrong", "# comment\n".repeat(before) + line + "\n");
      Cli wrong = Cli.lull("train", "--config", config);
      wrong.isMistake("wrong.toml, line " + (row + before) + ", column ", expected.replace("line 1", "line " + (1 + before)));
      if (!expected.equals("line 1")) {
        wrong.isMistake(", column " + column + ": ");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"epochs = 1\nepochs = 2\n", "hidden = 1\n\"hidden\" = 2\n"})
  void aKeyStandsOnce(String text) throws IOException {
    Cli.lull("train", "--config", config("twice", text)).isMistake("twice.toml, line 2, column ");
  }

  @Test
  void aListWithoutAnEndIsRefusedWhereTheFileEnds() throws IOException {
    Cli.lull("train", "--config", config("open", "epochs = 1\nthreshold = [0.1\n")).isMistake("open.toml, line 3, column 1: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{a=", "[{b=", "[[1],"})
  void deepNestingIsRefused(String begin) throws IOException {
    for (int depth : new int[] {100, 1_000, 30_000}) {
      Cli.lull("train", "--config", config("deep", "epochs = " + begin.repeat(depth) + "\n")).isMistake("deep.toml");
    }
  }

  /** A message quotes what it is about, but neither at any length nor with its lines. */
  @Test
  void longValuesAreShortenedInMessages() throws IOException {
    Cli wrong = Cli.lull("train", "--config", config("long", "head = \"\"\"\n" + "last\nword\n".repeat(3_000) + "\"\"\"\n"));
    wrong.isMistake("head \"last word", " ... ", "choose mean");
    assertThat(wrong.err()).hasSizeLessThan(2_000);
    Cli key = Cli.lull("train", "--config", config("key", "k".repeat(20_000) + " = 1\n"));
    key.isMistake("key.toml, line 1, column 1", " ... ", "did you mean");
    assertThat(key.err()).hasSizeLessThan(2_000);
  }

  @Test
  void whatExcludesEachOtherIsRefused() throws IOException {
    Cli.lull("train", "--config", config("both", "dense = true\ndelta = true\n")).isMistake("exclude each other");
    Cli.lull("train", "--config", config("one", "dense = true\n"), "--delta").isMistake("exclude each other");
  }

  @Test
  void twoNamesOfOneOptionAreRefused() throws IOException {
    Cli.lull("train", "--config", config("names", "optimizer = \"sgd\"\noptimiser = \"sgd\"\n")).isMistake("names.toml, line ",
        "another name");
  }

  /** What the type cannot tell is refused as on the command line. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"epochs = -1|epochs: -1", "cell = \"lsmt\"|lsmt", "threshold = -0.1|threshold -0.1",
      "hidden = 0|hidden", "epochs = 3000000000|--epochs"})
  void valuesOutOfRangeAreRefused(String text, String named) throws IOException {
    Cli.lull("train", "--config", config("range", text)).isMistake(named);
  }

  @Test
  void whatIsNoFileIsRefused() throws IOException {
    Cli.lull("train", "--config", folder.resolve("none.toml")).isMistake("none.toml");
    Cli.lull("train", "--config", folder).isMistake("cannot read");
    Cli.lull("train", "--config").isMistake("--config");
    Path bytes = TinyData.bytes(folder.resolve("latin.toml"), "cell = \"\u00fc\"".getBytes(StandardCharsets.ISO_8859_1));
    Cli.lull("train", "--config", bytes).isMistake("not UTF-8");
    Path large = Files.write(folder.resolve("large.toml"), new byte[(1 << 20) + 1]);
    Cli.lull("train", "--config", large).isMistake("bytes");
  }
}
