package org.lull.speech;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.lull.InvalidInputException;
import org.lull.train.Progress;

/** Opens a folder of labelled data and tells which of the known layouts it has. */
public final class Corpora {
  private static final String LAYOUTS =
      "expected one of: Google Speech Commands (<word>/<speaker>_nohash_<n>.wav),"
          + " Fluent Speech Commands (data/train_data.csv, valid_data.csv, test_data.csv),"
          + " Free Spoken Digit Dataset ([recordings/]<digit>_<speaker>_<index>.wav), a folder of WAV files per class,"
          + " or time series (NAME_TRAIN.ts and NAME_TEST.ts); give the folder that holds these directly";

  private Corpora() {}

  /**
   * Lists what the folder holds, with labels, speakers and splits, and hashes its content; sound is not decoded yet.
   *
   * <p>Layouts, in the order they are tried: Fluent Speech Commands, {@code .ts} time series, Free Spoken Digit Dataset, Google Speech
   * Commands, one folder of WAV files per class.
   *
   * @throws InvalidInputException where the folder is missing or unreadable, has no known layout, or cannot be trained on (an empty or a
   *     single class, nothing to train on or to test with, labels outside training that training never shows)
   */
  public static Corpus open(Path dir) {
    return open(dir, Runtime.getRuntime().availableProcessors(), Progress.SILENT);
  }

  /**
   * The same, telling how far it is: every file is read for the hash.
   *
   * @param threads that read, at least 1; the corpus does not depend on it
   */
  public static Corpus open(Path dir, int threads, Progress progress) {
    if (!Files.exists(dir)) {
      throw new InvalidInputException("no such folder: " + dir + "; give the folder of a corpus");
    }
    if (!Files.isDirectory(dir)) {
      throw new InvalidInputException("not a folder: " + dir + "; give the folder of a corpus, not a file in it");
    }
    if (FluentCommands.matches(dir)) {
      return FluentCommands.read(dir).corpus(threads, progress);
    }
    List<Path> series = Folder.files(dir, ".ts");
    if (!series.isEmpty()) {
      return TimeSeriesFolder.read(dir, series);
    }
    if (SpokenDigits.matches(dir)) {
      return SpokenDigits.read(dir).corpus(threads, progress);
    }
    ClassFolders folders = ClassFolders.read(dir);
    if (folders.isEmpty()) {
      throw new InvalidInputException("no known layout in " + dir + "; " + LAYOUTS);
    }
    WavListing listing = SpeechCommands.matches(folders) ? SpeechCommands.read(folders) : folders.listing();
    return listing.corpus(threads, progress);
  }
}
