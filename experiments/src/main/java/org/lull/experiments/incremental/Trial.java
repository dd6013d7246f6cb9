// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.incremental;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.List;
import org.lull.continual.Method;
import org.lull.continual.Methods;
import org.lull.input.InvalidInputException;

/**
 * What is learned step by step: everything that decides a point's bytes, but for the start.
 *
 * @param method name of a {@link Method}, or {@value #JOINT}
 * @param batch 0 where there are no steps, and of joint training
 * @param memory as {@link MemorySize} has it; "all" of joint training
 */
public record Trial(String method, int batch, String memory) {
  /** Joint training of all classes, the line above all methods; not a method of {@link Method}, as it does not learn step by step. */
  public static final String JOINT = "joint";

  static final Trial OF_JOINT = new Trial(JOINT, 0, "all");

  /** As in file names. */
  String name() {
    return method + (isJoint() ? "" : ",memory=" + memory.replace("%", "percent")) + (batch == 0 ? "" : ",batch=" + batch);
  }

  @JsonIgnore // the method says it
  public boolean isJoint() {
    return method.equals(JOINT);
  }

  /**
   * Methods with each memory and batch; joint training is one, what needs no memory has none, and what does not train has no batch.
   *
   * @throws InvalidInputException where a method is unknown or a memory is none
   */
  public static List<Trial> of(List<String> methods, List<String> memories, List<Integer> batches) {
    List<Trial> trials = new ArrayList<>();
    for (String method : methods) {
      for (String memory : memories) {
        for (int batch : batches) {
          Trial trial = method.equals(JOINT) ? OF_JOINT : of(Methods.named(method), batch, new MemorySize(memory));
          if (!trials.contains(trial)) {
            trials.add(trial);
          }
        }
      }
    }
    return trials;
  }

  private static Trial of(Method method, int batch, MemorySize memory) {
    return new Trial(method.name(), method.trains() ? batch : 0, method.replays() ? memory.text() : "none");
  }
}
