// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lull.experiments.incremental.IncrementalConfig;
import org.lull.experiments.incremental.Trial;
import org.lull.experiments.run.RunConfig;
import org.lull.input.InvalidInputException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of the protocol of class-incremental learning. */
public final class IncrementalOptions {
  @Spec(Spec.Target.SELF)
  private CommandSpec spec;

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

  @Option(names = "--methods", paramLabel = "NAME", split = ",", completionCandidates = MethodNames.class,
      description = "Of ${COMPLETION-CANDIDATES}, and joint: all classes at once, which they are compared with (default: all). icarl is the"
          + " reference method, finetune has no memory, replay nothing but exemplars, and discriminant trains nothing, as lull serve.")
  private List<String> methods = MethodNames.withJoint();

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

  @Mixin(name = "Network")
  private NetworkOptions network;

  @Option(names = "--threshold", paramLabel = "THETA", defaultValue = "0.15",
      description = "How far a value must move before it is transmitted, of x and of h (default: ${DEFAULT-VALUE}).")
  private float threshold;

  private int start() {
    return start == null ? named(20) : start;
  }

  private int step() {
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

  /** Methods with each memory and batch. */
  public List<Trial> trials() {
    return Trial.of(methods, memories, batches);
  }

  /** What all that is learned has in common, checked. */
  public IncrementalConfig config() {
    Map<String, String> ofNetwork = new HashMap<>(Map.of("epochs", Integer.toString(epochs),
        "pretrain-epochs", Integer.toString(pretrainEpochs), "threshold", Float.toString(threshold)));
    ofNetwork.putAll(OptionValues.of(spec.mixins().get("Network")));
    IncrementalConfig config = new IncrementalConfig(start(), step(), taskEpochs, RunConfig.of(ofNetwork));
    config.check(batches);
    return config;
  }
}
