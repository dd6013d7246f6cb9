// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.lull.DetectorSettings;
import org.lull.Model;
import org.lull.cli.options.DetectorOptions;
import org.lull.cli.report.ListeningLine;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.speech.Flaw;
import org.lull.speech.LogMelSettings;
import org.lull.speech.SoundStream;
import org.lull.speech.SpeechListener;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** lull listen: words in a stream, as they are heard. */
@Command(name = "listen", mixinStandardHelpOptions = true, sortOptions = false, abbreviateSynopsis = true,
    description = "Listens to a stream and prints each word as it is heard: when, which, and how sure. The stream is a WAV file of any"
        + " length, standard input, or the microphone; it is never held as a whole.",
    footer = {"", "Examples:", "  lull listen --model runs/stream hour.wav", "  lull listen --model runs/stream --microphone",
        "  arecord -f S16_LE -r 16000 | lull listen --model runs/stream --rate 16000 -",
        "  lull listen --model runs/words --window 1 --threshold 0.9 hour.wav --json"})
public final class ListenCommand implements Callable<Integer> {
  private static final int BLOCK = 512; // samples
  private static final String STANDARD_INPUT = "-";

  @Spec
  private CommandSpec spec;
  @Mixin(name = "Detector")
  private DetectorOptions detector;

  @Parameters(paramLabel = "FILE", arity = "0..1", description = "A WAV file, or - for standard input (WAV, or with --rate raw PCM).")
  private String source;

  @Option(names = "--model", paramLabel = "RUN", required = true, description = "A run directory, or a model file.")
  private Path run;

  @Option(names = "--microphone", arity = "0..1", fallbackValue = "", paramLabel = "DEVICE",
      description = "Listen to the microphone, or to the one whose name has DEVICE in it, until Ctrl-C.")
  private String microphone;

  @Option(names = "--rate", paramLabel = "HZ", description = "The input is raw PCM, one channel, of so many samples a second.")
  private Integer rate;

  @Option(names = "--format", paramLabel = "FORMAT", description = "Of raw PCM: s16 or f32, little endian (default: s16).")
  private String format;

  @Option(names = "--json", description = "Print one JSON object a line for each word, and at the end one with the figures.")
  private boolean json;

  /** A word, as printed with --json. */
  record Line(double time, String word, double score) {}

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    checkSource();
    Path file = RunDirectory.modelIn(run);
    Model model = Model.load(file);
    ModelData.requireClasses(file, model, "lull listen");
    if (model.frontEnd().isEmpty()) {
      throw new InvalidInputException(file + " was trained on time series, not on sound; lull predict takes these");
    }
    LogMelSettings frontEnd = LogMelSettings.fromJson(model.frontEnd(), file.toString());
    DetectorSettings settings = detector.of(file, model, frontEnd);
    try (SoundStream sound = open(frontEnd)) {
      ListeningLine line = new ListeningLine(err);
      SpeechListener listener =
          new SpeechListener(model, settings, sound.rate(), (seconds, word, score) -> print(line, seconds, word, score));
      err.println("listening in " + DetectorOptions.described(model, settings, frontEnd)
          + (listener.resamples() ? "; resampled from " + sound.rate() + " to " + frontEnd.sampleRate() + " Hz" : ""));
      err.flush();
      listen(model, sound, listener, line);
    }
    return 0;
  }

  private void checkSource() {
    if ((source == null) == (microphone == null)) {
      throw new InvalidInputException(source == null ? "nothing to listen to; give a WAV file, - for standard input, or --microphone"
          : source + " and --microphone exclude each other; leave one out");
    }
    if (format != null && rate == null) {
      throw new InvalidInputException("--format without --rate; raw PCM does not say its rate, so give --rate too, such as 16000");
    }
    if (microphone != null && (rate != null || format != null)) {
      throw new InvalidInputException("--rate and --format are for raw PCM; the microphone is opened as the model wants it");
    }
  }

  private SoundStream open(LogMelSettings frontEnd) {
    if (microphone != null) {
      return SoundStream.pcm(Microphone.open(microphone.isEmpty() ? null : microphone, frontEnd.sampleRate()), "the microphone",
          frontEnd.sampleRate(), SoundStream.Encoding.S16);
    }
    boolean standard = source.equals(STANDARD_INPUT);
    String name = standard ? "standard input" : source;
    InputStream in = standard ? System.in : file(Path.of(source));
    if (rate != null) {
      return SoundStream.pcm(in, name, rate, SoundStream.Encoding.named(format == null ? "s16" : format));
    }
    return SoundStream.wav(new BufferedInputStream(in), name);
  }

  private static InputStream file(Path path) {
    if (!Files.exists(path) || Files.isDirectory(path)) {
      throw new InvalidInputException(path + (Files.exists(path) ? ": a folder" : ": no such file") + "; give a WAV file, or - for standard"
          + " input");
    }
    try {
      return new FileInputStream(path.toFile()); // of a named pipe, too
    } catch (IOException e) {
      throw new InvalidInputException(path + ": cannot be read: " + AtomicFile.reason(e), e);
    }
  }

  private void print(ListeningLine line, double seconds, String word, float score) {
    line.erase();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.line(new Line(Math.round(1e3 * seconds) / 1e3, word, Math.round(1e4 * score) / 1e4)));
    } else {
      out.printf(Locale.ROOT, "%10.2f s  %-16s %.2f%n", seconds, word, score);
    }
    out.flush();
  }

  private void listen(Model model, SoundStream sound, SpeechListener listener, ListeningLine line) {
    PrintWriter err = spec.commandLine().getErr();
    Times times = new Times();
    Thread summary = new Thread(() -> { // of a microphone there is no other end
      line.erase();
      summary(sound, listener, times);
    }, "summary");
    if (microphone != null) {
      Runtime.getRuntime().addShutdownHook(summary);
    }
    float[] block = new float[BLOCK];
    for (int n = sound.read(block); n >= 0; n = sound.read(block)) {
      long begin = System.nanoTime();
      listener.push(block, n);
      times.add(System.nanoTime() - begin);
      line.draw(model, listener);
    }
    int left = listener.finish();
    line.erase();
    if (left > 0) {
      err.println("warning: the stream ends within a frame; its last " + left + " samples belong to none");
    }
    for (Flaw flaw : sound.flaws()) {
      err.println("warning: " + flaw.warning(1, 1, source));
    }
    if (sound.missing() > 0) {
      err.println("warning: " + source + " ends " + sound.missing() + " bytes before its header says");
    }
    if (microphone != null) {
      Runtime.getRuntime().removeShutdownHook(summary);
    }
    summary(sound, listener, times);
  }

  /** Times of the blocks, in a fixed number of classes of a tenth of a power of ten: nothing grows. */
  private static final class Times {
    private static final int CLASSES = 100;
    private final long[] counts = new long[CLASSES];
    private long blocks;
    private long nanos;

    void add(long time) {
      nanos += time;
      blocks++;
      counts[Math.clamp((int) (10 * Math.log10(Math.max(1, time))), 0, CLASSES - 1)]++;
    }

    /** Milliseconds that 99 of 100 blocks took at most. */
    double percentile99() {
      long left = blocks - blocks / 100;
      int k = 0;
      for (long below = counts[0]; below < left && k < CLASSES - 1;) {
        below += counts[++k];
      }
      return Math.pow(10, (k + 1) / 10.0) / 1e6;
    }
  }

  private void summary(SoundStream sound, SpeechListener listener, Times times) {
    double seconds = sound.samples() / (double) sound.rate();
    double rate = listener.framesPerSecond();
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("seconds", seconds);
    figures.put("frames", listener.spotter().frames());
    figures.put("realTimeFactor", seconds == 0 ? 0 : times.nanos / 1e9 / seconds);
    figures.put("blockMilliseconds99", times.blocks == 0 ? 0 : times.percentile99());
    figures.put("sparsity", listener.spotter().sparsity());
    figures.put("operationsPerSecondSpeech", listener.loud().perSecond(rate));
    figures.put("operationsPerSecondSilence", listener.quiet().perSecond(rate));
    figures.put("operationsPerSecondDense",
        listener.spotter().frames() == 0 ? 0 : listener.spotter().denseOperations() * rate / listener.spotter().frames());
    if (json) {
      spec.commandLine().getOut().println(Json.line(figures));
      spec.commandLine().getOut().flush();
      return;
    }
    PrintWriter err = spec.commandLine().getErr();
    err.printf(Locale.ROOT, "%.1f s heard; real-time factor %.4f; 99 %% of blocks of %d samples took at most %.2f ms%n", seconds,
        figures.get("realTimeFactor"), BLOCK, figures.get("blockMilliseconds99"));
    err.printf(Locale.ROOT, "multiply-adds a second: %s while something is heard (%.0f %% of the time), %s else; a dense network %s%n",
        ListeningLine.count(listener.loud().perSecond(rate)),
        listener.spotter().frames() == 0 ? 0.0 : 100.0 * listener.loud().frames() / listener.spotter().frames(),
        ListeningLine.count(listener.quiet().perSecond(rate)), ListeningLine.count((double) figures.get("operationsPerSecondDense")));
    err.flush();
  }
}
