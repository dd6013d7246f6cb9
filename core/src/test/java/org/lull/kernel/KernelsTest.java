// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scalar kernels against plain loops in double precision, the vector kernels of every width against the scalar ones, bit for bit. */
class KernelsTest {
  private static final Kernels SCALAR = new ScalarKernels();

  /** VectorKernels of 128, 256 and 512 bits: of three classes of that name, so that they are called by reflection. */
  private static final List<Object> VECTOR = ForcedWidth.ALL.stream()
      .map(bits -> ForcedWidth.newInstance(bits, "org.lull.kernel.VectorKernels")).toList();

  private static final float[] SPECIAL = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0f, -0f, Float.MIN_VALUE, -1e-40f,
      1e-26f, Float.MAX_VALUE, -1e30f};

  @Test
  void threeWidthsRunInThisJvm() {
    assertThat(VECTOR).extracting(kernels -> call(kernels, "description").getFirst())
        .containsExactly("Vector API, 128 bits", "Vector API, 256 bits", "Vector API, 512 bits");
  }

  /** Row counts: every multiple of 16 up to 320. */
  private static IntStream rowCounts() {
    return IntStream.rangeClosed(1, 20).map(n -> 16 * n);
  }

  // ------------------------------------------------------------------------------------------------ products

  @ParameterizedTest
  @MethodSource("rowCounts")
  void gatherAxpyIsOneChainOfMultiplyAddsAnElement(int rows) {
    SplittableRandom random = new SplittableRandom(rows);
    for (int length = 0; length <= 40; length++) {
      int stride = rows + random.nextInt(8);
      int at = random.nextInt(17);
      int first = random.nextInt(4);
      int[] list = random.ints(first + length, 0, 13).toArray();
      int scaleAt = random.nextInt(3);
      int toAt = random.nextInt(17);
      float[] matrix = values(random, at + 13 * stride, length % 8 == 7);
      float[] scale = values(random, scaleAt + first + length, length % 16 == 15);
      float[] to = values(random, toAt + rows + 5, false);
      sameOnAllWidths("gatherAxpy", matrix, at, stride, list, scale, scaleAt, first, first + length, to, toAt, rows);

      if (length % 8 != 7) {
        float[] sum = to.clone();
        SCALAR.gatherAxpy(matrix, at, stride, list, scale, scaleAt, first, first + length, sum, toAt, rows);
        for (int i = 0; i < to.length; i++) {
          double expected = to[i];
          double size = Math.abs(to[i]);
          for (int k = first; i >= toAt && i < toAt + rows && k < first + length; k++) {
            double term = (double) matrix[at + list[k] * stride + i - toAt] * scale[scaleAt + k];
            expected += term;
            size += Math.abs(term);
          }
          assertThat((double) sum[i]).isCloseTo(expected, within(rounding(length, size)));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rowCounts")
  void gatherDotFoldsSixteenSums(int rows) {
    SplittableRandom random = new SplittableRandom(rows);
    for (int length = 0; length <= 40; length++) {
      int stride = rows + random.nextInt(8);
      int at = random.nextInt(17);
      int first = random.nextInt(4);
      int[] list = random.ints(first + length, 0, 13).toArray();
      int vectorAt = random.nextInt(17);
      int toAt = random.nextInt(17);
      float[] matrix = values(random, at + 13 * stride, length % 8 == 7);
      float[] vector = values(random, vectorAt + rows, length % 16 == 15);
      float[] to = values(random, toAt + length + 5, false);
      boolean add = length % 2 == 0;
      sameOnAllWidths("gatherDot", matrix, at, stride, list, first, first + length, vector, vectorAt, rows, to, toAt, add);

      if (length % 8 != 7) {
        float[] dots = to.clone();
        SCALAR.gatherDot(matrix, at, stride, list, first, first + length, vector, vectorAt, rows, dots, toAt, add);
        for (int i = 0; i < to.length; i++) {
          int k = i - toAt;
          boolean listed = k >= 0 && k < length;
          double expected = listed && !add ? 0 : to[i];
          double size = Math.abs(expected);
          for (int r = 0; listed && r < rows; r++) {
            double term = (double) matrix[at + list[first + k] * stride + r] * vector[vectorAt + r];
            expected += term;
            size += Math.abs(term);
          }
          assertThat((double) dots[i]).isCloseTo(expected, within(rounding(rows / 16 + 6, size)));
        }
      }
    }
  }

  /** A dense product of random size: m and n are no multiples of 4 as a rule, the depth is about the blocks that it is walked in. */
  private record Product(SplittableRandom random, int m, int n, int depth, int rows, int aAt, int bAt, int cAt) {
    static Product random(SplittableRandom random, int rows) {
      return new Product(random, random.nextInt(1, 12), random.nextInt(1, 14), random.nextInt(0, random.nextBoolean() ? 80 : 600), rows,
          random.nextInt(17), random.nextInt(17), random.nextInt(17));
    }
  }

  @ParameterizedTest
  @MethodSource("rowCounts")
  void gemmIsTheProductWithAPlainOrATransposedLeftOperand(int rows) {
    SplittableRandom random = new SplittableRandom(rows);
    for (int round = 0; round < 6; round++) {
      Product p = Product.random(random, rows);
      boolean transposed = round % 2 == 1;
      int aRow = transposed ? 1 : p.depth + random.nextInt(5);
      int aColumn = transposed ? p.m + random.nextInt(5) : 1;
      int bRow = rows + random.nextInt(8);
      int cRow = rows + random.nextInt(8);
      boolean special = round == 4;
      float[] a = values(random, p.aAt + p.m * aRow + (p.depth + 1) * aColumn, special);
      float[] b = values(random, p.bAt + p.depth * bRow + rows, special);
      float[] c = values(random, p.cAt + p.m * cRow + 5, false);
      sameOnAllWidths("gemm", a, p.aAt, aRow, aColumn, p.m, p.depth, b, p.bAt, bRow, c, p.cAt, cRow, rows);

      if (!special) {
        float[] product = c.clone();
        SCALAR.gemm(a, p.aAt, aRow, aColumn, p.m, p.depth, b, p.bAt, bRow, product, p.cAt, cRow, rows);
        for (int i = 0; i < p.m; i++) {
          for (int r = 0; r < rows; r++) {
            double expected = c[p.cAt + i * cRow + r];
            double size = Math.abs(expected);
            for (int k = 0; k < p.depth; k++) {
              double term = (double) a[p.aAt + i * aRow + k * aColumn] * b[p.bAt + k * bRow + r];
              expected += term;
              size += Math.abs(term);
            }
            assertThat((double) product[p.cAt + i * cRow + r]).isCloseTo(expected, within(rounding(p.depth, size)));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rowCounts")
  void gemmTransposedIsTheProductWithATransposedRightOperand(int rows) {
    SplittableRandom random = new SplittableRandom(rows);
    for (int round = 0; round < 6; round++) {
      Product p = Product.random(random, rows);
      int aRow = rows + random.nextInt(8);
      int bRow = rows + random.nextInt(8);
      int cRow = p.n + random.nextInt(5);
      boolean add = round % 2 == 0;
      boolean special = round == 4;
      float[] a = values(random, p.aAt + p.m * aRow, special);
      float[] b = values(random, p.bAt + p.n * bRow, special);
      float[] c = values(random, p.cAt + p.m * cRow + 5, false);
      sameOnAllWidths("gemmTransposed", a, p.aAt, aRow, p.m, b, p.bAt, bRow, p.n, rows, c, p.cAt, cRow, add);

      if (!special) {
        float[] product = c.clone();
        SCALAR.gemmTransposed(a, p.aAt, aRow, p.m, b, p.bAt, bRow, p.n, rows, product, p.cAt, cRow, add);
        for (int i = 0; i < p.m; i++) {
          for (int j = 0; j < p.n; j++) {
            double expected = add ? c[p.cAt + i * cRow + j] : 0;
            double size = Math.abs(expected);
            for (int r = 0; r < rows; r++) {
              double term = (double) a[p.aAt + i * aRow + r] * b[p.bAt + j * bRow + r];
              expected += term;
              size += Math.abs(term);
            }
            assertThat((double) product[p.cAt + i * cRow + j]).isCloseTo(expected, within(rounding(rows / 16 + 6, size)));
          }
        }
      }
    }
  }

  // ------------------------------------------------------------------------------------------------ delta encoder

  @Test
  void encodeIsTheSameOnAllWidths() {
    SplittableRandom random = new SplittableRandom(1);
    for (int n = 1; n <= 70; n++) {
      int at = random.nextInt(17);
      int referenceAt = random.nextInt(17);
      int count = random.nextInt(5);
      int room = Kernels.pad(n);
      float[] threshold = values(random, room, false);
      for (int i = 0; i < threshold.length; i++) {
        threshold[i] = i % 5 == 0 ? 0 : Math.abs(threshold[i]);
      }
      sameOnAllWidths(KernelsTest::cutAtTheCount, "encode", values(random, at + room, n % 2 == 0), at,
          values(random, referenceAt + room, n % 4 == 0), referenceAt, threshold,
          n, 100, new int[count + room], new float[count + room], count, new int[3 + room / 16], 3);
    }
  }

  @Test
  void anEntryFiresAtItsThresholdAndWhereItIsNotANumber() {
    float[] values = new float[16];
    float[] reference = new float[16];
    float[] threshold = new float[16];
    Arrays.fill(threshold, 0.5f);
    values[0] = 0.5f;
    values[1] = 0.49999997f;
    values[2] = -0.5f;
    reference[3] = 1f;
    values[3] = 0.25f;
    values[4] = Float.NaN;
    threshold[4] = Float.MAX_VALUE;
    reference[5] = 2f;
    values[5] = 2f;
    threshold[6] = 0;
    values[7] = 9; // beyond n
    int[] list = new int[32];
    float[] delta = new float[32];
    int[] fired = new int[1];
    float[] expectedReference = {0.5f, 0, -0.5f, 0.25f, Float.NaN, 2f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    assertThat(SCALAR.encode(values, 0, reference, 0, threshold, 7, 40, list, delta, 1, fired, 0)).isEqualTo(6);
    assertThat(list).startsWith(0, 40, 42, 43, 44, 46);
    assertThat(delta).startsWith(0, 0.5f, -0.5f, -0.75f, Float.NaN, 0);
    assertThat(fired).containsExactly(0b1011101);
    assertThat(reference).isEqualTo(expectedReference);
  }

  /** What lies beyond the new count may be anything. */
  private static void cutAtTheCount(List<Object> encoded) {
    int count = (Integer) encoded.getFirst();
    int end = count < 0 ? ~count : count;
    encoded.set(4, Arrays.copyOf((int[]) encoded.get(4), end));
    encoded.set(5, Arrays.copyOf((float[]) encoded.get(5), end));
  }

  @Test
  void encodeReportsAMoveTooLargeForTheMemory() {
    for (float move : new float[] {16f, -16f, Math.nextUp(16f), -1e4f}) {
      for (int e : new int[] {0, 15, 16, 36}) { // of 37 entries, the last of a part of a vector
        for (float theta : new float[] {0.5f, 2e4f}) { // one it reaches, and one it does not, so that it does not fire
          float[] values = new float[48];
          values[e] = move;
          float[] threshold = new float[48];
          Arrays.fill(threshold, theta);
          float[] reference = new float[48];
          sameOnAllWidths(KernelsTest::cutAtTheCount, "encode", values, 0, reference, 0, threshold, 37, 0, new int[64], new float[64], 2,
              new int[3], 0);
          int count = SCALAR.encode(values, 0, reference, 0, threshold, 37, 0, new int[64], new float[64], 2, new int[3], 0);
          boolean fires = theta == 0.5f;
          assertThat(count).isEqualTo(fires && Math.abs(move) > 16 ? ~3 : fires ? 3 : 2);
        }
      }
    }
  }

  @Test
  void holdFiresAsEncodeDoesAndHoldsTheRest() {
    SplittableRandom random = new SplittableRandom(4);
    for (int n = 1; n <= 70; n++) {
      int at = random.nextInt(17);
      int padded = Kernels.pad(n);
      float[] threshold = values(random, padded, false);
      for (int i = 0; i < padded; i++) {
        threshold[i] = i % 5 == 0 ? 0 : Math.abs(threshold[i]);
      }
      float[] values = values(random, at + padded, n % 2 == 0);
      float[] held = values(random, 3 * padded, n % 4 == 0);
      sameOnAllWidths("hold", values, at, held, padded, threshold, n, 2 * padded, new int[3 + padded / 16], 3);

      int[] fired = new int[padded / 16];
      float[] reference = Arrays.copyOfRange(held, padded, 2 * padded);
      int count = SCALAR.encode(values, at, reference, 0, threshold, n, 0, new int[padded], new float[padded], 0, fired, 0);
      int[] firedHere = new int[padded / 16];
      assertThat(SCALAR.hold(values, at, held, padded, threshold, n, 2 * padded, firedHere, 0)).isEqualTo(count < 0 ? ~count : count);
      assertThat(firedHere).isEqualTo(fired);
      assertThat(Arrays.copyOfRange(held, 2 * padded, 3 * padded)).isEqualTo(reference);
    }
  }

  @Test
  void holdBackwardCarriesWhatDidNotFire() {
    SplittableRandom random = new SplittableRandom(5);
    for (int n = 1; n <= 70; n++) {
      int at = random.nextInt(17);
      int carryAt = random.nextInt(17);
      int padded = Kernels.pad(n);
      int[] fired = random.ints(2 + padded / 16, 0, 1 << 16).toArray();
      float[] d = values(random, at + padded, n % 4 == 3);
      float[] carry = values(random, carryAt + padded, n % 8 == 7);
      sameOnAllWidths("holdBackward", d, at, fired, 2, n, carry, carryAt);

      float[] dv = d.clone();
      float[] carried = carry.clone();
      SCALAR.holdBackward(dv, at, fired, 2, n, carried, carryAt);
      for (int e = 0; e < n; e++) {
        boolean active = (fired[2 + e / 16] >> e % 16 & 1) == 1;
        float r = d[at + e] + carry[carryAt + e];
        assertThat(dv[at + e]).isEqualTo(Float.valueOf(active ? r : 0f));
        assertThat(carried[carryAt + e]).isEqualTo(Float.valueOf(active ? 0f : r));
      }
    }
  }

  @Test
  void encodeBackwardSpreadsWhatFiredAndHoldsTheRest() {
    SplittableRandom random = new SplittableRandom(2);
    for (int n = 1; n <= 70; n++) {
      int at = random.nextInt(17);
      int aAt = random.nextInt(17);
      int dvAt = random.nextInt(17);
      int entries = n;
      int padded = Kernels.pad(n);
      int[] fired = new int[2 + padded / 16];
      for (int e = 0; e < n; e++) {
        fired[2 + e / 16] |= random.nextInt(3) == 0 ? 1 << e % 16 : 0;
      }
      float[] d = values(random, at + n + Kernels.LANES, n % 4 == 3);
      float[] a = values(random, aAt + padded, n % 8 == 7);
      float[] dv = new float[dvAt + padded];
      sameOnAllWidths(result -> result.set(4, Arrays.copyOf((float[]) result.get(4), dvAt + entries)), "encodeBackward", d, at, fired, 2, n,
          a, aAt, dv, dvAt);

      float[] held = a.clone();
      SCALAR.encodeBackward(d, at, fired, 2, n, held, aAt, dv, dvAt);
      int next = at;
      for (int e = 0; e < n; e++) {
        boolean active = (fired[2 + e / 16] >> e % 16 & 1) == 1;
        assertThat(dv[dvAt + e]).isEqualTo(Float.valueOf(active ? d[next] + a[aAt + e] : 0f));
        assertThat(held[aAt + e]).isEqualTo(Float.valueOf(active ? -d[next++] : a[aAt + e]));
      }
    }
  }

  // ------------------------------------------------------------------------------------------------ pointwise

  @ParameterizedTest
  @ValueSource(strings = {"tanh", "sigmoid"})
  void squashingIsAccurateEverywhereAndSaturates(String function) {
    int n = 40_000;
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (i - n / 2) * (100f / (n / 2));
    }
    float[] y = (float[]) call(SCALAR, function, x, 0, new float[n], 0, n).get(2);
    double worst = 0;
    for (int i = 0; i < n; i++) {
      double exact = function.equals("tanh") ? Math.tanh(x[i]) : 1 / (1 + Math.exp(-(double) x[i]));
      worst = Math.max(worst, Math.abs(y[i] - exact));
      assertThat(y[i]).isBetween(function.equals("tanh") ? -1f : 0f, 1f);
      if (i > 0 && Math.abs(x[i]) > 20) {
        assertThat(y[i]).as("%s of %s", function, x[i]).isGreaterThanOrEqualTo(y[i - 1]);
      }
    }
    assertThat(worst).isLessThanOrEqualTo(1e-6);
    assertThat(y[n - 1]).isEqualTo(1f);
    sameOnAllWidths(function, x, 0, new float[n], 0, n);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tanh", "sigmoid"})
  void squashingIsTheSameOnAllWidthsAndInPlace(String function) {
    SplittableRandom random = new SplittableRandom(3);
    for (int n = 16; n <= 320; n += 16) {
      float[] x = values(random, n + 37, true);
      sameOnAllWidths(function, x, 5, new float[n + 37], 13, n);
      float[] y = (float[]) call(SCALAR, function, x, 5, x, 5, n).get(2);
      for (Kernels kernels : List.of(SCALAR, KernelChoice.kernels())) {
        float[] inPlace = x.clone();
        switch (function) {
          case "tanh" -> kernels.tanh(inPlace, 5, inPlace, 5, n);
          default -> kernels.sigmoid(inPlace, 5, inPlace, 5, n);
        }
        assertThat(bits(inPlace)).isEqualTo(bits(y));
      }
    }
  }

  /** Quiet NaNs carry bits a file can set; the trick that builds exponents from bits must not be fooled by them. */
  @Test
  void whatIsNotANumberStaysSo() {
    float[] x = new float[32];
    for (int i = 0; i < 32; i++) {
      x[i] = Float.intBitsToFloat((i % 2 == 0 ? 0x7fc00000 : 0xffc00000) | i * 37 & 0x1ff);
    }
    List<Object> twins = new ArrayList<>(VECTOR);
    twins.add(SCALAR);
    for (Object kernels : twins) {
      for (String function : List.of("tanh", "sigmoid")) {
        float[] y = (float[]) call(kernels, function, x, 0, new float[32], 0, 32).get(2);
        for (int i = 0; i < 32; i++) {
          assertThat(y[i]).as("%s of NaN %x", function, Float.floatToRawIntBits(x[i])).isNaN();
        }
      }
    }
  }

  @Test
  void addIsTheSameOnAllWidths() {
    SplittableRandom random = new SplittableRandom(6);
    for (int n = 16; n <= 320; n += 16) {
      float[] x = values(random, n + 37, n % 64 == 0);
      float[] to = values(random, n + 37, false);
      sameOnAllWidths("add", x, 5, to, 13, n);

      float[] sum = to.clone();
      SCALAR.add(x, 5, sum, 13, n);
      for (int i = 0; i < to.length; i++) {
        assertThat(sum[i]).isEqualTo(Float.valueOf(i >= 13 && i < 13 + n ? to[i] + x[i - 8] : to[i]));
      }
    }
  }

  @Test
  void sumAndDotFoldSixteenSums() {
    SplittableRandom random = new SplittableRandom(7);
    for (int n = 16; n <= 640; n += 16) {
      float[] x = values(random, n + 37, n % 64 == 0);
      float[] y = values(random, n + 37, n % 128 == 0);
      sameOnAllWidths("sum", x, 5, n);
      sameOnAllWidths("dot", x, 5, y, 13, n);
      if (n % 64 != 0) {
        double sum = IntStream.range(0, n).mapToDouble(i -> x[5 + i]).sum();
        double size = IntStream.range(0, n).mapToDouble(i -> Math.abs(x[5 + i])).sum();
        assertThat((double) SCALAR.sum(x, 5, n)).isCloseTo(sum, within(rounding(n / 16 + 4, size)));
        double dot = IntStream.range(0, n).mapToDouble(i -> (double) x[5 + i] * y[13 + i]).sum();
        double sizeOfDot = IntStream.range(0, n).mapToDouble(i -> Math.abs((double) x[5 + i] * y[13 + i])).sum();
        assertThat((double) SCALAR.dot(x, 5, y, 13, n)).isCloseTo(dot, within(rounding(n / 16 + 4, sizeOfDot)));
      }
    }
  }

  // ------------------------------------------------------------------------------------------------ optimiser

  @Test
  void adamWIsTheSameOnAllWidths() {
    SplittableRandom random = new SplittableRandom(4);
    for (int n = 16; n <= 320; n += 16) {
      int size = n + 40;
      float[] second = values(random, size, false);
      for (int i = 0; i < size; i++) {
        second[i] = Math.abs(second[i]);
      }
      sameOnAllWidths("adamW", values(random, size, false), values(random, size, n % 64 == 0), values(random, size, false), second, 13, n,
          0.37f, 0.9f, 0.999f, 1e-8f, 3e-3f, 0.21f, 0.9999f);
    }
  }

  // ------------------------------------------------------------------------------------------------ the twins

  private static void sameOnAllWidths(String method, Object... arguments) {
    sameOnAllWidths(_ -> {}, method, arguments);
  }

  /**
   * Calls a method of the scalar kernels and of those of all widths and compares what it returned and all arrays it was given, bit for bit.
   *
   * @param unspecified takes out of the result what may differ
   */
  private static void sameOnAllWidths(Consumer<List<Object>> unspecified, String method, Object... arguments) {
    List<Object> expected = call(SCALAR, method, arguments);
    unspecified.accept(expected);
    for (Object kernels : VECTOR) {
      List<Object> actual = call(kernels, method, arguments);
      unspecified.accept(actual);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(bits(actual.get(i))).as("%s on %s, array %d", method, call(kernels, "description"), i).isEqualTo(bits(expected.get(i)));
      }
    }
  }

  /** Calls a method with copies of the arrays: what it returned, and the arrays as it left them. */
  private static List<Object> call(Object kernels, String name, Object... arguments) {
    Object[] copies = arguments.clone();
    List<Object> result = new ArrayList<>();
    result.add(null);
    for (int i = 0; i < copies.length; i++) {
      if (copies[i] instanceof float[] floats) {
        copies[i] = floats.clone();
        result.add(copies[i]);
      } else if (copies[i] instanceof int[] ints) {
        copies[i] = ints.clone();
        result.add(copies[i]);
      }
    }
    try {
      Method method = Stream.of(kernels.getClass().getMethods()).filter(m -> m.getName().equals(name)).findFirst().orElseThrow();
      result.set(0, method.invoke(kernels, copies));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(name, e);
    }
    return result;
  }

  /** Bits of numbers; all NaNs are one, since Java does not say which an operation gives. */
  private static int[] bits(Object value) {
    return switch (value) {
      case null -> new int[0];
      case Integer n -> new int[] {n};
      case Float x -> new int[] {Float.floatToIntBits(x)};
      case int[] ints -> ints;
      case float[] floats -> IntStream.range(0, floats.length).map(i -> Float.floatToIntBits(floats[i])).toArray();
      default -> throw new AssertionError(value);
    };
  }

  private static float[] values(SplittableRandom random, int n, boolean special) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = special && random.nextInt(23) == 0 ? SPECIAL[random.nextInt(SPECIAL.length)] : (float) (2 * random.nextGaussian());
    }
    return values;
  }

  /** Bound on the error of a float sum of products whose absolute values sum to {@code size}. */
  private static double rounding(int terms, double size) {
    return (terms + 1) * 0x1p-24 * size;
  }
}
