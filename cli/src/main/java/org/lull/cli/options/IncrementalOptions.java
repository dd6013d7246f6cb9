package org.lull.cli.options;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.lull.continual.Method;
import org.lull.experiments.run.Experiment;
import org.lull.input.InvalidInputException;
import org.lull.network.Arithmetic;
import org.lull.train.Augmentation;
import org.lull.train.TrainingOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the protocol of class-incremental learning. */
public final class IncrementalOptions {
  /** Joint training of all classes, the line above all methods; not a method of {@link Method}, as it does not learn step by step. */
  public static final String JOINT = "joint";

  @Option(names = "--schedule", paramLabel = "NAME",
      description = "The reference's schedules: 20+3x5 is --start 20 --step 3, and 20+1x15"
      + " is --start 20 --step 1; of 35 words.")
  private String schedule;

  @Option(names = "--start", paramLabel = "N", description = "Classes to begin with (default: 20).")
  private Integer start;

  @Option(names = "--step", paramLabel = "N", description = "Classes learned with each task after that (default: 3).")
  private Integer step;

  @Option(names = "--orders", paramLabel = "N", defaultValue = "5",
      description = "Orders of the classes, from seeds 1 to N; the seeds are those of weights, shuffling and augmentation too (default:"
          + " ${DEFAULT-VALUE}).")
  private int orders;

  @Option(names = "--methods", paramLabel = "NAME", split = ",",
      description = "joint (all classes at once), finetune (no memory), replay (exemplars alone), icarl (the reference method), balanced,"
          + " discriminant (nothing trained, as lull serve learns; default: all).")
  private List<String> methods = List.of(JOINT, "finetune", "replay", "icarl", "balanced", "discriminant");

  @Option(names = "--batch", paramLabel = "N", split = ",", defaultValue = "32,1",
      description = "Clips of a training step in the tasks (default: ${DEFAULT-VALUE}). What is known at the start was learned with 32.")
  private List<Integer> batches;

  @Option(names = "--memory", paramLabel = "SIZE", split = ",", defaultValue = "10%",
      description = "Memory for exemplars: a share of what all training clips would take, such as 10%%, or bytes, such as 100000 (default:"
          + " ${DEFAULT-VALUE}).")
  private List<String> memories;

  @Option(names = "--pretrain-epochs", paramLabel = "N", defaultValue = "20",
      description = "Dense epochs that both networks of the start, and of joint training, begin with (default: ${DEFAULT-VALUE}).")
  private int pretrainEpochs;

  @Option(names = "--epochs", paramLabel = "N", defaultValue = "20",
      description = "Epochs of either after these (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(names = "--task-epochs", paramLabel = "N", defaultValue = "30", description = "Epochs of a task (default: ${DEFAULT-VALUE}).")
  private int taskEpochs;

  @Mixin(name = "Network") private NetworkOptions network;

  @Option(names = "--threshold", paramLabel = "THETA", defaultValue = "0.15",
      description = "How far a value must move before it is transmitted, of x and of h (default: ${DEFAULT-VALUE}).")
  private float threshold;

  /**
   * What is learned step by step: everything that decides a point's bytes, but for the start.
   *
   * @param batch 0 where there are no steps, and of joint training
   */
  public record Trial(String method, int batch, String memory) {
    public String name() {
      return method + (method.equals(JOINT) ? "" : ",memory=" + memory.replace("%", "percent")) + (batch == 0 ? "" : ",batch=" + batch);
    }
  }

  public int start() {
    return start == null ? named(20) : start;
  }

  public int step() {
    return step == null ? named(schedule != null && schedule.equals("20+1x15") ? 1 : 3) : step;
  }

  private int named(int value) {
    if (schedule != null && !List.of("20+3x5", "20+1x15").contains(schedule)) {
      throw new InvalidInputException("schedule \"" + schedule + "\" is unknown; choose 20+3x5 or 20+1x15, or give --start and --step");
    }
    return value;
  }

  public int orders() {
    if (orders < 1 || orders > 1000) {
      throw new InvalidInputException("orders: " + orders + ", expected 1 to 1000");
    }
    return orders;
  }

  public NetworkOptions network() {
    return network;
  }

  /** Methods with each memory and batch, checked; joint training is one, and what needs no memory has none. */
  public List<Trial> trials() {
    List<Trial> trials = new ArrayList<>();
    for (String method : methods) {
      for (String memory : memories) {
        share(memory);
        for (int batch : batches) {
          taskOptions(batch, 1, true, 1);
          Trial trial = method.equals(JOINT) ? new Trial(JOINT, 0, "all") : trial(Method.named(method), batch, memory);
          if (!trials.contains(trial)) {
            trials.add(trial);
          }
        }
      }
    }
    return trials;
  }

  private static Trial trial(Method method, int batch, String memory) {
    return new Trial(method.label(), method.recipe().trains() ? batch : 0, method.recipe().replay() ? memory : "none");
  }

  /** A share of a memory, or bytes where it is negative. */
  private static double share(String memory) {
    try {
      double value = memory.endsWith("%") ? Double.parseDouble(memory.substring(0, memory.length() - 1)) / 100 : -Long.parseLong(memory);
      if (value <= 1 && Math.abs(value) > 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // the same sentence
    }
    throw new InvalidInputException("memory \"" + memory + "\": expected a share of the training clips, such as 10%, or bytes above 0");
  }

  /** Bytes of a memory, of what all training clips would take. */
  public static long bytes(String memory, long all) {
    double share = memory.equals("none") ? -0.0 : share(memory);
    return share <= 0 ? (long) -share : Math.round(share * all);
  }

  /** How the start, and joint training, are trained. */
  public Experiment.Settings settings(boolean sound, long seed, boolean dense, boolean delta) {
    boolean channels = !sound || network.frontEnd().statistics().equals("channel");
    TrainingOptions training = options(epochs, 32, 5e-3, sound, seed, 1);
    return new Experiment.Settings(network.cell(), network.layers(), network.hidden(), network.head(), new float[] {threshold},
        new float[] {threshold}, null, dense, delta, pretrainEpochs, training.schedule().learningRate(), network.arithmetic(), channels,
        0, training);
  }

  /** How a task is trained. */
  public TrainingOptions taskOptions(int batch, long seed, boolean sound, int threads) {
    return options(taskEpochs, batch, Method.learningRate(batch), sound, seed, threads);
  }

  private static TrainingOptions options(int epochs, int batch, double rate, boolean sound, long seed, int threads) {
    return TrainingOptions.builder().epochs(epochs).batch(batch).learningRate(rate)
        .augmentation(sound ? Augmentation.speech() : Augmentation.none()).seed(seed).threads(threads).build();
  }

  /** Those that decide the start, with their values: results in one directory must have them in common. */
  public SortedMap<String, String> values() {
    SortedMap<String, String> values = new TreeMap<>();
    values.put("start", Integer.toString(start()));
    values.put("step", Integer.toString(step()));
    values.put("pretrain-epochs", Integer.toString(pretrainEpochs));
    values.put("epochs", Integer.toString(epochs));
    values.put("task-epochs", Integer.toString(taskEpochs));
    values.put("cell", network.cell().name());
    values.put("layers", Integer.toString(network.layers()));
    values.put("hidden", Integer.toString(network.hidden()));
    values.put("head", network.head().label());
    values.put("features", network.frontEnd().name());
    if (network.arithmetic() != Arithmetic.FLOAT32) {
      values.put("numeric", network.arithmetic().name());
    }
    values.put("threshold", String.format(Locale.ROOT, "%s", threshold));
    return values;
  }
}
