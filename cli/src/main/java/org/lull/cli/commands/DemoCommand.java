// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.lull.cli.commands.DemoResult.Activity;
import org.lull.cli.commands.DemoResult.Learned;
import org.lull.cli.commands.DemoResult.Recognised;
import org.lull.cli.report.ActivityRaster;
import org.lull.cli.report.CommandText;
import org.lull.cli.report.Picture;
import org.lull.cli.report.ResultTable;
import org.lull.cli.report.Table;
import org.lull.cli.report.Terminal;
import org.lull.cli.report.TerminalProgress;
import org.lull.experiments.run.CorpusLoader;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.train.TrainingOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** lull demo: what Lull is about, in less than a minute and without data. */
@Command(name = "demo", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Shows in less than a minute what Lull does: a small model from the jar recognises spoken commands, the terminal shows"
        + " frame by frame what was not computed, and the model learns a new word from five clips. The speech is synthetic. Nothing is"
        + " downloaded.",
    footer = {"", "Examples:", "  lull demo", "  lull demo --seed 8 --out other-speakers"})
public final class DemoCommand implements Callable<Integer> {
  static final Path DEFAULT_OUT = Path.of("lull-demo");
  private static final String PICTURE = "activity.png";

  @Spec
  private CommandSpec spec;

  @Option(names = "--out", paramLabel = "DIR",
      description = "Where clips, models and the picture are kept, a new or empty folder (default: lull-demo; if it exists, lull-demo-2 and"
          + " so on).")
  private Path out;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "7",
      description = "Another seed gives other speakers, rooms and noise (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--threads", paramLabel = "N", description = "Threads that compute; the result does not depend on it (default: one for"
      + " each core).")
  private Integer threads;

  @Option(names = "--json", description = "Print the figures as JSON on standard output, instead of text.")
  private boolean json;

  /** Speakers of whom each known command is remembered, and speakers to measure with: tests take fewer. */
  private final int exemplarSpeakers;
  private final int measuredSpeakers;

  /** The demo as users see it. */
  public DemoCommand() {
    this(2, 8);
  }

  DemoCommand(int exemplarSpeakers, int measuredSpeakers) {
    this.exemplarSpeakers = exemplarSpeakers;
    this.measuredSpeakers = measuredSpeakers;
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    PrintWriter text = json ? new PrintWriter(PrintWriter.nullWriter()) : spec.commandLine().getOut();
    TrainingOptions options = TrainingOptions.defaults();
    options = threads == null ? options : options.withThreads(threads); // refuses what is no number of threads
    if (seed == CorpusLoader.EMBEDDED_SEED) {
      throw new InvalidInputException("seed: " + seed + " gives the speakers that the model of the demo was trained on; choose another");
    }
    Path dir = folder();
    Demo demo = new Demo(dir, new DemoSpeech(seed, exemplarSpeakers, measuredSpeakers), options.threads(), new TerminalProgress(err),
        warning -> err.println("warning: " + warning));

    print(text, introduction(demo.model()));
    List<Recognised> said = demo.recognise();
    print(text, recognised(said));
    ActivityRaster raster = demo.raster();
    Activity activity = demo.activity(raster);
    print(text, activity(activity, raster));
    boolean drawn = draw(dir.resolve(PICTURE), activity, raster, err);
    print(text, "3. A new word, \"" + DemoSpeech.NEW_WORD + "\", from " + DemoSpeech.LEARNED + " clips\n");
    Learned learned = demo.learn();
    print(text, learned(learned));
    print(text, next(dir, drawn));
    if (json) {
      DemoResult result = new DemoResult(dir.toString(), seed, demo.model(), said, activity, learned, files(dir));
      print(spec.commandLine().getOut(), Json.pretty(result));
    }
    return 0;
  }

  private static void print(PrintWriter out, String text) {
    text.lines().forEach(out::println);
    out.flush();
  }

  /** Makes the folder; nothing that exists is overwritten. */
  private Path folder() {
    Path dir = out == null ? DEFAULT_OUT : out;
    for (int i = 2; out == null && Files.exists(dir); i++) {
      dir = Path.of(DEFAULT_OUT + "-" + i);
    }
    try {
      if (Files.isDirectory(dir)) {
        try (Stream<Path> files = Files.list(dir)) {
          if (files.findAny().isPresent()) {
            throw new InvalidInputException(dir + " is not empty, expected a new or empty folder; choose another with --out");
          }
        }
      }
      return Files.createDirectories(dir);
    } catch (IOException e) {
      throw new InvalidInputException("folder " + dir + " cannot be made: " + AtomicFile.reason(e) + "; choose another with"
          + " --out", e);
    }
  }

  private boolean draw(Path file, Activity activity, ActivityRaster raster, PrintWriter err) {
    try {
      Picture.activity("\"" + activity.transcription() + "\": a dot is an entry that fired, the rest was not computed", raster).write(file);
      return true;
    } catch (InvalidInputException e) {
      err.println("warning: " + e.getMessage()); // the raster is in the text too
      return false;
    }
  }

  private static List<String> files(Path dir) throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      return files.filter(Files::isRegularFile).map(Path::toString).sorted().toList();
    }
  }

  // ------------------------------------------------------------------------------------------------ text

  private String introduction(DemoResult.Model model) {
    return String.format(Locale.ROOT, """
        A delta %s of %,d parameters (%d x %d units, %s) knows %d commands.
        All speech is synthetic. The model has not heard these speakers; they are
        those of --seed %d.

        """, model.cell().toUpperCase(Locale.ROOT), model.parameters(), model.layers(), model.hidden(), ResultTable.bytes(model.bytes()),
        model.labels().size(), seed);
  }

  private static String recognised(List<Recognised> said) {
    Table table = new Table().row("said", "recognised as", "score", "next best");
    said.forEach(each -> table.row("\"" + each.transcription() + "\"", each.label() + (each.right() ? "" : " (wrong)"),
        ResultTable.percent(each.score()), each.next() + " " + ResultTable.percent(each.nextScore())));
    return "1. Three commands\n\n" + indented(table.left()) + "\n";
  }

  private static String indented(String text) {
    return text.indent(2);
  }

  private String activity(Activity activity, ActivityRaster raster) {
    int perColumn = raster.framesPerColumn(Terminal.WIDTH - 1);
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, """
        2. What was not computed: "%s", %.1f s

        Each layer has inputs x and units h. An entry that has hardly moved since it
        last fired does not fire, and its column of weights is not touched. Below,
        each row is a group of entries, and each column %s of the %d. Where a
        cell is empty, nothing was computed.

        """, activity.transcription(), activity.seconds(), perColumn == 1 ? "one frame" : perColumn + " frames", activity.frames()));
    raster.text(Terminal.WIDTH - 1, Terminal.showsUnicode()).forEach(line -> text.append(line).append('\n'));
    text.append(String.format(Locale.ROOT, "%nmultiply-adds: %,d instead of %,d, %.1f times fewer%n%n", activity.macs(),
        activity.denseMacs(), activity.denseMacs() / (double) activity.macs()));
    return text.toString();
  }

  private static String learned(Learned learned) {
    Recognised example = learned.example();
    String all = " of ";
    Table table = new Table().row("clips of other speakers, recognised", "before", "after")
        .row("\"" + learned.transcription() + "\"", "0" + all + learned.heldOut(), learned.heldOutRight() + all + learned.heldOut())
        .row("the ten commands from before", learned.knownRightBefore() + all + learned.known(),
            learned.knownRightAfter() + all + learned.known());
    return String.format(Locale.ROOT, """

        Five speakers say "%s". The model learns from each clip
        as it comes, as in lull serve. Its recurrent layers stay as they are. The
        output layer is computed anew, from the new clips and %d clips of the known
        commands that were kept.

        %s
        Before, most of these clips were taken for "%s". Now one of them, which
        was not learned from, is taken for "%s"%s. The score
        is %s; next best is %s, %s.

        """, learned.transcription(), learned.exemplars(), indented(table.left()), learned.takenFor(), example.label(),
        example.right() ? "" : ", which is wrong", ResultTable.percent(example.score()), example.next(),
        ResultTable.percent(example.nextScore()));
  }

  private static String next(Path dir, boolean drawn) {
    return String.format(Locale.ROOT, """
        Kept in %1$s: clips, the models before and after%2$s.

        Next:
          # recognise these clips, or your own WAV files
          %7$s predict --model %1$s/%3$s %1$s/%4$s
          # train on the embedded speech, a dense network beside a delta network
          %7$s train --quick
          # teach the model another word, from a folder with a few recordings
          %7$s learn --model %1$s/%3$s --add WORD=FOLDER
          # a service that goes on learning
          %7$s serve --model %1$s/%5$s --state %1$s/%6$s
        """, dir, drawn ? ", and " + PICTURE : "", Demo.AFTER, Demo.CLIPS, Demo.BEFORE, Demo.DEVICE,
        CommandText.lull());
  }
}
