// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.store;

/** What to do where a directory cannot be used, in the words of the command line's options. */
public final class Advice {
  /** For the directory of several runs. */
  public static final String OUT = "choose another with --out";
  /** For the directory of one run. */
  public static final String RUN = "choose another with --run";

  private Advice() {}
}
