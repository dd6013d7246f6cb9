// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** A part of a run. */
public enum Phase {
  /** Both networks while they are one, which is dense. */
  PRETRAIN,
  DENSE,
  DELTA;

  /** As in files: "pretrain". */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
