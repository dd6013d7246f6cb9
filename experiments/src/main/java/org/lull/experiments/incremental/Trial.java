// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.incremental;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.List;
import org.lull.continual.Method;
import org.lull.continual.Methods;
import org.lull.input.InvalidInputException;

/**
 * A method with its batch size and memory: everything that decides the result of an experiment, except the network that it begins with.
 *
 * @param method name of a {@link Method}, or {@value #JOINT}
 * @param batch clips per step; 0 for a method without training steps, and for joint training
 * @param memory text of a {@link MemorySize}; "all" for joint training
 */
public record Trial(String method, int batch, String memory) {
  /** Joint training of all classes at once: the upper reference for all methods. It is no {@link Method}. */
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
   * @throws InvalidInputException if a method is unknown or a memory is none
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
