// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.preset;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lull.experiments.run.RunConfig;
import org.lull.experiments.run.Shell;
import org.lull.experiments.sweep.Axis;
import org.lull.experiments.sweep.Grid;
import org.lull.experiments.sweep.SweepPlan;
import org.lull.experiments.sweep.SweepResults;
import org.lull.input.InvalidInputException;

/**
 * An experiment of the paper or of its reference implementation, or one of our own: a sweep with a name.
 *
 * @param shows what it shows, and where it differs from what it reproduces
 * @param wants the corpus it is for
 * @param instead the corpus it falls back on; null for none
 * @param base what its networks have in common
 * @param over axes, without the seed
 * @param recorded figures to see ours beside
 */
public record Preset(String name, String shows, KnownCorpus wants, KnownCorpus instead, RunConfig base, List<Axis> over,
    List<Recorded> recorded) {
  /** Runs of each network, unless told otherwise. */
  public static final int SEEDS = 5;

  /**
   * A figure that others give for a network.
   *
   * @param network dense or delta
   * @param options values of axes that tell which
   * @param accuracy of the test, a share; null if there is none
   * @param deviation of it; null likewise
   * @param reduction null likewise
   * @param from who says so
   */
  public record Recorded(String network, Map<String, String> options, Double accuracy, Double deviation, Double reduction, String from) {
    boolean isOf(SweepResults.Family family) {
      return network.equals(family.network()) && family.options().entrySet().containsAll(options.entrySet());
    }
  }

  /**
   * Data for a preset.
   *
   * @param dir null of the embedded corpus
   */
  public record Found(KnownCorpus corpus, Path dir) {}

  /**
   * The data there is for it, that which it falls back on where the other is not found.
   *
   * @param data where to look; null for nowhere
   */
  public Optional<Found> find(Path data) {
    return find(wants, data).or(() -> instead == null ? Optional.empty() : find(instead, data));
  }

  private static Optional<Found> find(KnownCorpus corpus, Path data) {
    return corpus == KnownCorpus.EMBEDDED ? Optional.of(new Found(corpus, null))
        : corpus.in(data).map(dir -> new Found(corpus, dir));
  }

  /** That there is no data for it, and what to do. */
  public InvalidInputException noData(Path data) {
    return new InvalidInputException("preset " + name + ": " + (data == null ? "no data" : "no folder " + wants.folder()
        + (instead == null ? "" : " or " + instead.folder()) + " in " + data) + "; " + wants.advice()
        + ", and give the folder that holds it, as " + wants.folder() + ", with --data or as LULL_DATA");
  }

  /**
   * Its sweep.
   *
   * @param seeds how many, from 1 on
   * @param threads that compute for a network
   */
  public SweepPlan plan(int seeds, int threads) {
    return new SweepPlan(new Grid(axes(seeds)), base, threads, 0);
  }

  private List<Axis> axes(int seeds) {
    List<Axis> axes = new ArrayList<>(over);
    axes.add(new Axis(RunConfig.SEED, IntStream.rangeClosed(1, seeds).mapToObj(Integer::toString).toList()));
    return axes;
  }

  /** The command that trains the same networks, for a shell. */
  public String command(Found found, int seeds, Path out) {
    String data = found.dir == null ? "" : " --data " + Shell.quoted(found.dir.toString());
    String axes = axes(seeds).stream().map(axis -> " --over " + axis.name() + "=" + String.join(",", axis.values()))
        .collect(Collectors.joining());
    return "./lull sweep" + data + base.arguments() + axes + " --out " + Shell.quoted(out.toString());
  }
}
