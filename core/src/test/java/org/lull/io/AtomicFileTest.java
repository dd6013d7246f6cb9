// SPDX-License-Identifier: Apache-2.0
package org.lull.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.input.InvalidInputException;

class AtomicFileTest {
  @TempDir
  Path folder;

  private static AtomicFile.Content text(String text) {
    return out -> out.write(text.getBytes(UTF_8));
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void createsAndReplaces() throws IOException {
    Path file = folder.resolve("result.json");
    AtomicFile.write(file, text("a longer first version"));
    AtomicFile.write(file, text("second"));
    assertThat(file).hasContent("second");
    assertThat(names()).containsExactly("result.json");
  }

  @Test
  void acceptsContentThatClosesItsStream() {
    Path file = folder.resolve("result.json");
    AtomicFile.write(file, out -> {
      try (var writer = new OutputStreamWriter(out, UTF_8)) {
        writer.write("closed");
      }
    });
    assertThat(file).hasContent("closed");
  }

  @Test
  void theOldFileStaysInPlaceUntilTheNewOneIsComplete() {
    Path file = folder.resolve("result.json");
    AtomicFile.write(file, text("old"));
    AtomicFile.write(file, out -> {
      out.write("new".getBytes(UTF_8));
      out.flush();
      assertThat(file).hasContent("old");
    });
    assertThat(file).hasContent("new");
  }

  @Test
  void aFullDiskLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = folder.resolve("model.safetensors");
    AtomicFile.write(file, text("old"));
    assertThatThrownBy(() -> AtomicFile.write(file, out -> {
      out.write(new byte[1 << 20]);
      throw new FileSystemException(file.toString(), null, "No space left on device");
    }))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("cannot write " + file + ": No space left on device; ");
    assertThat(file).hasContent("old");
    assertThat(names()).containsExactly("model.safetensors");
  }

  @Test
  void failuresOfEveryKindLeaveNothing() throws IOException {
    Path file = folder.resolve("model.safetensors");
    assertThatThrownBy(() -> AtomicFile.write(file, _ -> {
      throw new UncheckedIOException(new IOException("Input/output error"));
    }))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Input/output error");
    assertThatThrownBy(() -> AtomicFile.write(file, _ -> {
      throw new IllegalStateException("a defect");
    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a defect");
    assertThat(names()).isEmpty();
  }

  @Test
  void saysWhatIsInTheWay() throws IOException {
    assertThatThrownBy(() -> AtomicFile.write(folder, text("x")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("cannot write " + folder + ": it is a folder; give the name of a file");
    Path missing = folder.resolve("runs");
    assertThatThrownBy(() -> AtomicFile.write(missing.resolve("x"), text("x")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("cannot write " + missing.resolve("x") + ": there is no folder " + missing + "; create it first");
    Files.createFile(missing);
    assertThatThrownBy(() -> AtomicFile.write(missing.resolve("x"), text("x"))).hasMessageContaining("there is no folder " + missing);
    assertThat(names()).containsExactly("runs");
  }

  @Test
  void neverReplacesADevice() {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.exists(device), "no /dev/null on this platform");
    assertThatThrownBy(() -> AtomicFile.write(device, text("x")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("/dev/null: it is a device or a pipe");
    assertThat(Files.isRegularFile(device)).isFalse();
  }

  @Test
  void aFolderThatAllowsNoFilesIsNamed() throws IOException {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    assumeTrue(closed.toFile().setWritable(false) && !Files.isWritable(closed), "permissions do not bind this user");
    assertThatThrownBy(() -> AtomicFile.write(closed.resolve("x"), text("x")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("cannot write " + closed.resolve("x") + ": permission denied; ");
  }

  @Test
  void followsASymbolicLink() throws IOException {
    Path real = folder.resolve("real");
    Path link = folder.resolve("link");
    Files.writeString(real, "old");
    Files.createSymbolicLink(link, real);
    AtomicFile.write(link, text("new"));
    assertThat(real).hasContent("new");
    assertThat(Files.isSymbolicLink(link)).isTrue();
  }

  /** A link to a file that does not exist yet is followed too, and one that leads nowhere is refused. */
  @Test
  void aLinkToANewFileIsFollowed() throws IOException {
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, Path.of("second"));
    Files.createSymbolicLink(folder.resolve("second"), Path.of("new"));
    AtomicFile.write(link, text("new"));
    assertThat(names()).containsExactly("link", "new", "second");
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(folder.resolve("new")).hasContent("new");

    Path circle = folder.resolve("circle");
    Files.createSymbolicLink(circle, Path.of("circle"));
    assertThatThrownBy(() -> AtomicFile.write(circle, text("x"))).isInstanceOf(InvalidInputException.class).hasMessageContaining("circle");
    Path astray = folder.resolve("astray");
    Files.createSymbolicLink(astray, Path.of("no", "folder"));
    assertThatThrownBy(() -> AtomicFile.write(astray, text("x"))).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("there is no folder");
    assertThat(names()).containsExactly("astray", "circle", "link", "new", "second");
  }

  @Test
  void anInterruptedThreadWritesAndReadsAllTheSame() {
    Path file = folder.resolve("weights.safetensors");
    Thread.currentThread().interrupt();
    Safetensors.write(file, List.of(new Safetensors.Tensor("a", new int[] {1}, new float[] {3})), Map.of());
    assertThat(Safetensors.read(file).tensor("a", 1).data()).containsExactly(3);
    assertThat(Thread.interrupted()).isTrue();
  }

  /** A process that ends while it writes. */
  public static final class Stopped {
    private Stopped() {}

    public static void main(String[] args) {
      AtomicFile.write(Path.of(args[0]), out -> {
        out.write(new byte[1 << 20]);
        System.exit(3); // as Ctrl-C does
      });
    }
  }

  @Test
  void aProcessThatIsStoppedLeavesTheOldFileAndNothingElse() throws Exception {
    Path file = folder.resolve("features");
    AtomicFile.write(file, text("old"));
    Process stopped = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
        Path.of("target", "classes") + File.pathSeparator + Path.of("target", "test-classes"), Stopped.class.getName(), file.toString())
        .inheritIO().start();
    assertThat(stopped.waitFor()).isEqualTo(3);
    assertThat(file).hasContent("old");
    assertThat(names()).containsExactly("features");
  }
}
