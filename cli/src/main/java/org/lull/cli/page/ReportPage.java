// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.page;

import static j2html.TagCreator.p;

import j2html.tags.DomContent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lull.experiments.incremental.IncrementalDirectory;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.run.SavedRun;
import org.lull.experiments.sweep.SweepDirectory;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;

/**
 * Reports: what runs, sweeps, experiments in incremental learning and simulations have left on the disk, as one HTML file that needs
 * nothing else.
 */
public final class ReportPage {
  private ReportPage() {}

  /** The page of one run. */
  public static String of(SavedRun run) {
    return Html.page(name(run.path()), RunPage.subtitle(run), RunPage.sections(run, true), false);
  }

  /**
   * The page of a run that is at work. It asks the server that sent it for news.
   */
  public static String live(SavedRun run) {
    return Html.page(name(run.path()), RunPage.subtitle(run), RunPage.sections(run, run.result().isPresent()), true);
  }

  /** The page of a run whose data is being read. */
  public static String waiting() {
    return Html.page("lull train", "The data is being read.", List.of(), true);
  }

  /**
   * One page of several.
   *
   * @param places directories of runs, sweeps and incremental experiments, and files that {@code lull simulate --json} printed
   * @throws InvalidInputException if one is none of these, or is damaged
   */
  public static String of(List<Path> places) {
    List<SavedRun> runs = new ArrayList<>();
    List<DomContent> others = new ArrayList<>();
    for (Path place : places) {
      if (!Files.exists(place)) {
        throw new InvalidInputException(place + ": no such file or directory; give the directory of a run");
      }
      if (!Files.isDirectory(place)) {
        others.add(SimulationPart.read(place));
      } else if (SavedRun.isRun(place)) {
        runs.add(SavedRun.read(place));
      } else if (Files.exists(place.resolve(SweepDirectory.SWEEP))) {
        others.add(SweepPart.read(place));
      } else if (Files.exists(place.resolve(IncrementalDirectory.FILE))) {
        others.add(IncrementalPart.read(place));
      } else {
        throw new InvalidInputException(place + " holds no " + RunDirectory.METRICS + ", " + SweepDirectory.SWEEP + " or "
            + IncrementalDirectory.FILE + "; give the directory of a run, a sweep or an incremental experiment");
      }
    }
    if (runs.size() == 1 && others.isEmpty()) {
      return of(runs.getFirst());
    }
    List<DomContent> sections = new ArrayList<>();
    if (!runs.isEmpty()) {
      sections.addAll(ComparisonPart.of(runs));
    }
    sections.addAll(others);
    String title = places.size() == 1 ? name(places.getFirst()) : places.size() + " results compared";
    return Html.page(title, String.join(", ", places.stream().map(Path::toString).toList()), sections, false);
  }

  /** Writes a page, in place of one that may be there. */
  public static void write(Path file, String page) {
    AtomicFile.write(file, out -> out.write(page.getBytes(StandardCharsets.UTF_8)));
  }

  static String name(Path place) {
    Path name = place.toAbsolutePath().normalize().getFileName();
    return name == null ? place.toString() : name.toString();
  }

  /** A part that says why there is nothing to show. */
  static DomContent missing(Path place, String why) {
    return Html.part(name(place), p(why).withClass("note"));
  }
}
