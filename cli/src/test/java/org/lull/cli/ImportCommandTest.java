// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lull.cli.Cli.lull;
import static org.lull.cli.Cli.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.Model;
import org.lull.exchange.Description;
import org.lull.io.Safetensors;
import org.lull.io.Safetensors.Tensor;
import org.lull.io.StateDict;

/** lull import, on files that PyTorch, ONNX and Keras wrote, and on a trained network in PyTorch's clothes. */
class ImportCommandTest {
  private static final Path GOLDEN = Path.of("../exchange/src/test/resources/golden");

  @TempDir
  static Path shared;
  private static Path tones;
  private static Path run;

  @TempDir
  Path dir;

  @BeforeAll
  static void trainOnce() {
    tones = TinyData.tones(shared.resolve("tones"));
    run = shared.resolve("run");
    train(tones, run, "--dense").succeeds();
  }

  /** The weights of a trained network under the names that a module of PyTorch gives them, and what they do not say. */
  private Path inPyTorch(String name) {
    Model model = Model.load(run.resolve("model.safetensors"));
    List<Tensor> tensors = StateDict.of(model.network()).stream().map(tensor -> new Tensor(tensor.name().startsWith("head.")
        ? tensor.name().replace("head.", "module.fc.") : "module.lstm." + tensor.name(), tensor.shape(), tensor.data())).toList();
    Safetensors.write(dir.resolve(name + ".safetensors"), tensors, Map.of("format", "pt"));
    Description known = Description.of(model);
    ObjectNode about = Cli.parse("{}").deepCopy();
    about.set("labels", Cli.parse(known.metadata().get("labels")));
    about.put("head", known.head().label());
    about.set("normalisation", Cli.parse(known.metadata().get("normalisation")));
    about.put("features", "mel16");
    TinyData.text(dir.resolve(name + ".json"), about.toString());
    return dir.resolve(name + ".safetensors");
  }

  @Test
  void whatIsImportedIsUsedAsWhatWasTrained() {
    Path imported = dir.resolve("imported");
    JsonNode result = lull("import", inPyTorch("net"), "--out", imported, "--json").succeeds().json();
    assertThat(result.get("largest_difference").asDouble()).isBetween(1e-12, 1e-5);
    assertThat(result.get("format").asText()).isEqualTo("safetensors file");
    assertThat(Cli.parse(TinyData.string(imported.resolve("import.json")))).isEqualTo(result);

    assertThat(TinyData.bytesOf(imported.resolve("model.safetensors"))).isNotEmpty();
    Path cache = shared.resolve("cache");
    JsonNode measured = lull("eval", "--model", imported, "--data", tones, "--cache", cache, "--split", "all", "--json").succeeds().json();
    JsonNode original = lull("eval", "--model", run, "--data", tones, "--cache", cache, "--split", "all", "--json").succeeds().json();
    assertThat(measured.get("confusion")).isEqualTo(original.get("confusion"));
    assertThat(measured.get("loss")).isEqualTo(original.get("loss"));
    lull("predict", "--model", imported, tones).succeeds();
    assertThat(lull("info", imported).succeeds().out()).contains("imported from a safetensors file", "lull import", "dense LSTM");
    lull("report", imported, "--out", dir.resolve("page.html")).succeeds();
    lull("learn", "--model", imported, "--data", tones, "--add", "more=" + tones.resolve("low"), "--run", dir.resolve("more"), "--cache",
        cache).succeeds();
    lull("import", dir.resolve("net.safetensors"), "--out", imported).isMistake("exists and is not empty");
  }

  @Test
  void whatIsMissingIsAskedForByName() {
    Path file = GOLDEN.resolve("lstm.pt");
    Path out = dir.resolve("out");
    lull("import", file, "--out", out)
        .isMistake("lstm.pt", "--labels", "--head", "--normalisation", "--features", "lstm.json", "docs/import.md");
    lull("import", file, "--out", out, "--labels", "a,b,c,d", "--features", "none").isMistake("--head", "--normalisation");
    lull("import", GOLDEN.resolve("rnn.pt"), "--out", out).isMistake("--nonlinearity tanh");
    lull("import", GOLDEN.resolve("rnn.pt"), "--out", out, "--nonlinearity", "relu").isMistake("relu", "no equal");
    lull("import", GOLDEN.resolve("rnn.pt"), "--out", out, "--nonlinearity", "sigmoid").isMistake("sigmoid", "tanh or relu");
    Object[] all = {"import", file, "--out", out, "--head", "last", "--normalisation", "none", "--features", "none", "--labels", ""};
    Map.of("a,b,c", "3 labels, and its output layer has 4 outputs", "a,b,c,c", "all different", "a,,c,d", "label")
        .forEach((labels, why) -> {
          all[all.length - 1] = labels;
          lull(all).isMistake(why);
        });
    assertThat(out).doesNotExist();
    all[all.length - 1] = TinyData.text(dir.resolve("labels.txt"), "a\nb b\nc\n\nd\n");
    lull(all).succeeds();
    assertThat(Model.load(out.resolve("model.safetensors")).labels()).containsExactly("a", "b b", "c", "d");
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {"{\"label\":[]}; \"label\" is not known", "{\"head\":\"middle\"}; middle",
      "{\"normalisation\":{\"mean\":[1]}}; normalisation", "{\"normalisation\":{\"mean\":[1],\"deviation\":[1]}}; 1 channels",
      "[]; not a JSON object", "{\"features\":\"mel17\"}; mel17", "{\"features\":\"mel40\"}; the features have 40",
      "{\"labels\":\"a\"}; labels", "nothing; not JSON"})
  void whatIsBesideTheFileIsChecked(String json, String why) {
    Path about = TinyData.text(dir.resolve("about.json"), json);
    Object[] all = {"import", GOLDEN.resolve("gru.pt"), "--out", dir.resolve("out"), "--about", about, "--labels", "a,b,c,d", "--head",
        "last", "--features", "none", "--normalisation", "none"};
    boolean features = json.contains("features");
    boolean normalisation = json.contains("normalisation");
    lull(features ? without(all, "--features") : normalisation ? without(all, "--normalisation") : all).isMistake(why);
    assertThat(dir.resolve("out")).doesNotExist();
  }

  private static Object[] without(Object[] all, String option) {
    List<Object> left = new ArrayList<>(List.of(all));
    int at = left.indexOf(option);
    left.subList(at, at + 2).clear();
    return left.toArray();
  }

  @Test
  void aFileWithoutAnOutputLayerGetsOneOfZeros() {
    List<Tensor> tensors = Safetensors.read(GOLDEN.resolve("lstm.safetensors")).tensors().values().stream()
        .filter(tensor -> tensor.name().contains("rnn")).toList();
    Safetensors.write(dir.resolve("a.safetensors"), tensors, Map.of());
    Cli imported = lull("import", dir.resolve("a.safetensors"), "--out", dir.resolve("out"), "--labels", "a,b,c", "--head", "frames",
        "--normalisation", "none", "--features", "none").succeeds();
    assertThat(imported.err()).contains("warning: the file has no output layer");
    assertThat(Model.load(dir.resolve("out/model.safetensors")).spec().outputs()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({"lstm.pt, a PyTorch file, lull import", "lstm.safetensors, of PyTorch, lull import", "lstm.onnx, an ONNX model, lull import",
      "keras-lstm.keras, a Keras file, lull import", "keras-lstm.h5, an HDF5 file, lull import",
      "refused-before-1.6.pt, before 1.6, state_dict() again"})
  void everyCommandNamesAFileOfAnotherProgram(String name, String kind, String help) {
    Path file = GOLDEN.resolve(name);
    String advice = help.equals("lull import") ? help + " " + file + " --out RUN" : help;
    lull("info", file).isMistake(name, kind, advice);
    lull("eval", "--model", file, "--data", tones).isMistake(name, kind, advice);
    lull("predict", "--model", file, tones).isMistake(name, kind, advice);
    lull("serve", "--model", file, "--state", dir.resolve("state")).isMistake(name, kind, advice);
    lull("learn", "--model", file, "--data", tones, "--add", "x=" + tones, "--run", dir.resolve("r")).isMistake(name, kind, advice);
    lull("simulate", "--model", file, "--data", tones).isMistake(name, kind, advice);
    lull("predict", "--model", run, file).isMistake(name, kind.replace("of PyTorch", "safetensors"));
    lull("train", "--data", file, "--run", dir.resolve("r")).isMistake(name);
  }

  @Test
  void whatIsNoModelIsNamed() {
    Path out = dir.resolve("out");
    lull("import", tones.resolve("low/clip0.wav"), "--out", out).isMistake("a WAV file");
    lull("import", TinyData.text(dir.resolve("a.txt"), "nothing"), "--out", out).isMistake("a.txt", "expected a .safetensors or .pt file");
    lull("import", dir.resolve("missing.pt"), "--out", out).isMistake("missing.pt");
    lull("import", dir, "--out", out).isMistake("not an ordinary file");
    lull("import", GOLDEN.resolve("refused-before-1.6.pt"), "--out", out).isMistake("before 1.6", "state_dict() again");
    assertThat(out).doesNotExist();
  }
}
