// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands in a process that may write no file longer than 8 blocks of 512 bytes, or 8 kB where a shell counts so: a short line fits, a
 * model does not. What such a process writes fails in the same way as on a full disk.
 */
class FullDiskTest {
  @TempDir
  static Path folder;
  private static Path tones;
  private static Path run;

  @BeforeAll
  static void train() {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no /bin/sh to limit the size of files");
    tones = TinyData.tones(folder.resolve("tones"));
    run = folder.resolve("run");
    Cli.train(tones, run, "--layers", 1, "--hidden", 32, "--epochs", 1, "--delta", "--threshold", 0.1).succeeds();
  }

  /** How a command ended that could not write. */
  private static String failure(Object... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -f 8; exec \"$@\"", "sh",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "--add-modules",
        "jdk.incubator.vector", "-cp", System.getProperty("java.class.path"), Lull.class.getName()));
    Arrays.stream(arguments).forEach(each -> command.add(each.toString()));
    Path err = folder.resolve("err");
    Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(folder.resolve("out").toFile())
        .redirectError(err.toFile()).start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(err)).isEqualTo(Lull.MISTAKE);
    assertThat(Files.readString(err)).doesNotContain("\tat ", "Exception");
    return Files.readAllLines(err).getLast();
  }

  private static List<String> files(Path dir) throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void trainingSaysWhichFileCouldNotBeWritten() throws Exception {
    Path second = folder.resolve("second");
    assertThat(failure("train", "--data", tones, "--run", second, "--layers", 1, "--hidden", 64, "--epochs", 1, "--timing", 0,
        "--no-cache")).startsWith("lull: cannot write " + second).contains("File too large; ", "make room");
    assertThat(files(second)).as("nothing half written").doesNotContain("model.safetensors", "result.json")
        .noneMatch(file -> file.endsWith("tmp"));
  }

  /** Nothing is left of a new run without its model, so that the same command can be given again. */
  @Test
  void whatWasLearnedBeforeStays() throws Exception {
    Path more = TinyData.tones(folder.resolve("more"));
    Path target = folder.resolve("third");
    List<String> before = files(run);
    byte[] model = TinyData.bytesOf(run.resolve("model.safetensors"));
    Object[] learn = {"learn", "--model", run, "--data", tones, "--add", "new=" + more.resolve("high"), "--epochs", 1, "--run", target,
        "--no-cache"};
    assertThat(failure(learn)).startsWith("lull: cannot write " + target.resolve("model.safetensors") + ": ").contains("make room");
    assertThat(target).doesNotExist();
    assertThat(files(run)).isEqualTo(before);
    assertThat(TinyData.bytesOf(run.resolve("model.safetensors"))).isEqualTo(model);
    Cli.lull(learn).succeeds();
  }
}
