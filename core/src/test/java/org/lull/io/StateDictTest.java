// SPDX-License-Identifier: Apache-2.0
package org.lull.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.input.InvalidInputException;
import org.lull.io.Safetensors.Tensor;
import org.lull.kernel.KernelChoice;
import org.lull.network.Head;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.ReferenceTwin;
import org.lull.rnn.Cell;
import org.lull.rnn.Cells;

class StateDictTest {
  @TempDir
  Path folder;

  private static NetworkSpec spec(String cell, int inputs, int layers, int hidden) {
    return new NetworkSpec(Cell.named(cell), inputs, layers, hidden, 6, Head.MEAN);
  }

  private static Network network(NetworkSpec spec) {
    return ReferenceTwin.randomNetwork(spec, KernelChoice.kernels(), 1);
  }

  @ParameterizedTest
  @CsvSource({"lstm, 1, 1, 1", "lstm, 16, 2, 64", "lstm, 13, 3, 130", "gru, 1, 1, 1", "gru, 16, 2, 64", "gru, 13, 3, 130", "rnn, 1, 1, 1",
      "rnn, 16, 2, 64", "rnn, 13, 3, 130", "mingru, 13, 3, 130", "indrnn, 13, 3, 130", "peephole, 13, 3, 130", "lnlstm, 13, 3, 130"})
  void comesBackFromAFileBitForBit(String cell, int inputs, int layers, int hidden) {
    NetworkSpec spec = spec(cell, inputs, layers, hidden);
    Network network = network(spec);
    Path file = folder.resolve("model.safetensors");
    List<Tensor> tensors = StateDict.of(network);
    Safetensors.write(file, tensors, Map.of());
    Network read = new Network(spec);
    StateDict.load(read, Safetensors.read(file));
    assertThat(read.parameters()).isEqualTo(network.parameters());
    assertThat(tensors.stream().mapToLong(tensor -> tensor.data().length).sum()).isEqualTo(spec.parameters());
  }

  static Stream<String> cells() {
    return Cells.ALL.stream().map(Cell::name);
  }

  @ParameterizedTest
  @CsvSource({"lstm, 4", "gru, 3", "rnn, 1"})
  void namesAndShapesArePyTorchs(String cell, int gates) {
    assertThat(StateDict.of(network(spec(cell, 5, 2, 7)))).extracting(tensor -> tensor.name() + Arrays.toString(tensor.shape()))
        .containsExactly(
            "weight_ih_l0[%d, 5]".formatted(7 * gates), "weight_hh_l0[%d, 7]".formatted(7 * gates),
            "bias_ih_l0[%d]".formatted(7 * gates), "bias_hh_l0[%d]".formatted(7 * gates),
            "weight_ih_l1[%d, 7]".formatted(7 * gates), "weight_hh_l1[%d, 7]".formatted(7 * gates),
            "bias_ih_l1[%d]".formatted(7 * gates), "bias_hh_l1[%d]".formatted(7 * gates),
            "head.weight[6, 7]", "head.bias[6]");
  }

  /** Where there is no recurrent product there are no tensors of one; what a cell has of its own comes after those all have. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      mingru   | weight_ih_l0[14, 5] bias_ih_l0[14]
      indrnn   | weight_ih_l0[7, 5] bias_ih_l0[7] weight_hh_l0[7]
      peephole | weight_ih_l0[28, 5] weight_hh_l0[28, 7] bias_ih_l0[28] bias_hh_l0[28] weight_ci_l0[7] weight_cf_l0[7] weight_co_l0[7]
      lnlstm   | weight_ih_l0[28, 5] weight_hh_l0[28, 7] bias_ih_l0[28] bias_hh_l0[28] ln_weight_l0[28] ln_bias_l0[28] \
      ln_c_weight_l0[7] ln_c_bias_l0[7]
      """)
  void cellsOfOtherShapesHaveOtherTensors(String cell, String tensors) {
    assertThat(StateDict.of(network(spec(cell, 5, 1, 7))).stream().map(tensor -> tensor.name() + Arrays.toString(tensor.shape()))
        .collect(Collectors.joining(" "))).isEqualTo(tensors + " head.weight[6, 7] head.bias[6]");
  }

  /** Whatever is missing, nothing of the network changes. */
  @ParameterizedTest
  @MethodSource("cells")
  void aMissingTensorIsNamedAndNothingIsLoaded(String cell) {
    Network network = network(spec(cell, 5, 2, 7));
    for (String name : ReferenceTwin.tensors(network).keySet()) {
      SequencedMap<String, Tensor> tensors = ReferenceTwin.tensors(network);
      tensors.remove(name);
      Network target = new Network(network.spec());
      assertThatThrownBy(() -> StateDict.load(target, ReferenceTwin.contents(tensors))).isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("model.safetensors: there is no tensor \"" + name + "\"").hasMessageNotContaining("\n");
      assertThat(target.parameters()).containsOnly(0f);
    }
  }

  @ParameterizedTest
  @MethodSource("cells")
  void aWrongShapeIsShownAndNothingIsLoaded(String cell) {
    Network network = network(spec(cell, 5, 2, 7));
    for (Tensor tensor : StateDict.of(network)) {
      int[] shape = tensor.shape().clone();
      shape[shape.length - 1]++;
      SequencedMap<String, Tensor> tensors = ReferenceTwin.tensors(network);
      tensors.put(tensor.name(), new Tensor(tensor.name(), shape, new float[(int) Safetensors.elements(shape)]));
      Network target = new Network(network.spec());
      assertThatThrownBy(() -> StateDict.load(target, ReferenceTwin.contents(tensors))).isInstanceOf(InvalidInputException.class)
          .hasMessageContainingAll("model.safetensors: tensor \"" + tensor.name() + "\" has the shape " + Arrays.toString(shape),
              "expected " + Arrays.toString(tensor.shape()));
      assertThat(target.parameters()).containsOnly(0f);
    }
  }

  /** A matrix of the right number of values may still be the wrong one. */
  @ParameterizedTest
  @ValueSource(strings = {"weight_ih_l0", "head.weight"})
  void aTransposedMatrixIsRefused(String name) {
    Network network = network(spec("gru", 5, 1, 7));
    SequencedMap<String, Tensor> tensors = ReferenceTwin.tensors(network);
    Tensor tensor = tensors.get(name);
    tensors.put(name, new Tensor(name, new int[] {tensor.shape()[1], tensor.shape()[0]}, tensor.data()));
    assertThatThrownBy(() -> StateDict.load(network, ReferenceTwin.contents(tensors))).hasMessageContaining("has the shape");
  }

  @ParameterizedTest
  @CsvSource({"lstm, gru", "gru, lstm", "rnn, gru", "lstm, rnn"})
  void weightsOfAnotherCellAreRefused(String saved, String expected) {
    SequencedMap<String, Tensor> tensors = ReferenceTwin.tensors(network(spec(saved, 5, 1, 7)));
    assertThatThrownBy(() -> StateDict.load(new Network(spec(expected, 5, 1, 7)), ReferenceTwin.contents(tensors)))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("tensor \"weight_ih_l0\" has the shape");
  }
}
