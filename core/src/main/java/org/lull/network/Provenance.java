// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.util.SortedMap;

/**
 * Where a model comes from.
 *
 * @param lull version that trained it
 * @param java version it ran on
 * @param data what it was trained on, as recognised
 * @param dataHash SHA-256 of that data
 * @param options everything else that decides its bytes, the seed among them
 */
public record Provenance(String lull, String java, String data, String dataHash, SortedMap<String, String> options) {}
