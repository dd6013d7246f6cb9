// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lull.data.Purpose;
import org.lull.data.SimilarLabels;
import org.lull.data.SplitCounts;
import org.lull.input.InvalidInputException;
import org.lull.io.Sha256;
import org.lull.train.Progress;

/**
 * The recordings that a layout has found in a folder, before they are read.
 *
 * @param dir folder, for messages
 * @param name name of the layout, as shown to the user
 * @param warnings one sentence for each thing that was skipped
 */
record WavListing(Path dir, String name, List<WavFile> files, List<String> warnings) {

  /**
   * Makes the corpus of these files, which are all the sound the folder should hold. Reads every file, for the hash.
   *
   * @throws InvalidInputException if the splits are not fit for the purpose
   */
  AudioCorpus corpus(Purpose purpose, int threads, Progress progress) {
    if (purpose == Purpose.TRAINING) {
      SplitCounts counts = new SplitCounts(dir.toString(), labels());
      files.forEach(file -> counts.add(file.split(), file.label()));
      counts.check();
    }
    AudioCorpus corpus = corpus(threads, progress);
    List<String> all = new ArrayList<>(corpus.warnings());
    all.addAll(StraySound.in(dir, files.stream().map(WavFile::id).collect(Collectors.toSet())).warnings());
    return new AudioCorpus(corpus.name(), corpus.labels(), corpus.clips(), corpus.hash(), List.copyOf(all));
  }

  /** Makes the corpus of these files, sorted by id; labels are sorted by name. Reads every file, for the hash. */
  AudioCorpus corpus(int threads, Progress progress) {
    List<WavFile> sorted = files.stream().sorted(Comparator.comparing(WavFile::id)).toList();
    for (int i = 1; i < sorted.size(); i++) {
      if (sorted.get(i).id().equals(sorted.get(i - 1).id())) {
        throw new InvalidInputException(dir + " has two files called " + sorted.get(i).id()
            + ", one in composed and one in decomposed Unicode; remove or rename one");
      }
    }
    List<String> contents = OnThreads.map(sorted, WavFile::content, threads, "reading", progress);
    List<String> all = new ArrayList<>(warnings);
    all.addAll(SimilarLabels.warnings(labels()));
    all.addAll(repetitions(sorted, contents));
    String hash = Sha256.of(IntStream.range(0, sorted.size()).mapToObj(i -> sorted.get(i).provenance(contents.get(i))).toList());
    return new AudioCorpus(name, labels(), sorted.stream().map(WavFile::clip).toList(), hash, List.copyOf(all));
  }

  private List<String> labels() {
    return files.stream().map(WavFile::label).distinct().sorted().toList();
  }

  /** Warnings about recordings that are there twice, byte for byte, in two splits or in two classes. */
  private static List<String> repetitions(List<WavFile> files, List<String> contents) {
    Map<String, List<WavFile>> byContent = new LinkedHashMap<>();
    for (int i = 0; i < files.size(); i++) {
      if (!contents.get(i).equals(WavFile.UNREADABLE)) {
        byContent.computeIfAbsent(contents.get(i), _ -> new ArrayList<>()).add(files.get(i));
      }
    }
    List<String> warnings = new ArrayList<>();
    warnings.addAll(repetition(byContent, file -> file.split().name().toLowerCase(Locale.ROOT), "splits",
        "what was trained on is measured again; keep one of each"));
    warnings.addAll(repetition(byContent, WavFile::label, "classes", "keep the one whose class is right"));
    return warnings;
  }

  private static List<String> repetition(
      Map<String, List<WavFile>> byContent, Function<WavFile, String> kind, String kinds, String advice) {
    int count = 0;
    String first = null;
    for (List<WavFile> copies : byContent.values()) {
      Map<String, WavFile> byKind = new HashMap<>();
      copies.forEach(copy -> byKind.putIfAbsent(kind.apply(copy), copy));
      if (byKind.size() > 1) {
        count++;
        if (first == null) {
          first = byKind.entrySet().stream().sorted(Map.Entry.comparingByKey())
              .map(each -> each.getValue().id() + " (" + each.getKey() + ")").collect(Collectors.joining(" = "));
        }
      }
    }
    return count == 0 ? List.of()
        : List.of("recordings that are, byte for byte, in two " + kinds + " or more: " + count + ", the first " + first + "; " + advice);
  }
}
