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
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.input.InvalidInputException;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Provenance;
import org.lull.rnn.Cell;

/** Programs of other people: compiled against the library and run in a JVM of their own, on the module path and on the class path. */
class ConsumerTest {
  private static final String MODULE = "module consumer { requires org.lull; }";
  private static final String PROGRAM = """
      package consumer;

      import java.nio.file.Path;
      import org.lull.Model;

      class Program {
        public static void main(String[] arguments) {
          Model.load(Path.of(arguments[0])).save(Path.of(arguments[1]));
          Model model = Model.load(Path.of(arguments[1])); // more networks: more chances to warn twice
          System.out.println(model.getClass().getModule().getName() + " " + model.classify(new float[][] {{1, 0, -1}, {0, 1, 0}}));
        }
      }
      """;

  @TempDir Path folder;
  private Path model;
  private String expected;

  @BeforeEach
  void writeAModel() {
    Network network = new Network(new NetworkSpec(Cell.named("lstm"), 3, 1, 4, 2, Head.MEAN));
    Initialiser.initialise(network, new SplittableRandom(1));
    model = folder.resolve("model.safetensors");
    Model written = new Model(network, Mode.DELTA, new Normalisation(new float[3], new float[] {1, 1, 1}), List.of("yes", "no"), "",
        new Provenance("test", "25", "none", "", new TreeMap<>()));
    written.save(model);
    expected = written.classify(new float[][] {{1, 0, -1}, {0, 1, 0}}).toString();
  }

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

  private Ended run(boolean asModule, List<String> options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(options);
    String path = library() + File.pathSeparator + folder.resolve("classes");
    command.addAll(asModule ? List.of("-p", path, "-m", "consumer/consumer.Program") : List.of("-cp", path, "consumer.Program"));
    command.addAll(List.of(model.toString(), folder.resolve("copy.safetensors").toString()));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
    return new Ended(process.exitValue(), Files.readString(out).strip(), Files.readAllLines(err));
  }

  @ParameterizedTest
  @CsvSource({"true, org.lull", "false, null"})
  void aProgramUsesTheLibrary(boolean asModule, String module) throws IOException, InterruptedException {
    assertThat(compile(asModule, PROGRAM)).isEmpty();
    Ended ended = run(asModule, List.of("--add-modules", "jdk.incubator.vector"));
    assertThat(ended.code).as(ended.toString()).isZero();
    assertThat(ended.out).isEqualTo(module + " " + expected);
    assertThat(ended.err).allMatch(line -> line.equals("WARNING: Using incubator modules: jdk.incubator.vector"));
    assertThat(folder.resolve("copy.safetensors")).hasSameBinaryContentAs(model);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void withoutTheVectorApiItIsToldOnceWhatToAdd(boolean asModule) throws IOException, InterruptedException {
    assertThat(compile(asModule, PROGRAM)).isEmpty();
    Ended ended = run(asModule, List.of());
    assertThat(ended.code).as(ended.toString()).isZero();
    assertThat(ended.err).filteredOn(line -> line.contains("--add-modules jdk.incubator.vector")).hasSize(1);
    assertThat(folder.resolve("copy.safetensors")).hasSameBinaryContentAs(model);
  }

  @Test
  void whatIsNotForProgramsIsNotSeenByThem() throws IOException {
    String program = PROGRAM.replace("import org.lull.Model;", "import org.lull.Model;\nimport org.lull.kernel.KernelChoice;");
    assertThat(compile(true, program)).contains("package org.lull.kernel is not visible").containsOnlyOnce("error:");
  }
}
