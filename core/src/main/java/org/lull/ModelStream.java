// SPDX-License-Identifier: Apache-2.0
package org.lull;

import java.util.Arrays;
import java.util.List;
import org.lull.cost.OperationCounts;
import org.lull.input.Finite;
import org.lull.input.Frames;
import org.lull.input.InvalidInputException;
import org.lull.network.Fired;
import org.lull.network.Head;
import org.lull.network.NetworkState;
import org.lull.network.NetworkStream;

/**
 * Runs a {@link Model} on one frame at a time, as the frames arrive. After each frame the result is bit for bit that of {@link
 * Model#classify} or {@link Model#predict} on all frames so far, at the cost of one frame. The stream runs in the model's mode and
 * arithmetic. Only one thread may use it at a time.
 */
public final class ModelStream {
  private final Model model;
  private final NetworkStream stream;
  private final NetworkState start;
  private final OperationCounts before;
  private final float[] normalised;
  private NetworkState state;
  private float[] lastOfClass;
  /** Of a copy that has taken no frame of its own yet: what fired in the stream that it is a copy of. */
  private List<Fired> firedBefore;
  private long refused;

  ModelStream(Model model) {
    this(model, new NetworkState(model.network()), model.network().operationCounts());
  }

  private ModelStream(Model model, NetworkState start, OperationCounts before) {
    this.model = model;
    this.start = start;
    this.before = before;
    stream = new NetworkStream(model.network(), model.mode());
    state = start.copy();
    normalised = new float[model.normalisation().channels()];
  }

  /**
   * The condition of a stream.
   *
   * @param frames number of frames taken since the beginning or the last {@link #reset}
   * @param sparsity share of the entries of x and h that did not fire in these frames, 0 to 1; 0 before the first frame
   * @param largestDeltaMemory the largest magnitude in the delta memories M; usually of the order of 1 to 100, a larger value means that
   *     something is wrong
   * @param refused number of frames that were refused because they did not fit the model or were not finite
   */
  public record Health(long frames, double sparsity, float largestDeltaMemory, long refused) {}

  /**
   * Takes the next frame.
   *
   * @param frame raw features, [channels]
   * @return the class that the model predicts for all frames so far
   * @throws InvalidInputException if the frame has another number of channels, or a value is not finite or out of bounds: beyond {@link
   *     Frames#LARGEST}, or more than {@link Finite#LARGEST} standard deviations from the mean. The stream is then unchanged
   * @throws IllegalStateException if the model predicts numbers
   */
  public Prediction classify(float[] frame) {
    model.requireClasses();
    float[] outputs = step(frame);
    if (model.spec().head() != Head.FRAMES) {
      return new Prediction(model.labels(), outputs);
    }
    float[] scores = Arrays.copyOfRange(outputs, 1, outputs.length);
    for (float score : scores) {
      if (score > outputs[0]) { // not silence: decides until another timestep does
        lastOfClass = scores;
      }
    }
    return new Prediction(model.labels(), lastOfClass == null ? scores : lastOfClass.clone());
  }

  /**
   * Takes the next frame.
   *
   * @param frame raw features, [channels]
   * @return the numbers that the model predicts for all frames so far, [outputs]
   * @throws InvalidInputException as in {@link #classify}
   * @throws IllegalStateException if the model predicts classes
   */
  public float[] predict(float[] frame) {
    model.requireRegression();
    return model.restored(step(frame));
  }

  private float[] step(float[] frame) {
    float[] outputs = new float[model.spec().outputs()];
    step(frame, outputs);
    return outputs;
  }

  /**
   * Takes the next frame and allocates nothing: for streams that never end.
   *
   * @param frame raw features, [channels]
   * @param outputs receives the scores of the head for all frames so far, [outputs]; with {@link Head#FRAMES} those of this frame alone, of
   *     which the first is that of silence. In regression the outputs are normalised. Null if nobody wants them at this frame, so that the
   *     head is not computed
   * @throws InvalidInputException as in {@link #classify}
   */
  public void step(float[] frame, float[] outputs) {
    check(frame);
    stream.step(state, normalised, outputs);
    firedBefore = null;
  }

  /** Normalises the frame, or refuses it. */
  private void check(float[] frame) {
    boolean fits = frame.length == normalised.length && Finite.firstBeyond(Frames.LARGEST, frame, 0, frame.length) < 0;
    if (fits) {
      model.normalisation().frame(frame, normalised);
      fits = Finite.firstTooLarge(normalised, 0, normalised.length) < 0;
    }
    if (!fits) {
      refused++;
      throw refusal(frame);
    }
  }

  private InvalidInputException refusal(float[] frame) {
    String id = "frame " + state.steps() + " of the stream";
    Frames.flat(id, new float[][] {frame}, normalised.length); // says what is wrong, unless it is its size alone
    int bad = Finite.firstTooLarge(normalised, 0, normalised.length);
    return new InvalidInputException(id + ": channel " + bad + " is " + frame[bad] + ", " + Finite.refused(normalised[bad]));
  }

  /** Begins again, as if it had taken no frame, but goes on counting operations and frames that were refused. Allocates nothing. */
  public void restart() {
    state.set(start);
    lastOfClass = null;
  }

  /** Resets the stream, as if it had taken no frame. */
  public void reset() {
    state = start.copy();
    lastOfClass = null;
    refused = 0;
    before.reset();
    stream.operations().reset();
  }

  /** A copy of this stream with the same state; afterwards the two are independent. */
  public ModelStream copy() {
    ModelStream copy = new ModelStream(model, start, operations());
    copy.state = state.copy();
    copy.lastOfClass = lastOfClass;
    copy.refused = refused;
    copy.firedBefore = state.steps() == 0 ? null : fired();
    return copy;
  }

  /**
   * What fired in each layer at the last frame, the lowest layer first: the columns of the weights that the frame cost. In dense mode all
   * entries fire.
   *
   * @throws IllegalStateException before the first frame
   */
  public List<Fired> fired() {
    if (state.steps() == 0) {
      throw new IllegalStateException("the stream has taken no frame yet; call classify or predict first");
    }
    return firedBefore != null ? firedBefore : stream.fired();
  }

  /**
   * Multiply-adds of all frames since the beginning or the last {@link #reset}, one count per layer, and what they would have cost densely:
   * a copy.
   */
  public OperationCounts operations() {
    OperationCounts all = model.network().operationCounts();
    all.add(before);
    all.add(stream.operations());
    return all;
  }

  /** Multiply-adds of the recurrent layers for all frames: the sum of {@link #operations}. */
  long forwardOperations() {
    return sum(before, false) + sum(stream.operations(), false);
  }

  /** Multiply-adds of the dense recurrent layers for all frames. */
  long denseForwardOperations() {
    return sum(before, true) + sum(stream.operations(), true);
  }

  private static long sum(OperationCounts counts, boolean dense) {
    long sum = 0;
    for (int layer = 0; layer < counts.size(); layer++) { // no stream of Java: it is asked for often
      sum += dense ? counts.layer(layer).denseForward() : counts.layer(layer).forward();
    }
    return sum;
  }

  /** The condition of the stream: frames taken, sparsity, and signs that something is wrong. */
  public Health health() {
    return new Health(state.steps(), state.steps() == 0 ? 0 : operations().sparsity(), state.largestDeltaMemory(), refused);
  }
}
