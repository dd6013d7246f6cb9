// SPDX-License-Identifier: Apache-2.0
package org.lull.device;

import java.nio.charset.StandardCharsets;
import org.lull.Model;
import org.lull.network.NetworkSpec;

/**
 * Memory on the device.
 *
 * @param ram bytes of a context on a 32-bit machine that aligns 64-bit integers to 8 bytes, as ARM and RISC-V do; without the stack
 * @param rom bytes of the constant data; the program comes on top
 */
public record Footprint(long ram, long rom) {
  private static final int GATES = 4;
  private static final int POINTER = 4;
  private static final int TABLES = 257 * Short.BYTES + 65 * Integer.BYTES;

  static Footprint of(Model model, Learning learning, int steps) {
    NetworkSpec spec = model.spec();
    long units = spec.hidden();
    long layers = spec.layers();
    long classes = spec.outputs();
    long rows = GATES * units;
    long references = spec.inputs() + units + (layers - 1) * 2 * units;
    long columns = (layers > 1 ? Math.max(spec.inputs(), units) : spec.inputs()) + units;
    long weights = rows * (references + layers);
    long head = classes * (units + 1);
    long column = columns < 256 ? Byte.BYTES : Short.BYTES;
    Struct context = new Struct().add(Long.BYTES, layers * rows).add(column, columns + 1).add(Short.BYTES, columns + 1)
        .add(Short.BYTES, references + 2 * layers * units).add(Long.BYTES, units).add(Short.BYTES, units).add(Integer.BYTES, 5);
    if (learning == Learning.FULL) {
      long list = steps * references + layers;
      long entry = list < 65536 ? Short.BYTES : Integer.BYTES;
      context.add(Long.BYTES, 1).add(Short.BYTES, weights + head).add(Byte.BYTES, weights + head).add(column, list).add(Short.BYTES, list)
          .add(entry, 2L * steps * layers + 1).add(Short.BYTES, layers * steps * units).add(Short.BYTES, steps * rows)
          .add(Integer.BYTES, rows + units + columns).add(Short.BYTES, 3 * units).add(Integer.BYTES, classes).add(entry, steps)
          .add(Byte.BYTES, 1);
    }
    long labels = model.labels().stream().mapToLong(label -> label.getBytes(StandardCharsets.UTF_8).length + 1 + POINTER).sum();
    long rom = Short.BYTES * (weights + head) + 2 * Integer.BYTES * layers + 2L * Float.BYTES * spec.inputs() + labels + TABLES;
    return new Footprint(context.align(Long.BYTES).size, rom);
  }

  /** The size of a struct of C. */
  private static final class Struct {
    private long size;

    Struct add(long bytes, long count) {
      align(bytes);
      size += bytes * count;
      return this;
    }

    Struct align(long to) {
      size = (size + to - 1) / to * to;
      return this;
    }
  }
}
