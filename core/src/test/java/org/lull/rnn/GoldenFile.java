// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.lull.io.Safetensors.Tensor;
import org.lull.io.Safetensors;
import org.lull.rnn.ReferenceLayer.Thresholds;
import org.lull.rnn.ReferenceLayer.Weights;

/**
 * What PyTorch computes for a network and some sequences: parameters, outputs, loss and gradients. org.lull.bench.GoldenFiles makes the
 * files and says what they hold.
 */
public record GoldenFile(String name, Safetensors.Contents contents) {

  /** All of them, sorted by name. */
  public static List<GoldenFile> all() {
    try (Stream<Path> files = Files.list(Path.of(GoldenFile.class.getResource("/golden").toURI()))) {
      return files.sorted().map(file -> new GoldenFile(file.getFileName().toString(), Safetensors.read(file))).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * One sequence and what became of it.
   *
   * @param x [T][inputs]
   * @param h outputs of the top layer, [T][H]
   * @param logits [C]
   * @param gradX dloss/dx, where the loss is the mean over all sequences of the file; [T][inputs]
   */
  public record Sequence(double[][] x, int label, double[][] h, double[] logits, double[][] gradX) {}

  /** The sequences, of different lengths. */
  public List<Sequence> sequences() {
    double[] lengths = vector("lengths");
    double[] labels = vector("label");
    List<Sequence> sequences = new ArrayList<>();
    int begin = 0;
    for (int s = 0; s < lengths.length; s++) {
      int end = begin + (int) lengths[s];
      sequences.add(
          new Sequence(
              Arrays.copyOfRange(matrix("x"), begin, end),
              (int) labels[s],
              Arrays.copyOfRange(matrix("h"), begin, end),
              matrix("logits")[s],
              Arrays.copyOfRange(matrix("grad.x"), begin, end)));
      begin = end;
    }
    return sequences;
  }

  /** Cross-entropy, mean over the sequences. */
  public double loss() {
    return vector("loss")[0];
  }

  /** The network, with threshold 0 and a head on the mean of the outputs. */
  public ReferenceNetwork network() {
    ReferenceCell cell = cell();
    List<ReferenceLayer> layers = weights("").stream().map(weights -> new ReferenceLayer(cell, weights, new Thresholds(0, 0))).toList();
    return new ReferenceNetwork(layers, ReferenceNetwork.Pooling.MEAN, head(""));
  }

  /** dloss/d(every parameter), in the order of {@link ReferenceNetwork#tensors()}. */
  public List<double[][]> gradients() {
    return Stream.concat(weights("grad.").stream().flatMap(Weights::tensors), head("grad.").tensors()).toList();
  }

  private ReferenceCell cell() {
    return ReferenceCell.named(contents.metadata().get("cell"));
  }

  private List<Weights> weights(String prefix) {
    ReferenceCell cell = cell();
    List<Weights> layers = new ArrayList<>();
    for (int layer = 0; layer < Integer.parseInt(contents.metadata().get("layers")); layer++) {
      String suffix = "_l" + layer;
      double[][] ih = matrix(prefix + "weight_ih" + suffix);
      layers.add(
          new Weights(
              ih.length / cell.gatesOfX(),
              ih,
              cell.recurrent() ? matrix(prefix + "weight_hh" + suffix) : new double[0][],
              vector(prefix + "bias_ih" + suffix),
              cell.recurrent() ? vector(prefix + "bias_hh" + suffix) : new double[0],
              cell.own.keySet().stream().map(name -> vector(prefix + name + suffix)).toArray(double[][]::new)));
    }
    return layers;
  }

  private ReferenceNetwork.Linear head(String prefix) {
    return new ReferenceNetwork.Linear(matrix(prefix + "head.weight"), vector(prefix + "head.bias"));
  }

  /** A tensor of two dimensions. */
  public double[][] matrix(String tensor) {
    double[] values = vector(tensor);
    int[] shape = contents.tensors().get(tensor).shape();
    double[][] rows = new double[shape[0]][];
    Arrays.setAll(rows, row -> Arrays.copyOfRange(values, row * shape[1], (row + 1) * shape[1]));
    return rows;
  }

  /** The values of a tensor of any shape. */
  public double[] vector(String tensor) {
    Tensor found = contents.tensors().get(tensor);
    double[] values = new double[found.data().length];
    Arrays.setAll(values, i -> found.data()[i]);
    return values;
  }

  @Override
  public String toString() {
    return name;
  }
}
