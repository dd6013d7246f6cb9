// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.lull.data.Purpose;
import org.lull.experiments.run.CorpusLoader;
import org.lull.speech.Corpus;
import org.lull.speech.SyntheticSpeech;
import picocli.CommandLine.Option;

/** Options that say where the data is, and how it is loaded. */
public final class DataOptions extends LoadingOptions {
  @Option(names = "--data", paramLabel = "DIR", order = Integer.MIN_VALUE, // before those of the class above
      description = "A corpus: Google, Fluent or Arabic Speech Commands, Free Spoken Digits, a folder of WAVs for each class, or time"
          + " series in .ts form (with classes, or with @targetLabel true numbers to predict). Recognised by its layout. Without it: the"
          + " embedded corpus of synthetic speech.")
  private Path dir;

  /** The corpus, named to the user. */
  public Corpus corpus(PrintWriter err) {
    return corpus(dir, err);
  }

  /** A quarter of the embedded corpus, for a first look; any other corpus is whole. */
  public Corpus quickCorpus(PrintWriter err) {
    return quickCorpus(dir, err);
  }

  /** The same of a folder; null for the embedded corpus. */
  public Corpus quickCorpus(Path dir, PrintWriter err) {
    if (dir != null) {
      return corpus(dir, err);
    }
    Corpus corpus = SyntheticSpeech.corpus(SyntheticSpeech.Settings.quick(CorpusLoader.EMBEDDED_SEED));
    err.println("data: " + corpus.name());
    err.flush();
    return corpus;
  }

  /** Whether no folder was given. */
  public boolean isEmbedded() {
    return dir == null;
  }

  /** The folder that was given. */
  public Optional<Path> dir() {
    return Optional.ofNullable(dir);
  }

  /** The same for a purpose. */
  public Corpus corpus(Purpose purpose, PrintWriter err) {
    return corpus(dir, purpose, err);
  }
}
