// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.preset;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.lull.experiments.preset.Preset.Found;
import org.lull.experiments.run.RunConfig;
import org.lull.experiments.run.StepTimes;
import org.lull.experiments.sweep.SweepPlan;
import org.lull.network.Mode;

/** The presets there are, as {@code lull reproduce list} shows them. */
public record PresetList(int seeds, List<Entry> presets) {
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
   * @param seconds that they will take one thread of this machine, about
   */
  public record Entry(String name, String shows, String data, String folder, String instead, String found, int networks, long epochs,
      int examples, double seconds) {}

  /**
   * All presets, with what they need.
   *
   * @param data where corpora are; null for nowhere
   */
  public static PresetList of(List<Preset> presets, int seeds, Path data, StepTimes times) {
    return new PresetList(seeds, presets.stream().map(preset -> entry(preset, seeds, data, times)).toList());
  }

  private static Entry entry(Preset preset, int seeds, Path data, StepTimes times) {
    SweepPlan plan = preset.plan(seeds, 1);
    Optional<KnownCorpus> found = preset.find(data).map(Found::corpus);
    return new Entry(preset.name(), preset.shows(), preset.wants().title(),
        preset.wants() == KnownCorpus.EMBEDDED ? null : preset.wants().folder(),
        preset.instead() == null ? null : preset.instead().title(), found.map(KnownCorpus::title).orElse(null), plan.points().size(),
        plan.epochs(), found.orElse(preset.wants()).trainExamples(), seconds(plan, found.orElse(preset.wants()), times));
  }

  /** Of all its networks, dense pretraining once for those that share it. */
  private static double seconds(SweepPlan plan, KnownCorpus corpus, StepTimes times) {
    return plan.points().entrySet().stream().mapToDouble(point -> {
      RunConfig config = point.getValue();
      boolean dense = point.getKey().dense();
      int epochs = config.training().epochs() + (dense ? config.training().pretraining().epochs() : 0);
      int channels = corpus.channels() == 0 ? config.frontEnd().filters() : corpus.channels();
      return (double) epochs * corpus.trainExamples() * times.secondsPerExample(config.network(), channels, KnownCorpus.USUAL_CLASSES,
          corpus.steps(), dense ? Mode.DENSE : Mode.DELTA);
    }).sum();
  }
}
