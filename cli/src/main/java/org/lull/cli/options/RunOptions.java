// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import java.util.SortedMap;
import org.lull.experiments.run.RunConfig;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Every option that decides the bytes of a model: they fill in a {@link RunConfig}, which names its parts as they are named here. */
public final class RunOptions {
  @Spec(Spec.Target.SELF)
  private CommandSpec spec;
  @Mixin(name = "Task")
  private TaskOptions task;
  @Mixin(name = "Network")
  private NetworkOptions network;
  @Mixin(name = "Delta")
  private DeltaOptions delta;
  @Mixin(name = "Training")
  private LearningOptions learning;

  /** @throws org.lull.input.InvalidInputException where a value is none of its option's */
  public RunConfig config() {
    return RunConfig.of(OptionValues.of(spec));
  }

  /** Those of the options that were given, by name, on the command line or in a file. */
  public SortedMap<String, String> given(CommandSpec command) {
    SortedMap<String, String> values = OptionValues.of(spec);
    values.keySet().removeIf(name -> !OptionValues.isGiven(command, name));
    return values;
  }
}
