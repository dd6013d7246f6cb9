package org.lull.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lull.cli.Preset.Found;
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
   * @throws org.lull.InvalidInputException where that cannot be, or it holds something else, or another has it open
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
      write();
    }
  }

  /** How far it is, for one who stops it. */
  String progress() {
    long finished = runs.stream().mapToLong(PresetRun::finished).sum();
    return finished + " of " + runs.stream().mapToInt(PresetRun::points).sum() + " networks are finished in " + dir
        + "; the same command goes on with the rest";
  }

  /** Of all presets that were trained here, now or before. */
  List<PresetReport> reports() {
    return presets.stream().map(this::report).flatMap(Optional::stream).toList();
  }

  private Optional<PresetReport> report(Preset preset) {
    return runs.stream().filter(run -> run.preset().equals(preset)).findFirst().map(PresetRun::report)
        .orElseGet(() -> PresetRun.report(preset, dir));
  }

  private void write() {
    List<PresetReport> reports = reports();
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
