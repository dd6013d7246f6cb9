// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.lull.cli.options.LoadingOptions;
import org.lull.cli.report.ResultTable;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** lull cache: what is kept between runs, how much it is, and its removal. */
@Command(name = "cache", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Shows where computed features and built logic are kept and how much that is, or removes them. They are made again when"
        + " they are needed.",
    footer = {"", "Examples:", "  lull cache", "  lull cache clear"})
public final class CacheCommand implements Callable<Integer> {
  /** Files that lull keeps, and what a write that was cut off leaves of them: nothing else in the folder is counted or removed. */
  private static final Pattern FEATURES = Pattern.compile("[0-9a-f]{64}\\.features(\\..*\\.tmp)?");
  private static final Pattern LOGIC = Pattern.compile("(library|process)-[0-9a-f]+(\\.so)?");

  @Spec
  private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "clear", description = "Remove what is kept.")
  private Action action;

  @Option(names = "--cache", paramLabel = "DIR", defaultValue = LoadingOptions.CACHE,
      description = "The folder (default: LULL_CACHE, else ~/.cache/lull).")
  private Path cache;

  @Option(names = "--json", description = "Print as JSON.")
  private boolean json;

  /** What can be done to the cache. */
  enum Action {
    CLEAR;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** As printed with --json. */
  record Result(String folder, int files, long bytes, boolean cleared) {}

  @Override
  public Integer call() {
    List<Path> kept = new ArrayList<>();
    if (!cache.toString().isEmpty()) { // as an empty LULL_CACHE is for none
      kept.addAll(files(cache, FEATURES));
      kept.addAll(files(cache.resolve("accelerator"), LOGIC));
    }
    long bytes = kept.stream().mapToLong(file -> file.toFile().length()).sum();
    boolean clear = action == Action.CLEAR;
    if (clear) {
      kept.forEach(CacheCommand::delete);
    }
    Result result = new Result(cache.toString(), kept.size(), bytes, clear);
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? Json.pretty(result) : text(result));
    out.flush();
    return 0;
  }

  private static String text(Result result) {
    if (result.folder.isEmpty()) {
      return "no cache: LULL_CACHE is empty";
    }
    return String.format(Locale.ROOT, "%s%s: %d files, %s", result.cleared ? "removed from " : "", result.folder, result.files,
        ResultTable.bytes(result.bytes));
  }

  private static List<Path> files(Path dir, Pattern wanted) {
    if (!Files.isDirectory(dir)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(dir)) {
      return files.filter(file -> wanted.matcher(file.getFileName().toString()).matches() && Files.isRegularFile(file)).sorted().toList();
    } catch (IOException e) {
      throw new InvalidInputException("the cache " + dir + " cannot be read: " + AtomicFile.reason(e) + "; check its permissions", e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be removed: " + AtomicFile.reason(e) + "; check its permissions", e);
    }
  }
}
