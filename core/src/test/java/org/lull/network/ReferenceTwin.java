// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.lull.io.Safetensors.Contents;
import org.lull.io.Safetensors.Tensor;
import org.lull.io.StateDict;
import org.lull.kernel.Kernels;
import org.lull.rnn.GoldenFile;
import org.lull.rnn.ReferenceLayer;
import org.lull.rnn.ReferenceNetwork;

/** Brings a network of the product, and its gradients, to the double-precision reference. */
public final class ReferenceTwin {
  private ReferenceTwin() {}

  /** The network in double precision. Its thresholds are 0: give it masks. */
  public static ReferenceNetwork of(Network network) {
    SequencedMap<String, String> metadata = new TreeMap<>();
    metadata.put("cell", network.spec().cell().name());
    metadata.put("layers", Integer.toString(network.spec().layers()));
    ReferenceNetwork twin = new GoldenFile("twin", new Contents(Path.of("twin"), tensors(network), metadata)).network();
    ReferenceNetwork.Pooling pooling = switch (network.spec().head()) {
      case MEAN -> ReferenceNetwork.Pooling.MEAN;
      case LAST -> ReferenceNetwork.Pooling.LAST;
      case FRAMES -> ReferenceNetwork.Pooling.EVERY_FRAME;
    };
    return new ReferenceNetwork(twin.layers(), pooling, twin.head());
  }

  /** An arena of gradients in the order of {@link ReferenceNetwork#tensors()}; where one bias serves as two, both have its gradient. */
  public static List<double[][]> gradients(Network network, float[] arena) {
    Network holder = new Network(network.spec());
    System.arraycopy(arena, 0, holder.parameters(), 0, arena.length);
    ReferenceNetwork gradients = of(holder);
    gradients.layers().forEach(ReferenceLayer::copyBiasesThatServeAsTwo);
    return gradients.tensors().toList();
  }

  /** The parameters by PyTorch's names. */
  public static SequencedMap<String, Tensor> tensors(Network network) {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    StateDict.of(network).forEach(tensor -> tensors.put(tensor.name(), tensor));
    return tensors;
  }

  /** A network as PyTorch would initialise it, uniform within +-1/sqrt(hidden), both biases included. */
  public static Network randomNetwork(NetworkSpec spec, Kernels kernels, long seed) {
    Network network = new Network(spec, kernels);
    SplittableRandom random = new SplittableRandom(seed);
    double bound = 1 / Math.sqrt(spec.hidden());
    SequencedMap<String, Tensor> tensors = tensors(network);
    for (Tensor tensor : tensors.values()) {
      for (int i = 0; i < tensor.data().length; i++) {
        tensor.data()[i] = (float) random.nextDouble(-bound, bound);
      }
    }
    StateDict.load(network, contents(tensors));
    return network;
  }

  /** Tensors as if they had come from a file. */
  public static Contents contents(SequencedMap<String, Tensor> tensors) {
    return new Contents(Path.of("model.safetensors"), tensors, new TreeMap<>());
  }

  /** A sequence as the reference takes it: [T][inputs]. */
  public static double[][] doubles(Sequence sequence, int inputs) {
    double[][] x = new double[sequence.steps()][inputs];
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < inputs; i++) {
        x[t][i] = sequence.values()[t * Kernels.pad(inputs) + i];
      }
    }
    return x;
  }

  /** Largest absolute value; 0 of nothing. */
  static double largest(double[][] values) {
    return Arrays.stream(values).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElse(0);
  }
}
