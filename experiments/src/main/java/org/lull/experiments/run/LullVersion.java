// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

/** The version of Lull, from the jar's manifest: part of the provenance of models. */
public final class LullVersion {
  private LullVersion() {}

  /** As in the manifest; "development" where classes are not run from a jar. */
  public static String number() {
    String version = LullVersion.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
