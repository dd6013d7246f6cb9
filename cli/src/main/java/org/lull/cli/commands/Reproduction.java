package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lull.cli.commands.Preset.Found;
import org.lull.cli.report.TerminalProgress;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.io.LockedDirectory;

/**
 * Presets being reproduced, one after the other, in a directory that has one for each, and {@value #RESULTS} and {@value #TEXT} over all
 * that were. Locked while it is open.
 */
final class Reproduction implements AutoCloseable {
  static final String RESULTS = "results.json";
  static final String TEXT = "results.md";

  private final List<Preset> presets;
  private final Path dir;
  private final LockedDirectory lock;
  private final List<PresetRun> runs = new ArrayList<>();

  /** What {@value Reproduction#RESULTS} holds. */
  record Results(List<PresetReport> presets) {}

  private Reproduction(List<Preset> presets, Path dir, LockedDirectory lock) {
    this.presets = presets;
    this.dir = dir;
    this.lock = lock;
  }

  /**
   * Opens a directory, which is made where there is none.
   *
   * @param presets all that may be in it
   * @throws InvalidInputException where that cannot be, or it holds something else, or another has it open
   */
  static Reproduction open(List<Preset> presets, Path dir) {
    return new Reproduction(presets, dir, LockedDirectory.open(dir, "reproduction", RESULTS, SweepDirectory.ADVICE));
  }

  /** Has a preset trained when the others are; what is there of it is kept. */
  void add(Preset preset, Found found, PresetData data, int seeds, int threads) {
    runs.add(new PresetRun(preset, found, data, dir, seeds, threads));
  }

  /** Trains what is not finished; the results are written after each preset. */
  void train(int jobs, int timingThreads, double timingSeconds, PrintWriter err) {
    TerminalProgress progress = new TerminalProgress(err);
    long examples = 0;
    for (PresetRun run : runs) {
      examples += run.prepare(progress, err);
    }
    progress.expect(examples);
    for (PresetRun run : runs) {
      run.train(jobs, timingThreads, timingSeconds);
      write(err);
    }
  }

  /** How far it is, for one who stops it. */
  String progress() {
    long finished = runs.stream().mapToLong(PresetRun::finished).sum();
    return finished + " of " + runs.stream().mapToInt(PresetRun::points).sum() + " networks are finished in " + dir
        + "; the same command goes on with the rest";
  }

  /** Of all presets that were trained here, now or before; what is wrong with one of before must not end those of now. */
  List<PresetReport> reports(PrintWriter err) {
    return presets.stream().map(preset -> report(preset, err)).flatMap(Optional::stream).toList();
  }

  private Optional<PresetReport> report(Preset preset, PrintWriter err) {
    Optional<PresetRun> now = runs.stream().filter(run -> run.preset().equals(preset)).findFirst();
    if (now.isPresent()) {
      return now.get().report();
    }
    try {
      return PresetRun.report(preset, dir);
    } catch (InvalidInputException e) {
      err.println("warning: " + preset.name() + ", trained before, is left out of the results: " + e.getMessage());
      return Optional.empty();
    }
  }

  private void write(PrintWriter err) {
    List<PresetReport> reports = reports(err);
    write(RESULTS, Json.pretty(new Results(reports)) + System.lineSeparator());
    write(TEXT, PresetTable.text(reports));
  }

  private void write(String name, String text) {
    AtomicFile.write(dir.resolve(name), file -> file.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void close() {
    runs.forEach(PresetRun::close);
    lock.close();
  }
}
