package org.lull.speech;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lull.input.InvalidInputException;
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
   * Recordings of classes that are to be added to others, a folder of WAV files each, split 80/10/10 by the hash of the file. One class is
   * enough.
   *
   * @param folders by class name
   * @throws InvalidInputException where a folder is missing or holds no WAV file
   */
  public static AudioCorpus folders(Map<String, Path> folders, int threads, Progress progress) {
    List<WavFile> files = new ArrayList<>();
    folders.forEach((label, dir) -> {
      if (!Files.isDirectory(dir)) {
        throw new InvalidInputException("class '" + label + "': no folder " + dir + "; give a folder of WAV files");
      }
      List<Path> wavs = Folder.files(dir, ".wav");
      if (wavs.isEmpty()) {
        throw new InvalidInputException("class '" + label + "': no WAV file in " + dir + "; record some");
      }
      Map<String, Split> splits = HashSplit.ranked(wavs.stream().map(Folder::name).toList());
      wavs.forEach(wav -> files.add(new WavFile(label + "/" + Folder.name(wav), wav, label, "", splits.get(Folder.name(wav)))));
    });
    String hash = Sha256.of(OnThreads.map(files, WavFile::provenance, threads, "reading", progress));
    return new AudioCorpus(folders.size() + " folders of WAV files", files.stream().map(WavFile::label).distinct().sorted().toList(),
        files.stream().map(WavFile::clip).toList(), hash, List.of());
  }

  /**
   * A corpus as {@link #open(Path)} recognises it, telling how far it is: every file is read for the hash.
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
