// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

/** Trains on the new clips alone. Shows how much is forgotten without a memory. */
record FinetuneMethod() implements Method {
  @Override
  public String name() {
    return "finetune";
  }

  @Override
  public boolean replays() {
    return false;
  }
}
