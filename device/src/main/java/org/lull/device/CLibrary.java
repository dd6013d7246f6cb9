// SPDX-License-Identifier: Apache-2.0
package org.lull.device;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lull.Model;
import org.lull.accelerator.FixedClassifier;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.network.Arithmetic;

/**
 * A model as C99 for a microcontroller: a directory with the library, the model as data, a Makefile, an example and a README. It computes
 * the bits of {@link FixedClassifier}. docs/device.md describes it.
 */
public final class CLibrary {
  /** Longest clip to learn from unless another is asked for: a second, of frames every 16 ms. */
  public static final int DEFAULT_STEPS = 61;
  /** Most frames of a clip to learn from. The sums of gradients are exact up to there. */
  public static final int LARGEST_STEPS = 1000;

  private static final String[] PROGRAM = {"lull.h", "lull.c"};
  /** To begin with: what is there already stays. */
  private static final String[] EXAMPLE = {"main.c", "Makefile"};
  private static final String MARK = "Written by lull export";

  private final Model model;
  private final FixedClassifier fixed;
  private final Learning learning;
  private final int steps;

  /**
   * @param steps longest clip to learn from, in frames, 1 to {@link #LARGEST_STEPS}
   * @throws InvalidInputException if the model has no form in C, with the reason and what to do
   */
  public CLibrary(Model model, Learning learning, int steps) {
    if (model.isRegression()) {
      throw new InvalidInputException("the model predicts numbers; as C only models that recognise classes can be exported");
    }
    if (!model.arithmetic().name().equals(Arithmetic.OF_ACCELERATOR)) {
      throw new InvalidInputException("the model computes in " + model.arithmetic().name() + ", the C library in "
          + Arithmetic.OF_ACCELERATOR + "; train it with --numeric " + Arithmetic.OF_ACCELERATOR
          + ", which can start from this one: --from RUN");
    }
    if (steps < 1 || steps > LARGEST_STEPS) {
      throw new InvalidInputException("clips of up to " + steps + " frames to learn from, expected 1 to " + LARGEST_STEPS);
    }
    this.model = model;
    this.learning = learning;
    this.steps = steps;
    fixed = new FixedClassifier(model.network(), model.mode());
  }

  /** Number of weights of the layers that were beyond the range of 16 bits, -4 to 4, and saturated. */
  public int saturatedWeights() {
    return fixed.saturatedWeights();
  }

  /** What the library needs on the device. */
  public Footprint footprint() {
    return Footprint.of(model, learning, steps);
  }

  /**
   * Writes all files.
   *
   * @param directory created if it is not there. Files of an earlier export in it are replaced, but for the example and the Makefile,
   *     which may have been changed
   * @throws InvalidInputException if it cannot be written, or has other files of these names
   */
  public void write(Path directory) {
    requireOwn(directory);
    Map<String, String> files = new LinkedHashMap<>();
    ModelSource source = new ModelSource(model, fixed, learning, steps);
    files.put("model.h", source.header());
    files.put("model.c", source.data());
    for (String name : PROGRAM) {
      files.put(name, resource(name));
    }
    for (String name : EXAMPLE) {
      if (!Files.exists(directory.resolve(name))) {
        files.put(name, resource(name));
      }
    }
    files.put("README.md", new Readme(model, learning, steps, footprint()).text());
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new InvalidInputException("cannot make the directory " + directory + ": " + AtomicFile.reason(e));
    }
    files.forEach((name, text) -> AtomicFile.write(directory.resolve(name), out -> out.write(text.getBytes(StandardCharsets.UTF_8))));
  }

  /** Refuses a directory with files of another origin that would be replaced. */
  private static void requireOwn(Path directory) {
    Path header = directory.resolve("model.h");
    try {
      boolean exported = Files.isRegularFile(header) && Files.readString(header).contains(MARK);
      for (String name : new String[] {"model.h", "model.c", "lull.h", "lull.c", "README.md"}) {
        if (!exported && Files.exists(directory.resolve(name))) {
          throw new InvalidInputException(directory.resolve(name) + " exists, and lull export did not write it; give another directory");
        }
      }
    } catch (IOException e) {
      throw new InvalidInputException("cannot read " + header + ": " + AtomicFile.reason(e));
    }
  }

  private static String resource(String name) {
    try (InputStream in = CLibrary.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
