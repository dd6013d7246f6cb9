// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.lull.experiments.preset.Preset;
import picocli.CommandLine;

/** How a command ended: its exit code and what it wrote. Runs in this process. */
public record Cli(int code, String out, String err) {
  private static final JsonMapper STRICT = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  public static Cli lull(Object... args) {
    return run(Lull.commandLine(), args);
  }

  /** With other presets than there are. */
  public static Cli reproduce(List<Preset> presets, Object... args) {
    List<Object> arguments = new ArrayList<>(List.of("reproduce"));
    arguments.addAll(List.of(args));
    return run(Lull.commandLine(presets), arguments.toArray());
  }

  private static Cli run(CommandLine lull, Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine = lull.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    String[] texts = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      texts[i] = args[i].toString();
    }
    int code = commandLine.execute(texts);
    commandLine.getOut().flush();
    commandLine.getErr().flush();
    return new Cli(code, out.toString(), err.toString());
  }

  /** Starts the command in a process of its own, for a test that ends it; what it prints goes to the file. */
  static Process start(Path output, Object... args) throws IOException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules",
        "jdk.incubator.vector", "-cp", System.getProperty("java.class.path"), Lull.class.getName()));
    Stream.of(args).forEach(argument -> command.add(argument.toString()));
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  /** A small, quick run of training on the data, with the cache beside the run. */
  public static Cli train(Path data, Path run, Object... more) {
    List<Object> args = new ArrayList<>(List.of("train", "--data", data, "--run", run));
    args.addAll(List.of(more));
    Map<String, Object> usual = Map.of("--cache", run.resolveSibling("cache"), "--threads", 1, "--timing", 0, "--hidden", 8, "--epochs", 1);
    usual.forEach((option, value) -> {
      if (!args.contains(option)) {
        args.add(option);
        args.add(value);
      }
    });
    return lull(args.toArray());
  }

  public Cli succeeds() {
    assertThat(code).as(err).isZero();
    assertThat(err).doesNotContain("lull:", "\tat ");
    return this;
  }

  /** Exit code 2, nothing on standard output, and one line that begins "lull: " and holds these. */
  public Cli isMistake(String... named) {
    assertThat(err).doesNotContain("\tat ", "Exception");
    List<String> errors = err.lines().filter(line -> line.startsWith("lull: ")).toList();
    assertThat(errors).as(err).hasSize(1);
    assertThat(errors.getFirst()).contains(named);
    assertThat(err.lines().filter(line -> !line.startsWith("lull: ")))
        .allMatch(line -> line
            .matches(
                "(reading |data: |task: |listening in |warning: |      |dense network|delta network|training takes "
                    + "|finished after |quick: ).*"));
    assertThat(out).isEmpty();
    assertThat(code).isEqualTo(2);
    return this;
  }

  public JsonNode json() {
    return parse(out);
  }

  public static JsonNode parse(String text) {
    try {
      return STRICT.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }
}
