// SPDX-License-Identifier: Apache-2.0
package org.lull.io;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.lull.input.InvalidInputException;
import org.lull.io.Safetensors.Contents;
import org.lull.io.Safetensors.Tensor;

/**
 * A safetensors file that is written again and again while work goes on. Its metadata has a version and a checksum of everything in the
 * file. The file before is kept beside it as {@code NAME.previous.safetensors}, so at every moment at least one of the two is whole.
 */
public final class CheckpointFile {
  /** The version of the format, in the metadata as "format". */
  public static final String FORMAT = "lull-checkpoint-1";

  private static final String CHECKSUM = "checksum";

  /** A moment of {@link #write}, at which tests end it. */
  enum Stage {
    /** The file became the one before; there is no new one yet. */
    MOVED,
    /** Half of the new file has been written, beside its place. */
    HALF,
    /** All of it has been written, beside its place. */
    WRITTEN,
    /** It is in its place. */
    DONE
  }

  /** Is called at each stage. */
  static volatile Consumer<Stage> atStage = CheckpointFault.asked();

  private final Path file;
  private final Path previous;
  private boolean damaged;

  /** @param file its name ends with .safetensors; it need not exist */
  public CheckpointFile(Path file) {
    String name = file.getFileName().toString();
    if (!name.endsWith(Safetensors.SUFFIX)) {
      throw new IllegalArgumentException("checkpoint " + file + ", expected a name that ends with " + Safetensors.SUFFIX);
    }
    this.file = file;
    previous = file.resolveSibling(name.substring(0, name.length() - Safetensors.SUFFIX.length()) + ".previous" + Safetensors.SUFFIX);
  }

  public Path path() {
    return file;
  }

  /** Whether there is this file or the one before it. */
  public boolean exists() {
    return Files.exists(file) || Files.exists(previous);
  }

  // ------------------------------------------------------------------------------------------------ writing

  /**
   * Writes a new file. The folder is made if it does not exist. When this returns, the file is on the disk.
   *
   * @param metadata without the keys "format" and "checksum", which are added
   * @throws InvalidInputException if it cannot be written; the file before is then still whole
   */
  public void write(List<Tensor> tensors, Map<String, String> metadata) {
    Map<String, String> all = new TreeMap<>(metadata);
    all.put("format", FORMAT);
    all.put(CHECKSUM, checksum(tensors, all));
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      AtomicFile.discardUnfinished(file);
      if (!damaged && Files.exists(file)) {
        Files.move(file, previous, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      throw new InvalidInputException("cannot write the checkpoint " + file + ": " + AtomicFile.reason(e), e);
    }
    atStage.accept(Stage.MOVED);
    long half = tensors.stream().mapToLong(tensor -> tensor.data().length).sum() * Float.BYTES / 2;
    AtomicFile.write(file, out -> {
      Safetensors.write(new Watched(out, half), tensors, all);
      out.flush();
      atStage.accept(Stage.WRITTEN);
    });
    damaged = false;
    atStage.accept(Stage.DONE);
  }

  /** Tells when so many bytes have passed. */
  private static final class Watched extends FilterOutputStream {
    private long left;

    Watched(OutputStream out, long bytes) {
      super(out);
      left = bytes;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
      if (left > 0 && left <= length) {
        out.flush();
        atStage.accept(Stage.HALF);
      }
      left -= length;
    }
  }

  /** CRC-32C, in hex, of all tensors and of all metadata but itself. */
  private static String checksum(Iterable<Tensor> tensors, Map<String, String> metadata) {
    CRC32C crc = new CRC32C();
    new TreeMap<>(metadata).forEach((key, value) -> {
      if (!key.equals(CHECKSUM)) {
        add(crc, key);
        add(crc, value);
      }
    });
    ByteBuffer chunk = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (Tensor tensor : tensors) {
      add(crc, tensor.name());
      add(crc, Arrays.toString(tensor.shape()));
      float[] data = tensor.data();
      int most = chunk.capacity() / Float.BYTES;
      for (int from = 0; from < data.length; from += most) {
        int count = Math.min(most, data.length - from);
        chunk.clear().asFloatBuffer().put(data, from, count);
        crc.update(chunk.limit(count * Float.BYTES));
      }
    }
    return String.format("%08x", crc.getValue());
  }

  private static void add(CRC32C crc, String text) {
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    crc.update(0);
  }

  // ------------------------------------------------------------------------------------------------ reading

  /**
   * Reads the file, or the one before it if this one is missing or damaged.
   *
   * @param warnings receives a sentence if the one before is read
   * @return empty if there is neither
   * @throws InvalidInputException if no file is whole, or one is of another version or no checkpoint
   */
  public Optional<Contents> read(Consumer<String> warnings) {
    if (!exists()) {
      return Optional.empty();
    }
    String reason;
    try {
      return Optional.of(whole(file));
    } catch (InvalidInputException e) {
      reason = e.getMessage();
    }
    damaged = Files.exists(file);
    if (!Files.exists(previous)) {
      throw new InvalidInputException(reason + "; there is no checkpoint before it: remove it, and the training begins anew");
    }
    Contents contents;
    try {
      contents = whole(previous);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(reason + "; nor is the one before it whole: " + e.getMessage()
          + "; remove both, and the training begins anew", e);
    }
    warnings.accept((damaged ? reason : "there is no checkpoint " + file + ", as where a run ends while it is written")
        + "; going on from the one before it, " + previous.getFileName());
    return Optional.of(contents);
  }

  private static Contents whole(Path file) {
    Contents contents = Safetensors.read(file);
    Map<String, String> metadata = contents.metadata();
    String format = metadata.get("format");
    if (!FORMAT.equals(format)) {
      throw new InvalidInputException(file + " is no checkpoint of this version of Lull: its metadata has "
          + (format == null ? "no format" : "the format \"" + format.substring(0, Math.min(40, format.length())) + "\"") + ", expected \""
          + FORMAT + "\"");
    }
    if (!checksum(contents.tensors().values(), metadata).equals(metadata.get(CHECKSUM))) {
      throw new InvalidInputException("the checkpoint " + file + " is damaged: its checksum does not match its contents");
    }
    return contents;
  }
}
