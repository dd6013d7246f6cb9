// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import org.lull.io.AtomicFile;
import org.lull.io.Sha256;
import org.lull.train.Example;

/** A file of numbers and texts, big-endian, in the encoding of {@link DataOutputStream}; at the end the SHA-256 of everything before. */
final class CheckedFile {
  private static final int CHECKSUM_BYTES = 32;

  private CheckedFile() {}

  /** Writes the content. */
  @FunctionalInterface
  interface Content {
    void writeTo(DataOutputStream out) throws IOException;
  }

  /** Reads the content. */
  @FunctionalInterface
  interface Reader<T> {
    T read(DataInputStream in) throws IOException;
  }

  /** The file appears complete or not at all. Its folder is made if it does not exist. */
  static void write(Path file, Content content) throws IOException {
    Files.createDirectories(file.getParent());
    AtomicFile.write(file, stream -> {
      MessageDigest digest = Sha256.digest();
      OutputStream buffered = new BufferedOutputStream(stream, 1 << 16);
      DataOutputStream out = new DataOutputStream(new DigestOutputStream(buffered, digest));
      content.writeTo(out);
      out.flush();
      buffered.write(digest.digest());
      buffered.flush();
    });
  }

  /** Reads the file. It is checked as a whole first, so that reading never trusts a damaged number. */
  static <T> T read(Path file, Reader<T> reader) throws IOException {
    verify(file);
    try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      return reader.read(in);
    }
  }

  private static void verify(Path file) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] buffer = new byte[1 << 16];
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      long left = Files.size(file) - CHECKSUM_BYTES;
      if (left < 0) {
        throw new IOException("cut short");
      }
      while (left > 0) {
        int length = (int) Math.min(left, buffer.length);
        in.readFully(buffer, 0, length);
        digest.update(buffer, 0, length);
        left -= length;
      }
      if (!Arrays.equals(digest.digest(), in.readNBytes(CHECKSUM_BYTES))) {
        throw new IOException("cut short or damaged, its checksum differs");
      }
    }
  }

  /** Writes id, label, steps and [steps][channels] float32. */
  static void write(Example example, DataOutputStream out) throws IOException {
    out.writeUTF(example.id());
    out.writeInt(example.label());
    out.writeInt(example.steps());
    ByteBuffer frames = ByteBuffer.allocate(example.frames().length * Float.BYTES);
    frames.asFloatBuffer().put(example.frames());
    out.write(frames.array());
  }

  static Example example(DataInputStream in, int channels) throws IOException {
    String id = in.readUTF();
    int label = in.readInt();
    int steps = in.readInt();
    byte[] bytes = new byte[steps * channels * Float.BYTES];
    in.readFully(bytes);
    float[] frames = new float[steps * channels];
    ByteBuffer.wrap(bytes).asFloatBuffer().get(frames);
    return new Example(id, frames, steps, channels, label);
  }
}
