// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.lull.input.InvalidInputException;
import org.lull.io.Folder;

/**
 * The features that are made so far, in a folder with one file for every {@value #CLIPS} clips. If making them is interrupted, the next run
 * makes only the rest. The folder is removed when all are in the {@link FeatureCache}.
 */
final class FeatureParts {
  /** Clips of a part: few enough to be made in some seconds. */
  static final int CLIPS = 500;

  private final Path folder;
  private final String key;

  /** @param key hash of everything that the features depend on */
  FeatureParts(Path cacheDir, String key) {
    this.folder = cacheDir.resolve(key + ".parts");
    this.key = key;
  }

  /** The features of a part; empty if they are not there, or damaged: then they are made again. */
  Optional<List<ClipFeatures>> read(int part, int channels) {
    Path file = file(part);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(CheckedFile.read(file, in -> {
        if (!in.readUTF().equals(key) || in.readInt() != part) {
          throw new IOException("holds other features than its name says");
        }
        List<ClipFeatures> clips = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
          clips.add(in.readBoolean() ? usable(in, channels) : new ClipFeatures.Bad(in.readUTF()));
        }
        return clips;
      }));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static ClipFeatures usable(DataInputStream in, int channels) throws IOException {
    int rate = in.readInt();
    int mask = in.readInt();
    Set<Flaw> flaws = EnumSet.noneOf(Flaw.class);
    for (Flaw flaw : Flaw.values()) {
      if ((mask & 1 << flaw.ordinal()) != 0) {
        flaws.add(flaw);
      }
    }
    return new ClipFeatures.Usable(CheckedFile.example(in, channels), rate, flaws);
  }

  /** Keeps the features of a part. If that is not possible, an interruption costs more time, and nothing else. */
  void write(int part, List<ClipFeatures> clips) {
    try {
      CheckedFile.write(file(part), out -> {
        out.writeUTF(key);
        out.writeInt(part);
        out.writeInt(clips.size());
        for (ClipFeatures clip : clips) {
          write(clip, out);
        }
      });
    } catch (IOException | InvalidInputException e) {
      // the cache says so, when it cannot be written either
    }
  }

  private static void write(ClipFeatures clip, DataOutputStream out) throws IOException {
    switch (clip) {
      case ClipFeatures.Usable usable -> {
        out.writeBoolean(true);
        out.writeInt(usable.rate());
        out.writeInt(usable.flaws().stream().mapToInt(flaw -> 1 << flaw.ordinal()).sum());
        CheckedFile.write(usable.example(), out);
      }
      case ClipFeatures.Bad bad -> {
        out.writeBoolean(false);
        out.writeUTF(bad.reason());
      }
    }
  }

  /** Removes all parts. */
  void discard() {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try {
      for (Path file : Folder.files(folder, _ -> true)) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException | InvalidInputException e) {
      // another process may be at it; what is left does no harm
    }
  }

  private Path file(int part) {
    return folder.resolve(Integer.toString(part));
  }
}
