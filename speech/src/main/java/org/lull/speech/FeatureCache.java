// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

  private final Path file;
  private final String key;

  FeatureCache(Path dir, String corpusHash, LogMelSettings settings) {
    key = Sha256.of(List.of("lull features " + VERSION, corpusHash, settings.toString()));
    file = dir.resolve(key + ".features");
  }

  /** Where features are kept while they are made. */
  FeatureParts parts() {
    return new FeatureParts(file.toAbsolutePath().getParent(), key);
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
      return Optional.of(CheckedFile.read(file, in -> {
        if (!in.readUTF().equals(key)) {
          throw new IOException("holds other features than its name says");
        }
        int channels = in.readInt();
        List<String> warnings = texts(in);
        List<String> leftOut = texts(in);
        return new Features(channels, examples(in, channels), examples(in, channels), examples(in, channels), warnings, leftOut);
      }));
    } catch (IOException e) {
      throw new DamagedException("the feature cache " + file + " is not usable (" + AtomicFile.reason(e) + ")", e);
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
      examples.add(CheckedFile.example(in, channels));
    }
    return examples;
  }

  /** The file appears complete or not at all. */
  void write(Features features) throws IOException {
    CheckedFile.write(file, out -> write(features, out));
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
        CheckedFile.write(example, out);
      }
    }
  }
}
