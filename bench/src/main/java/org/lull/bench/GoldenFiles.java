// SPDX-License-Identifier: Apache-2.0
package org.lull.bench;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.recurrent.RNN;
import ai.djl.training.GradientCollector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import org.lull.io.Safetensors.Tensor;
import org.lull.io.Safetensors;

/**
 * Makes the golden files of core's tests: what PyTorch's own nn.LSTM, nn.GRU and nn.RNN and its autograd compute for weights and inputs
 * drawn from a fixed seed. Each file holds one network and one or more sequences of different length:
 *
 * <pre>
 *   weight_ih_l0 weight_hh_l0 bias_ih_l0 bias_hh_l0, ..._l1   the recurrent layers, in PyTorch's shapes and gate order
 *   head.weight [C][H], head.bias [C]                         the linear head, on the mean of the top layer's outputs over the steps
 *   lengths [S], label [S], x [sum T][inputs]                 S sequences, one after the other along the first axis of x and of h
 *   h [sum T][H], logits [S][C], loss [1]                     outputs of the top layer; softmax cross-entropy, mean over the sequences
 *   grad.NAME                                                 dloss/dNAME: for every weight, every bias, and x
 * </pre>
 *
 * <p>Command, from the root of the project: {@code ./mvnw -Pbench,golden -pl bench -am -DskipTests package}. A second run writes the same
 * bytes; a processor with other vector instructions may differ in the last bits, since PyTorch adds up in another order there.
 */
public final class GoldenFiles {
  private static final String COMMAND = "./mvnw -Pbench,golden -pl bench -am -DskipTests package";
  private static final long SEED = 1;
  private static final int CLASSES = 6;

  private enum Cell {
    LSTM(4),
    GRU(3),
    RNN(1);

    private final int gates;

    Cell(int gates) {
      this.gates = gates;
    }

    private String title() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** One golden file. Most sizes are no multiples of 16, so that the tails of every kernel are met. */
  private record Case(Cell cell, int inputs, int hidden, int layers, int... lengths) {
    String file() {
      String lengthsText = String.join("_", Arrays.stream(lengths).mapToObj(Integer::toString).toList());
      return "%s-%d-%dx%d-t%s.safetensors".formatted(cell.title(), inputs, layers, hidden, lengthsText);
    }

    Map<String, String> metadata() {
      return Map.of(
          "cell", cell.title(), "layers", Integer.toString(layers), "pytorch", Engine.getInstance().getVersion(), "made_by", COMMAND);
    }
  }

  private GoldenFiles() {}

  /** Writes the files to the folder that is the only argument. */
  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    for (Cell cell : Cell.values()) {
      write(folder, new Case(cell, 5, 7, 1, 9));
      write(folder, new Case(cell, 5, 7, 2, 9, 4, 1));
      write(folder, new Case(cell, 16, 64, 1, 20));
      write(folder, new Case(cell, 13, 70, 2, 12));
    }
  }

  private static void write(Path folder, Case network) {
    Path file = folder.resolve(network.file());
    try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
      Safetensors.write(file, new Autograd(manager, network).tensors(), network.metadata());
    }
    System.out.println("wrote " + file);
  }

  /** One case in PyTorch. */
  private static final class Autograd {
    private final NDManager manager;
    private final Case network;
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final SequencedMap<String, NDArray> recurrent = new LinkedHashMap<>();
    private final NDArray headWeight; // [C][H]
    private final NDArray headBias; // [C]
    private final NDList x = new NDList(); // [T][inputs] of each sequence
    private final int[] labels;

    Autograd(NDManager manager, Case network) {
      this.manager = manager;
      this.network = network;
      double bound = 1 / Math.sqrt(network.hidden);
      int rows = network.cell.gates * network.hidden;
      for (int layer = 0; layer < network.layers; layer++) {
        recurrent.put("weight_ih_l" + layer, uniform(bound, rows, layer == 0 ? network.inputs : network.hidden));
        recurrent.put("weight_hh_l" + layer, uniform(bound, rows, network.hidden));
        recurrent.put("bias_ih_l" + layer, uniform(bound, rows));
        recurrent.put("bias_hh_l" + layer, uniform(bound, rows));
      }
      headWeight = uniform(bound, CLASSES, network.hidden);
      headBias = uniform(bound, CLASSES);
      for (int length : network.lengths) {
        x.add(uniform(1, length, network.inputs));
      }
      labels = random.ints(network.lengths.length, 0, CLASSES).toArray();
    }

    private NDArray uniform(double bound, long... shape) {
      Shape size = new Shape(shape);
      float[] values = new float[Math.toIntExact(size.size())];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-bound, bound);
      }
      NDArray array = manager.create(values, size);
      array.setRequiresGradient(true);
      return array;
    }

    /** Runs every sequence forward and all of them backward; what the file holds, in its order. */
    List<Tensor> tensors() {
      NDList h = new NDList(); // [T][H] of each sequence
      NDList logits = new NDList(); // [1][C]
      NDList losses = new NDList(); // scalars
      NDArray loss;
      try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
        for (int sequence = 0; sequence < labels.length; sequence++) {
          NDArray outputs = run(x.get(sequence).expandDims(0)).squeeze(0);
          NDArray pooled = outputs.mean(new int[] {0}, true);
          NDArray scores = pooled.getNDArrayInternal().linear(pooled, headWeight, headBias).singletonOrThrow();
          h.add(outputs);
          logits.add(scores);
          losses.add(scores.logSoftmax(1).get(0, labels[sequence]).neg());
        }
        loss = NDArrays.stack(losses).mean(); // not concat: of a single array it makes a copy without gradient
        collector.backward(loss);
      }
      List<Tensor> tensors = new ArrayList<>();
      SequencedMap<String, NDArray> parameters = new LinkedHashMap<>(recurrent);
      parameters.put("head.weight", headWeight);
      parameters.put("head.bias", headBias);
      parameters.forEach((name, array) -> tensors.add(tensor(name, array)));
      tensors.add(integers("lengths", network.lengths));
      tensors.add(integers("label", labels));
      tensors.add(tensor("x", NDArrays.concat(x)));
      tensors.add(tensor("h", NDArrays.concat(h)));
      tensors.add(tensor("logits", NDArrays.concat(logits)));
      tensors.add(tensor("loss", loss.reshape(1)));
      parameters.forEach((name, array) -> tensors.add(tensor("grad." + name, array.getGradient())));
      tensors.add(tensor("grad.x", NDArrays.concat(new NDList(x.stream().map(NDArray::getGradient).toList()))));
      return tensors;
    }

    /** PyTorch's recurrent kernel, on [1][T][inputs]; returns [1][T][H]. */
    private NDArray run(NDArray batch) {
      NDList weights = new NDList(recurrent.values());
      NDArray zeros = manager.zeros(new Shape(network.layers, 1, network.hidden));
      NDArrayEx kernels = batch.getNDArrayInternal();
      NDList outputs =
          switch (network.cell) {
            case LSTM -> kernels.lstm(batch, new NDList(zeros, zeros), weights, true, network.layers, 0, true, false, true);
            case GRU -> kernels.gru(batch, zeros, weights, true, network.layers, 0, true, false, true);
            case RNN -> kernels.rnn(batch, zeros, weights, true, network.layers, RNN.Activation.TANH, 0, true, false, true);
          };
      return outputs.getFirst();
    }

    private static Tensor tensor(String name, NDArray array) {
      int[] shape = Arrays.stream(array.getShape().getShape()).mapToInt(Math::toIntExact).toArray();
      return new Tensor(name, shape, array.toFloatArray());
    }

    private static Tensor integers(String name, int[] values) {
      float[] floats = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        floats[i] = values[i];
      }
      return new Tensor(name, new int[] {values.length}, floats);
    }
  }
}
