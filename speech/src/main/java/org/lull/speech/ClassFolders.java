// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.lull.data.Purpose;
import org.lull.data.Split;
import org.lull.input.InvalidInputException;
import org.lull.input.Label;
import org.lull.io.Folder;

/**
 * A layout with a folder of WAV files for each class. The name of the folder is the label. Folders whose names begin with '_' or '.' are
 * not classes.
 *
 * @param wavs the files of each class, sorted
 * @param leftOut names of the folders that are not classes
 * @param warnings one sentence for each thing that the user may not expect
 */
record ClassFolders(Path dir, Map<String, List<Path>> wavs, List<String> leftOut, List<String> warnings) {
  private static final int FEWEST_SPEAKERS = 5;

  static boolean matches(Path dir) {
    return !in(dir).isEmpty();
  }

  static WavListing read(Path dir, Purpose purpose) {
    return in(dir).listing();
  }

  static ClassFolders in(Path dir) {
    Map<String, List<Path>> folders = new TreeMap<>();
    List<String> leftOut = new ArrayList<>();
    for (Path folder : Folder.folders(dir)) {
      String name = Folder.name(folder);
      if (name.startsWith("_") || name.startsWith(".")) {
        leftOut.add(name);
      } else {
        folders.computeIfAbsent(label(dir, name), _ -> new ArrayList<>()).add(folder);
      }
    }
    Map<String, List<Path>> wavs = new TreeMap<>();
    folders.forEach((label, all) -> wavs.put(label, all.stream().flatMap(folder -> WavFile.in(folder).stream()).toList()));
    return new ClassFolders(dir, wavs, leftOut, merged(folders));
  }

  private static String label(Path dir, String name) {
    try {
      return Label.of(name);
    } catch (InvalidInputException e) {
      throw new InvalidInputException("a folder in " + dir + " is no class: " + e.getMessage(), e);
    }
  }

  /** Names that differ only in white space at their ends, or are composed (NFC) and decomposed (NFD), look alike and are one class. */
  private static List<String> merged(Map<String, List<Path>> folders) {
    List<String> several = folders.keySet().stream().filter(label -> folders.get(label).size() > 1).toList();
    return several.isEmpty() ? List.of()
        : List.of("classes that have two folders or more, as the names differ only by white space or in how Unicode writes them: "
            + several.size() + ", the first '" + several.getFirst() + "'; the recordings of all of them are read");
  }

  /** Whether no folder holds a WAV file. */
  boolean isEmpty() {
    return wavs.values().stream().allMatch(List::isEmpty);
  }

  /** End of the name of the corpus: the folders that are not classes. */
  String leftOutNote() {
    return leftOut.isEmpty() ? "" : "; not classes: " + String.join(", ", leftOut);
  }

  void requireNoEmptyClass() {
    wavs.forEach((label, files) -> {
      if (files.isEmpty()) {
        Path folder = dir.resolve(label);
        String there = StraySound.in(folder, Set.of()).insteadOfWav(folder, "add some");
        throw new InvalidInputException("class '" + label + "' is empty: " + there + ", remove the folder, or rename it to _" + label);
      }
    });
  }

  /**
   * The recordings, split 80/10/10 by hash. If the names of the files have the speaker, all recordings of a speaker are in the same split.
   * Otherwise the files of each class are split.
   *
   * <p>The names have the speaker if every file is called {@code <speaker>_<anything>.wav} or {@code <speaker>-<anything>.wav}, there are
   * at least 5 speakers, and most of them occur in two classes or more. So a word that all files begin with, or all files of a class, is
   * not taken for a speaker.
   */
  private WavListing listing() {
    requireNoEmptyClass();
    boolean bySpeaker = namesTellSpeakers();
    Function<Path, String> key = bySpeaker ? ClassFolders::speaker : path -> Folder.id(dir, path);
    Map<String, Split> splits = new TreeMap<>();
    if (bySpeaker) {
      splits.putAll(HashSplit.ranked(wavs.values().stream().flatMap(List::stream).map(key).toList()));
    } else {
      wavs.values().forEach(files -> splits.putAll(HashSplit.ranked(files.stream().map(key).toList())));
    }
    List<WavFile> files = new ArrayList<>();
    wavs.forEach((label, paths) -> paths.forEach(
        path -> files.add(new WavFile(Folder.id(dir, path), path, label, bySpeaker ? speaker(path) : "", splits.get(key.apply(path))))));
    String rule = bySpeaker ? "the speaker (the names' beginnings, " + splits.size() + " speakers)" : "the file, speakers not known";
    String name = "a folder of WAV files per class, " + wavs.size() + " classes, split by the hash of " + rule + leftOutNote();
    return new WavListing(dir, name, files, warnings);
  }

  private boolean namesTellSpeakers() {
    List<Set<String>> speakersByClass =
        wavs.values().stream().map(files -> files.stream().map(ClassFolders::speaker).collect(Collectors.toSet())).toList();
    Set<String> speakers = new HashSet<>();
    Set<String> shared = new HashSet<>();
    speakersByClass.forEach(ofClass -> ofClass.forEach(speaker -> {
      if (!speakers.add(speaker)) {
        shared.add(speaker);
      }
    }));
    return !speakers.contains("") && speakers.size() >= FEWEST_SPEAKERS && 2 * shared.size() > speakers.size();
  }

  /** The part of a name before the first '_' or '-', or "". */
  private static String speaker(Path wav) {
    String[] parts = Folder.stem(wav).split("[_-]", 2);
    return parts.length == 2 ? parts[0] : "";
  }
}
