// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lull.input.InvalidInputException;
import org.lull.input.Label;
import org.lull.io.AtomicFile;
import org.lull.io.Folder;

/**
 * Which words are said when in a long recording: a CSV file with the columns begin, end (seconds) and label, or a label file of Audacity,
 * which has the same three between tabs and no header. The labels of other words than those to be recognised say where there is speech.
 */
public final class StreamLabels {
  private static final String HEADER = "begin,end,label";
  /** Seconds by which a label may end after the recording: times are written rounded. */
  private static final double ROUNDING = 0.05;

  private StreamLabels() {}

  /**
   * A word.
   *
   * @param begin seconds from the begin of the recording
   * @param end seconds, after its begin
   */
  public record Event(double begin, double end, String label) {}

  /**
   * The file that belongs to a recording: it has the same name, and ends with .csv or .txt.
   *
   * @throws InvalidInputException if there is none
   */
  public static Path of(Path recording) {
    for (String suffix : List.of(".csv", ".txt")) {
      Path file = recording.resolveSibling(Folder.stem(recording) + suffix);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    throw new InvalidInputException(recording + ": no labels beside it; expected " + Folder.stem(recording) + ".csv (" + HEADER
        + ") or .txt (labels of Audacity), an empty one if no word is said");
  }

  /**
   * Reads labels, in order of time.
   *
   * @param seconds length of the recording
   * @throws InvalidInputException if a line is none, a label ends before it begins or after the recording, or two overlap
   */
  public static List<Event> read(Path file, double seconds) {
    List<Event> events = new ArrayList<>();
    Folder.readLines(file, (number, line) -> {
      String place = file + ", line " + number + ": ";
      boolean header = number == 1 && line.strip().toLowerCase(Locale.ROOT).equals(HEADER);
      if (line.isBlank() || header || line.startsWith("\\")) { // Audacity writes a range of frequencies on a line of its own
        return;
      }
      Event event = event(line, place);
      if (event.end > seconds + ROUNDING) {
        throw new InvalidInputException(String.format(Locale.ROOT, "%s'%s' ends at %s s, after the end of the recording at %.2f s; give the"
            + " labels of this recording", place, event.label, event.end, seconds));
      }
      if (!events.isEmpty() && event.begin < events.getLast().begin) {
        throw new InvalidInputException(place + "'" + event.label + "' begins at " + event.begin + " s, before the label above it; sort the"
            + " lines by time");
      }
      if (!events.isEmpty() && event.begin < events.getLast().end) {
        throw new InvalidInputException(place + "'" + event.label + "' begins at " + event.begin + " s, before '" + events.getLast().label
            + "' ends at " + events.getLast().end + " s; labels must not overlap");
      }
      events.add(event);
    });
    return events;
  }

  private static Event event(String line, String place) {
    String[] parts = line.split(line.contains("\t") ? "\t" : ",", 3);
    String expected = "expected begin, end and label, with times in seconds, as in 1.25,1.80,yes";
    if (parts.length < 3) {
      throw new InvalidInputException(place + "'" + line + "', " + expected);
    }
    double begin;
    double end;
    try {
      begin = Double.parseDouble(parts[0].strip());
      end = Double.parseDouble(parts[1].strip());
    } catch (NumberFormatException e) {
      throw new InvalidInputException(place + "'" + line + "', " + expected, e);
    }
    if (!(begin >= 0 && end > begin && end < Double.POSITIVE_INFINITY)) {
      throw new InvalidInputException(place + "from " + begin + " to " + end + " s, expected an end after the begin, both 0 or more");
    }
    try {
      return new Event(begin, end, Label.of(parts[2]));
    } catch (InvalidInputException e) {
      throw new InvalidInputException(place + e.getMessage(), e);
    }
  }

  /**
   * Writes labels as CSV.
   *
   * @throws InvalidInputException if the file cannot be written
   */
  public static void write(Path file, List<Event> events) {
    StringBuilder text = new StringBuilder(HEADER + "\n");
    events.forEach(event -> text.append(String.format(Locale.ROOT, "%.4f,%.4f,%s\n", event.begin, event.end, event.label)));
    AtomicFile.write(file, out -> out.write(text.toString().getBytes(UTF_8)));
  }
}
