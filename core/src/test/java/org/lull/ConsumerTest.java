// SPDX-License-Identifier: Apache-2.0
package org.lull;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.input.InvalidInputException;

/** Programs of other people: compiled against the library and run in a JVM of their own, on the module path and on the class path. */
class ConsumerTest {
  private static final String MODULE = "module consumer { requires org.lull; }";
  /** Trains on arrays, saves, loads, classifies at once and frame by frame. */
  private static final String PROGRAM = """
      package consumer;

      import java.nio.file.Path;
      import java.util.ArrayList;
      import java.util.List;
      import org.lull.Dataset;
      import org.lull.Model;
      import org.lull.ModelStream;
      import org.lull.Training;

      class Program {
        private static float[][] wave(int steps, double frequency) {
          float[][] frames = new float[steps][1];
          for (int t = 0; t < steps; t++) {
            frames[t][0] = (float) Math.sin(frequency * (t + steps));
          }
          return frames;
        }

        public static void main(String[] arguments) {
          List<float[][]> sequences = new ArrayList<>();
          List<String> labels = new ArrayList<>();
          for (int i = 0; i < 30; i++) {
            sequences.add(wave(20 + i % 7, i % 2 == 0 ? 0.3 : 1.1));
            labels.add(i % 2 == 0 ? "slow" : "fast");
          }
          Dataset data = Dataset.of(sequences, labels).split(0.2, 0.2, 1);
          Path file = Path.of(arguments[0]);
          Training.builder().layers(1).hidden(8).epochs(10).threads(1).build().fit(data).model().save(file);

          Model model = Model.load(file);
          ModelStream stream = model.stream();
          for (float[] frame : wave(25, 1.1)) {
            stream.classify(frame);
          }
          System.out.println(model.getClass().getModule().getName() + " " + model.classify(wave(25, 0.3)).label()
              + " " + model.classify(wave(25, 1.1)).label() + " " + stream.health().frames());
        }
      }
      """;

  @TempDir
  Path folder;

  /** The library and what it depends on, and nothing else. */
  private static String library() {
    return Stream.of(InvalidInputException.class, ObjectMapper.class, JsonFactory.class, JsonProperty.class).map(type -> {
      try {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
      } catch (URISyntaxException e) {
        throw new AssertionError(e);
      }
    }).collect(Collectors.joining(File.pathSeparator));
  }

  /** What the compiler says of the sources; nothing where it is content. */
  private String compile(boolean asModule, String program) throws IOException {
    List<Path> sources = new ArrayList<>(List.of(Files.writeString(folder.resolve("Program.java"), program)));
    if (asModule) {
      sources.add(Files.writeString(folder.resolve("module-info.java"), MODULE));
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    List<String> options = List.of(asModule ? "--module-path" : "-classpath", library(), "-Xlint:all,-incubating", "-d",
        folder.resolve("classes").toString());
    compiler.getTask(said, null, null, options, null,
        compiler.getStandardFileManager(null, null, null).getJavaFileObjectsFromPaths(sources)).call();
    return said.toString();
  }

  private record Ended(int code, String out, List<String> err) {}

  private Ended run(boolean asModule, List<String> options, String model) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(options);
    String path = library() + File.pathSeparator + folder.resolve("classes");
    command.addAll(asModule ? List.of("-p", path, "-m", "consumer/consumer.Program") : List.of("-cp", path, "consumer.Program"));
    command.add(folder.resolve(model).toString());
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder java = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    java.environment().keySet().removeAll(Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")); // of which java would tell on standard error
    Process process = java.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
    return new Ended(process.exitValue(), Files.readString(out).strip(), Files.readAllLines(err));
  }

  @Test
  void aProgramTrainsOnArraysAndGetsTheSameBytesHoweverItIsRun() throws IOException, InterruptedException {
    assertThat(compile(true, PROGRAM)).isEmpty();
    Ended asModule = run(true, List.of("--add-modules", "jdk.incubator.vector"), "vector");
    assertThat(asModule.code).as(asModule.toString()).isZero();
    assertThat(asModule.out).isEqualTo("org.lull slow fast 25");
    assertThat(asModule.err).allMatch(line -> line.equals("WARNING: Using incubator modules: jdk.incubator.vector"));

    Ended withoutVectors = run(true, List.of(), "scalar");
    assertThat(withoutVectors.out).as(withoutVectors.toString()).isEqualTo("org.lull slow fast 25");
    assertThat(withoutVectors.err).as("told once what to add")
        .filteredOn(line -> line.contains("--add-modules jdk.incubator.vector")).hasSize(1);

    Files.delete(folder.resolve("module-info.java"));
    Files.delete(folder.resolve("classes/module-info.class"));
    assertThat(compile(false, PROGRAM)).isEmpty();
    Ended onClassPath = run(false, List.of(), "class path");
    assertThat(onClassPath.out).as(onClassPath.toString()).isEqualTo("null slow fast 25");
    assertThat(onClassPath.err).as("told once what to add")
        .filteredOn(line -> line.contains("--add-modules jdk.incubator.vector")).hasSize(1);

    assertThat(folder.resolve("scalar")).hasSameBinaryContentAs(folder.resolve("vector"));
    assertThat(folder.resolve("class path")).hasSameBinaryContentAs(folder.resolve("vector"));
  }

  @Test
  void whatIsNotForProgramsIsNotSeenByThem() throws IOException {
    String program = PROGRAM.replace("import org.lull.Model;", "import org.lull.Model;\nimport org.lull.kernel.KernelChoice;");
    assertThat(compile(true, program)).contains("package org.lull.kernel is not visible").containsOnlyOnce("error:");
  }
}
