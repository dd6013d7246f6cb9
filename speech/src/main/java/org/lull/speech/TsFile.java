package org.lull.speech;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lull.input.InvalidInputException;
import org.lull.train.Example;

/**
 * A file of labelled multivariate time series in {@code .ts} form, as the UEA and UCR archive and sktime write it: tags such as
 * {@code @dimensions 12} and {@code @classLabel true up down}, then {@code @data}, then a case per line, its dimensions separated by ':',
 * their values by ',', the label at the end. Cases may differ in length; the dimensions of one case may not.
 *
 * @param problem {@code @problemName}, or the name of the file
 * @param labels class names in the order of {@code @classLabel}
 * @param cases labels are indices into {@code labels}
 */
record TsFile(String problem, List<String> labels, int channels, List<Example> cases) {

  static TsFile read(Path file) {
    return new Reader(file).read();
  }

  /** Reads line by line; the tags seen so far decide how the cases are understood. */
  private static final class Reader {
    private final Path file;
    private int line;
    private boolean inData;
    private String problem;
    private List<String> labels;
    private int channels; // 0: not known yet
    private final List<Example> cases = new ArrayList<>();

    Reader(Path file) {
      this.file = file;
      this.problem = Folder.stem(file);
    }

    TsFile read() {
      Folder.readLines(file, (number, text) -> {
        line = number;
        String stripped = text.strip();
        if (stripped.isEmpty() || stripped.startsWith("#")) {
          return;
        }
        if (inData) {
          readCase(stripped);
        } else if (stripped.startsWith("@")) {
          readTag(stripped);
        } else {
          throw error("'" + shortened(stripped) + "' before @data, expected a tag such as @dimensions 12");
        }
      });
      if (!inData) {
        throw new InvalidInputException(file + " has no @data line; expected one between the tags and the cases; get the file again");
      }
      if (cases.isEmpty()) {
        throw new InvalidInputException(file + " has no case after @data; get the file again");
      }
      return new TsFile(problem, labels, channels, cases);
    }

    private void readTag(String text) {
      String[] words = text.split("\\s+");
      String value = words.length > 1 ? words[1] : "";
      switch (words[0].toLowerCase(Locale.ROOT)) {
        case "@problemname" -> problem = value;
        case "@timestamps" -> {
          if (Boolean.parseBoolean(value)) {
            throw error("@timeStamps true is not supported, expected values at even steps; resample the series");
          }
        }
        case "@univariate" -> channels = Boolean.parseBoolean(value) ? 1 : channels;
        case "@dimensions", "@dimension" -> channels = dimensions(value);
        case "@classlabel" -> labels = labels(words);
        case "@data" -> {
          if (labels == null) {
            throw error("@data comes before any @classLabel; expected a tag such as @classLabel true up down");
          }
          inData = true;
        }
        default -> {} // @missing, @equalLength and @seriesLength promise what every case shows anyway
      }
    }

    private int dimensions(String value) {
      try {
        int dimensions = Integer.parseInt(value);
        if (dimensions > 0) {
          return dimensions;
        }
      } catch (NumberFormatException e) {
        // the same mistake as a number out of range
      }
      throw error("@dimensions '" + value + "', expected a whole number from 1 up");
    }

    private List<String> labels(String[] words) {
      List<String> named = words.length < 3 ? List.of() : List.of(words).subList(2, words.length);
      if (named.isEmpty() || !Boolean.parseBoolean(words[1])) {
        throw error("'" + shortened(String.join(" ", words)) + "' names no classes, expected @classLabel true and their names; give a"
            + " classification problem");
      }
      if (named.stream().distinct().count() < named.size()) {
        throw error("@classLabel names a class twice; remove the repetition");
      }
      return named;
    }

    private void readCase(String text) {
      String[] parts = text.split(":", -1);
      int dimensions = parts.length - 1;
      if (channels == 0 && dimensions > 0) {
        channels = dimensions; // no tag said how many
      }
      if (dimensions != channels || channels == 0) {
        throw error(dimensions + " dimensions and a label, expected " + Math.max(1, channels) + " and a label, separated by ':'");
      }
      String name = parts[dimensions].strip();
      int label = labels.indexOf(name);
      if (label < 0) {
        throw error("label '" + shortened(name) + "', expected one of @classLabel: " + shortened(String.join(" ", labels)));
      }
      int steps = 0;
      float[] frames = null; // [steps][channels]
      for (int channel = 0; channel < channels; channel++) {
        String[] values = parts[channel].split(",", -1);
        if (channel == 0) {
          steps = values.length;
          frames = new float[steps * channels];
        } else if (values.length != steps) {
          throw error("dimension " + (channel + 1) + " has " + values.length + " values, dimension 1 has " + steps
              + "; expected the same number in a case");
        }
        for (int step = 0; step < steps; step++) {
          frames[step * channels + channel] = value(values[step].strip(), channel, step);
        }
      }
      cases.add(new Example(Folder.name(file) + ":" + line, frames, steps, channels, label));
    }

    private float value(String text, int channel, int step) {
      try {
        float value = Float.parseFloat(text);
        if (Float.isFinite(value)) {
          return value;
        }
      } catch (NumberFormatException e) {
        // the same mistake as a number that is not finite
      }
      throw error("value '" + shortened(text) + "' at dimension " + (channel + 1) + ", step " + (step + 1)
          + ", expected a finite number; fill missing values in, or remove the case");
    }

    private InvalidInputException error(String what) {
      return new InvalidInputException(file + ", line " + line + ": " + what);
    }

    private static String shortened(String text) {
      return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }
  }
}
