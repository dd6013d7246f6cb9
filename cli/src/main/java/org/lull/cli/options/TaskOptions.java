// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import picocli.CommandLine.Option;

/** Options that say what is to be recognised; read by their names, see {@link OptionValues}. */
final class TaskOptions {
  @Option(names = "--task", paramLabel = "TASK",
      description = "clips: every clip has a class. kws12: the ten words of Speech Commands' task of twelve classes, unknown words and"
          + " silence. stream: words in a stream of other words, pauses and noise, for lull listen (default: clips).")
  private String task;

  @Option(names = "--classes", paramLabel = "A,B,C",
      description = "The classes to be told apart; other words are left out, or are the class of --unknown, or in streams what is not to be"
          + " recognised (default: all).")
  private String classes;

  @Option(names = "--unknown", arity = "0..1", fallbackValue = "10", paramLabel = "PERCENT",
      description = "A class _unknown_ of all other words: so many clips for each 100 of the classes (without a number: 10).")
  private Integer unknown;

  @Option(names = "--silence", arity = "0..1", fallbackValue = "10", paramLabel = "PERCENT",
      description = "A class _silence_ of noise without words, likewise (without a number: 10).")
  private Integer silence;

  @Option(names = "--noise", paramLabel = "NOISE",
      description = "What is mixed with the sound of training clips, other noise each epoch: white, pink, brown, babble (of the other"
          + " words) or a folder of WAV files, or several, with commas "
          + "(default: none; in streams and silence the folder _background_noise_ of"
          + " the data, or all kinds).")
  private String noise;

  @Option(names = "--snr", paramLabel = "LOW:HIGH", description = "How much louder than the noise the words are, in dB (default: 0:30).")
  private String snr;
}
