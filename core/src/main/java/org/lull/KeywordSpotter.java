// SPDX-License-Identifier: Apache-2.0
package org.lull;

import java.util.Arrays;
import org.lull.cost.OperationCounts;
import org.lull.input.InvalidInputException;
import org.lull.network.Head;
import org.lull.network.NetworkSpec;

/**
 * Runs a {@link Model} over a stream that never ends, and reports words: {@code while (...) if (spotter.push(frame) != Detector.NONE) ...}.
 * The {@link DetectorSettings} say whether it runs in windows or with one state, and when a word counts as heard. A frame allocates
 * nothing. Only one thread may use it at a time.
 */
public final class KeywordSpotter {
  private final Model model;
  private final DetectorSettings settings;
  private final Detector detector;
  private final ModelStream[] streams; // one running, or those of the windows that overlap
  private final boolean[] heard; // [streams] whether a frame of the window was not silence; of the head frames
  private final float[][] ofWindow; // [streams][outputs] scores of the last such frame
  private final float[] scores;
  private final float[] probabilities;
  private long frames;
  private long headRuns;
  private boolean decided;

  /** A spotter with the settings that are in the model file, or else those that suit how the model was trained. */
  public KeywordSpotter(Model model) {
    this(model, model.detector().orElseThrow(() -> new InvalidInputException("the model has no settings of a detector, and nothing says how"
        + " long the clips were that it was trained on; give DetectorSettings.windows(frames of a clip)")));
  }

  /**
   * @throws InvalidInputException if the model predicts numbers, or it cannot run with one state: its head is not frames, or the settings
   *     have thresholds of words that it does not know
   */
  public KeywordSpotter(Model model, DetectorSettings settings) {
    NetworkSpec spec = model.spec();
    if (model.isRegression()) {
      throw new InvalidInputException("the model predicts numbers, expected one that tells words apart");
    }
    if (settings.keepsState() && spec.head() == Head.MEAN) {
      throw new InvalidInputException("one running state with the head mean, which averages over everything heard, so that nothing new is"
          + " noticed after a while; use a window, or train the model for streams");
    }
    this.model = model;
    this.settings = settings;
    detector = new Detector(settings, model.labels());
    int n = settings.keepsState() ? 1 : Math.ceilDiv(settings.window(), settings.hop());
    streams = new ModelStream[n];
    Arrays.setAll(streams, _ -> model.stream());
    heard = new boolean[n];
    ofWindow = new float[n][spec.outputs()];
    scores = new float[spec.outputs()];
    probabilities = new float[model.labels().size()];
  }

  /**
   * Takes the next frame.
   *
   * @param frame raw features, [channels]
   * @return index of the word that is reported, in {@link Model#labels}, or {@link Detector#NONE}
   * @throws InvalidInputException as in {@link ModelStream#classify}; nothing has changed then
   */
  public int push(float[] frame) {
    if (settings.keepsState()) {
      streams[0].step(frame, scores);
      headRuns++;
      frames++;
      softmax(scores, model.spec().head().outputs(0) == 1);
      decided = true;
    } else {
      decided = inWindows(frame);
    }
    return decided ? detector.push(probabilities) : Detector.NONE;
  }

  /** Window i takes the frames from i hops on, and begins again after its last. Whether one has ended. */
  private boolean inWindows(float[] frame) {
    boolean ends = false;
    int period = streams.length * settings.hop(); // at least a window
    for (int i = 0; i < streams.length; i++) {
      long from = frames - (long) i * settings.hop();
      int at = (int) (from % period); // place in the window
      if (from < 0 || at >= settings.window()) {
        continue;
      }
      if (at == 0) {
        streams[i].restart();
        heard[i] = false;
      }
      boolean last = at == settings.window() - 1;
      boolean frameWise = model.spec().head() == Head.FRAMES;
      streams[i].step(frame, last || frameWise ? scores : null);
      headRuns += last || frameWise ? 1 : 0;
      if (frameWise && isNotSilence()) {
        heard[i] = true;
        System.arraycopy(scores, 0, ofWindow[i], 0, scores.length);
      }
      if (last) {
        ends = true;
        decide(i, frameWise);
      }
    }
    frames++;
    return ends;
  }

  /** As {@link Model#classify} decides; a window of silence has no word. */
  private void decide(int i, boolean frameWise) {
    if (!frameWise) {
      softmax(scores, false);
    } else if (heard[i]) {
      softmaxOfClasses(ofWindow[i], 1);
    } else {
      Arrays.fill(probabilities, 0f);
    }
  }

  private boolean isNotSilence() {
    for (int k = 1; k < scores.length; k++) {
      if (scores[k] > scores[0]) {
        return true;
      }
    }
    return false;
  }

  /** @param silence whether output 0 is none of the classes */
  private void softmax(float[] outputs, boolean silence) {
    if (!silence) {
      softmaxOfClasses(outputs, 0);
      return;
    }
    double sum = 0;
    float largest = largest(outputs, 0);
    for (float each : outputs) {
      sum += StrictMath.exp((double) each - largest);
    }
    for (int k = 0; k < probabilities.length; k++) {
      probabilities[k] = (float) (StrictMath.exp((double) outputs[k + 1] - largest) / sum);
    }
  }

  private void softmaxOfClasses(float[] outputs, int first) {
    double sum = 0;
    float largest = largest(outputs, first);
    for (int k = first; k < outputs.length; k++) {
      sum += StrictMath.exp((double) outputs[k] - largest);
    }
    for (int k = 0; k < probabilities.length; k++) {
      probabilities[k] = (float) (StrictMath.exp((double) outputs[first + k] - largest) / sum);
    }
  }

  private static float largest(float[] outputs, int first) {
    float largest = outputs[first];
    for (int k = first + 1; k < outputs.length; k++) {
      largest = Math.max(largest, outputs[k]);
    }
    return largest;
  }

  /** Whether the last frame led to a decision, whose probabilities are then in {@link #probabilities}. */
  public boolean decided() {
    return decided;
  }

  /** Probabilities of the last decision, [labels]; only read it. With one running state they add up to 1 less that of silence. */
  public float[] probabilities() {
    return probabilities;
  }

  /** Averages of the last decisions, and what was reported. */
  public Detector detector() {
    return detector;
  }

  public DetectorSettings settings() {
    return settings;
  }

  /** Frames taken. */
  public long frames() {
    return frames;
  }

  /** Multiply-adds of the recurrent layers and the head so far. */
  public long operations() {
    long sum = headRuns * headOperations();
    for (ModelStream stream : streams) {
      sum += stream.forwardOperations();
    }
    return sum;
  }

  /** Multiply-adds of the same network, run densely in the same way. */
  public long denseOperations() {
    long sum = headRuns * headOperations();
    for (ModelStream stream : streams) {
      sum += stream.denseForwardOperations();
    }
    return sum;
  }

  private long headOperations() {
    return (long) model.spec().outputs() * model.spec().hidden();
  }

  /** The share of entries of x and h that did not fire. */
  public double sparsity() {
    OperationCounts all = model.network().operationCounts();
    for (ModelStream stream : streams) {
      all.add(stream.operations());
    }
    return frames == 0 ? 0 : all.sparsity();
  }
}
