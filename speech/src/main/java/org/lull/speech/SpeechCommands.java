package org.lull.speech;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.lull.input.InvalidInputException;

/**
 * Google Speech Commands, versions 1 and 2: {@code <word>/<speaker>_nohash_<n>.wav} with {@code validation_list.txt} and
 * {@code testing_list.txt}. Where a list is missing, the customary hash of the speaker takes its place.
 */
final class SpeechCommands {
  private static final String MARK = "_nohash_";
  private static final String VALIDATION_LIST = "validation_list.txt";
  private static final String TESTING_LIST = "testing_list.txt";

  private SpeechCommands() {}

  static boolean matches(ClassFolders folders) {
    return Files.exists(folders.dir().resolve(VALIDATION_LIST))
        || Files.exists(folders.dir().resolve(TESTING_LIST))
        || folders.wavs().values().stream().flatMap(List::stream).anyMatch(wav -> Folder.name(wav).contains(MARK));
  }

  static WavListing read(ClassFolders folders) {
    folders.requireNoEmptyClass();
    Path dir = folders.dir();
    Set<String> ids = new HashSet<>();
    folders.wavs().values().forEach(wavs -> wavs.forEach(wav -> ids.add(Folder.id(dir, wav))));
    List<String> warnings = new ArrayList<>();
    Optional<Set<String>> validation = list(dir.resolve(VALIDATION_LIST), ids, warnings);
    Optional<Set<String>> testing = list(dir.resolve(TESTING_LIST), ids, warnings);

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

  /** The ids a list names, as far as they exist; empty where there is no list. */
  private static Optional<Set<String>> list(Path file, Set<String> ids, List<String> warnings) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Set<String> listed = new HashSet<>();
    List<String> missing = new ArrayList<>();
    Folder.readLines(file, (number, line) -> {
      String id = line.strip();
      if (ids.contains(id)) {
        listed.add(id);
      } else if (!id.isEmpty()) {
        missing.add(id);
      }
    });
    if (listed.isEmpty()) {
      throw new InvalidInputException(file + " names none of the recordings in the folders beside it; expected lines such as "
          + ids.stream().min(String::compareTo).orElseThrow() + "; correct or remove the list");
    }
    if (!missing.isEmpty()) {
      warnings.add(Folder.name(file) + " names recordings that are not there: " + missing.size() + ", the first " + missing.getFirst()
          + "; " + listed.size() + " are there and used");
    }
    return Optional.of(listed);
  }
}
