package org.lull.speech;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.lull.train.Progress;

/** A recording as a layout describes it; the fields are those of {@link Clip}. */
record WavFile(String id, Path path, String label, String speaker, Split split) {

  /**
   * Makes the corpus of these files, sorted by id; labels are sorted by name.
   *
   * @param dir for messages
   * @throws org.lull.InvalidInputException where the splits cannot be trained on
   */
  static AudioCorpus corpus(Path dir, String name, List<WavFile> files, List<String> warnings, Progress progress) {
    List<WavFile> sorted = files.stream().sorted(Comparator.comparing(WavFile::id)).toList();
    List<String> labels = sorted.stream().map(WavFile::label).distinct().sorted().toList();
    SplitCounts counts = new SplitCounts(dir.toString(), labels);
    sorted.forEach(file -> counts.add(file.split, labels.indexOf(file.label)));
    counts.check();
    try (Progress.Task task = progress.begin("reading", sorted.size())) {
      String hash = Sha256.of(sorted.parallelStream().map(file -> {
        String provenance = file.provenance();
        task.advance(1);
        return provenance;
      }).toList());
      return new AudioCorpus(name, labels, sorted.stream().map(WavFile::clip).toList(), hash, List.copyOf(warnings));
    }
  }

  private Clip clip() {
    return new Clip(id, label, speaker, split, () -> Wav.read(path));
  }

  /** Everything that training depends on: not the bytes alone, also what the layout says of them. */
  private String provenance() {
    String content;
    try {
      content = Sha256.of(path);
    } catch (IOException e) {
      content = "unreadable"; // reading it as sound fails too, and says why
    }
    return String.join("\t", id, label, speaker, split.name(), content);
  }
}
