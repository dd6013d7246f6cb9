// SPDX-License-Identifier: Apache-2.0
package org.lull;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.lull.input.Frames;
import org.lull.input.InvalidInputException;
import org.lull.network.Arithmetic;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Provenance;
import org.lull.train.Targets;

/**
 * A trained network with all that is needed to use it on raw features: {@code Model.load(file).classify(frames)}.
 *
 * <p>Nothing in it changes, and any number of threads may use it.
 */
public final class Model {
  private final Network network;
  private final Mode mode;
  private final Normalisation normalisation;
  private final List<String> labels;
  private final Normalisation targets;
  private final String frontEnd;
  private final Provenance provenance;

  /**
   * @param network weights, thresholds and arithmetic; copied
   * @param mode how it was trained and is meant to run
   * @param normalisation of as many channels as the network has inputs
   * @param labels class names, all different, as many as the network tells apart
   * @param frontEnd settings of what made the features, JSON, or "" where the data is used as it comes
   * @throws InvalidInputException where these do not belong together
   */
  public Model(Network network, Mode mode, Normalisation normalisation, List<String> labels, String frontEnd, Provenance provenance) {
    this(network, mode, normalisation, labels, null, frontEnd, provenance);
  }

  /** @param targets statistics of the training targets in regression, which has no labels; null where there are classes */
  Model(Network network, Mode mode, Normalisation normalisation, List<String> labels, Normalisation targets, String frontEnd,
      Provenance provenance) {
    NetworkSpec spec = network.spec();
    require(normalisation.channels() == spec.inputs(), "a normalisation of " + normalisation.channels() + " channels", spec.inputs()
        + ", the inputs of the network");
    int classes = targets == null ? spec.head().classes(spec.outputs()) : 0;
    require(labels.size() == classes, labels.size() + " labels", classes + (targets == null ? ", one for each class of the network"
        : " in regression"));
    require(targets == null || targets.channels() == spec.outputs(), "statistics of " + (targets == null ? 0 : targets.channels())
        + " targets", spec.outputs() + ", the outputs of the network");
    require(targets == null || spec.head() != Head.FRAMES, "regression with the head frames", "mean or last");
    require(labels.stream().distinct().count() == classes, "the labels " + labels, "all different");
    this.network = network.copy();
    this.mode = Objects.requireNonNull(mode, "mode");
    this.normalisation = normalisation;
    this.labels = List.copyOf(labels);
    this.targets = targets;
    this.frontEnd = Objects.requireNonNull(frontEnd, "frontEnd");
    this.provenance = Objects.requireNonNull(provenance, "provenance");
  }

  private static void require(boolean ok, String what, String expected) {
    if (!ok) {
      throw new InvalidInputException("model: " + what + ", expected " + expected);
    }
  }

  /**
   * Reads a model file, which {@link #save} or {@code lull train} wrote.
   *
   * @throws InvalidInputException if it is missing, damaged or no model file, or if it computes in an {@link Arithmetic} that is not on the
   *     class path or module path
   */
  public static Model load(Path file) {
    return ModelFile.read(file);
  }

  /**
   * Writes a model file (docs/formats.md), in place of any file there was.
   *
   * @throws InvalidInputException if it cannot be written; a file there was is then untouched
   */
  public void save(Path file) {
    ModelFile.write(file, this);
  }

  /**
   * What the model takes a sequence for.
   *
   * @param frames raw features, [steps][channels], of any number of steps from 1 on
   * @throws InvalidInputException where a frame has another number of channels, or a value is not finite or beyond
   *     {@link Frames#LARGEST}
   * @throws IllegalStateException if the model predicts numbers
   */
  public Prediction classify(float[][] frames) {
    requireClasses();
    return new Prediction(labels, Targets.scores(run(frames), network.spec()));
  }

  /**
   * Regression: what the model predicts of a sequence, in the units of the targets it was trained on.
   *
   * @param frames as of {@link #classify}
   * @return [outputs]
   * @throws InvalidInputException as of {@link #classify}
   * @throws IllegalStateException if the model tells classes apart
   */
  public float[] predict(float[][] frames) {
    requireRegression();
    return restored(Arrays.copyOf(run(frames).logits(), network.spec().outputs()));
  }

  private NetworkPass run(float[][] frames) {
    NetworkPass pass = new NetworkPass(network, mode);
    pass.forward(List.of(normalisation.sequence(Frames.flat("the sequence", frames, normalisation.channels()), frames.length)));
    return pass;
  }

  void requireClasses() {
    if (isRegression()) {
      throw new IllegalStateException("the model predicts numbers and knows no classes; call predict");
    }
  }

  void requireRegression() {
    if (!isRegression()) {
      throw new IllegalStateException("the model tells classes apart and predicts no numbers; call classify");
    }
  }

  /** A stream that takes frame after frame, as they arrive. */
  public ModelStream stream() {
    return new ModelStream(this);
  }

  /** Outputs in the units of the targets. */
  float[] restored(float[] outputs) {
    for (int k = 0; k < outputs.length; k++) {
      outputs[k] = targets.restored(k, outputs[k]);
    }
    return outputs;
  }

  /** Whether it predicts numbers; otherwise it tells classes apart. */
  public boolean isRegression() {
    return targets != null;
  }

  /** Statistics of the training targets, by which they were normalised; null where there are classes. */
  Normalisation targets() {
    return targets;
  }

  /** Its architecture. */
  public NetworkSpec spec() {
    return network.spec();
  }

  /** Weights and thresholds; only to be read: make a {@link Network#copy} of it to train on. */
  public Network network() {
    return network;
  }

  /** How it was trained and is meant to run. */
  public Mode mode() {
    return mode;
  }

  /** What the recurrent layers compute in. */
  public Arithmetic arithmetic() {
    return network.arithmetic();
  }

  /**
   * The same model in another arithmetic.
   *
   * @throws InvalidInputException if a network of this architecture cannot compute in it
   */
  public Model withArithmetic(Arithmetic arithmetic) {
    Network other = network.copy();
    other.setArithmetic(arithmetic);
    return new Model(other, mode, normalisation, labels, targets, frontEnd, provenance);
  }

  /** Statistics of the training features. */
  public Normalisation normalisation() {
    return normalisation;
  }

  /** Class names, in the order of their scores; none in regression. */
  public List<String> labels() {
    return labels;
  }

  /** Settings of what makes the features from sound, JSON, or "" where the data is used as it comes. */
  public String frontEnd() {
    return frontEnd;
  }

  /** Where it comes from. */
  public Provenance provenance() {
    return provenance;
  }
}
