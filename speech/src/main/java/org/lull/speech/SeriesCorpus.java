package org.lull.speech;

import java.util.List;
import org.lull.Dataset;

/** Multivariate time series: their channels are the features, so there is nothing left to load. */
public record SeriesCorpus(Dataset dataset) implements Corpus {
  @Override
  public String name() {
    return dataset.name();
  }

  @Override
  public List<String> labels() {
    return dataset.labels();
  }

  @Override
  public String hash() {
    return dataset.hash();
  }

  @Override
  public List<String> warnings() {
    return dataset.warnings();
  }
}
