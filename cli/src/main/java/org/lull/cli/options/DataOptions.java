// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.lull.data.Purpose;
import org.lull.speech.Corpus;
import picocli.CommandLine.Option;

/** Options that say where the data is, and how it is loaded. */
public final class DataOptions extends LoadingOptions {
  @Option(names = "--data", paramLabel = "DIR", order = Integer.MIN_VALUE, // before those of the class above
      description = "A corpus: Google, Fluent or Arabic Speech Commands, Free Spoken Digits, a folder of WAVs for each class, or time"
          + " series in .ts form. Recognised by its layout. Without it: the embedded corpus of synthetic speech.")
  private Path dir;

  /** The folder of the corpus; null for the embedded one, or if none is given. */
  public Path dir() {
    return dir;
  }

  /** The corpus, named to the user. */
  public Corpus corpus(PrintWriter err) {
    return corpus(dir, err);
  }

  /** The same for a purpose. */
  public Corpus corpus(Purpose purpose, PrintWriter err) {
    return corpus(dir, purpose, err);
  }
}
