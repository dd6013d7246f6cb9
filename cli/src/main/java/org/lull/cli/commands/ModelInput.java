// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.lull.Model;
import org.lull.data.TsFile;
import org.lull.input.InvalidInputException;
import org.lull.io.Folder;
import org.lull.speech.Audio;
import org.lull.speech.FlawCounts;
import org.lull.speech.LogMel;
import org.lull.speech.LogMelSettings;
import org.lull.speech.Recordings;
import org.lull.speech.Wav;

/** Makes of files what a model takes: of a recording one sequence, of a file of time series one for each case. */
final class ModelInput {
  private static final String SERIES = ".ts";

  private final Path model;
  private final int channels;
  /** Null for a model of time series. */
  private final LogMel logMel;
  private final Consumer<String> warnings;
  private final FlawCounts flaws = new FlawCounts();
  private int recordings;

  /**
   * A sequence to be run.
   *
   * @param line of the case in the file, or 0 for a recording
   * @param frames raw features, [steps][channels]
   */
  record Input(Path file, int line, float[][] frames) {
    /** What the user calls it: the file, or the file and the line. */
    String name() {
      return line == 0 ? file.toString() : file + ":" + line;
    }
  }

  /**
   * @param file of the model, for messages
   * @throws InvalidInputException if the model's front end does not make the features that the network takes
   */
  ModelInput(Path file, Model model, Consumer<String> warnings) {
    this.model = file;
    this.warnings = warnings;
    channels = model.normalisation().channels();
    logMel = model.frontEnd().isEmpty() ? null : new LogMel(LogMelSettings.fromJson(model.frontEnd(), file.toString()));
    if (logMel != null && logMel.settings().filters() != channels) {
      throw new InvalidInputException(file + ": its front end makes " + logMel.settings().filters() + " channels and its network takes "
          + channels + "; train the model again");
    }
  }

  /**
   * The files that an argument stands for: itself, or those in the folder, sorted.
   *
   * @throws InvalidInputException if there is no such file or folder, or the folder has nothing for the model
   */
  List<Path> files(Path fileOrFolder) {
    if (!Files.exists(fileOrFolder)) {
      throw new InvalidInputException(fileOrFolder + ": no such file or folder; give " + wanted());
    }
    if (!Files.isDirectory(fileOrFolder)) {
      return List.of(fileOrFolder);
    }
    if (logMel != null) {
      Recordings found = Recordings.in(fileOrFolder);
      found.warnings().forEach(warnings);
      return found.files();
    }
    List<Path> series = Folder.files(fileOrFolder, name -> name.endsWith(SERIES));
    if (series.isEmpty()) {
      throw new InvalidInputException("no " + SERIES + " file in " + fileOrFolder + "; give " + wanted());
    }
    return series;
  }

  private String wanted() {
    return (logMel != null ? "WAV files" : "time series in " + SERIES + " form") + ", as " + model + " was trained on";
  }

  /** @throws InvalidInputException if the file cannot be read, or is not of the model's kind; the message names the file */
  List<Input> read(Path file) {
    return logMel != null ? List.of(recording(file)) : series(file);
  }

  private Input recording(Path file) {
    if (isNamed(file, SERIES)) {
      throw new InvalidInputException(file + ": time series; give " + wanted());
    }
    Audio audio = Wav.read(file);
    float[] flat = logMel.example(audio, file.toString(), 0).frames();
    recordings++;
    flaws.add(file.toString(), audio.flaws());
    return new Input(file, 0, rows(flat, channels));
  }

  private List<Input> series(Path file) {
    if (isNamed(file, ".wav") || isNamed(file, ".wave")) {
      throw new InvalidInputException(file + ": sound; give " + wanted());
    }
    TsFile content = TsFile.read(file);
    if (content.channels() != channels) {
      throw new InvalidInputException(file + ": " + content.channels() + " dimensions, expected " + channels + " as " + model
          + " was trained on");
    }
    List<Input> inputs = new ArrayList<>();
    switch (content) {
      case TsFile.Classification classes -> classes.cases().forEach(each -> inputs.add(input(file, each.id(), each.frames())));
      case TsFile.Regression numbers -> numbers.cases().forEach(each -> inputs.add(input(file, each.id(), each.frames())));
    }
    return inputs;
  }

  private Input input(Path file, String id, float[] frames) {
    return new Input(file, Integer.parseInt(id.substring(id.lastIndexOf(':') + 1)), rows(frames, channels));
  }

  /** [steps][channels], of row after row. */
  static float[][] rows(float[] flat, int channels) {
    float[][] rows = new float[flat.length / channels][channels];
    for (int t = 0; t < rows.length; t++) {
      System.arraycopy(flat, t * channels, rows[t], 0, channels);
    }
    return rows;
  }

  private static boolean isNamed(Path file, String suffix) {
    return Folder.name(file).toLowerCase(Locale.ROOT).endsWith(suffix);
  }

  /** Warns of what was wrong with recordings that were used all the same. */
  void warnOfFlaws() {
    flaws.warnings(recordings).forEach(warnings);
  }
}
