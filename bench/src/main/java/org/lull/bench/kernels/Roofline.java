// SPDX-License-Identifier: Apache-2.0
package org.lull.bench.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The ceilings of one core, measured: a kernel can be no faster than its arithmetic at the peak, nor than its reading and writing at the
 * bandwidth of the level of memory its arrays fit.
 *
 * @param peak GFLOP/s
 * @param levels the nearest first; the last is memory itself
 */
record Roofline(double peak, List<Level> levels) {
  /** @param bytes what fits; @param bandwidth of reading, GB/s */
  record Level(String name, long bytes, double bandwidth) {}

  /**
   * The least time some work can take.
   *
   * @param binds the ceiling that says so: "compute" or the name of a level
   */
  record Bound(double nanos, String binds) {}

  Bound bound(Work work) {
    double compute = work.flops() / peak;
    double moving = 0;
    Work.Stream slowest = work.streams().getFirst();
    for (Work.Stream stream : work.streams()) {
      moving += nanos(stream);
      slowest = nanos(stream) > nanos(slowest) ? stream : slowest;
    }
    return compute >= moving ? new Bound(compute, "compute") : new Bound(moving, level(slowest).name);
  }

  private double nanos(Work.Stream stream) {
    return stream.bytes() / level(stream).bandwidth;
  }

  private Level level(Work.Stream stream) {
    return levels.stream().filter(level -> stream.workingSet() <= level.bytes).findFirst().orElse(levels.getLast());
  }

  /** Level of memory and what it holds, before its bandwidth is known. */
  record Cache(String name, long bytes) {
    /** Kilobytes of an array that lies in it: half of it, so that what else goes on does not drive it out. */
    int probe() {
      return (int) (bytes / 2048);
    }
  }

  /** Data caches of the first core, as Linux tells them; where it does not, those of a common server. Then memory. */
  static List<Cache> caches() {
    List<Cache> caches = new ArrayList<>();
    try (var folders = Files.newDirectoryStream(Path.of("/sys/devices/system/cpu/cpu0/cache"), "index*")) {
      for (Path folder : folders) {
        if (!Files.readString(folder.resolve("type")).startsWith("Instruction")) {
          caches.add(new Cache("L" + Files.readString(folder.resolve("level")).strip(), size(Files.readString(folder.resolve("size")))));
        }
      }
    } catch (IOException _) {
      caches.clear();
    }
    if (caches.isEmpty()) {
      caches.addAll(List.of(new Cache("L1", 32 << 10), new Cache("L2", 1 << 20), new Cache("L3", 32 << 20)));
    }
    caches.sort(Comparator.comparingLong(Cache::bytes));
    caches.add(new Cache("memory", 1L << 30));
    return caches;
  }

  /** "32K" or "32M" in bytes. */
  private static long size(String text) {
    String number = text.strip();
    long unit = switch (number.charAt(number.length() - 1)) {
      case 'K' -> 1L << 10;
      case 'M' -> 1L << 20;
      default -> throw new IllegalArgumentException("size of a cache: " + number);
    };
    return unit * Long.parseLong(number.substring(0, number.length() - 1));
  }
}
