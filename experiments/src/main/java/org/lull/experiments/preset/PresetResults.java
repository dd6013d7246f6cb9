// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.preset;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lull.experiments.preset.Preset.Recorded;
import org.lull.experiments.preset.PresetRun.PresetFile;
import org.lull.experiments.preset.PresetRun.Timing;
import org.lull.experiments.run.RunConfig;
import org.lull.experiments.sweep.Point;
import org.lull.experiments.sweep.SweepResults.Family;
import org.lull.experiments.sweep.SweepResults;

/**
 * What reproducing a preset found.
 *
 * @param wants the corpus the preset is for
 * @param data what it was trained on
 * @param comparable whether that is the corpus it is for, so that recorded figures can be compared with ours
 * @param command that trains the same networks
 * @param timing null where nothing was timed
 * @param warnings what is to be said of networks without a result
 */
public record PresetResults(String name, String shows, String wants, String data, String dataHash, boolean comparable, String command,
    List<NetworkResult> networks, TimedWith timing, List<String> warnings) {
  /**
   * Networks that differ in the seed alone.
   *
   * @param stepMicros median time of a training step of the first seed's; null if it was not timed
   * @param speedup time of a step of its control over that; null of a dense network
   * @param recorded what others have; null if nothing is recorded
   */
  public record NetworkResult(Family found, Double stepMicros, Double speedup, Recorded recorded) {}

  /** What steps were timed with. */
  public record TimedWith(int batch, int threads, String kernels) {}

  static PresetResults of(Preset preset, PresetFile file, SweepResults sweep) {
    Timing timing = file.timing();
    return new PresetResults(preset.name(), preset.shows(), preset.wants().title(), sweep.data(), sweep.dataHash(),
        file.data().equals(preset.wants().title()), file.command(),
        sweep.families().stream().map(family -> result(preset, family, timing == null ? Map.of() : timing.stepMicros())).toList(),
        timing == null ? null : new TimedWith(timing.batch(), timing.threads(), timing.kernels()), sweep.warnings());
  }

  private static NetworkResult result(Preset preset, Family family, Map<String, Double> stepMicros) {
    Map<String, String> first = new LinkedHashMap<>(family.options());
    first.put(RunConfig.SEED, "1"); // the last axis of a preset
    Point point = new Point(family.network().equals("dense"), first);
    Double micros = stepMicros.get(point.name());
    Double control = stepMicros.get(point.control().name());
    return new NetworkResult(family, micros, point.dense() || micros == null ? null : (Double) (control / micros),
        preset.recorded().stream().filter(recorded -> recorded.isOf(family)).findFirst().orElse(null));
  }
}
