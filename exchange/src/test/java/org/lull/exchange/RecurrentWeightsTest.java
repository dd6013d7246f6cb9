// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lull.Model;
import org.lull.input.InvalidInputException;
import org.lull.network.Head;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Provenance;
import org.lull.rnn.Cell;

class RecurrentWeightsTest {
  private static float[] random(SplittableRandom random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  static RecurrentWeights random(CellKind kind, int inputs, int layers, int hidden, int outputs, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int rows = kind.gates() * hidden;
    List<RecurrentWeights.Layer> all = new ArrayList<>();
    for (int k = 0; k < layers; k++) {
      int in = k == 0 ? inputs : hidden;
      all.add(new RecurrentWeights.Layer(kind, in, hidden, random(random, rows * in), random(random, rows * hidden), random(random, rows),
          random(random, rows), random(random, kind == CellKind.PEEPHOLE ? 3 * hidden : 0)));
    }
    return new RecurrentWeights(kind, all, new Linear(outputs, hidden, random(random, outputs * hidden), random(random, outputs)));
  }

  @ParameterizedTest
  @EnumSource(CellKind.class)
  void aNetworkOfTheWeightsHasTheSameWeights(CellKind kind) {
    RecurrentWeights weights = random(kind, 3, 2, 5, 4, 1);
    Network network = weights.network(Head.LAST);
    assertThat(network.spec()).isEqualTo(new NetworkSpec(kind.cell(), 3, 2, 5, 4, Head.LAST));
    RecurrentWeights back = RecurrentWeights.of(network);
    for (int k = 0; k < 2; k++) {
      RecurrentWeights.Layer layer = weights.layers().get(k);
      RecurrentWeights.Layer same = back.layers().get(k);
      assertThat(same.weightIh()).isEqualTo(layer.weightIh());
      assertThat(same.weightHh()).isEqualTo(layer.weightHh());
      assertThat(same.peepholes()).isEqualTo(layer.peepholes());
      for (int row = 0; row < layer.biasIh().length; row++) {
        boolean apart = kind == CellKind.GRU && row >= 2 * layer.hidden();
        assertThat(same.biasIh()[row]).isEqualTo(apart ? layer.biasIh()[row] : layer.biasIh()[row] + layer.biasHh()[row]);
        assertThat(same.biasHh()[row]).isEqualTo(apart ? layer.biasHh()[row] : 0);
      }
    }
    assertThat(back.head().weight()).isEqualTo(weights.head().weight());
    assertThat(back.head().bias()).isEqualTo(weights.head().bias());
    assertThat(back.network(Head.LAST).parameters()).isEqualTo(network.parameters());
  }

  @Test
  void whatIsNoStackIsRefused() {
    RecurrentWeights.Layer small = random(CellKind.GRU, 3, 1, 5, 4, 1).layers().getFirst();
    RecurrentWeights.Layer wide = random(CellKind.GRU, 5, 1, 6, 4, 1).layers().getFirst();
    RecurrentWeights.Layer other = random(CellKind.RNN, 5, 1, 5, 4, 1).layers().getFirst();
    RecurrentWeights.Layer both = random(CellKind.GRU, 10, 1, 5, 4, 1).layers().getFirst();
    refused(CellKind.GRU, null, "without recurrent layers");
    refused(CellKind.GRU, null, "layer 1 has 6 units and layer 0 has 5", small, wide);
    refused(CellKind.GRU, null, "layer 1 is of the kind RNN and layer 0 of the kind GRU", small, other);
    refused(CellKind.GRU, null, "bidirectional", small, both);
    refused(CellKind.GRU, new Linear(2, 6, new float[12], new float[2]), "the output layer takes 6 inputs", small);
    assertThatThrownBy(() -> new Linear(2, 6, new float[11], new float[2])).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CellKind.of(Cell.named("mingru"))).isInstanceOf(InvalidInputException.class).hasMessageContaining("minGRU");
  }

  private static void refused(CellKind kind, Linear head, String why, RecurrentWeights.Layer... layers) {
    assertThatThrownBy(() -> new RecurrentWeights(kind, Arrays.asList(layers), head)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(why);
  }

  @Test
  void aDescriptionComesBackFromMetadata() {
    Description known = new Description(List.of("no", "\"yes\" "), Head.FRAMES, new Normalisation(new float[] {1}, new float[] {0.1f}), "");
    Description back = Description.of(known.metadata(), "x.onnx");
    assertThat(back.metadata()).isEqualTo(known.metadata());
    assertThat(back.labels()).isEqualTo(known.labels());
    assertThat(back.normalisation().deviation()).containsExactly(0.1f);
    assertThat(Description.of(Map.of("other", "x"), "x")).isEqualTo(Description.NONE);
    assertThat(Description.NONE.or(known)).isEqualTo(known);
    assertThat(new Description(List.of("a"), null, null, null).or(known).labels()).containsExactly("a");
    for (Map<String, String> bad : List.of(Map.of("labels", "no"), Map.of("labels", "[null]"), Map.of("head", "middle"),
        Map.of("normalisation", "{}"), Map.of("normalisation", "{\"mean\":[0],\"deviation\":[0]}"))) {
      assertThatThrownBy(() -> Description.of(bad, "x.onnx")).as(bad.toString()).isInstanceOf(InvalidInputException.class);
    }
  }

  @Test
  void aModelIsMadeOfWeightsAndDescription() {
    Network network = random(CellKind.LSTM, 2, 1, 4, 2, 3).network(Head.MEAN);
    Provenance provenance = new Provenance("0", "25", "x.onnx", "", new TreeMap<>());
    Description known =
        new Description(List.of("no", "yes"), Head.MEAN, new Normalisation(new float[] {1, 2}, new float[] {1, 1}), "");
    Model model = known.model(network, provenance);
    assertThat(Description.of(model).metadata()).isEqualTo(known.metadata());
    assertThatThrownBy(() -> Description.NONE.model(network, provenance)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new Description(List.of("no"), Head.MEAN, known.normalisation(), "").model(network, provenance))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("labels");
  }
}
