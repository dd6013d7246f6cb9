// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.lull.data.Purpose;
import org.lull.data.Split;
import org.lull.input.InvalidInputException;
import org.lull.io.Folder;

/**
 * Google Speech Commands, versions 1 and 2: {@code <word>/<speaker>_nohash_<n>.wav} with {@code validation_list.txt} and
 * {@code testing_list.txt}. If a list is missing, the hash of the speaker decides, as in the scripts of Speech Commands.
 */
final class SpeechCommands {
  private static final String MARK = "_nohash_";
  private static final String VALIDATION_LIST = "validation_list.txt";
  private static final String TESTING_LIST = "testing_list.txt";

  private SpeechCommands() {}

  static boolean matches(Path dir) {
    ClassFolders folders = ClassFolders.in(dir);
    boolean lists = Files.exists(dir.resolve(VALIDATION_LIST)) || Files.exists(dir.resolve(TESTING_LIST));
    return !folders.isEmpty()
        && (lists || folders.wavs().values().stream().flatMap(List::stream).anyMatch(wav -> Folder.name(wav).contains(MARK)));
  }

  static WavListing read(Path dir, Purpose purpose) {
    ClassFolders folders = ClassFolders.in(dir);
    folders.requireNoEmptyClass();
    Set<String> ids = new HashSet<>();
    folders.wavs().values().forEach(wavs -> wavs.forEach(wav -> ids.add(Folder.id(dir, wav))));
    RecordingNames names = new RecordingNames(ids);
    List<String> warnings = new ArrayList<>(folders.warnings());
    Optional<Set<String>> validation = list(dir.resolve(VALIDATION_LIST), names, purpose, warnings);
    Optional<Set<String>> testing = list(dir.resolve(TESTING_LIST), names, purpose, warnings);
    warnings.addAll(inBoth(validation.orElse(Set.of()), testing.orElse(Set.of())));

    List<WavFile> files = new ArrayList<>();
    folders.wavs().forEach((word, wavs) -> {
      for (Path wav : wavs) {
        String id = Folder.id(dir, wav);
        String speaker = speaker(wav);
        Split customary = HashSplit.customary(speaker);
        boolean test = testing.map(list -> list.contains(id)).orElse(customary == Split.TEST);
        boolean validate = validation.map(list -> list.contains(id)).orElse(customary == Split.VALIDATION);
        files.add(new WavFile(id, wav, word, speaker, test ? Split.TEST : validate ? Split.VALIDATION : Split.TRAIN));
      }
    });
    String words = folders.wavs().size() + " words, ";
    String name = "Google Speech Commands layout, " + words + rule(validation, testing) + folders.leftOutNote();
    return new WavListing(dir, name, files, warnings);
  }

  private static String rule(Optional<?> validation, Optional<?> testing) {
    if (validation.isPresent() && testing.isPresent()) {
      return "split by its lists";
    }
    if (validation.isEmpty() && testing.isEmpty()) {
      return "split by the hash of the speaker";
    }
    return "split by " + (validation.isPresent() ? VALIDATION_LIST : TESTING_LIST) + " and the hash of the speaker";
  }

  private static String speaker(Path wav) {
    String stem = Folder.stem(wav);
    int mark = stem.indexOf(MARK);
    return mark < 0 ? stem : stem.substring(0, mark);
  }

  private static List<String> inBoth(Set<String> validation, Set<String> testing) {
    List<String> both = validation.stream().filter(testing::contains).sorted().toList();
    return both.isEmpty() ? List.of()
        : List.of("recordings that both " + VALIDATION_LIST + " and " + TESTING_LIST + " name: " + both.size() + ", the first "
            + both.getFirst() + "; they are for test alone");
  }

  /**
   * The ids of the recordings in a list, as far as they exist; empty if there is no list. If a list spells the name of a recording in
   * another way, the recording is used if it is the only one that can be meant, so that it is not trained on by mistake.
   */
  private static Optional<Set<String>> list(Path file, RecordingNames names, Purpose purpose, List<String> warnings) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Set<String> listed = new HashSet<>();
    List<String> missing = new ArrayList<>();
    List<String> otherwise = new ArrayList<>();
    Folder.readLines(file, (number, line) -> {
      String name = RecordingNames.normal(line);
      if (names.contains(name)) {
        listed.add(name);
      } else if (!name.isEmpty()) {
        names.ignoringCase(name).or(() -> names.byEnd(name)).ifPresentOrElse(id -> {
          listed.add(id);
          otherwise.add(name + " (" + id + ")");
        }, () -> missing.add(name));
      }
    });
    if (listed.isEmpty() && purpose == Purpose.TRAINING) {
      throw new InvalidInputException(file + " names none of the recordings in the folders beside it; expected lines such as "
          + names.first()
          + (missing.isEmpty() ? "" : ", found " + missing.getFirst()) + "; correct or remove the list");
    }
    if (!otherwise.isEmpty()) {
      warnings.add(Folder.name(file) + " writes recordings in another way than their files are called: " + otherwise.size()
          + ", the first " + otherwise.getFirst() + "; used");
    }
    if (!missing.isEmpty()) {
      warnings.add(Folder.name(file) + " names recordings that are not there: " + missing.size() + ", the first " + missing.getFirst()
          + "; " + listed.size() + " are there and used");
    }
    return Optional.of(listed);
  }
}
