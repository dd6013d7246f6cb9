// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.onnx;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.lull.Model;
import org.lull.exchange.onnx.OnnxExport.Form;
import org.lull.exchange.onnx.OnnxRuntime.Session;
import org.lull.exchange.onnx.OnnxRuntime.Value;
import org.lull.input.Frames;
import org.lull.network.Mode;
import org.lull.network.NetworkPass;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.train.Targets;

/**
 * Compares an exported file, as ONNX Runtime runs it, with the model in Lull.
 *
 * @param steps timesteps of all sequences
 * @param differences the largest of each sequence, over its scores or predictions, in the order of the sequences
 */
public record OnnxCheck(int steps, List<Double> differences) {
  private static final int[] LENGTHS = {9, 32, 1, 20};
  /** Standard deviations that the input moves in a timestep: some of it fires, some rests. */
  private static final double MOVE = 0.3;

  /** The largest difference of all. */
  public double largest() {
    return Collections.max(differences);
  }

  /** Runs sequences of different lengths that move at random. */
  public static OnnxCheck of(Session session, Model model, boolean dense, Form form) {
    SplittableRandom random = new SplittableRandom(1);
    Normalisation normalisation = model.normalisation();
    float[] mean = normalisation.mean();
    float[] deviation = normalisation.deviation();
    List<float[][]> sequences = new ArrayList<>();
    for (int length : LENGTHS) {
      double[] at = new double[mean.length];
      float[][] frames = new float[length][mean.length];
      for (float[] frame : frames) {
        for (int i = 0; i < frame.length; i++) {
          at[i] += MOVE * random.nextGaussian();
          frame[i] = (float) (mean[i] + deviation[i] * at[i]);
        }
      }
      sequences.add(frames);
    }
    return of(session, model, dense, form, sequences);
  }

  /**
   * Runs sequences.
   *
   * @param dense whether the file was made without the thresholds
   * @param sequences raw features, [steps][channels] each; in the form of whole sequences they run as one batch
   */
  public static OnnxCheck of(Session session, Model model, boolean dense, Form form, List<float[][]> sequences) {
    List<float[]> actual = scores(session, model, dense, form, sequences);
    List<Double> differences = new ArrayList<>();
    for (int s = 0; s < sequences.size(); s++) {
      float[] expected = expected(model, dense, sequences.get(s));
      double largest = 0;
      for (int k = 0; k < expected.length; k++) {
        double difference = Math.abs((double) expected[k] - actual.get(s)[k]);
        largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
      }
      differences.add(largest);
    }
    return new OnnxCheck(sequences.stream().mapToInt(frames -> frames.length).sum(), differences);
  }

  /** The scores of each sequence, or in regression the numbers, as ONNX Runtime computes them; see the method above. */
  public static List<float[]> scores(Session session, Model model, boolean dense, Form form, List<float[][]> sequences) {
    return form == Form.STEP ? sequences.stream().map(frames -> steps(session, model, dense, frames)).toList()
        : batch(session, model, sequences);
  }

  /** What Lull computes: scores, or in regression the numbers. */
  private static float[] expected(Model model, boolean dense, float[][] frames) {
    Normalisation normalisation = model.normalisation();
    NetworkPass pass = new NetworkPass(model.network(), dense ? Mode.DENSE : model.mode());
    pass.forward(List.of(normalisation.sequence(Frames.flat("the sequence", frames, normalisation.channels()), frames.length)));
    float[] outputs = model.isRegression() ? Arrays.copyOf(pass.logits(), model.spec().outputs()) : Targets.scores(pass, model.spec());
    for (int k = 0; model.isRegression() && k < outputs.length; k++) {
      outputs[k] = model.loss().targets().restored(k, outputs[k]);
    }
    return outputs;
  }

  private static String output(Model model) {
    return model.isRegression() ? "predictions" : "scores";
  }

  /** As one batch; what is beyond the length of a sequence is not a number, and must not matter. */
  private static List<float[]> batch(Session session, Model model, List<float[][]> sequences) {
    int channels = model.spec().inputs();
    int longest = sequences.stream().mapToInt(frames -> frames.length).max().orElseThrow();
    float[] features = new float[sequences.size() * longest * channels];
    int[] lengths = new int[sequences.size()];
    Arrays.fill(features, Float.NaN);
    for (int s = 0; s < lengths.length; s++) {
      lengths[s] = sequences.get(s).length;
      for (int t = 0; t < lengths[s]; t++) {
        System.arraycopy(sequences.get(s)[t], 0, features, (s * longest + t) * channels, channels);
      }
    }
    Map<String, Value> inputs = Map.of("features", Value.of(features, lengths.length, longest, channels), "lengths",
        new Value(IntBuffer.wrap(lengths), lengths.length));
    float[] scores = floats(session.run(inputs).get(output(model)));
    int classes = scores.length / lengths.length;
    List<float[]> rows = new ArrayList<>();
    for (int s = 0; s < lengths.length; s++) {
      rows.add(Arrays.copyOfRange(scores, s * classes, (s + 1) * classes));
    }
    return rows;
  }

  /** Frame by frame, each with the states that the one before has left. */
  private static float[] steps(Session session, Model model, boolean dense, float[][] frames) {
    Map<String, Value> states = zeros(model, dense);
    float[] scores = null;
    for (float[] frame : frames) {
      Map<String, Value> inputs = new LinkedHashMap<>(states);
      inputs.put("features", Value.of(frame, 1, frame.length));
      Map<String, Value> outputs = session.run(inputs);
      states.replaceAll((name, _) -> outputs.get("next_" + name));
      scores = floats(outputs.get(output(model)));
    }
    return scores;
  }

  /** The states that a sequence begins with. */
  private static Map<String, Value> zeros(Model model, boolean dense) {
    NetworkSpec spec = model.spec();
    Map<String, Value> states = new LinkedHashMap<>();
    new StepNodes(model.network(), OnnxExport.isDelta(model, dense)).states()
        .forEach((name, size) -> states.put(name, Value.of(new float[size], 1, size)));
    switch (spec.head()) {
      case LAST -> {}
      case MEAN -> {
        states.put("h_sum", Value.of(new float[spec.hidden()], 1, spec.hidden()));
        states.put("steps", new Value(LongBuffer.wrap(new long[1]), 1));
      }
      case FRAMES -> {
        int classes = spec.head().classes(spec.outputs());
        states.put("heard", Value.of(new float[1], 1, 1));
        states.put("last_scores", Value.of(new float[classes], 1, classes));
      }
    }
    return states;
  }

  private static float[] floats(Value value) {
    FloatBuffer buffer = (FloatBuffer) value.data();
    float[] floats = new float[buffer.remaining()];
    buffer.duplicate().get(floats);
    return floats;
  }
}
