// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.List;
import org.lull.data.TimeSeries;

/** Multivariate time series. Their channels are the features, and they are already loaded. */
public record SeriesCorpus(TimeSeries series) implements Corpus {
  @Override
  public String name() {
    return series.name();
  }

  @Override
  public List<String> labels() {
    return series.labels();
  }

  @Override
  public String hash() {
    return series.hash();
  }

  @Override
  public List<String> warnings() {
    return series.warnings();
  }
}
