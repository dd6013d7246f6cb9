// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.experiments.run.RunDirectory;

/** What only a process of its own shows: system properties and the environment, as they are when it begins. */
class LullTest {
  @TempDir
  Path dir;

  private record Ended(int code, String output) {}

  private Ended java(List<String> options, Object... arguments) throws IOException, InterruptedException {
    Path output = dir.resolve("output");
    List<String> command = new ArrayList<>(options);
    command.addFirst(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (!options.contains("-m")) {
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), Lull.class.getName()));
    }
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("DISPLAY", ":99"); // where nobody answers
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")); // Java would tell of them
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("lull ended").isTrue();
    return new Ended(process.exitValue(), Files.readString(output));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-Dlull.kernels=vectro", "-Dlull.vector.bits=64"})
  void anUnknownChoiceOfKernelsIsOneLine(String property) throws IOException, InterruptedException {
    Ended lull = java(List.of(property), "--version");
    assertThat(lull.code).isEqualTo(2);
    assertThat(lull.output.lines())
        .singleElement().asString().startsWith("lull: " + property + ": choose ");
  }

  @Test
  void aDisplayThatDoesNotAnswerDoesNoHarm() throws IOException, InterruptedException {
    Path run = dir.resolve("run");
    Ended lull = java(List.of("-Dlull.kernels=scalar"), "train", "--data", TinyData.series(dir.resolve("series")), "--run", run,
        "--hidden", 8, "--epochs", 1, "--timing", 0);
    assertThat(lull.code).as(lull.output).isZero();
    assertThat(lull.output).doesNotContain("warning: ", "\tat ");
    assertThat(run.resolve(RunDirectory.CURVES)).exists();
  }

  @Test
  void withoutTheVectorApiOneLineSaysWhatToAdd() throws IOException, InterruptedException {
    Ended lull = java(List.of(), "train", "--data", TinyData.series(dir.resolve("series")), "--run", dir.resolve("run"), "--hidden", 8,
        "--epochs", 1, "--timing", 0);
    assertThat(lull.code).as(lull.output).isZero();
    assertThat(lull.output.lines().filter(line -> line.contains("vector"))).singleElement().asString()
        .startsWith("warning: The vector kernels are several times faster; ").contains("--add-modules jdk.incubator.vector");
  }

  /** The launcher has it on the class path; here each package has to be open to the libraries that look into it. */
  @Test
  void runsAsModulesToo() throws IOException, InterruptedException {
    Pattern ofTests = Pattern.compile("test-classes|surefire|junit|opentest4j|apiguardian|jspecify|assertj|byte-buddy|archunit|slf4j");
    String modules = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(place -> !ofTests.matcher(place).find()).collect(Collectors.joining(File.pathSeparator));
    List<String> options = List.of("--add-modules", "jdk.incubator.vector", "-p", modules, "-m", "org.lull.cli/" + Lull.class.getName());
    Path run = dir.resolve("run");
    Ended trained = java(options, "train", "--data", TinyData.series(dir.resolve("series")), "--run", run, "--hidden", 8, "--epochs", 1,
        "--timing", 0, "--json");
    assertThat(trained.code).as(trained.output).isZero();
    Ended without = java(List.of("-Dlull.kernels=scalar"), "info", run); // as the launcher starts it; nothing is computed, so nothing is missed
    assertThat(without.code).as(without.output).isZero();
    assertThat(without.output).doesNotContain("warning: ", "WARNING: ");
    Ended shown = java(options, "info", run);
    assertThat(shown.code).as(shown.output).isZero();
    assertThat(shown.output).contains("lstm");
  }
}
