// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import java.nio.file.Path;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.lull.DetectorSettings;
import org.lull.Model;
import org.lull.input.InvalidInputException;
import org.lull.network.Head;
import org.lull.speech.LogMelSettings;
import picocli.CommandLine.Option;

/** Options that say when a word counts as heard. What is not given is as in the model file, or suits how the model was trained. */
public final class DetectorOptions {
  private static final double CLIP_SECONDS = 1;

  @Option(names = "--threshold", paramLabel = "P",
      description = "Report a word from this average probability on, above 0 to 1; of single words yes=0.9,no=0.7 (default: as in the"
          + " model, where lull eval --ambient --save has put it, else 0.8).")
  private String threshold;

  @Option(names = "--smoothing", paramLabel = "SECONDS",
      description = "Average the probabilities over this time (default: as in the model).")
  private Double smoothing;

  @Option(names = "--hits", paramLabel = "N", description = "Averages in a row that must reach the threshold (default: as in the model).")
  private Integer hits;

  @Option(names = "--refractory", paramLabel = "SECONDS",
      description = "After a word nothing is reported for this time (default: as in the model).")
  private Double refractory;

  @Option(names = "--window", paramLabel = "SECONDS",
      description = "Decide on the last SECONDS, again and again: for a model that was trained on clips (default: 1). One that was trained"
          + " with --task stream runs with one state instead, which costs less.")
  private Double window;

  @Option(names = "--hop", paramLabel = "SECONDS", description = "Time between the windows (default: a quarter of the window).")
  private Double hop;

  /**
   * The settings for a model.
   *
   * @param file of the model, for messages
   * @throws InvalidInputException if a value is out of range, or does not go with the model
   */
  public DetectorSettings of(Path file, Model model, LogMelSettings frontEnd) {
    double rate = frontEnd.sampleRate() / (double) frontEnd.hop();
    DetectorSettings base = model.detector().orElse(null);
    if (base != null && base.keepsState() && (window != null || hop != null)) {
      throw new InvalidInputException((window != null ? "--window" : "--hop") + " is for models that were trained on clips; " + file
          + " was trained on streams and runs with one state; leave it out");
    }
    if (base == null || window != null) {
      base = DetectorSettings.windows(frames("--window", window == null ? CLIP_SECONDS : window, rate, 2));
    }
    int every = hop == null ? base.hop() : frames("--hop", hop, rate, 1);
    int mean = smoothing == null ? base.smoothing() : Math.max(1, (int) Math.round(seconds("--smoothing", smoothing) * rate / every));
    int quiet = refractory == null ? base.refractory() : (int) Math.round(seconds("--refractory", refractory) * rate);
    DetectorSettings settings = new DetectorSettings(base.window(), every, mean, hits == null ? base.hits() : hits, quiet, base.threshold(),
        base.thresholds());
    return threshold == null ? settings : withThresholds(settings, model);
  }

  private static int frames(String option, double seconds, double rate, int least) {
    return Math.max(least, (int) Math.round(seconds(option, seconds) * rate));
  }

  private static double seconds(String option, double value) {
    if (!(value >= 0 && value <= 3600)) {
      throw new InvalidInputException(option + " " + value + ", expected 0 to 3600 seconds");
    }
    return value;
  }

  /** One number for all words, and numbers for single words. */
  private DetectorSettings withThresholds(DetectorSettings settings, Model model) {
    double all = settings.threshold();
    SortedMap<String, Double> words = new TreeMap<>();
    for (String part : threshold.split(",")) {
      int equals = part.lastIndexOf('=');
      double value;
      try {
        value = Double.parseDouble(part.substring(equals + 1).strip());
      } catch (NumberFormatException e) {
        throw new InvalidInputException("--threshold " + threshold + ", expected a number such as 0.8, or yes=0.9,no=0.7", e);
      }
      if (equals < 0) {
        all = value;
      } else {
        String word = part.substring(0, equals).strip();
        if (!model.labels().contains(word)) {
          throw new InvalidInputException("--threshold of \"" + word + "\", which the model does not know; it knows "
              + String.join(", ", model.labels()));
        }
        words.put(word, value);
      }
    }
    return new DetectorSettings(settings.window(), settings.hop(), settings.smoothing(), settings.hits(), settings.refractory(), all,
        words);
  }

  /** How the model will run, for the user. */
  public static String described(Model model, DetectorSettings settings, LogMelSettings frontEnd) {
    double hop = frontEnd.hop() / (double) frontEnd.sampleRate();
    return settings.keepsState() ? "one running state, as it was trained on streams"
        : String.format(Locale.ROOT, "windows of %.2f s every %.2f s, as it was trained on clips%s", settings.window() * hop,
            settings.hop() * hop, model.spec().head() == Head.FRAMES ? " (head frames)" : "");
  }
}
