// SPDX-License-Identifier: Apache-2.0
package org.lull.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.lull.input.InvalidInputException;
import org.lull.input.Label;
import org.lull.io.Folder;
import org.lull.train.Example;

/** Reads a {@code .ts} file line by line; the tags seen so far decide how the cases are understood. */
final class TsReader {
  private final Path file;
  private int line;
  private boolean inData;
  private InvalidInputException failure; // of the line before, or null
  private String problem;
  private List<String> labels; // null where the file is not of classes
  private boolean regression;
  private int channels; // 0: not known yet
  private boolean equalLength;
  private int length; // 0: not known
  private int otherLengths; // number of cases of another length
  private String firstOther;
  private final List<Example> cases = new ArrayList<>();
  private final List<TsFile.Case> numbered = new ArrayList<>(); // those of a regression problem

  TsReader(Path file) {
    this.file = file;
    this.problem = Folder.stem(file);
  }

  TsFile read() {
    Folder.readLines(file, (number, text) -> {
      String stripped = text.strip();
      if (stripped.isEmpty() || stripped.startsWith("#") || stripped.startsWith("%")) {
        return;
      }
      if (failure != null) {
        throw failure;
      }
      line = number;
      if (inData) {
        try {
          readCase(stripped);
        } catch (InvalidInputException e) {
          failure = e; // thrown when it is known whether this is the last line
        }
      } else if (stripped.startsWith("@")) {
        readTag(stripped);
      } else {
        throw error("'" + shortened(stripped) + "' before @data, expected a tag such as @dimensions 12");
      }
    });
    if (failure != null) {
      throw !Folder.endsOpen(file) ? failure : new InvalidInputException(
          failure.getMessage() + " (the file ends within this line: if it was cut short, get it again)", failure);
    }
    if (!inData) {
      throw new InvalidInputException(file + " has no @data line; expected one between the tags and the cases; get the file again");
    }
    if (cases.isEmpty() && numbered.isEmpty()) {
      throw new InvalidInputException(file + " has no case after @data; get the file again");
    }
    return regression ? new TsFile.Regression(problem, channels, numbered, warnings())
        : new TsFile.Classification(problem, labels, channels, cases, warnings());
  }

  private List<String> warnings() {
    return otherLengths == 0 ? List.of()
        : List.of(file + ": cases that are not " + length + " steps long, although its tags say that all cases have the same length: "
            + otherLengths + " of " + (cases.size() + numbered.size()) + ", the first " + firstOther
            + "; they are used as they are, get the file again if cases were cut");
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
      case "@dimensions", "@dimension" -> channels = positive("@dimensions", value);
      case "@classlabel" -> labels = labels(words);
      case "@targetlabel" -> regression = Boolean.parseBoolean(value);
      case "@equallength" -> equalLength = Boolean.parseBoolean(value);
      case "@serieslength" -> length = seriesLength(value);
      case "@data" -> {
        if (labels == null && !regression) {
          throw error("@data comes before any tag that names classes or numbers to predict; expected one such as @classLabel true up down"
              + " or @targetLabel true");
        }
        if (labels != null && regression) {
          throw error("there are both @classLabel and @targetLabel true; remove the one that the cases do not end with");
        }
        inData = true;
      }
      default -> {} // a missing value is an error, whatever @missing says
    }
  }

  /** Writers of cases of several lengths may write 0 or nothing. */
  private int seriesLength(String value) {
    return value.isEmpty() || value.equals("0") ? 0 : positive("@seriesLength", value);
  }

  private int positive(String tag, String value) {
    try {
      int number = Integer.parseInt(value);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // the same mistake as a number out of range
    }
    throw error(tag + " '" + value + "', expected a whole number from 1 up");
  }

  private List<String> labels(String[] words) {
    if (words.length > 1 && words[1].equalsIgnoreCase("false")) {
      return null; // as files of regression problems say
    }
    List<String> named = words.length < 3 ? List.of() : List.of(words).subList(2, words.length);
    if (named.isEmpty() || !Boolean.parseBoolean(words[1])) {
      throw error("'" + shortened(String.join(" ", words)) + "' names no classes, expected @classLabel true and their names");
    }
    List<String> labels = named.stream().map(this::label).toList();
    if (labels.stream().distinct().count() < labels.size()) {
      throw error("@classLabel names a class twice; remove the repetition");
    }
    return labels;
  }

  private String label(String text) {
    try {
      return Label.of(text);
    } catch (InvalidInputException e) {
      throw error(e.getMessage());
    }
  }

  private void readCase(String text) {
    String[] parts = text.split(":", -1);
    int dimensions = parts.length - 1;
    if (channels == 0 && dimensions > 0) {
      channels = dimensions; // no tag said how many
    }
    if (dimensions != channels || channels == 0) {
      throw error(dimensions + " dimensions and " + end() + ", expected " + Math.max(1, channels) + " and " + end() + ", separated by ':'");
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
    checkLength(steps);
    String id = Folder.name(file) + ":" + line;
    String end = parts[dimensions].strip();
    if (regression) {
      numbered.add(new TsFile.Case(id, frames, steps, channels, target(end)));
    } else {
      cases.add(new Example(id, frames, steps, channels, index(end)));
    }
  }

  /** Archives have files whose tags promise equal lengths wrongly, so such a case is counted, not refused. */
  private void checkLength(int steps) {
    if (equalLength && length == 0) {
      length = steps; // no tag said how many
    }
    if (equalLength && steps != length && otherLengths++ == 0) {
      firstOther = "in line " + line + " with " + steps;
    }
  }

  private String end() {
    return regression ? "a number to predict" : "a label";
  }

  private int index(String name) {
    int label = name.isEmpty() ? -1 : labels.indexOf(label(name));
    if (label < 0) {
      throw error("label '" + shortened(name) + "', expected one of @classLabel: " + shortened(String.join(" ", labels)));
    }
    return label;
  }

  private float target(String text) {
    OptionalDouble target = finite(text);
    if (target.isEmpty()) {
      throw error("number to predict '" + shortened(text) + "', expected a finite number; correct or remove the case");
    }
    return (float) target.getAsDouble();
  }

  private float value(String text, int channel, int step) {
    OptionalDouble value = finite(text);
    if (value.isEmpty()) {
      throw error("value '" + shortened(text) + "' at dimension " + (channel + 1) + ", step " + (step + 1)
          + ", expected a finite number; fill missing values in, or remove the case");
    }
    return (float) value.getAsDouble();
  }

  /** The float a text means, unless it is none or not finite. */
  private static OptionalDouble finite(String text) {
    try {
      float value = Float.parseFloat(text);
      return Float.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  private InvalidInputException error(String what) {
    return new InvalidInputException(file + ", line " + line + ": " + what);
  }

  private static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "...";
  }
}
