// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes the tiles of the vector kernels. A tile keeps a block of vectors in registers while it walks a list or the depth of a product.
 * Java has no arrays of registers, so that each vector is a variable of its own, and each size of tile a method of its own.
 *
 * <pre>
 *   java core/src/test/java/org/lull/kernel/TileGenerator.java     writes the three files anew
 * </pre>
 *
 * TileGeneratorTest checks that the files are what this writes.
 */
final class TileGenerator {
  /** Where the files are, from the root of the repository. */
  static final Path FOLDER = Path.of("core/src/main/java/org/lull/kernel");

  private final StringBuilder text = new StringBuilder();

  private TileGenerator(String name, String what, boolean lanes) {
    text.append("// SPDX-License-Identifier: Apache-2.0\npackage org.lull.kernel;\n\n");
    text.append(lanes ? "import static org.lull.kernel.Kernels.LANES;\n" : "");
    text.append("import static org.lull.kernel.VectorWidth.F;\n");
    text.append(name.equals("VectorDotTiles") ? "" : "import static org.lull.kernel.VectorWidth.V;\n");
    text.append("\nimport jdk.incubator.vector.FloatVector;\n\n");
    text.append("/** ").append(what).append(" Written by TileGenerator, among the tests: change that, and run it. */\n");
    text.append("final class ").append(name).append(" {\n");
    text.append("  private ").append(name).append("() {}\n");
  }

  public static void main(String[] arguments) throws IOException {
    for (Map.Entry<String, String> file : files().entrySet()) {
      Files.writeString(FOLDER.resolve(file.getKey()), file.getValue());
    }
  }

  /** The text of each file by name. */
  static Map<String, String> files() {
    Map<String, String> files = new TreeMap<>();
    files.put("VectorAxpyTiles.java",
        file("VectorAxpyTiles", "Tiles of Kernels.gatherAxpy.", false, tiles -> List.of(16, 8, 4, 1).forEach(tiles::gatherAxpy)));
    files.put("VectorDotTiles.java", file("VectorDotTiles", "Tiles of Kernels.gatherDot and Kernels.gemmTransposed.", true, tiles -> {
      List.of(16, 8, 4, 1).forEach(tiles::gatherDot);
      List.of(4, 2).forEach(tiles::gemmTransposed);
    }));
    files.put("VectorGemmTiles.java", file("VectorGemmTiles", "Tiles of Kernels.gemm.", false, tiles -> {
      List.of(4, 3, 2, 1).forEach(columns -> tiles.gemm(4, columns));
      List.of(4, 1).forEach(columns -> tiles.gemm(1, columns));
    }));
    return files;
  }

  private static String file(String name, String what, boolean lanes, Consumer<TileGenerator> tiles) {
    TileGenerator generator = new TileGenerator(name, what, lanes);
    tiles.accept(generator);
    return generator.text + "}\n";
  }

  /** n vectors of sums, to which the listed rows of the matrix are added, each scaled. */
  private void gatherAxpy(int n) {
    write("""

          static void gatherAxpy%d(float[] matrix, int at, int stride, int[] list, float[] scale, int scaleAt, int first, int last,
              float[] to, int toAt) {
        %s    for (int k = first; k < last; k++) {
              int row = at + list[k] * stride;
              FloatVector d = FloatVector.broadcast(F, scale[scaleAt + k]);
        %s    }
        %s  }
        """,
        n,
        lines(n, i -> "    FloatVector s%d = %s;".formatted(i, load("to", plus("toAt", i, "V")))),
        lines(n, i -> "      s%1$d = %2$s.fma(d, s%1$d);".formatted(i, load("matrix", plus("row", i, "V")))),
        lines(n, i -> "    s%d.intoArray(to, %s);".formatted(i, plus("toAt", i, "V"))));
  }

  /** n pieces of a vector, with which those of the listed rows are multiplied; a vector of partial sums for each row is in memory. */
  private void gatherDot(int n) {
    write("""

          static void gatherDot%d(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt,
              float[] sums, int sumsAt) {
        %s    for (int k = first; k < last; k++) {
              int row = at + list[k] * stride;
              int sum = sumsAt + (k - first) * LANES;
              FloatVector s = FloatVector.fromArray(F, sums, sum);
        %s      s.intoArray(sums, sum);
            }
          }
        """,
        n,
        lines(n, i -> "    FloatVector v%d = %s;".formatted(i, load("vector", plus("vectorAt", i, "LANES")))),
        lines(n, i -> "      s = %s.fma(v%d, s);".formatted(load("matrix", plus("row", i, "LANES")), i)));
  }

  /** Sums of m rows of c, n vectors wide. */
  private void gemm(int m, int n) {
    write("""

          static void gemm%dx%d(float[] a, int aAt, %sint aColumn, int depth, float[] b, int bAt, int bRow, float[] c, int cAt%s) {
        %s%s    for (int k = 0; k < depth; k++) {
              int at = aAt + k * aColumn;
              int row = bAt + k * bRow;
        %s%s    }
        %s  }
        """,
        m, n, m > 1 ? "int aRow, " : "", m > 1 ? ",\n      int cRow" : "",
        IntStream.range(1, m).mapToObj(i -> "    int c%d = %s;\n".formatted(i, plus("cAt", i, "cRow"))).collect(Collectors.joining()),
        table(m, n, (i, j) -> "    FloatVector %s = %s;".formatted(sum(i, j), load("c", plus(rowOfC(i), j, "V")))),
        lines(n, j -> "      FloatVector b%d = %s;".formatted(j, load("b", plus("row", j, "V")))),
        lines(m, i -> "      FloatVector a%d = FloatVector.broadcast(F, a[%s]);\n".formatted(i, plus("at", i, "aRow"))
            + lines(n, j -> "      %1$s = b%2$d.fma(a%3$d, %1$s);".formatted(sum(i, j), j, i)).stripTrailing()),
        table(m, n, (i, j) -> "    %s.intoArray(c, %s);".formatted(sum(i, j), plus(rowOfC(i), j, "V"))));
  }

  /** Partial sums of the dot products of four rows of a with n of b; they leave room for four. */
  private void gemmTransposed(int n) {
    write("""

          static void gemmTransposed4x%d(float[] a, int aAt, int aRow, float[] b, int bAt, int bRow, int rows, float[] sums, int sumsAt) {
            FloatVector zero = FloatVector.zero(F);
        %s    for (int r = 0; r < rows; r += LANES) {
        %s%s    }
        %s  }
        """,
        n,
        table(4, n, (i, j) -> "    FloatVector %s = zero;".formatted(sum(i, j))),
        lines(4, i -> "      FloatVector a%d = %s;".formatted(i, load("a", plus("aAt", i, "aRow") + " + r"))),
        lines(n, j -> "      FloatVector b%d = %s;\n".formatted(j, load("b", plus("bAt", j, "bRow") + " + r"))
            + lines(4, i -> "      %1$s = b%2$d.fma(a%3$d, %1$s);".formatted(sum(i, j), j, i)).stripTrailing()),
        table(4, n, (i, j) -> "    %s.intoArray(sums, %s);".formatted(sum(i, j), plus("sumsAt", 4 * i + j, "LANES"))));
  }

  private void write(String format, Object... arguments) {
    text.append(format.formatted(arguments));
  }

  private interface Entry {
    String line(int i, int j);
  }

  private static String lines(int n, IntFunction<String> line) {
    return IntStream.range(0, n).mapToObj(i -> line.apply(i) + "\n").collect(Collectors.joining());
  }

  private static String table(int m, int n, Entry entry) {
    return IntStream.range(0, m).mapToObj(i -> lines(n, j -> entry.line(i, j))).collect(Collectors.joining());
  }

  /** The variable of row i and vector j of a tile. */
  private static String sum(int i, int j) {
    return "s" + i + j;
  }

  private static String rowOfC(int i) {
    return i == 0 ? "cAt" : "c" + i;
  }

  private static String load(String array, String at) {
    return "FloatVector.fromArray(F, %s, %s)".formatted(array, at);
  }

  private static String plus(String at, int n, String step) {
    return switch (n) {
      case 0 -> at;
      case 1 -> at + " + " + step;
      default -> at + " + " + n + " * " + step;
    };
  }
}
