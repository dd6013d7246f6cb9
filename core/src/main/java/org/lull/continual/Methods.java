// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.List;
import org.lull.input.InvalidInputException;

/** All methods for learning new classes. Options, help and the shared tests take them from here, so a new method needs no other line. */
public final class Methods {
  public static final List<Method> ALL = List.of(
      new IcarlMethod(),
      new FinetuneMethod(),
      new ReplayMethod(),
      new BalancedMethod(),
      new DiscriminantMethod());

  private Methods() {}

  public static List<String> names() {
    return ALL.stream().map(Method::name).toList();
  }

  /** @throws InvalidInputException if there is no method of that name */
  public static Method named(String name) {
    return ALL.stream().filter(method -> method.name().equals(name)).findFirst()
        .orElseThrow(() -> new InvalidInputException("method \"" + name + "\" is unknown; choose " + String.join(", ", names())));
  }

  /** The usual learning rate of a task with so many examples per step. */
  public static double learningRate(int batch) {
    return batch == 1 ? 1e-3 : 6e-3;
  }
}
