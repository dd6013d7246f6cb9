package org.lull.cli.options;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.lull.experiments.run.Experiment;
import org.lull.input.InvalidInputException;
import org.lull.speech.LogMelSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine;

/** Every option that decides the bytes of a model: not what it is trained on, nor where it is written, nor by how many threads. */
public final class RunOptions {
  private static final String DELTA = "Delta";

  @Spec(Spec.Target.SELF) private CommandSpec spec;
  @Mixin(name = "Network") private NetworkOptions network;
  @Mixin(name = DELTA) private DeltaOptions delta;
  @Mixin(name = "Training") private LearningOptions learning;

  /** Which networks a run trains. */
  public enum Networks {
    DENSE,
    DELTA,
    BOTH
  }

  public NetworkOptions network() {
    return network;
  }

  public LogMelSettings frontEnd() {
    return network.frontEnd();
  }

  /**
   * The options, checked.
   *
   * @param sound whether the data is sound
   * @param timingSeconds how long training steps are timed at the end
   */
  public Experiment.Settings settings(boolean sound, Networks networks, double timingSeconds, int threads) {
    boolean channelStatistics = !sound || frontEnd().statistics().equals("channel");
    return new Experiment.Settings(network.cell(), network.layers(), network.hidden(), network.head(), delta.thresholdX(),
        delta.thresholdH(), delta.budget(), networks != Networks.DELTA, networks != Networks.DENSE, learning.pretrainEpochs(),
        learning.pretrainLearningRate(), network.arithmetic(), channelStatistics, timingSeconds,
        learning.options(sound, threads).withDeltaPenalty(delta.penalty()));
  }

  /** Whether thresholds are moved to meet a budget. */
  public boolean hasBudget() {
    return delta.budget() != null;
  }

  /** Names and values, as text; an option without a value is not among them. */
  public SortedMap<String, String> values() {
    SortedMap<String, String> values = new TreeMap<>();
    spec.options().forEach(option -> {
      if (option.getValue() != null) {
        values.put(name(option), option.getValue() instanceof float[] list ? Arrays.toString(list) : option.getValue().toString());
      }
    });
    return values;
  }

  /** Those that decide what the dense network becomes. */
  public SortedMap<String, String> denseValues() {
    SortedMap<String, String> values = values();
    values.keySet().removeAll(deltaNames());
    return values;
  }

  /** Those of the dense training that a run begins with, which are those of a dense run of its own; empty where it begins with none. */
  public Optional<SortedMap<String, String>> pretrainingValues() {
    if (learning.pretrainEpochs() == 0) {
      return Optional.empty();
    }
    SortedMap<String, String> values = denseValues();
    values.put("epochs", Integer.toString(learning.pretrainEpochs()));
    values.put("lr", Double.toString(learning.pretrainLearningRate()));
    values.put("pretrain-epochs", "0");
    values.remove("pretrain-lr");
    return Optional.of(values);
  }

  /**
   * These options, with others in place of some.
   *
   * @param replaced by name, as on the command line, but with colons between the elements of a list, and true or false for a switch
   * @throws InvalidInputException where a value is not of its option's kind
   */
  public RunOptions with(Map<String, String> replaced) {
    RunOptions point = new RunOptions();
    CommandLine commandLine = new CommandLine(point);
    try {
      commandLine.parseArgs(replaced.entrySet().stream().filter(entry -> !isSwitch(entry.getKey())).map(this::argument)
          .toArray(String[]::new));
    } catch (ParameterException e) {
      throw new InvalidInputException(e.getMessage().replaceAll("\\R", " "), e);
    }
    point.spec.options().forEach(option -> {
      String value = replaced.get(name(option));
      if (value == null) {
        option.setValue(option(name(option)).getValue());
      } else if (isSwitch(name(option))) {
        option.setValue(onOrOff(name(option), value));
      }
    });
    return point;
  }

  private String argument(Map.Entry<String, String> replaced) {
    OptionSpec option = option(replaced.getKey());
    String value = option.splitRegex().isEmpty() ? replaced.getValue() : replaced.getValue().replace(":", option.splitRegex());
    return option.longestName() + "=" + value;
  }

  private OptionSpec option(String name) {
    return spec.findOption("--" + name);
  }

  private boolean isSwitch(String name) {
    return option(name).arity().max() == 0;
  }

  private static boolean onOrOff(String name, String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new InvalidInputException(name + ": \"" + value + "\", expected true or false");
    };
  }

  /** Names of all options. */
  public static SortedSet<String> names() {
    return names(CommandSpec.forAnnotatedObject(new RunOptions()));
  }

  /** Names of those that dense training ignores. */
  public static SortedSet<String> deltaNames() {
    return names(CommandSpec.forAnnotatedObject(new RunOptions()).mixins().get(DELTA));
  }

  private static SortedSet<String> names(CommandSpec spec) {
    return spec.options().stream().map(RunOptions::name).collect(Collectors.toCollection(TreeSet::new));
  }

  /** An option's name without its dashes. */
  private static String name(OptionSpec option) {
    return option.longestName().substring(2);
  }
}
