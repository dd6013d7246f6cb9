// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import static org.lull.kernel.Kernels.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The width of the vectors, a constant for the compiler.
 *
 * <p>The vector kernels are written for HotSpot's compiler C2. Methods are small and call FloatVector directly, because in a large method
 * C2 stops inlining and allocates every vector as an object. A product keeps at most 16 vectors of sums in registers (a tile) while it goes
 * through the list. A loop has at most one exp.
 */
final class VectorWidth {
  /** The preferred width of the machine, or -Dlull.vector.bits=128|256|512. */
  static final VectorSpecies<Float> F = species();

  static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());

  /** Number of floats in a vector. */
  static final int V = F.length();

  /** Number of vectors of sums in the widest tile. A machine with 256-bit vectors usually has 16 registers, the others have 32. */
  static final int TILE = V == 8 ? 8 : 16;

  private VectorWidth() {}

  private static VectorSpecies<Float> species() {
    Integer bits = Integer.getInteger("lull.vector.bits");
    if (bits == null) {
      return FloatVector.SPECIES_PREFERRED.length() > LANES ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
    }
    return switch (bits) {
      case 128 -> FloatVector.SPECIES_128;
      case 256 -> FloatVector.SPECIES_256;
      case 512 -> FloatVector.SPECIES_512;
      default -> throw new IllegalArgumentException("lull.vector.bits=" + bits + ", expected 128, 256 or 512");
    };
  }
}
