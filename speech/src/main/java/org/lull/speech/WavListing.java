package org.lull.speech;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.lull.input.InvalidInputException;
import org.lull.train.Progress;

/**
 * What a layout found in a folder, before any recording is read.
 *
 * @param dir for messages
 * @param name of the layout, as shown to the user
 * @param warnings what was skipped, a sentence each
 */
record WavListing(Path dir, String name, List<WavFile> files, List<String> warnings) {

  /**
   * Makes the corpus of these files, sorted by id; labels are sorted by name. Reads every file, for the hash.
   *
   * @throws org.lull.input.InvalidInputException where the splits cannot be trained on
   */
  AudioCorpus corpus(int threads, Progress progress) {
    List<WavFile> sorted = files.stream().sorted(Comparator.comparing(WavFile::id)).toList();
    List<String> labels = sorted.stream().map(WavFile::label).distinct().sorted().toList();
    SplitCounts counts = new SplitCounts(dir.toString(), labels);
    sorted.forEach(file -> counts.add(file.split(), labels.indexOf(file.label())));
    counts.check();
    String hash = Sha256.of(OnThreads.map(sorted, WavFile::provenance, threads, "reading", progress));
    return new AudioCorpus(name, labels, sorted.stream().map(WavFile::clip).toList(), hash, List.copyOf(warnings));
  }
}
