// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lull.rnn.GoldenFile.Sequence;

/** With threshold 0, the reference network is PyTorch's: two oracles that share nothing agree on outputs, loss and every gradient. */
class GoldenReferenceTest {
  /** PyTorch computes in float: a few roundings of 6e-8 each, relative to the largest value of the tensor. */
  private static final double TOLERANCE = 2e-6;

  private static List<GoldenFile> files() {
    return GoldenFile.all();
  }

  @Test
  void everyCellIsThereWithOneAndTwoLayersAndSequencesOfSeveralLengths() {
    assertThat(files()).hasSize(12);
    for (ReferenceCell cell : List.of(ReferenceCell.LSTM, ReferenceCell.GRU, ReferenceCell.VANILLA)) { // those PyTorch has
      List<GoldenFile> ofCell = files().stream().filter(file -> file.network().layers().getFirst().cell() == cell).toList();
      assertThat(ofCell).extracting(file -> file.network().layers().size()).containsOnly(1, 2);
      assertThat(ofCell).extracting(file -> file.sequences().size()).contains(1, 3);
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void reproducesWhatPyTorchComputed(GoldenFile file) {
    ReferenceNetwork network = file.network();
    List<Sequence> sequences = file.sequences();
    List<double[][]> gradients = network.tensors().map(tensor -> new double[tensor.length][tensor[0].length]).toList();
    double loss = 0;
    for (Sequence sequence : sequences) {
      ReferenceNetwork.Run run = network.forward(sequence.x(), sequence.label());
      assertClose("h", run.h(), sequence.h());
      assertClose("logits", run.logits(), new double[][] {sequence.logits()});
      loss += run.loss() / sequences.size();

      ReferenceNetwork.Gradients gradient = run.backward();
      double[][] x = new double[sequence.x().length][sequence.x()[0].length];
      addShare(x, gradient.x(), sequences.size());
      assertClose("grad.x", x, sequence.gradX());
      List<double[][]> tensors = gradient.tensors().toList();
      for (int i = 0; i < tensors.size(); i++) {
        addShare(gradients.get(i), tensors.get(i), sequences.size());
      }
    }
    assertThat(loss).isCloseTo(file.loss(), within(TOLERANCE));
    List<double[][]> expected = file.gradients();
    assertThat(gradients).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertClose("gradient " + i, gradients.get(i), expected.get(i));
    }
  }

  /** Adds what one of several sequences contributes to the gradient of their mean loss. */
  private static void addShare(double[][] sum, double[][] gradient, int sequences) {
    for (int row = 0; row < sum.length; row++) {
      for (int i = 0; i < sum[row].length; i++) {
        sum[row][i] += gradient[row][i] / sequences;
      }
    }
  }

  private static void assertClose(String what, double[][] actual, double[][] expected) {
    double largest = Arrays.stream(expected).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElseThrow();
    assertThat(actual.length).as(what).isEqualTo(expected.length);
    for (int row = 0; row < expected.length; row++) {
      assertThat(actual[row]).as("%s, row %d", what, row).containsExactly(expected[row], within(TOLERANCE * largest));
    }
  }
}
