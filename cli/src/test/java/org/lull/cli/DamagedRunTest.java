// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lull.cli.Cli.lull;
import static org.lull.cli.TinyData.bytesOf;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lull.io.CheckpointFile;
import org.lull.io.Safetensors;
import org.lull.io.Safetensors.Contents;

/**
 * Random changes of the files that a run is begun with or goes on from. Each ends with one line and exit code 2, or the run goes on. More
 * of them: {@code -Dlull.mutations=5000}.
 */
@Timeout(3600) // for the largest numbers; what hangs ends there too
class DamagedRunTest {
  /** Bytes that one command may allocate, far below what a length in a damaged file may ask for. */
  private static final long MOST = 300L << 20;

  private static final List<String> TOKENS = List.of("[", "]", "[[", "]]", "{", "}", "=", "\"", "\"\"\"", "'", "'''", "\\", "\\u0000", "#",
      ".", ",", "\n", "\r", "\0", "\uFEFF", "inf", "nan", "-", "1e999", "0x", "9", "1979-05-27T07:32:00Z", "true", "epochs = ", "a.b.c = ");

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final SplittableRandom random = new SplittableRandom(1);

  @TempDir
  static Path shared;
  private static Path run;

  private static int mutations(int usual) {
    return Integer.getInteger("lull.mutations", usual);
  }

  /** A run whose last step is over, and nothing after it. */
  @BeforeAll
  static void makeRun() throws IOException {
    run = shared.resolve("run");
    Cli.train(TinyData.series(shared.resolve("series")), run, "--dense", "--epochs", 2, "--batch", 16, "--checkpoint-every", 1).succeeds();
    Path noted = run.resolve("checkpoints/settings.json");
    TinyData.text(noted, Files.readString(noted).replace("\"completed_epochs\" : 2", "\"completed_epochs\" : null"));
    Files.delete(run.resolve("result.json"));
  }

  /** Bits turned, bytes replaced, parts cut out, doubled, exchanged or repeated many times. */
  private byte[] mutated(byte[] bytes) {
    byte[] copy = bytes.clone();
    int at = random.nextInt(bytes.length);
    int length = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 4 : 64));
    switch (random.nextInt(7)) {
      case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> copy[at] = (byte) random.nextInt();
      case 2 -> copy = Arrays.copyOf(copy, at);
      case 3 -> copy = joined(bytes, at, new byte[0], at + length);
      case 4 -> System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), copy, at, length);
      case 5 -> copy = joined(bytes, at, Arrays.copyOfRange(bytes, at, at + length), at);
      default -> copy = joined(bytes, at, TOKENS.get(random.nextInt(TOKENS.size())).repeat(1 << random.nextInt(14))
          .getBytes(StandardCharsets.UTF_8), at);
    }
    return copy;
  }

  private static byte[] joined(byte[] bytes, int end, byte[] between, int from) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, end);
    out.writeBytes(between);
    out.write(bytes, from, bytes.length - from);
    return out.toByteArray();
  }

  /** Runs the command, which may neither allocate nor say very much. */
  private Cli bounded(Object... args) {
    long before = threads.getCurrentThreadAllocatedBytes();
    Cli cli = lull(args);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).as(cli.err()).isLessThan(MOST);
    assertThat(cli.err().lines().filter(line -> line.startsWith("lull: "))).as(cli.err()).allMatch(line -> line.length() < 1_700);
    return cli;
  }

  private static Path copyOfRun() throws IOException {
    Path copy = Files.createTempDirectory(shared, "copy");
    Files.createDirectory(copy.resolve("checkpoints"));
    for (String file : List.of("config.toml", "metrics.jsonl", "run.json", "checkpoints/settings.json", "checkpoints/dense.safetensors",
        "checkpoints/dense.previous.safetensors")) {
      Files.copy(run.resolve(file), copy.resolve(file));
    }
    return copy;
  }

  private static void delete(Path copy) throws IOException {
    try (Stream<Path> files = Files.walk(copy)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Whether the run goes on; if not, it must be said why in a line. */
  private boolean resumes(Path of) {
    Cli cli = bounded("train", "--resume", of, "--timing", 0, "--threads", 1);
    if (cli.code() == 0) {
      cli.succeeds();
      return true;
    }
    cli.isMistake("lull: ");
    return false;
  }

  @Test
  void mutatedCheckpoints() throws IOException {
    Path last = Path.of("checkpoints/dense.safetensors");
    Path previous = Path.of("checkpoints/dense.previous.safetensors");
    Path settings = Path.of("checkpoints/settings.json");
    SoftAssertions softly = new SoftAssertions();
    List<Boolean> went = new ArrayList<>();
    int mutations = mutations(100);
    for (int i = 0; i < mutations; i++) {
      Path copy = copyOfRun();
      switch (random.nextInt(8)) {
        case 0 -> TinyData.bytes(copy.resolve(last), mutated(bytesOf(run.resolve(last))));
        case 1 -> TinyData.bytes(copy.resolve(settings), sameEpochs(mutated(bytesOf(run.resolve(settings)))));
        case 2, 3, 4 -> rewritten(run.resolve(last), copy.resolve(last));
        default -> {
          TinyData.bytes(copy.resolve(last), mutated(bytesOf(run.resolve(last))));
          TinyData.bytes(copy.resolve(previous), mutated(bytesOf(run.resolve(previous))));
        }
      }
      softly.assertThatCode(() -> went.add(resumes(copy))).as("mutation %d, in %s", i, copy).doesNotThrowAnyException();
      if (softly.wasSuccess()) {
        delete(copy);
      }
    }
    softly.assertAll();
    long refused = went.stream().filter(on -> !on).count();
    System.out.println("mutated checkpoints: " + refused + " of " + mutations + " refused, the others went on");
    assertThat(refused).isBetween(mutations / 4L, mutations - 1L);
  }

  /** Another number of epochs is no damage: it would be trained. */
  private static byte[] sameEpochs(byte[] settings) {
    String text = new String(settings, StandardCharsets.ISO_8859_1);
    return Pattern.compile("(epochs\"\\s*:\\s*\"?)(\\w+)").matcher(text)
        .replaceAll((MatchResult match) -> match.group(1) + (match.group(2).equals("null") ? "null" : "2"))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** With one entry of its metadata changed, and the right checksum, as a program would do it. */
  private void rewritten(Path from, Path to) throws IOException {
    Contents contents = Safetensors.read(from);
    Map<String, String> metadata = new TreeMap<>(contents.metadata());
    metadata.keySet().removeAll(List.of("format", "checksum"));
    List<String> keys = List.copyOf(metadata.keySet());
    metadata.compute(keys.get(random.nextInt(keys.size())), (_, text) -> changed(text));
    Path scratch = shared.resolve("scratch.safetensors");
    new CheckpointFile(scratch).write(List.copyOf(contents.tensors().values()), metadata);
    Files.move(scratch, to, StandardCopyOption.REPLACE_EXISTING);
  }

  /** A number, or anything else, is another. */
  private String changed(String json) {
    if (random.nextBoolean()) {
      return new String(mutated(json.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }
    Pattern pattern = Pattern.compile("(?<=[:,\\[])(-?[\\d.eE-]+|null|true|false|\"[^\"]*\"(?!:))");
    List<MatchResult> values = pattern.matcher(json).results().toList();
    if (values.isEmpty()) {
      return json + json;
    }
    MatchResult value = values.get(random.nextInt(values.size()));
    List<String> others = List.of("null", "-1", "0", "1", "2147483647", "-2147483648", "9223372036854775807", "1e308", "1e-308", "0.5",
        "\"NaN\"", "\"\"", "[]", "{}", "true", "[[[[1]]]]");
    return json.substring(0, value.start()) + others.get(random.nextInt(others.size())) + json.substring(value.end());
  }

  @Test
  void mutatedConfigFiles() throws IOException {
    byte[] left = bytesOf(run.resolve("config.toml"));
    byte[] written = """
        # a small network
        "epochs" = 3
        hidden = 0x10
        layers = +2
        threshold-x = [0.1, # of the lower layer
          2e-1,
        ]
        threshold = "auto"
        lr = 1_0.5e-3
        cell = 'gru'
        augment = false
        head = \"""
        last\"""
        """.getBytes(StandardCharsets.UTF_8);
    Path file = shared.resolve("mutated.toml");
    SoftAssertions softly = new SoftAssertions();
    int mutations = mutations(200);
    AtomicInteger read = new AtomicInteger();
    for (int i = 0; i < mutations; i++) {
      byte[] bytes = random.nextBoolean() ? left : written;
      for (int changes = 1 + random.nextInt(3); changes > 0 && bytes.length > 0; changes--) {
        bytes = mutated(bytes);
      }
      TinyData.bytes(file, bytes);
      softly.assertThatCode(() -> {
        Cli cli = bounded("train", "--config", file, "--data", shared.resolve("missing"), "--run", shared.resolve("never"));
        cli.isMistake("lull: ");
        read.addAndGet(cli.err().contains("no such folder") ? 1 : 0);
      }).as("mutation %d", i).doesNotThrowAnyException();
    }
    softly.assertAll();
    System.out.println("mutated config files: " + (mutations - read.get()) + " of " + mutations + " refused, the others were read");
    assertThat(read.get()).isBetween(1, mutations / 2);
    assertThat(shared.resolve("never")).doesNotExist();
  }
}
