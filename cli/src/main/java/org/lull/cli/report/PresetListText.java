// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.util.Locale;
import org.lull.experiments.preset.PresetList.Entry;
import org.lull.experiments.preset.PresetList;

/** The presets there are, as a user reads them. */
public final class PresetListText {
  private PresetListText() {}

  /** @param jobs networks trained at a time */
  public static String of(PresetList list, int jobs) {
    StringBuilder text = new StringBuilder();
    for (Entry entry : list.presets()) {
      text.append(String.format(Locale.ROOT,
          "%s%n  %s%n  data: %s%s%n  work: %d networks, %,d epochs x %,d examples, %s on this machine%n%n", entry.name(),
          entry.shows(), entry.data(), availability(entry), entry.networks(), entry.epochs(), entry.examples(),
          AboutTime.of(entry.seconds(), jobs)));
    }
    return text.toString();
  }

  private static String availability(Entry entry) {
    if (entry.folder() == null) {
      return "";
    }
    return ", folder " + entry.folder() + (entry.data().equals(entry.found()) ? ""
        : entry.found() == null ? ", not found" : ", not found; instead: " + entry.found());
  }
}
