// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.lull.Dataset;
import org.lull.speech.Corpus;
import org.lull.speech.LogMelSettings;

/** A loader that keeps what it has read, for experiments that share their data. */
public final class LoadedOnce implements CorpusLoader {
  private final CorpusLoader loader;
  private final Map<Path, Corpus> corpora = new HashMap<>(); // null is a key: the embedded corpus
  private final Map<Corpus, Map<LogMelSettings, Dataset>> datasets = new IdentityHashMap<>();

  public LoadedOnce(CorpusLoader loader) {
    this.loader = loader;
  }

  @Override
  public Corpus corpus(Path dir) {
    return corpora.computeIfAbsent(dir, loader::corpus);
  }

  @Override
  public Dataset dataset(Corpus corpus, LogMelSettings frontEnd) {
    return datasets.computeIfAbsent(corpus, _ -> new HashMap<>()).computeIfAbsent(frontEnd, settings -> loader.dataset(corpus, settings));
  }
}
