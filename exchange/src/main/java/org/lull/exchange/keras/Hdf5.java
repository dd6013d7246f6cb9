// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.keras;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ContiguousDataset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.lull.exchange.Budget;
import org.lull.input.InvalidInputException;

/** The weights in an HDF5 file. Whatever fails in a damaged one is one error. */
final class Hdf5 implements AutoCloseable {
  private static final int DEEPEST = 12;
  private static final int MOST = 10_000;

  private final Path file;
  private final Budget budget;
  private final HdfFile hdf;

  /** Numbers of a dataset. */
  record Values(int[] shape, float[] data) {}

  /** @param file where the bytes come from, for messages */
  Hdf5(Path file, byte[] bytes, Budget budget) {
    this.file = file;
    this.budget = budget;
    hdf = guarded(() -> HdfFile.fromBytes(bytes));
  }

  /** A text among the attributes of the root; null where there is none. */
  String text(String name) {
    return guarded(() -> {
      Attribute attribute = hdf.getAttribute(name);
      return attribute != null && attribute.getData() instanceof String text ? text : null;
    });
  }

  /**
   * All datasets below a group, by their path from it: "lstm/lstm_cell/kernel".
   *
   * @param path of the group from the root; if there is none, nothing is below it
   */
  Map<String, Dataset> below(String path) {
    return guarded(() -> {
      Group group = hdf;
      for (String name : path.split("/")) {
        if (!(group.getChildren().get(name) instanceof Group next)) {
          return Map.of();
        }
        group = next;
      }
      Map<String, Dataset> found = new LinkedHashMap<>();
      collect(group, "", 0, found, new int[1]);
      return found;
    });
  }

  private static void collect(Group group, String prefix, int depth, Map<String, Dataset> found, int[] visited) {
    for (Map.Entry<String, Node> child : group.getChildren().entrySet()) {
      if (depth > DEEPEST || ++visited[0] > MOST) {
        throw new IllegalStateException("its groups contain each other, or are too many");
      }
      if (child.getValue() instanceof Dataset dataset) {
        found.put(prefix + child.getKey(), dataset);
      } else if (child.getValue() instanceof Group below) {
        collect(below, prefix + child.getKey() + "/", depth + 1, found, visited);
      }
    }
  }

  /** The numbers of a dataset, all finite. */
  Values values(String name, Dataset dataset) {
    Values values = guarded(() -> {
      if (!(dataset instanceof ContiguousDataset)) {
        throw new IllegalStateException("\"" + name + "\" is in chunks, as Keras writes none");
      }
      int[] shape = dataset.getDimensions();
      long elements = 1;
      for (int size : shape) {
        elements = size < 0 || elements > Integer.MAX_VALUE ? Long.MAX_VALUE / Integer.MAX_VALUE : elements * size;
      }
      budget.take(elements, Float.BYTES);
      return new Values(shape, floats(name, elements == 0 ? new float[0] : dataset.isScalar() ? dataset.getData() : dataset.getDataFlat()));
    });
    for (float value : values.data) {
      if (!Float.isFinite(value)) {
        throw new InvalidInputException(file + ": a number of \"" + name + "\" is " + value
            + ", expected finite ones; the training that wrote it has diverged");
      }
    }
    return values;
  }

  private static float[] floats(String name, Object data) {
    return switch (data) {
      case float[] floats -> floats;
      case double[] doubles -> {
        float[] floats = new float[doubles.length];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = (float) doubles[i];
        }
        yield floats;
      }
      case Number number -> new float[] {number.floatValue()};
      case null, default -> throw new IllegalStateException("\"" + name + "\" has no floats");
    };
  }

  /** The library throws whatever comes of a damaged file. */
  private <T> T guarded(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (InvalidInputException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) { // it takes as much memory as a damaged size asks for
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage().replaceAll("\\p{Cntrl}", " ");
      throw new InvalidInputException(file + " is not a usable HDF5 file: " + (reason.length() > 160 ? reason.substring(0, 160) + "..."
          : reason) + "; copy it again or save it anew", e);
    }
  }

  @Override
  public void close() {
    hdf.close();
  }

  /** The names of what is there, for messages. */
  static String names(Map<String, Dataset> datasets) {
    List<String> names = new ArrayList<>(datasets.keySet());
    return names.isEmpty() ? "nothing" : String.join(", ", names.subList(0, Math.min(6, names.size())));
  }
}
