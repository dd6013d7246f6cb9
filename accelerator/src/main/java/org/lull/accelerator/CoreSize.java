// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.List;
import org.lull.input.InvalidInputException;

/**
 * The size of a build of the logic: its parameters.
 *
 * @param lanes number of multipliers, P
 * @param widest largest number of inputs, and of hidden units, of a layer, N
 * @param steps largest number of timesteps, T
 * @param layers largest number of layers
 * @param words number of words of P weights, for all layers together
 * @param list number of entries of the lists of x, for all layers, timesteps and two sequences; there are as many for h
 */
public record CoreSize(int lanes, int widest, int steps, int layers, int words, int list) {
  private static final int WIDEST = 1024;
  private static final int LONGEST = 1024;
  private static final int MOST_LAYERS = 8;

  /** @throws InvalidInputException if there is no such build */
  public CoreSize {
    checkLanes(lanes);
    require(widest >= lanes / 2 && widest <= WIDEST && Integer.bitCount(widest) == 1, "inputs or hidden units", widest,
        "at most " + WIDEST);
    require(steps >= 2 && steps <= LONGEST && Integer.bitCount(steps) == 1, "timesteps", steps, "at most " + LONGEST);
    require(layers >= 1 && layers <= MOST_LAYERS, "layers", layers, "1 to " + MOST_LAYERS);
    require(words >= 1, "words of weights", words, "at least 1");
    require(list >= 1, "list entries", list, "at least 1");
  }

  /**
   * The smallest build that holds a network of these sizes, which are rounded up. Its lists have room for every entry to fire.
   *
   * @throws InvalidInputException if there is none
   */
  static CoreSize holding(List<FixedLstmLayer> layers, int lanes, int steps) {
    checkLanes(lanes);
    int widest = layers.stream().mapToInt(layer -> Math.max(layer.inputs(), layer.units())).max().orElseThrow();
    require(widest <= WIDEST, "inputs or hidden units", widest, "at most " + WIDEST);
    require(steps <= LONGEST, "timesteps", steps, "at most " + LONGEST);
    int n = Math.max(powerOfTwo(widest), lanes / 2);
    int t = Math.max(2, powerOfTwo(steps));
    int words = powerOfTwo(Math.toIntExact(layers.stream().mapToLong(layer -> words(layer, lanes)).sum()));
    return new CoreSize(lanes, n, t, layers.size(), words, powerOfTwo(layers.size() * 2 * (t * n + 1)));
  }

  private static int powerOfTwo(int atLeast) {
    return atLeast <= 1 ? 1 : Integer.highestOneBit(atLeast - 1) << 1;
  }

  /** A build with the same lanes that holds what either of the two builds holds. */
  public CoreSize or(CoreSize other) {
    return new CoreSize(lanes, Math.max(widest, other.widest), Math.max(steps, other.steps), Math.max(layers, other.layers),
        Math.max(words, other.words), Math.max(list, other.list));
  }

  /** Number of words of the weights of a layer. */
  static int words(FixedLstmLayer layer, int lanes) {
    return (layer.columns() + 1) * (layer.rows() / lanes);
  }

  /** @throws InvalidInputException if there is no core of so many lanes */
  public static void checkLanes(int lanes) {
    require(lanes >= 4 && lanes <= 64 && Integer.bitCount(lanes) == 1, "lanes", lanes, "4, 8, 16, 32 or 64");
  }

  private static void require(boolean ok, String what, int value, String expected) {
    if (!ok) {
      throw new InvalidInputException("accelerator: " + what + ": " + value + ", expected " + expected);
    }
  }

  /** @throws InvalidInputException if the build cannot hold the layers or so many timesteps */
  void check(List<FixedLstmLayer> network, int timesteps) {
    String advice = "; choose a build that is larger";
    int all = 0;
    for (int l = 0; l < network.size(); l++) {
      FixedLstmLayer layer = network.get(l);
      if (layer.units() % (lanes / FixedLstmLayer.GATES) != 0) {
        throw new InvalidInputException("accelerator: layer " + (l + 1) + " has " + layer.units() + " hidden units; " + lanes
            + " lanes take " + lanes / FixedLstmLayer.GATES + " at a time, so choose a multiple of that, or fewer lanes");
      }
      if (Math.max(layer.inputs(), layer.units()) > widest) {
        throw new InvalidInputException("accelerator: layer " + (l + 1) + " has " + layer.inputs() + " inputs and " + layer.units()
            + " hidden units, the build holds " + widest + advice);
      }
      all += words(layer, lanes);
    }
    if (network.size() > layers) {
      throw new InvalidInputException("accelerator: " + network.size() + " layers, the build holds " + layers + advice);
    }
    if (timesteps > steps) {
      throw new InvalidInputException("accelerator: a sequence of " + timesteps + " timesteps, the build holds " + steps + advice);
    }
    if (all > words) {
      throw new InvalidInputException("accelerator: " + all + " words of weights, the build holds " + words + advice);
    }
  }

  /**
   * @param entriesOfX number of entries in the lists of x of two sequences, in all layers
   * @param entriesOfH number of entries in the lists of h
   * @throws InvalidInputException if the build cannot hold them
   */
  void checkLists(int entriesOfX, int entriesOfH) {
    int longer = Math.max(entriesOfX, entriesOfH);
    if (longer > list) {
      throw new InvalidInputException("accelerator: " + longer + " list entries, the build holds " + list
          + "; choose a build that is larger, shorter sequences or higher thresholds");
    }
  }

  /** Number of units per cycle of the elementwise stages, E. */
  int unitsACycle() {
    return lanes < 32 ? 1 : lanes / 16;
  }

  /** The parameters as the build script takes them. */
  List<String> arguments() {
    return List.of("P=" + lanes, "E=" + unitsACycle(), "N=" + widest, "T=" + steps, "LAYERS=" + layers, "WORDS=" + words, "LIST=" + list);
  }
}
