// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

/** Trains on new clips and exemplars, with nothing else against forgetting. */
record ReplayMethod() implements Method {
  @Override
  public String name() {
    return "replay";
  }
}
