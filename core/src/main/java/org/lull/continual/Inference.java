// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.Arrays;
import java.util.List;
import org.lull.cost.OperationCounts;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;
import org.lull.network.Normalisation;
import org.lull.network.Sequence;
import org.lull.train.Example;

/** Runs a network forward over single examples, for scores or features. Only one thread may use it at a time. */
public final class Inference {
  private final Network network;
  private final Normalisation normalisation;
  private final NetworkPass pass;

  Inference(Network network, Mode mode, Normalisation normalisation) {
    this.network = network;
    this.normalisation = normalisation;
    pass = new NetworkPass(network, mode);
  }

  /** The scores of an example, [outputs]. */
  public float[] scores(Example example) {
    return scores(input(example));
  }

  /** The scores of an input, [outputs]. */
  float[] scores(Sequence input) {
    pass.forward(List.of(input));
    return Arrays.copyOf(pass.logits(), network.spec().outputs());
  }

  /** The input of the head for an example, [hidden]. */
  public float[] read(Example example) {
    pass.forward(List.of(input(example)));
    return Arrays.copyOf(pass.features(), network.spec().hidden());
  }

  /** The feature vector of an example, [hidden]: the input of the head, scaled to length 1. */
  public float[] features(Example example) {
    float[] vector = read(example);
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    float scale = squares == 0 ? 0 : (float) (1 / Math.sqrt(squares));
    for (int u = 0; u < vector.length; u++) {
      vector[u] *= scale;
    }
    return vector;
  }

  /** The feature vectors of examples, [hidden] each. */
  public List<float[]> features(List<Example> examples) {
    return examples.stream().map(this::features).toList();
  }

  /** For each class the inputs of the head for its examples, [hidden] each. */
  public List<List<float[]>> readAll(List<List<Example>> classes) {
    return classes.stream().map(examples -> examples.stream().map(this::read).toList()).toList();
  }

  private Sequence input(Example example) {
    return example.normalised(normalisation);
  }

  /** Multiply-adds of all passes, one count per layer. */
  OperationCounts operations() {
    return pass.operations();
  }
}
