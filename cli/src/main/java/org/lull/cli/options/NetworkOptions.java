package org.lull.cli.options;

import org.lull.accelerator.Fixed16;
import org.lull.input.InvalidInputException;
import org.lull.network.Arithmetic;
import org.lull.network.Head;
import org.lull.network.Model;
import org.lull.rnn.Cell;
import org.lull.speech.LogMelSettings;
import picocli.CommandLine.Option;

/** Options that say what a network is made of and what it is fed. */
public final class NetworkOptions {
  static final String FLOAT32 = "float32";

  @Option(names = "--features", paramLabel = "PRESET", defaultValue = "mel16",
      description = "What it hears of sound: mel16, reference16 or mel40 (default: ${DEFAULT-VALUE}).")
  private String features;

  @Option(names = "--cell", paramLabel = "CELL", defaultValue = "lstm", description = "lstm, gru or rnn (default: ${DEFAULT-VALUE}).")
  private String cell;

  @Option(names = "--layers", paramLabel = "N", defaultValue = "2", description = "Recurrent layers (default: ${DEFAULT-VALUE}).")
  private int layers;

  @Option(names = "--hidden", paramLabel = "N", defaultValue = "64",
      description = "Hidden units of each layer (default: ${DEFAULT-VALUE}).")
  private int hidden;

  @Option(names = "--head", paramLabel = "HEAD", defaultValue = "mean",
      description = "What the classifier reads: the mean over time, the last frame, or every frame: mean, last or frames"
          + " (default: ${DEFAULT-VALUE}).")
  private String head;

  @Option(names = "--numeric", paramLabel = "NUMERIC",
      description = "What the recurrent layers compute in: float32, or fixed16, the integers of the accelerator (LSTM only), in both"
          + " networks; much slower here (default: float32).")
  private String numeric;

  public LogMelSettings frontEnd() {
    return LogMelSettings.preset(features);
  }

  public Cell cell() {
    return Cell.named(cell);
  }

  /** Null for floats. */
  public Arithmetic arithmetic() {
    return arithmetic(numeric == null ? FLOAT32 : numeric);
  }

  /** A model that computes in what it was trained in. */
  public static Model inItsNumbers(Model model) {
    model.network().setArithmetic(arithmetic(model.provenance().options().getOrDefault("numeric", FLOAT32)));
    return model;
  }

  /** The arithmetic of that name, null for floats. */
  public static Arithmetic arithmetic(String name) {
    Arithmetic fixed16 = new Fixed16();
    if (name.equals(fixed16.name())) {
      return fixed16;
    }
    if (!name.equals(FLOAT32)) {
      throw new InvalidInputException("numeric \"" + name + "\" is unknown; choose " + FLOAT32 + " or " + fixed16.name());
    }
    return null;
  }

  public int layers() {
    return layers;
  }

  public int hidden() {
    return hidden;
  }

  public Head head() {
    return Head.named(head);
  }
}
