// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lull.data.Split;

/** Splits by the hash of a name, so that a recording or a speaker lands in the same split on every machine. */
final class HashSplit {
  /** MAX_NUM_WAVS_PER_CLASS of the published procedure. */
  private static final long LARGEST = (1L << 27) - 1;

  private HashSplit() {}

  /**
   * The customary split of Google Speech Commands, 10 % validation and 10 % test: {@code which_set} of its README (Warden 2018, "Speech
   * Commands: A Dataset for Limited-Vocabulary Speech Recognition"). There in floating point; no hash is near enough to a border for the
   * difference to matter.
   */
  static Split customary(String speaker) {
    long scaled = 100 * hash(speaker); // the percentage times LARGEST
    if (scaled < 10 * LARGEST) {
      return Split.VALIDATION;
    }
    return scaled < 20 * LARGEST ? Split.TEST : Split.TRAIN;
  }

  /**
   * Splits in exact proportion: of the keys in the order of their hashes the first tenth (at least one) is for test, the next for
   * validation, the rest for training. Unlike a border at 10 % of the hash range this leaves no split of a small corpus empty. Two keys
   * make no validation, one key only trains.
   */
  static Map<String, Split> ranked(Collection<String> keys) {
    List<String> order = keys.stream().distinct().sorted(Comparator.comparingLong(HashSplit::hash).thenComparing(key -> key)).toList();
    int tenth = Math.max(1, Math.round(order.size() / 10f));
    int test = order.size() > 1 ? tenth : 0;
    int validation = order.size() > 2 ? tenth : 0;
    Map<String, Split> splits = new HashMap<>();
    for (int i = 0; i < order.size(); i++) {
      splits.put(order.get(i), i < test ? Split.TEST : i < test + validation ? Split.VALIDATION : Split.TRAIN);
    }
    return splits;
  }

  /** SHA-1 of the key modulo 2^27. */
  private static long hash(String key) {
    try {
      byte[] sha1 = MessageDigest.getInstance("SHA-1").digest(key.getBytes(StandardCharsets.UTF_8));
      return new BigInteger(1, sha1).mod(BigInteger.valueOf(LARGEST + 1)).longValueExact();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
