package org.lull.cli.commands;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.lull.cli.commands.Preset.Found;

/** The presets there are, as {@code lull reproduce list} shows them. */
record PresetList(int seeds, List<Entry> presets) {
  /**
   * One preset.
   *
   * @param data corpus it is for
   * @param folder that corpus's folder; null of the embedded one
   * @param instead corpus it falls back on; null for none
   * @param found corpus that there is for it; null for none
   * @param networks to train
   * @param epochs of all of them together
   * @param examples of training in an epoch, of the corpus that there is, or else of that it is for
   */
  record Entry(String name, String shows, String data, String folder, String instead, String found, int networks, long epochs,
      int examples) {
    private String availability() {
      if (folder == null) {
        return "";
      }
      return ", folder " + folder + (data.equals(found) ? "" : found == null ? ", not found" : ", not found; instead: " + found);
    }
  }

  /** @param data where corpora are; null for nowhere */
  static PresetList of(List<Preset> presets, int seeds, Path data) {
    return new PresetList(seeds, presets.stream().map(preset -> entry(preset, seeds, data)).toList());
  }

  private static Entry entry(Preset preset, int seeds, Path data) {
    SweepPlan plan = preset.plan(seeds, 1);
    Optional<KnownCorpus> found = preset.find(data).map(Found::corpus);
    return new Entry(preset.name(), preset.shows(), preset.wants().title(),
        preset.wants() == KnownCorpus.EMBEDDED ? null : preset.wants().folder(),
        preset.instead() == null ? null : preset.instead().title(), found.map(KnownCorpus::title).orElse(null), plan.points().size(),
        plan.epochs(), found.orElse(preset.wants()).trainExamples());
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (Entry entry : presets) {
      text.append(String.format(Locale.ROOT, "%s%n  %s%n  data: %s%s%n  work: %d networks, %,d epochs x %,d examples%n%n", entry.name,
          entry.shows, entry.data, entry.availability(), entry.networks, entry.epochs, entry.examples));
    }
    return text.toString();
  }
}
