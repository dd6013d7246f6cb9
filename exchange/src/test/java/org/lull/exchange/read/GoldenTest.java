// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lull.exchange.ImportOptions;
import org.lull.exchange.ImportedModel;
import org.lull.exchange.Verification;
import org.lull.input.InvalidInputException;
import org.lull.kernel.Kernels;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;
import org.lull.network.Normalisation;

/** Files that PyTorch, ONNX and Keras wrote (bench/exchange/golden.py), with what these compute. */
class GoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final String EXPECTED = ".expected.json";

  static ImportOptions options(String file) {
    return new ImportOptions(null, null, List.of(), file.startsWith("rnn.") ? "tanh" : null);
  }

  static List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(EXPECTED))
          .map(name -> name.substring(0, name.length() - EXPECTED.length())).sorted().toList();
    }
  }

  private static double[][] matrix(JsonNode rows) {
    double[][] values = new double[rows.size()][];
    for (int t = 0; t < values.length; t++) {
      values[t] = vector(rows.get(t));
    }
    return values;
  }

  private static double[] vector(JsonNode row) {
    double[] values = new double[row.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i).asDouble();
    }
    return values;
  }

  private static float[] flat(double[][] rows) {
    float[] values = new float[rows.length * rows[0].length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) rows[i / rows[0].length][i % rows[0].length];
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("files")
  void whatTheOtherProgramComputesIsWhatLullComputes(String name) throws IOException {
    JsonNode expected = JsonMapper.builder().build().readTree(Files.readString(GOLDEN.resolve(name + EXPECTED)));
    double[][] x = matrix(expected.get("x"));
    boolean frames = expected.get("logits").get(0).isArray();
    double[][] logits = frames ? matrix(expected.get("logits")) : new double[][] {vector(expected.get("logits"))};
    ImportedModel imported = ModelImport.read(GOLDEN.resolve(name), options(name));
    Head head = imported.description().head() == null ? frames ? Head.FRAMES : Head.LAST : imported.description().head();
    Network network = imported.weights().network(head);
    Normalisation normalisation = imported.description().normalisation();
    if (normalisation == null) {
      float[] ones = new float[x[0].length];
      Arrays.fill(ones, 1);
      normalisation = new Normalisation(new float[x[0].length], ones);
    }
    NetworkPass pass = new NetworkPass(network, Mode.DENSE);
    pass.forward(List.of(normalisation.sequence(flat(x), x.length)));

    double[][] normalised = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      normalised[t] = new double[x[t].length];
      for (int i = 0; i < x[t].length; i++) {
        normalised[t][i] = (x[t][i] - normalisation.mean()[i]) / normalisation.deviation()[i];
      }
    }
    double[][] reference = imported.reference().run(normalised);
    double[][] h = matrix(expected.get("h"));
    int stride = Kernels.pad(imported.weights().hidden());
    for (int t = 0; t < h.length; t++) {
      for (int u = 0; u < h[t].length; u++) {
        assertThat(reference[t][u]).as("reference, h of unit %d at %d", u, t).isCloseTo(h[t][u], within(1e-5));
        assertThat((double) pass.topHidden()[t * stride + u]).as("h of unit %d at %d", u, t).isCloseTo(h[t][u], within(1e-5));
      }
    }
    for (int t = 0; t < logits.length; t++) {
      for (int k = 0; k < logits[t].length; k++) {
        assertThat((double) pass.logits()[t * pass.logitsStride() + k]).as("output %d", k).isCloseTo(logits[t][k], within(1e-5));
      }
    }
    assertThat(Verification.of(imported, network).largest()).isBetween(1e-12, 1e-5);
  }

  @ParameterizedTest
  @CsvSource({"bidirectional.pt, bidirectional", "projection.pt, projection", "whole-module.pt, torch.nn.modules.rnn.LSTM",
      "before-1.6.pt, before 1.6", "more.pt, --ignore conv", "torchscript.pt, TorchScript",
      "bidirectional.onnx, bidirectional", "relu.onnx, [relu]", "reset-before.onnx, linear_before_reset", "clip.onnx, clips",
      "activation.onnx, hardsigmoid", "reverse.onnx, is reverse", "coupled.onnx, input_forget",
      "bidirectional.keras, Bidirectional", "reset-before.keras, reset_after", "activation.keras, relu",
      "hard-sigmoid.keras, hard_sigmoid", "convolution.keras, Conv1D", "backwards.keras, backwards", "relu-output.keras, relu"})
  void whatLullHasNoEqualForIsNamed(String name, String reason) {
    assertThatThrownBy(() -> ModelImport.read(GOLDEN.resolve("refused-" + name), ImportOptions.NONE))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining(reason).hasMessageContaining("refused-" + name)
        .message().doesNotContain("\n");
  }
}
