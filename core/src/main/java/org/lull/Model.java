// SPDX-License-Identifier: Apache-2.0
package org.lull;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.lull.input.Frames;
import org.lull.input.InvalidInputException;
import org.lull.input.Label;
import org.lull.io.Sha256;
import org.lull.io.StateDict;
import org.lull.network.Arithmetic;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Provenance;
import org.lull.train.Loss;
import org.lull.train.Targets;

/**
 * A trained network with everything that is needed to use it on raw features: {@code Model.load(file).classify(frames)}.
 *
 * <p>A model is immutable, and any number of threads may use it.
 */
public final class Model {
  private final Network network;
  private final Mode mode;
  private final Normalisation normalisation;
  private final List<String> labels;
  private final Normalisation targets;
  private final String frontEnd;
  private final Provenance provenance;
  private final DetectorSettings detector;

  /**
   * @param network weights, thresholds and arithmetic; copied
   * @param mode dense or delta: how the model was trained and is meant to run
   * @param normalisation statistics of the training features; with as many channels as the network has inputs
   * @param labels class names, all different; as many as the network has classes. They are brought to the form that {@link Label} describes
   * @param frontEnd JSON with the settings that the features were made with, or "" if the data is used as it is
   * @throws InvalidInputException if the arguments do not fit together
   */
  public Model(Network network, Mode mode, Normalisation normalisation, List<String> labels, String frontEnd, Provenance provenance) {
    this(network, mode, normalisation, labels.stream().map(Label::of).toList(), null, ModelFile.frontEnd(frontEnd), provenance, null);
  }

  /**
   * @param targets for regression (which has no labels), the statistics of the training targets; null for classes
   * @param detector how words are reported in a stream; null if nothing is known about that
   */
  Model(Network network, Mode mode, Normalisation normalisation, List<String> labels, Normalisation targets, String frontEnd,
      Provenance provenance, DetectorSettings detector) {
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
    this.detector = detector;
    require(detector == null || !detector.keepsState() || spec.head() != Head.MEAN, "a detector with one running state and the head mean",
        "a window, or another head");
    require(detector == null || labels.containsAll(detector.thresholds().keySet()),
        "a detector with thresholds of " + (detector == null ? "" : detector.thresholds().keySet()), "words of the labels " + labels);
  }

  private static void require(boolean ok, String what, String expected) {
    if (!ok) {
      throw new InvalidInputException("model: " + what + ", expected " + expected);
    }
  }

  /**
   * Reads a model file that {@link #save} or {@code lull train} wrote.
   *
   * @throws InvalidInputException if the file is missing, damaged or not a model file, or if the {@link Arithmetic} of the model is not on
   *     the class path or module path
   */
  public static Model load(Path file) {
    return ModelFile.read(file);
  }

  /**
   * Writes a model file (docs/formats.md). An existing file is replaced.
   *
   * @throws InvalidInputException if it cannot be written; an existing file is then unchanged
   */
  public void save(Path file) {
    ModelFile.write(file, this);
  }

  /**
   * The class that the model predicts for a sequence.
   *
   * @param frames raw features, [steps][channels], with at least one step
   * @throws InvalidInputException if a frame has another number of channels, or a value is not finite or beyond {@link Frames#LARGEST}
   * @throws IllegalStateException if the model predicts numbers
   */
  public Prediction classify(float[][] frames) {
    requireClasses();
    return new Prediction(labels, Targets.scores(run(frames), network.spec()));
  }

  /**
   * The numbers that the model predicts for a sequence (regression), in the units of the training targets.
   *
   * @param frames as in {@link #classify}
   * @return [outputs]
   * @throws InvalidInputException as in {@link #classify}
   * @throws IllegalStateException if the model predicts classes
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

  /** A new stream of this model, which takes one frame at a time as the frames arrive. */
  public ModelStream stream() {
    return new ModelStream(this);
  }

  /** Converts normalised outputs to the units of the targets. */
  float[] restored(float[] outputs) {
    for (int k = 0; k < outputs.length; k++) {
      outputs[k] = targets.restored(k, outputs[k]);
    }
    return outputs;
  }

  /** Whether the model predicts numbers; otherwise it predicts classes. */
  public boolean isRegression() {
    return targets != null;
  }

  /** Statistics by which the training targets were normalised; null for classes. */
  Normalisation targets() {
    return targets;
  }

  /** The architecture of the network. */
  public NetworkSpec spec() {
    return network.spec();
  }

  /** The network with its weights and thresholds. Only read it: to train further, make a {@link Network#copy}. */
  public Network network() {
    return network;
  }

  /** Dense or delta: how the model was trained and is meant to run. */
  public Mode mode() {
    return mode;
  }

  /** The numbers that the recurrent layers compute in, such as float32. */
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
    return new Model(other, mode, normalisation, labels, targets, frontEnd, provenance, detector);
  }

  /** The same model with another provenance. */
  public Model withProvenance(Provenance value) {
    return new Model(network, mode, normalisation, labels, targets, frontEnd, value, detector);
  }

  /** The same model with other settings of the detector. */
  public Model withDetector(DetectorSettings value) {
    return new Model(network, mode, normalisation, labels, targets, frontEnd, provenance, value);
  }

  /**
   * How words are reported in a stream: of a model that was trained on streams, or whose threshold was chosen. Empty for other models,
   * which were trained on clips.
   */
  public Optional<DetectorSettings> detector() {
    return Optional.ofNullable(detector);
  }

  /** The loss that the model is trained and measured by: the cross-entropy, or in regression the mean squared error. */
  public Loss loss() {
    return targets == null ? Loss.CROSS_ENTROPY : Loss.meanSquaredError(targets);
  }

  /** Statistics of the training features. */
  public Normalisation normalisation() {
    return normalisation;
  }

  /** Class names, in the order of the scores; empty for regression. */
  public List<String> labels() {
    return labels;
  }

  /** JSON with the settings that features are made from sound with, or "" if the data is used as it is. */
  public String frontEnd() {
    return frontEnd;
  }

  /**
   * SHA-256, in hex, of what decides the predictions: architecture, weights, thresholds, arithmetic, normalisation, labels and front end.
   * A model has the same after it was saved and loaded.
   */
  public String fingerprint() {
    NetworkSpec spec = network.spec();
    String text = String.join("\n", spec.cell().name(), spec.head().label(), spec.inputs() + " " + spec.layers() + " " + spec.hidden(),
        mode.name(), arithmetic().name(), labels.toString(), frontEnd);
    List<float[]> numbers = new ArrayList<>();
    StateDict.of(network).forEach(tensor -> numbers.add(tensor.data()));
    for (int layer = 0; layer < spec.layers(); layer++) {
      numbers.add(Arrays.copyOf(network.thresholds(layer).x(), spec.inputs(layer)));
      numbers.add(Arrays.copyOf(network.thresholds(layer).h(), spec.hidden()));
    }
    for (Normalisation statistics : targets == null ? List.of(normalisation) : List.of(normalisation, targets)) {
      numbers.add(statistics.mean());
      numbers.add(statistics.deviation());
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(utf8.length + Float.BYTES * numbers.stream().mapToInt(array -> array.length).sum()).put(utf8);
    numbers.forEach(array -> {
      for (float value : array) {
        bytes.putFloat(value + 0f); // the sign of a zero may not come back from a file
      }
    });
    return Sha256.of(bytes.flip());
  }

  /** Where the model comes from: version, data, and options of training. */
  public Provenance provenance() {
    return provenance;
  }
}
