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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.lull.data.Split;
import org.lull.io.AtomicFile;
import org.lull.io.Sha256;
import org.lull.train.Example;

/**
 * A cache of features on disk, with a file for each corpus and settings. The name of the file is the SHA-256 of everything that decides the
 * features. So a file is never out of date, and two processes that write the same file write the same bytes.
 *
 * <p>File: the key in hex, channels, warnings, clips left out, then the examples of each split (id, label, steps, [steps][channels]
 * float32), big-endian, in the encoding of {@link DataOutputStream}; at the end the SHA-256 of everything before.
 */
final class FeatureCache {
  /** Raise this number if the format or the computation of features changes. */
  private static final int VERSION = 3;

  private static final int CHECKSUM_BYTES = 32;

  private final Path file;
  private final String key;

  FeatureCache(Path dir, String corpusHash, LogMelSettings settings) {
    key = Sha256.of(List.of("lull features " + VERSION, corpusHash, settings.toString()));
    file = dir.resolve(key + ".features");
  }

  /** The file exists but cannot be used. */
  static final class DamagedException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The features; empty if they are not in the cache. */
  Optional<Features> read() throws DamagedException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      verify();
      try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
        if (!in.readUTF().equals(key)) {
          throw new IOException("holds other features than its name says");
        }
        int channels = in.readInt();
        List<String> warnings = texts(in);
        List<String> leftOut = texts(in);
        return Optional.of(
            new Features(channels, examples(in, channels), examples(in, channels), examples(in, channels), warnings, leftOut));
      }
    } catch (IOException e) {
      throw new DamagedException("the feature cache " + file + " is not usable (" + AtomicFile.reason(e) + ")", e);
    }
  }

  /** Checks the whole file first, so that reading never trusts a damaged number. */
  private void verify() throws IOException {
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

  private static List<String> texts(DataInputStream in) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      texts.add(in.readUTF());
    }
    return texts;
  }

  private static void write(List<String> texts, DataOutputStream out) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      out.writeUTF(text);
    }
  }

  private static List<Example> examples(DataInputStream in, int channels) throws IOException {
    List<Example> examples = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      String id = in.readUTF();
      int label = in.readInt();
      int steps = in.readInt();
      byte[] bytes = new byte[steps * channels * Float.BYTES];
      in.readFully(bytes);
      float[] frames = new float[steps * channels];
      ByteBuffer.wrap(bytes).asFloatBuffer().get(frames);
      examples.add(new Example(id, frames, steps, channels, label));
    }
    return examples;
  }

  /** The file appears complete or not at all. */
  void write(Features features) throws IOException {
    Files.createDirectories(file.getParent());
    AtomicFile.write(file, stream -> {
      MessageDigest digest = Sha256.digest();
      OutputStream buffered = new BufferedOutputStream(stream, 1 << 16);
      DataOutputStream out = new DataOutputStream(new DigestOutputStream(buffered, digest));
      write(features, out);
      out.flush();
      buffered.write(digest.digest());
      buffered.flush();
    });
  }

  private void write(Features features, DataOutputStream out) throws IOException {
    out.writeUTF(key);
    out.writeInt(features.channels());
    write(features.warnings(), out);
    write(features.leftOut(), out);
    for (Split split : Split.values()) {
      List<Example> examples = features.of(split);
      out.writeInt(examples.size());
      for (Example example : examples) {
        out.writeUTF(example.id());
        out.writeInt(example.label());
        out.writeInt(example.steps());
        ByteBuffer frames = ByteBuffer.allocate(example.frames().length * Float.BYTES);
        frames.asFloatBuffer().put(example.frames());
        out.write(frames.array());
      }
    }
  }
}
