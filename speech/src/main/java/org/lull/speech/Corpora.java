// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.lull.data.Purpose;
import org.lull.data.Split;
import org.lull.data.TimeSeries;
import org.lull.input.InvalidInputException;
import org.lull.input.Label;
import org.lull.io.Folder;
import org.lull.train.Progress;

/** Opens a folder of labelled data, and recognises its layout. */
public final class Corpora {
  /** In the order in which they are tried. A new layout is a class beside these, and a line here. */
  private static final List<Layout> LAYOUTS = List.of(
      Layout.ofSound("Fluent Speech Commands (data/train_data.csv, valid_data.csv, test_data.csv)", FluentCommands::matches,
          FluentCommands::read),
      Layout.ofSound("Arabic Speech Commands (train.csv, val.csv, test.csv of file,class)", ArabicCommands::matches, ArabicCommands::read),
      new Layout("time series (NAME_TRAIN.ts and NAME_TEST.ts)", TimeSeries::areIn,
          (dir, purpose, _, _) -> new SeriesCorpus(TimeSeries.read(dir, purpose))),
      Layout.ofSound("Free Spoken Digit Dataset ([recordings/]<digit>_<speaker>_<index>.wav)", SpokenDigits::matches, SpokenDigits::read),
      Layout.ofSound("Google Speech Commands (<word>/<speaker>_nohash_<n>.wav)", SpeechCommands::matches, SpeechCommands::read),
      Layout.ofSound("a folder of WAV files per class", ClassFolders::matches, ClassFolders::read));

  private Corpora() {}

  /**
   * Lists the recordings of a folder with labels, speakers and splits, and hashes their content. Sound is not decoded yet.
   *
   * <p>Layouts, in the order they are tried: Fluent Speech Commands, Arabic Speech Commands, {@code .ts} time series, Free Spoken Digit
   * Dataset, Google Speech Commands, one folder of WAV files per class.
   *
   * @throws InvalidInputException if the folder is missing or unreadable, has no known layout, or cannot be trained on (an empty or a
   *     single class, nothing to train on or to test with, labels outside training that training never shows)
   */
  public static Corpus open(Path dir) {
    return open(dir, Purpose.TRAINING, Runtime.getRuntime().availableProcessors(), Progress.SILENT);
  }

  /**
   * Recordings of classes that are to be added to others, a folder of WAV files each, split 80/10/10 by the hash of the file. One class is
   * enough.
   *
   * @param folders by class name
   * @throws InvalidInputException if a name is no {@linkplain Label label}, or a folder is missing or holds no WAV file
   */
  public static AudioCorpus folders(Map<String, Path> folders, int threads, Progress progress) {
    List<WavFile> files = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    folders.forEach((name, dir) -> {
      String label = Label.of(name);
      if (!Files.isDirectory(dir)) {
        throw new InvalidInputException("class '" + label + "': no folder " + dir + "; give a folder of WAV files");
      }
      List<Path> wavs = WavFile.in(dir);
      StraySound stray = StraySound.in(dir, wavs.stream().map(wav -> Folder.id(dir, wav)).collect(Collectors.toSet()));
      if (wavs.isEmpty()) {
        throw new InvalidInputException("class '" + label + "': " + stray.insteadOfWav(dir, "record some"));
      }
      stray.warnings().forEach(warning -> warnings.add("class '" + label + "': " + warning));
      Map<String, Split> splits = HashSplit.ranked(wavs.stream().map(wav -> Folder.id(dir, wav)).toList());
      wavs.forEach(wav -> {
        String id = Folder.id(dir, wav);
        files.add(new WavFile(label + "/" + id, wav, label, "", splits.get(id)));
      });
    });
    Path all = folders.size() == 1 ? folders.values().iterator().next() : Path.of("--add");
    return new WavListing(all, folders.size() + " folders of WAV files", files, warnings).corpus(threads, progress);
  }

  /**
   * A corpus as {@link #open(Path)} recognises it, telling how far it is: every file is read for the hash.
   *
   * @param purpose what it must hold
   * @param threads that read, at least 1; the corpus does not depend on it
   */
  public static Corpus open(Path dir, Purpose purpose, int threads, Progress progress) {
    if (!Files.exists(dir)) {
      throw new InvalidInputException("no such folder: " + dir + "; give the folder of a corpus");
    }
    if (!Files.isDirectory(dir)) {
      throw new InvalidInputException("not a folder: " + dir + "; give the folder of a corpus, not a file in it");
    }
    return LAYOUTS.stream().filter(layout -> layout.matches().test(dir)).findFirst().orElseThrow(() -> noLayout(dir))
        .reader().read(dir, purpose, threads, progress);
  }

  private static InvalidInputException noLayout(Path dir) {
    List<Path> unlabelled = WavFile.in(dir);
    StraySound stray = StraySound.in(dir, unlabelled.stream().map(wav -> Folder.id(dir, wav)).collect(Collectors.toSet()));
    String begin = "no known layout in " + dir;
    if (!unlabelled.isEmpty()) {
      return new InvalidInputException(begin + ": its WAV files (" + unlabelled.size() + ", the first " + Folder.name(unlabelled.getFirst())
          + ") have no label; put those of each class into a folder that is called as the class is");
    }
    if (!stray.wavs().isEmpty()) {
      return new InvalidInputException(begin + ", but WAV files further down: " + stray.wavs().size() + ", the first "
          + stray.wavs().getFirst() + "; give the folder that holds the folders of the classes");
    }
    if (!stray.others().isEmpty()) {
      return new InvalidInputException(
          begin + ", but sound in other formats than WAV: " + stray.countedOthers() + "; " + Wav.CONVERT + ", in the same folders");
    }
    return new InvalidInputException(begin + "; expected one of: "
        + LAYOUTS.stream().map(Layout::description).collect(Collectors.joining(", ")) + "; give the folder that holds these directly");
  }
}
