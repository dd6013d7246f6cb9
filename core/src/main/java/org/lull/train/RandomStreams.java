// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Independent streams of random numbers. Each use has its own stream, identified by the purpose and the place (epoch, example). So results
 * do not depend on the order of computation.
 */
public final class RandomStreams {
  private RandomStreams() {}

  /** The stream of one use. The same arguments give the same numbers; other arguments give unrelated numbers. */
  public static SplittableRandom of(long seed, String purpose, long... place) {
    long h = mix(seed ^ 0x9e3779b97f4a7c15L);
    for (int i = 0; i < purpose.length(); i++) {
      h = mix(h * 31 + purpose.charAt(i));
    }
    for (long p : place) {
      h = mix(h ^ mix(p + 0x9e3779b97f4a7c15L));
    }
    return new SplittableRandom(h);
  }

  /** The elements of a list in random order; the same stream gives the same order. */
  public static <T> List<T> shuffled(List<T> list, SplittableRandom random) {
    List<T> order = new ArrayList<>(list);
    for (int i = order.size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      order.set(i, order.set(j, order.get(i)));
    }
    return order;
  }

  /** The finaliser of MurmurHash3, 64 bits. */
  private static long mix(long z) {
    z = (z ^ z >>> 33) * 0xff51afd7ed558ccdL;
    z = (z ^ z >>> 33) * 0xc4ceb9fe1a85ec53L;
    return z ^ z >>> 33;
  }
}
