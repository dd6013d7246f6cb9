// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.page;

import java.util.ArrayList;
import java.util.List;
import org.lull.Model;
import org.lull.ModelStream;
import org.lull.Prediction;
import org.lull.cost.OperationCounts;
import org.lull.network.Fired;

/**
 * What a model does with one sequence, frame by frame.
 *
 * @param fired what fired, of each layer of each frame
 * @param outputs probabilities of the classes after each frame, or in regression the numbers predicted
 * @param macs multiply-adds of each frame
 * @param denseMacs what a frame costs densely
 */
record Firing(Model model, float[][] frames, List<List<Fired>> fired, List<double[]> outputs, List<Long> macs, long denseMacs) {
  static Firing of(Model model, float[][] frames) {
    ModelStream stream = model.stream();
    List<List<Fired>> fired = new ArrayList<>();
    List<double[]> outputs = new ArrayList<>();
    List<Long> macs = new ArrayList<>();
    long before = 0;
    for (float[] frame : frames) {
      outputs.add(outputs(model, stream, frame));
      fired.add(stream.fired());
      long now = stream.operations().sum(count -> count.forward());
      macs.add(now - before);
      before = now;
    }
    OperationCounts all = stream.operations();
    return new Firing(model, frames, fired, outputs, macs, all.sum(count -> count.denseForward()) / frames.length);
  }

  private static double[] outputs(Model model, ModelStream stream, float[] frame) {
    if (!model.isRegression()) {
      Prediction prediction = stream.classify(frame);
      return prediction.probabilities();
    }
    float[] numbers = stream.predict(frame);
    double[] outputs = new double[numbers.length];
    for (int k = 0; k < outputs.length; k++) {
      outputs[k] = numbers[k];
    }
    return outputs;
  }

  /** Multiply-adds of all frames. */
  long total() {
    return macs.stream().mapToLong(Long::longValue).sum();
  }

  /** Share of a layer's entries of x that did not fire. */
  double sparsityX(int layer) {
    long active = fired.stream().mapToLong(step -> step.get(layer).x().cardinality()).sum();
    return 1 - active / ((double) frames.length * model.spec().inputs(layer));
  }

  /** Share of a layer's entries of h that did not fire. */
  double sparsityH(int layer) {
    long active = fired.stream().mapToLong(step -> step.get(layer).h().cardinality()).sum();
    return 1 - active / ((double) frames.length * model.spec().hidden());
  }
}
