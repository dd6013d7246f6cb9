// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.lull.input.InvalidInputException;

/**
 * Chooses the kernels, once in a process. The vector kernels need the incubator module jdk.incubator.vector. Without the module, or with
 * {@code -Dlull.kernels=scalar}, the scalar kernels are used. They give the same bits, more slowly. If the module is missing, the
 * {@link System.Logger} {@code org.lull} warns once.
 */
public final class KernelChoice {
  private static final AtomicBoolean WARNED = new AtomicBoolean();
  private static volatile Consumer<String> warnings = text -> System.getLogger("org.lull").log(System.Logger.Level.WARNING, text);

  private KernelChoice() {}

  private record Chosen(Kernels kernels, Optional<String> advice) {
    // a class of its own, so that the choice is made at first use
    private static final Chosen INSTANCE = choose();
  }

  /**
   * The kernels of this machine.
   *
   * @throws InvalidInputException if {@code lull.kernels} or {@code lull.vector.bits} has an unknown value
   */
  public static Kernels kernels() {
    Chosen chosen = chosen();
    if (chosen.advice.isPresent() && WARNED.compareAndSet(false, true)) {
      warnings.accept(chosen.advice.get());
    }
    return chosen.kernels;
  }

  /** Sends the warning to a listener instead of the logger. */
  public static void warnTo(Consumer<String> listener) {
    warnings = listener;
  }

  private static Chosen chosen() {
    checkProperties(); // here and not in choose(): a mistake found while a class is initialised reaches the user as an Error
    return Chosen.INSTANCE;
  }

  private static Chosen choose() {
    return System.getProperty("lull.kernels", "vector").equals("scalar") ? new Chosen(new ScalarKernels(), Optional.empty())
        : vectorOrScalar();
  }

  /**
   * Checks the system properties {@code lull.kernels} and {@code lull.vector.bits}.
   *
   * @throws InvalidInputException if one has an unknown value
   */
  public static void checkProperties() {
    check("lull.kernels", "vector", "scalar");
    check("lull.vector.bits", "128", "256", "512");
  }

  private static void check(String property, String... choices) {
    String value = System.getProperty(property);
    if (value != null && !List.of(choices).contains(value)) {
      throw new InvalidInputException("-D" + property + "=" + value + ": choose " + String.join(" or ", choices));
    }
  }

  private static Chosen vectorOrScalar() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return new Chosen(new ScalarKernels(), Optional.of("The vector kernels are several times faster; start java with"
          + " --add-modules jdk.incubator.vector to use them. Running the scalar kernels, with the same results."));
    }
    try {
      // by name: linking VectorKernels without the module would fail this class too
      return new Chosen((Kernels) Class.forName("org.lull.kernel.VectorKernels").getDeclaredConstructor().newInstance(), Optional.empty());
    } catch (ReflectiveOperationException | LinkageError e) {
      Throwable reason = e.getCause() == null ? e : e.getCause(); // what went wrong, not that it was found by reflection
      return new Chosen(new ScalarKernels(), Optional.of("The vector kernels could not be loaded on this JDK (" + reason
          + "); JDK 25 is what they are built for. Running the scalar kernels, with the same results."));
    }
  }
}
