// SPDX-License-Identifier: Apache-2.0
package org.lull.data;

/** The split that a clip belongs to. Thresholds and options are chosen on validation clips. Test clips are only measured. */
public enum Split {
  TRAIN,
  VALIDATION,
  TEST
}
