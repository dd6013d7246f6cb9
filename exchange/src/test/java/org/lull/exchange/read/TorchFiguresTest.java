// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.lull.exchange.ImportOptions;
import org.lull.exchange.ImportedModel;
import org.lull.io.Safetensors;
import org.lull.io.Safetensors.Contents;
import org.lull.io.Safetensors.Tensor;
import org.lull.io.StateDict;
import org.lull.kernel.Kernels;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;
import org.lull.network.Sequence;

/** Outputs and gradients of imported networks beside PyTorch's, from a folder that bench/exchange/torch_figures.py made. */
@EnabledIfSystemProperty(named = "lull.torch", matches = ".+")
class TorchFiguresTest {
  private final Map<String, Double> largest = new LinkedHashMap<>();

  @Test
  void outputsAndGradientsAreThoseOfPyTorch() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("lull.torch")))) {
      files = all.filter(file -> file.toString().endsWith(".pt")).sorted().toList();
    }
    for (Path file : files) {
      for (Mode mode : Mode.values()) {
        compare(file, mode);
      }
    }
    largest.forEach((what, difference) -> System.out.printf(Locale.ROOT, "%s: %.1e%n", what, difference));
    assertThat(files).hasSize(63);
    assertThat(largest.values()).allMatch(difference -> difference <= 1e-5);
  }

  private void compare(Path file, Mode mode) {
    String name = file.getFileName().toString().replace(".pt", "");
    String cell = name.substring(0, name.indexOf('-'));
    Contents expected = Safetensors.read(file.resolveSibling(name + ".safetensors"));
    ImportedModel imported = ModelImport.read(file, new ImportOptions(null, null, List.of(), "tanh"));
    Network network = imported.weights().network(Head.LAST);
    Tensor x = expected.tensors().get("x");
    int steps = x.shape()[0];
    int inputs = x.shape()[1];
    float[] values = new float[steps * Kernels.pad(inputs)];
    for (int t = 0; t < steps; t++) {
      System.arraycopy(x.data(), t * inputs, values, t * Kernels.pad(inputs), inputs);
    }
    NetworkPass pass = new NetworkPass(network, mode);
    pass.forward(List.of(new Sequence(values, steps)));
    float[] factors = expected.tensors().get("factors").data();
    note("outputs, " + cell + ", " + mode, Arrays.copyOf(pass.logits(), factors.length), expected.tensors().get("logits").data(), 0);
    System.arraycopy(factors, 0, pass.logits(), 0, factors.length);
    float[] gradients = new float[network.parameters().length];
    pass.backward(gradients, true);
    for (Tensor gradient : StateDict.of("", network, gradients)) {
      // the two biases have equal gradients in PyTorch, and Lull holds one, but for the n of the GRU
      boolean second = gradient.name().startsWith("bias_hh");
      if (!second || cell.equals("gru")) {
        String of = gradient.name().startsWith("head.") ? gradient.name().replace("head.", "fc.") : "rnn." + gradient.name();
        note("gradients, " + cell + ", " + mode, gradient.data(), expected.tensors().get("gradient." + of).data(),
            second ? gradient.data().length / 3 * 2 : 0);
      }
    }
  }

  private void note(String what, float[] actual, float[] expected, int from) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = from; i < actual.length; i++) {
      double difference = Math.abs((double) actual[i] - expected[i]);
      largest.merge(what, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference, Math::max);
    }
  }
}
