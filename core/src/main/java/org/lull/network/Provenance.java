// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.util.SortedMap;

/**
 * Where a model comes from.
 *
 * @param lull version of Lull that trained the model
 * @param java version of Java that it ran on
 * @param data description of the training data
 * @param dataHash SHA-256 of that data
 * @param options everything else that decides the bytes of the model, including the seed
 */
public record Provenance(String lull, String java, String data, String dataHash, SortedMap<String, String> options) {
  /** The version of Lull that runs. */
  public static String version() {
    String version = Provenance.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
