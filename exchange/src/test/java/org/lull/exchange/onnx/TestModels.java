// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.Training;
import org.lull.TrainingBuilder;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.rnn.Thresholds;

/** Small models with weights that are no longer those of the beginning. */
public final class TestModels {
  private TestModels() {}

  /** Three channels, five units, three classes (or two numbers); thresholds that differ from entry to entry. */
  public static Model model(String cell, int layers, Head head, Mode mode, boolean regression) {
    SplittableRandom random = new SplittableRandom(7);
    List<float[][]> sequences = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    List<float[]> targets = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      float[][] frames = new float[6 + i][3];
      for (float[] frame : frames) {
        for (int c = 0; c < 3; c++) {
          frame[c] = (float) (10 * c + (c + 1) * random.nextGaussian() + i % 3);
        }
      }
      sequences.add(frames);
      labels.add("class " + i % 3);
      targets.add(new float[] {100 + i, -i});
    }
    Dataset data = regression ? Dataset.ofTargets(sequences, targets) : Dataset.of(sequences, labels);
    TrainingBuilder training = Training.builder().cell(cell).layers(layers).hidden(5).head(head).mode(mode).threshold(0.2f).epochs(2)
        .learningRate(0.05).batch(4).threads(1);
    Model trained = (regression ? training.regression() : training).build().fit(data).model();
    if (mode == Mode.DENSE || regression) {
      return trained;
    }
    Network network = trained.network().copy();
    float[] parameters = network.parameters();
    for (int i = network.first(); i < parameters.length; i++) { // peepholes and the second bias too
      parameters[i] += parameters[i] == 0 ? 0 : 0.1f * (float) random.nextGaussian();
    }
    for (int layer = 0; layer < layers; layer++) {
      float[] x = network.thresholds(layer).x();
      float[] h = network.thresholds(layer).h();
      for (int e = 0; e < x.length; e++) {
        x[e] = 0.05f * (1 + e % 5);
      }
      for (int e = 0; e < h.length; e++) {
        h[e] = 0.02f * (e % 5);
      }
      network.setThresholds(layer, new Thresholds(x, h));
    }
    return new Model(network, mode, trained.normalisation(), trained.labels(), "", trained.provenance());
  }
}
