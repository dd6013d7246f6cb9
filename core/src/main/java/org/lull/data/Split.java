// SPDX-License-Identifier: Apache-2.0
package org.lull.data;

/** What a clip is for. Thresholds and options are chosen on validation clips; test clips are only ever measured. */
public enum Split {
  TRAIN,
  VALIDATION,
  TEST
}
