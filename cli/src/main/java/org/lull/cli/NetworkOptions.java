package org.lull.cli;

import org.lull.model.Head;
import org.lull.rnn.Cell;
import org.lull.speech.LogMelSettings;
import picocli.CommandLine.Option;

/** Options that say what a network is made of and what it is fed. */
final class NetworkOptions {
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

  LogMelSettings frontEnd() {
    return LogMelSettings.preset(features);
  }

  Cell cell() {
    return Cell.named(cell);
  }

  int layers() {
    return layers;
  }

  int hidden() {
    return hidden;
  }

  Head head() {
    return Head.named(head);
  }
}
