// SPDX-License-Identifier: Apache-2.0
package org.lull.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A C compiler of this machine, and the programs that it makes. */
final class Compiler {
  private static final List<String> STRICT = List.of("-std=c99", "-O2", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror");

  private Compiler() {}

  private static Optional<String> find(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":")).map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable).map(Path::toString).findFirst();
  }

  /** gcc, or clang; without either the test is skipped, which is said. */
  static String require() {
    Optional<String> found = find("gcc").or(() -> find("clang"));
    if (found.isEmpty()) {
      System.err.println("SKIPPED: no C compiler (gcc or clang) is on the PATH, so the exported C is not tested");
    }
    Assumptions.assumeTrue(found.isPresent(), "no C compiler");
    return found.get();
  }

  /** Compiles files of a directory to a program in it. A warning is an error. */
  static Path compile(Path directory, List<String> files, String... more) throws IOException, InterruptedException {
    Path program = directory.resolve("program");
    List<String> command = new ArrayList<>(List.of(require()));
    command.addAll(STRICT);
    command.addAll(List.of(more));
    command.addAll(List.of("-o", program.toString()));
    command.addAll(files);
    Process process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).isEmpty();
    return program;
  }

  /** What a program writes to standard output; nothing may be written to standard error. */
  static byte[] run(byte[] input, String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).start();
    CompletableFuture<Void> feeder = CompletableFuture.runAsync(() -> {
      try (var in = process.getOutputStream()) {
        in.write(input);
      } catch (IOException e) {
        // it ended early, which its exit code says
      }
    });
    CompletableFuture<String> errors = CompletableFuture.supplyAsync(() -> {
      try (InputStream err = process.getErrorStream()) {
        return new String(err.readAllBytes());
      } catch (IOException e) {
        return e.toString();
      }
    });
    byte[] output = process.getInputStream().readAllBytes();
    feeder.join();
    assertThat(errors.join()).isEmpty();
    assertThat(process.waitFor()).isZero();
    return output;
  }
}
