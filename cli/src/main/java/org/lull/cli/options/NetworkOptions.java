// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import picocli.CommandLine.Option;

/** Options that say what a network is made of and what it is fed; read by their names, see {@link OptionValues}. */
final class NetworkOptions {
  @Option(names = "--features", paramLabel = "PRESET", defaultValue = "mel16",
      description = "What it hears of sound: mel16, reference16 or mel40 (default: ${DEFAULT-VALUE}).")
  private String features;

  @Option(names = "--cell", paramLabel = "CELL", defaultValue = "lstm", completionCandidates = CellNames.class,
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private String cell;

  @Option(names = "--layers", paramLabel = "N", defaultValue = "2", description = "Recurrent layers (default: ${DEFAULT-VALUE}).")
  private int layers;

  @Option(names = "--hidden", paramLabel = "N", defaultValue = "64",
      description = "Hidden units of each layer (default: ${DEFAULT-VALUE}).")
  private int hidden;

  @Option(names = "--head", paramLabel = "HEAD",
      description = "What the classifier reads: the mean over time, the last frame, or every frame: mean, last or frames"
          + " (default: mean; frames with --task stream).")
  private String head;

  @Option(names = "--numeric", paramLabel = "NUMERIC",
      description = "What the recurrent layers compute in: float32, or fixed16, the integers of the accelerator (LSTM only), in both"
          + " networks; much slower here (default: float32).")
  private String numeric;
}
