// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.text.Normalizer;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lull.input.Label;
import org.lull.io.Folder;

/**
 * Finds the recording that a list or a table means. Such files come from other systems: names in composed or decomposed Unicode, with '\'
 * between folders, "./" before them, or in another case.
 */
final class RecordingNames {
  private final Set<String> ids;
  private final Map<String, String> loose = new HashMap<>(); // "" where two recordings differ in nothing else
  private final Map<String, String> byEnd = new HashMap<>();

  /** @param ids of the recordings, as {@link Folder#id} makes them */
  RecordingNames(Collection<String> ids) {
    this.ids = Set.copyOf(ids);
    for (String id : this.ids) {
      loose.merge(Label.withoutCaseAndSpace(id), id, (_, _) -> "");
      byEnd.merge(Label.withoutCaseAndSpace(end(id)), id, (_, _) -> "");
    }
  }

  /** A name as ids are written. */
  static String normal(String name) {
    String normal = Normalizer.normalize(name, Normalizer.Form.NFC).strip().replace('\\', '/');
    while (normal.startsWith("./")) {
      normal = normal.substring(2).replaceFirst("^/+", "");
    }
    return normal;
  }

  /** Whether there is this very recording. */
  boolean contains(String id) {
    return ids.contains(id);
  }

  /** The first recording, for messages. */
  String first() {
    return Collections.min(ids);
  }

  /** The only recording whose id differs from a normal name in nothing but case and white space. */
  Optional<String> ignoringCase(String name) {
    return Optional.ofNullable(loose.get(Label.withoutCaseAndSpace(name))).filter(id -> !id.isEmpty());
  }

  /** The only recording whose file and folder are called as at the end of a normal name, whatever folders stand before. */
  Optional<String> byEnd(String name) {
    return Optional.ofNullable(byEnd.get(Label.withoutCaseAndSpace(end(name)))).filter(id -> !id.isEmpty());
  }

  private static String end(String id) {
    int file = id.lastIndexOf('/');
    return id.substring(file < 0 ? 0 : id.lastIndexOf('/', file - 1) + 1);
  }
}
