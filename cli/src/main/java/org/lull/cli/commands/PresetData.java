package org.lull.cli.commands;

import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import org.lull.Dataset;
import org.lull.cli.commands.Preset.Found;
import org.lull.cli.options.LoadingOptions;
import org.lull.speech.Corpus;
import org.lull.speech.LogMelSettings;

/** The corpora of presets, each read once. */
final class PresetData {
  private final LoadingOptions loading;
  private final PrintWriter err;
  private final Map<Found, Corpus> corpora = new HashMap<>();
  private final Map<Features, Dataset> datasets = new HashMap<>();

  private record Features(Found found, LogMelSettings frontEnd) {}

  PresetData(LoadingOptions loading, PrintWriter err) {
    this.loading = loading;
    this.err = err;
  }

  Corpus corpus(Found found) {
    return corpora.computeIfAbsent(found, _ -> loading.corpus(found.dir(), err));
  }

  Dataset dataset(Found found, LogMelSettings frontEnd) {
    return datasets.computeIfAbsent(new Features(found, frontEnd), _ -> loading.load(corpus(found), frontEnd, err));
  }
}
