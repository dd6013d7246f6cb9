// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.lull.Model;
import org.lull.device.CLibrary;
import org.lull.device.Footprint;
import org.lull.device.Learning;
import org.lull.experiments.run.Shell;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import picocli.CommandLine.Option;

/** The part of lull export that writes C for microcontrollers. */
final class CExport {
  @Option(names = "--c", paramLabel = "DIR",
      description = "The directory to write a C library to, for microcontrollers; of a model trained with --numeric fixed16.")
  private Path directory;

  @Option(names = "--learn", paramLabel = "WHAT",
      description = "With --c, what it learns on the device: ${COMPLETION-CANDIDATES} (default: none).")
  private Learning learning;

  @Option(names = "--steps", paramLabel = "N",
      description = "With --learn, frames of the longest clip to learn (default: " + CLibrary.DEFAULT_STEPS + ").")
  private Integer steps;

  /**
   * As printed with --json.
   *
   * @param directory that was written
   * @param learns "none" or "full"
   * @param steps longest clip that can be learned, in frames; 0 if none can
   * @param ram bytes of the context
   * @param rom bytes of the constant data
   * @param saturatedWeights weights of the layers that are beyond the range of 16 bits
   */
  record Result(String model, String directory, String learns, int steps, long ram, long rom, int saturatedWeights) {}

  boolean isAsked() {
    return directory != null;
  }

  /** Refuses options that are for C where something else is written. */
  void requireNone() {
    if (learning != null || steps != null) {
      throw new InvalidInputException((learning != null ? "--learn" : "--steps") + " is for --c DIR; leave it out");
    }
  }

  void write(Path file, Model model, boolean json, PrintWriter out, PrintWriter err) {
    boolean learns = learning == Learning.FULL;
    if (steps != null && !learns) {
      throw new InvalidInputException("--steps is for a library that learns; add --learn full, or leave it out");
    }
    CLibrary library = new CLibrary(model, learns ? Learning.FULL : Learning.NONE, steps == null ? CLibrary.DEFAULT_STEPS : steps);
    library.write(directory);
    if (library.saturatedWeights() > 0) {
      err.println("warning: " + library.saturatedWeights() + " weights of the layers are beyond -4 to 4 and were cut off there; the model"
          + " computes the same in Java");
      err.flush();
    }
    Footprint footprint = library.footprint();
    int longest = !learns ? 0 : steps == null ? CLibrary.DEFAULT_STEPS : steps;
    Result result = new Result(file.toString(), directory.toString(), learns ? "full" : "none", longest, footprint.ram(),
        footprint.rom(), library.saturatedWeights());
    out.print(json ? Json.pretty(result) + System.lineSeparator() : text(result));
    out.flush();
  }

  private static String text(Result result) {
    return String.format(Locale.ROOT, """
        written   %s
        RAM       %,d bytes: the context, on a 32-bit machine
        ROM       %,d bytes of data, and the program
        learns    %s
        to build  make -C %s
        """, result.directory, result.ram, result.rom,
        result.steps > 0 ? "all weights, from clips of up to " + result.steps + " frames" : "nothing; with --learn full all weights",
        Shell.quoted(result.directory)).replace("\n", System.lineSeparator());
  }
}
