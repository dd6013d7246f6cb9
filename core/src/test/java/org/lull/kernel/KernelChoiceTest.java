// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.input.InvalidInputException;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;
import org.lull.network.NetworkSpec;
import org.lull.network.Sequence;
import org.lull.rnn.Cell;

class KernelChoiceTest {
  private static final String ADVICE = "The vector kernels are several times faster; start java with --add-modules jdk.incubator.vector to"
      + " use them. Running the scalar kernels, with the same results.";

  /** What another JVM runs: says which kernels it has and what a small network gives on them; given a word, warns by it. */
  static final class Probe {
    private Probe() {}

    public static void main(String[] arguments) {
      if (arguments.length > 0) {
        KernelChoice.warnTo(text -> System.err.println(arguments[0] + text));
      }
      System.out.println(KernelChoice.kernels().description());
      System.out.println(gradients());
    }

    static int gradients() {
      Network network = new Network(new NetworkSpec(Cell.named("lstm"), 5, 2, 20, 3, Head.MEAN));
      Initialiser.initialise(network, new SplittableRandom(1));
      float[] x = new float[9 * 16];
      for (int i = 0; i < x.length; i++) {
        x[i] = i % 16 < 5 ? i * 31 % 17 / 17f : 0;
      }
      NetworkPass pass = new NetworkPass(network, Mode.DELTA);
      pass.forward(List.of(new Sequence(x, 9)));
      float[] gradients = new float[network.parameters().length];
      pass.backward(gradients, false);
      return Arrays.hashCode(gradients);
    }
  }

  @TempDir
  Path folder;

  private record Ended(List<String> out, List<String> err) {}

  private Ended inAnotherJvm(List<String> options, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Probe.class.getName()));
    command.addAll(List.of(arguments));
    Path errors = folder.resolve("errors");
    ProcessBuilder java = new ProcessBuilder(command).redirectError(errors.toFile());
    java.environment().keySet().removeAll(Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")); // of which java would tell on standard error
    Process process = java.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output + Files.readString(errors)).isZero();
    return new Ended(output.lines().toList(), Files.readAllLines(errors));
  }

  /** So that tests cannot pass on the scalar kernels alone: by an option that was lost, or by a JDK on which the vector kernels fail. */
  @Test
  void theVectorKernelsServeWhereverTheJdkHasTheirModule() {
    assumeThat(ModuleFinder.ofSystem().find("jdk.incubator.vector")).isPresent();
    assumeThat(System.getProperty("lull.kernels")).as("asked for").isNotEqualTo("scalar");
    assertThat(KernelChoice.kernels()).isInstanceOf(VectorKernels.class);
  }

  @Test
  void withoutTheModuleTheLibraryGivesTheSameBitsAndWarnsOnceWhatToAdd() throws IOException, InterruptedException {
    Ended ended = inAnotherJvm(List.of());
    assertThat(ended.out).containsExactly("scalar", Integer.toString(Probe.gradients()));
    assertThat(ended.err).filteredOn(line -> line.contains("kernels are")).singleElement().asString().endsWith(": " + ADVICE);
  }

  @Test
  void aProgramCanWarnInItsOwnWay() throws IOException, InterruptedException {
    assertThat(inAnotherJvm(List.of(), "program: ").err).containsExactly("program: " + ADVICE);
  }

  @Test
  void withTheModuleThereIsNothingToWarnOf() throws IOException, InterruptedException {
    Ended ended = inAnotherJvm(List.of("--add-modules", "jdk.incubator.vector"), "program: ");
    assertThat(ended.out).last().isEqualTo(Integer.toString(Probe.gradients()));
    assertThat(ended.err).allMatch(line -> line.startsWith("WARNING: Using incubator modules"));
  }

  @ParameterizedTest
  @CsvSource({"lull.kernels, vectro, vector or scalar", "lull.kernels, '', vector or scalar", "lull.vector.bits, 64, 128 or 256 or 512",
      "lull.vector.bits, wide, 128 or 256 or 512"})
  void anUnknownChoiceIsNamedWithItsValueAndTheChoices(String property, String value, String choices) {
    String before = System.getProperty(property);
    System.setProperty(property, value);
    try {
      assertThatThrownBy(KernelChoice::kernels)
          .isInstanceOf(InvalidInputException.class).hasMessage("-D" + property + "=" + value + ": choose " + choices);
    } finally {
      if (before == null) {
        System.clearProperty(property);
      } else {
        System.setProperty(property, before);
      }
    }
  }

  @Test
  void theScalarKernelsCanBeAskedForWithoutAWarning() throws IOException, InterruptedException {
    Ended ended = inAnotherJvm(List.of("-Dlull.kernels=scalar"), "program: ");
    assertThat(ended.out).containsExactly("scalar", Integer.toString(Probe.gradients()));
    assertThat(ended.err).isEmpty();
  }
}
