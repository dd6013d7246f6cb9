// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.lull.cli.options.LoadingOptions;
import org.lull.data.Purpose;
import org.lull.data.Split;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.io.Folder;
import org.lull.speech.AudioCorpus;
import org.lull.speech.Clip;
import org.lull.speech.Noise;
import org.lull.speech.StreamLabels;
import org.lull.speech.StreamMixer;
import org.lull.speech.Wav;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** lull mix: a long recording to listen to, of clips at random times in noise. */
@Command(name = "mix", mixinStandardHelpOptions = true, sortOptions = false, abbreviateSynopsis = true,
    description = "Makes a long recording: clips of a corpus at random times in noise, and beside it a CSV file that says which word is"
        + " said when. For lull listen and lull eval --ambient. The same options make the same bytes.",
    footer = {"", "Examples:", "  lull mix --data speech_commands --classes yes,no,stop --minutes 60 --out hour.wav",
        "  lull mix --data speech_commands --classes yes,no --split validation --seed 2 \\",
        "      --noise white,babble --snr 5:20 --out choose.wav"})
public final class MixCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;
  @Mixin(name = "Data")
  private LoadingOptions loading;

  @Option(names = "--data", paramLabel = "DIR", required = true, description = "A corpus of single words.")
  private Path data;

  @Option(names = "--out", paramLabel = "FILE", required = true, description = "The WAV file; labels go beside it, as .csv.")
  private Path out;

  @Option(names = "--classes", paramLabel = "A,B,C", description = "The words to be recognised (default: all).")
  private String classes;

  @Option(names = "--split", paramLabel = "SPLIT", defaultValue = "test", description = "test, validation or train (default: test).")
  private String split;

  @Option(names = "--minutes", paramLabel = "N", defaultValue = "60", description = "How long it is (default: 60).")
  private double minutes;

  @Option(names = "--share", paramLabel = "SHARE", defaultValue = "0.2",
      description = "How many of the words are to be recognised, 0 to 1; the others are other words (default: 0.2).")
  private double share;

  @Option(names = "--pause", paramLabel = "SECONDS", defaultValue = "3",
      description = "Longest pause between words; each is drawn evenly from 0.25 s on (default: 3).")
  private double pause;

  @Option(names = "--noise", paramLabel = "NOISE", defaultValue = "white,pink,brown,babble",
      description = "Kinds: white, pink, brown, babble, or a folder of WAV files; every 20 s one of them (default: ${DEFAULT-VALUE}).")
  private String noise;

  @Option(names = "--snr", paramLabel = "LOW:HIGH", defaultValue = "0:30",
      description = "How much louder than the noise the words are, in dB (default: ${DEFAULT-VALUE}).")
  private String snr;

  @Option(names = "--rate", paramLabel = "HZ", defaultValue = "16000", description = "Samples a second (default: ${DEFAULT-VALUE}).")
  private int rate;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of everything random (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    if (!(minutes > 0 && minutes <= 600)) {
      throw new InvalidInputException("--minutes " + minutes + ", expected more than 0, to 600");
    }
    AtomicFile.requirePlace(out);
    double[] ratios = ratios();
    Split from = split();
    if (!(loading.corpus(data, Purpose.MEASURING, err) instanceof AudioCorpus corpus)) {
      throw new InvalidInputException(data + ": time series, expected a corpus of sound");
    }
    List<String> wanted = classes == null ? corpus.labels() : Arrays.stream(classes.split(",")).map(String::strip).toList();
    List<String> missing = wanted.stream().filter(word -> !corpus.labels().contains(word)).toList();
    if (!missing.isEmpty()) {
      throw new InvalidInputException("--classes: the data has no " + String.join(", ", missing) + "; it has "
          + String.join(", ", corpus.labels()));
    }
    List<Clip> ofSplit = corpus.clips().stream().filter(clip -> clip.split() == from).toList();
    List<Clip> words = ofSplit.stream().filter(clip -> wanted.contains(clip.label())).toList();
    List<Clip> others = ofSplit.stream().filter(clip -> !wanted.contains(clip.label())).toList();
    List<String> kinds = Arrays.stream(noise.split(",")).map(String::strip)
        .filter(kind -> !(kind.equals("babble") && others.isEmpty() && !isGiven("--noise"))).toList();
    StreamMixer mixer = new StreamMixer(words, others, new StreamMixer.Settings(rate, pause, others.isEmpty() ? 1 : share,
        kinds.stream().map(kind -> Noise.of(kind, others)).toList(), ratios[0], ratios[1], 0));
    write(mixer, wanted, err);
    return 0;
  }

  private boolean isGiven(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }

  private Split split() {
    for (Split each : Split.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(split)) {
        return each;
      }
    }
    throw new InvalidInputException("--split " + split + ", expected test, validation or train");
  }

  private double[] ratios() {
    String[] parts = snr.split(":");
    try {
      return new double[] {Double.parseDouble(parts[0]), Double.parseDouble(parts[parts.length - 1])};
    } catch (NumberFormatException e) {
      throw new InvalidInputException("--snr " + snr + ", expected the lowest and the highest ratio in dB, such as 0:20", e);
    }
  }

  private void write(StreamMixer mixer, List<String> wanted, PrintWriter err) {
    long samples = Math.round(minutes * 60 * rate);
    int scene = StreamMixer.SCENE_SECONDS * rate;
    List<StreamLabels.Event> events = new ArrayList<>();
    Wav.write(out, rate, samples, number -> {
      StreamMixer.Piece piece = mixer.scene(seed, number);
      double begin = (double) number * StreamMixer.SCENE_SECONDS;
      long left = samples - (long) number * scene;
      piece.events().stream().filter(event -> event.end() <= left).forEach(event -> events.add(
          new StreamLabels.Event(begin + event.begin() / (double) rate, begin + event.end() / (double) rate, event.label())));
      return piece.samples();
    });
    Path labels = out.resolveSibling(Folder.stem(out) + ".csv");
    StreamLabels.write(labels, events);
    long said = events.stream().filter(event -> wanted.contains(event.label())).count();
    err.printf(Locale.ROOT, "%s: %.1f minutes, %d words to be recognised and %d others, labelled in %s%n", out, minutes, said,
        events.size() - said, labels);
    err.flush();
  }
}
