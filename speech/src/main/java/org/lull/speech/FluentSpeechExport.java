// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.lull.data.Split;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.train.Progress;

/**
 * Writes a corpus to disk as Fluent Speech Commands is laid out, to listen to it or to use it elsewhere:
 *
 * <pre>
 * wavs/speakers/SPEAKER/N.wav                       16-bit PCM
 * data/train_data.csv valid_data.csv test_data.csv  columns: (row number),path,speakerId,transcription,action,object,location
 * </pre>
 */
public final class FluentSpeechExport {
  private static final String HEADER = ",path,speakerId,transcription,action,object,location";

  /** One clip and where it goes, relative to the folder. */
  private record Entry(Clip clip, String path) {}

  private FluentSpeechExport() {}

  /**
   * Writes the corpus. The folder appears when it is complete, or not at all.
   *
   * @param directory must not exist yet, or be empty
   * @param progress counts clips
   * @throws InvalidInputException if the folder is not empty or cannot be written, or a class is not named "action|object|location"
   */
  public static void export(AudioCorpus corpus, Path directory, Progress progress) {
    Path target = directory.toAbsolutePath().normalize();
    requireIntents(corpus);
    try {
      requireVacant(target);
      Files.createDirectories(target.getParent());
      Path beside = Files.createDirectory(
          target.resolveSibling("." + target.getFileName() + "-" + ProcessHandle.current().pid() + ".partial"));
      try {
        write(entries(corpus), beside, progress);
        Files.move(beside, target, REPLACE_EXISTING); // replaces an empty folder only
      } finally {
        delete(beside);
      }
    } catch (IOException e) {
      throw new InvalidInputException(
          directory + ": the corpus cannot be written: " + AtomicFile.reason(e) + "; choose another folder or free some space", e);
    }
  }

  private static void requireIntents(AudioCorpus corpus) {
    for (String label : corpus.labels()) {
      if (slots(label).length != 3) {
        throw new InvalidInputException(
            "class \"" + label + "\" of " + corpus.name() + " does not fit Fluent Speech Commands, expected action|object|location");
      }
    }
  }

  private static void requireVacant(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    if (!Files.isDirectory(directory)) {
      throw new InvalidInputException(directory + " is a file, expected a folder to write the corpus to; choose another name");
    }
    try (Stream<Path> content = Files.list(directory)) {
      if (content.findAny().isPresent()) {
        throw new InvalidInputException(directory + " is not empty, expected a new or empty folder; choose another or empty it");
      }
    }
  }

  /** Numbers the clips of each speaker from 0, in the order of the corpus. */
  private static List<Entry> entries(AudioCorpus corpus) {
    Map<String, Integer> next = new HashMap<>();
    List<Entry> entries = new ArrayList<>();
    for (Clip clip : corpus.clips()) {
      int number = next.merge(clip.speaker(), 1, Integer::sum) - 1;
      entries.add(new Entry(clip, "wavs/speakers/" + clip.speaker() + "/" + number + ".wav"));
    }
    return entries;
  }

  private static void write(List<Entry> entries, Path directory, Progress progress) throws IOException {
    try (Progress.Task task = progress.begin("export", entries.size())) {
      for (Entry entry : entries) {
        Path file = directory.resolve(entry.path);
        Files.createDirectories(file.getParent());
        Wav.write(file, entry.clip.source().load());
        task.advance(1);
      }
    }
    Files.createDirectory(directory.resolve("data"));
    for (Split split : Split.values()) {
      Path file = FluentCommands.table(directory, split);
      Files.writeString(file, csv(entries.stream().filter(entry -> entry.clip.split() == split).toList()));
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    }
  }

  private static String csv(List<Entry> entries) {
    StringBuilder csv = new StringBuilder(HEADER).append('\n');
    for (int row = 0; row < entries.size(); row++) {
      Entry entry = entries.get(row);
      String transcription = SyntheticSpeech.transcription(entry.clip);
      List<String> fields = new ArrayList<>(List.of(String.valueOf(row), entry.path, entry.clip.speaker(), transcription));
      fields.addAll(List.of(slots(entry.clip.label())));
      csv.append(String.join(",", fields)).append('\n');
    }
    return csv.toString();
  }

  private static String[] slots(String label) {
    return label.split("\\|", -1);
  }

  /** Removes what is left of a folder of ours; does nothing where it has been moved away. */
  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
