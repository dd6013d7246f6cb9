// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.lull.Training;
import org.lull.TrainingBuilder;
import org.lull.input.InvalidInputException;
import org.lull.network.Mode;
import org.lull.speech.LogMelSettings;
import org.lull.train.Budget;
import org.lull.train.TrainingOptions;

/**
 * Everything that decides the bytes of a trained network but the data: not where it is written, nor by how many threads. Two runs with
 * equal configurations train the same.
 *
 * <pre>
 *   RunConfig config = RunConfig.defaults().with("cell", "gru").with("threshold", "0.1:0.2");
 * </pre>
 *
 * <p>Every part of it has a name, that of the command line's option without its dashes, and a text: by them it is written into the
 * provenance of models and into the files of sweeps ({@link #options}), read back ({@link #of}), and varied along an axis ({@link #with}).
 *
 * @param features name of the front end's preset, or its settings as JSON, as a model has them
 */
public record RunConfig(String features, NetworkConfig network, DeltaConfig delta, TrainingConfig training) {
  /** In the provenance of models: the fingerprint of the model that the training started from. */
  public static final String FROM = "from";
  /** The name of the seed. */
  public static final String SEED = "seed";

  private static RunConfig read(OptionReader options) {
    return new RunConfig(options.text("features", "mel16"), NetworkConfig.read(options), DeltaConfig.read(options),
        TrainingConfig.read(options));
  }

  /** What the command line trains unless told otherwise. */
  public static RunConfig defaults() {
    return of(Map.of());
  }

  /**
   * The configuration of these options, with the defaults where there are none.
   *
   * @param options by name; numbers for each layer are separated by colons or commas
   * @throws InvalidInputException where a value is not of its option's kind, or a name is no option's
   */
  public static RunConfig of(Map<String, String> options) {
    OptionReader reader = new OptionReader(options);
    RunConfig config = read(reader);
    for (String name : options.keySet()) {
      if (!reader.names().contains(name)) {
        throw new InvalidInputException("option \"" + name + "\" decides nothing of a network; choose from "
            + String.join(", ", reader.names()));
      }
    }
    return config;
  }

  /** Names and values, as text; what is not given is not among them. */
  public SortedMap<String, String> options() {
    SortedMap<String, String> options = denseOptions();
    delta.write(options);
    return options;
  }

  /** Those that decide what the dense network becomes. */
  public SortedMap<String, String> denseOptions() {
    SortedMap<String, String> options = new TreeMap<>();
    options.put("features", features);
    network.write(options);
    training.write(options);
    return options;
  }

  /** Those of the dense training that a run begins with, which are those of a dense run of its own; empty where it begins with none. */
  public Optional<SortedMap<String, String>> pretrainingOptions() {
    if (training.pretraining().epochs() == 0) {
      return Optional.empty();
    }
    SortedMap<String, String> options = denseOptions();
    options.put("epochs", Integer.toString(training.pretraining().epochs()));
    options.put("lr", Double.toString(pretrainingRate()));
    options.put("pretrain-epochs", "0");
    options.remove("pretrain-lr");
    return Optional.of(options);
  }

  /** This configuration, with one option changed; see {@link #of}. */
  public RunConfig with(String name, String value) {
    return with(Map.of(name, value));
  }

  /** This configuration, with options changed; see {@link #of}. */
  public RunConfig with(Map<String, String> changed) {
    Map<String, String> options = options();
    options.putAll(changed);
    return of(options);
  }

  /** Names of all options. */
  public static SortedSet<String> names() {
    OptionReader reader = new OptionReader(Map.of());
    read(reader);
    return reader.names();
  }

  /** Names of those that dense training ignores. */
  public static SortedSet<String> deltaNames() {
    OptionReader reader = new OptionReader(Map.of());
    DeltaConfig.read(reader);
    return reader.names();
  }

  /** The options that differ from the defaults, in no particular order of meaning but always the same. */
  public Map<String, String> changed() {
    Map<String, String> usual = defaults().options();
    Map<String, String> changed = new LinkedHashMap<>(options());
    changed.entrySet().removeAll(usual.entrySet());
    return changed;
  }

  /** The same as the command line takes them, each after a space: no brackets around lists, and switches without a value. */
  public String arguments() {
    return changed().entrySet().stream().map(option -> " " + switch (option.getValue()) {
      case "true" -> "--" + option.getKey();
      case "false" -> "--no-" + option.getKey();
      default -> "--" + option.getKey() + " " + option.getValue().replaceAll("[\\[\\] ]", "").replaceAll("\\.0$", "");
    }).collect(Collectors.joining());
  }

  /** @throws InvalidInputException where there is no such preset */
  public LogMelSettings frontEnd() {
    return features.startsWith("{") ? LogMelSettings.fromJson(features, "features") : LogMelSettings.preset(features);
  }

  /**
   * The same for the library: a training of the dense or of the delta network.
   *
   * @param sound whether the data is sound
   * @return a builder, which refuses what does not go together when it builds
   * @throws InvalidInputException where a number is out of range
   */
  public TrainingBuilder training(Mode mode, boolean sound, int threads) {
    boolean channelStatistics = !sound || frontEnd().statistics().equals("channel");
    Optional<Budget> budget = delta.budget();
    return Training.builder().cell(network.cell().name()).layers(network.layers()).hidden(network.hidden()).head(network.head())
        .arithmetic(network.arithmetic()).mode(mode).thresholds(array(delta.ofX()), array(delta.ofH()))
        .budget(mode == Mode.DELTA ? budget.orElse(null) : null).channelStatistics(channelStatistics)
        .classWeights(training.classWeights()).options(options(sound, threads))
        .pretraining(training.pretraining().epochs(), pretrainingRate());
  }

  private double pretrainingRate() {
    return training.pretraining().learningRateOr(training.schedule().learningRate());
  }

  /**
   * The options of the training loop.
   *
   * @param sound whether the data is sound
   * @throws InvalidInputException where a number is out of range
   */
  public TrainingOptions options(boolean sound, int threads) {
    return training.options(sound, threads).withDeltaPenalty(delta.penalty());
  }

  private static float[] array(List<Float> values) {
    if (values == null) {
      return null;
    }
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }
}
