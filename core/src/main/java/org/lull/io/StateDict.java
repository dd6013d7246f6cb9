// SPDX-License-Identifier: Apache-2.0
package org.lull.io;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lull.input.InvalidInputException;
import org.lull.io.Safetensors.Contents;
import org.lull.io.Safetensors.Tensor;
import org.lull.kernel.Kernels;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.rnn.Cell;
import org.lull.rnn.CellParameter;
import org.lull.rnn.LayerLayout;

/**
 * Converts a network's parameters to and from PyTorch's names and order: weight_ih_l0 [gates x hidden, inputs], weight_hh_l0, bias_ih_l0,
 * bias_hh_l0 and so on, and head.weight, head.bias.
 *
 * <p>PyTorch has two biases per row where one is enough. A network keeps only their sum, which is written as bias_ih, with a bias_hh of
 * zero. Only where x and h feed different rows (the GRU's n) are there two biases. A cell without a recurrent product has neither
 * weight_hh_l0 nor bias_hh_l0. Additional parameters of a cell follow under their own names.
 */
public final class StateDict {
  private StateDict() {}

  /** The parameters as tensors. */
  public static List<Tensor> of(Network network) {
    return of("", network, network.parameters());
  }

  /**
   * An arena with the layout of the parameters, such as a moment of an optimiser, as tensors.
   *
   * @param prefix what their names begin with, such as "optimizer.exp_avg."
   */
  public static List<Tensor> of(String prefix, Network network, float[] arena) {
    return parameters(network, arena).stream().map(tensor -> new Tensor(prefix + tensor.name(), tensor.shape(), tensor.data())).toList();
  }

  private static List<Tensor> parameters(Network network, float[] parameters) {
    NetworkSpec spec = network.spec();
    List<Tensor> tensors = new ArrayList<>();
    for (int layer = 0; layer < spec.layers(); layer++) {
      LayerLayout layout = network.layers().get(layer);
      Cell cell = spec.cell();
      int[] gatesOfX = cell.gatesOfX();
      int[] gatesOfH = cell.gatesOfH();
      tensors.add(weights("weight_ih_l" + layer, layout, parameters, gatesOfX, 0, layout.inputs()));
      if (layout.entriesOfH() > 0) {
        tensors.add(weights("weight_hh_l" + layer, layout, parameters, gatesOfH, layout.inputs(), layout.units()));
      }
      float[] biasX = new float[gatesOfX.length * layout.units()];
      float[] biasH = new float[gatesOfH.length * layout.units()];
      for (int block = 0; block < cell.blocks(); block++) {
        for (int u = 0; u < layout.units(); u++) {
          float value = parameters[bias(layout, block, u)];
          if (block < gatesOfX.length) {
            biasX[gatesOfX[block] * layout.units() + u] = value;
          } else {
            biasH[gatesOfH[block - cell.firstBlockOfH()] * layout.units() + u] = value;
          }
        }
      }
      tensors.add(new Tensor("bias_ih_l" + layer, new int[] {biasX.length}, biasX));
      if (layout.entriesOfH() > 0) {
        tensors.add(new Tensor("bias_hh_l" + layer, new int[] {biasH.length}, biasH));
      }
      int block = 0;
      for (CellParameter own : cell.parameters()) {
        float[] values = new float[own.blocks() * layout.units()];
        for (int i = 0; i < values.length; i++) {
          values[i] = parameters[layout.own(block + i / layout.units(), i % layout.units())];
        }
        tensors.add(new Tensor(own.name() + "_l" + layer, new int[] {values.length}, values));
        block += own.blocks();
      }
    }
    float[] headWeight = new float[spec.outputs() * spec.hidden()];
    for (int k = 0; k < spec.outputs(); k++) {
      System.arraycopy(parameters, headRow(network, k), headWeight, k * spec.hidden(), spec.hidden());
    }
    tensors.add(new Tensor("head.weight", new int[] {spec.outputs(), spec.hidden()}, headWeight));
    float[] headBias = Arrays.copyOfRange(parameters, network.headBias(), network.headBias() + spec.outputs());
    tensors.add(new Tensor("head.bias", new int[] {spec.outputs()}, headBias));
    return tensors;
  }

  private static Tensor weights(String name, LayerLayout layout, float[] parameters, int[] gates, int firstColumn, int columns) {
    float[] data = new float[gates.length * layout.units() * columns];
    for (int block = 0; block < gates.length; block++) {
      for (int u = 0; u < layout.units(); u++) {
        for (int j = 0; j < columns; j++) {
          data[(gates[block] * layout.units() + u) * columns + j] = parameters[layout.weight(firstColumn + j, block, u)];
        }
      }
    }
    return new Tensor(name, new int[] {gates.length * layout.units(), columns}, data);
  }

  /**
   * Sets the network's parameters from tensors: all of them, or none if one does not fit.
   *
   * @throws InvalidInputException if a tensor is missing or does not have the shape of the network
   */
  public static void load(Network network, Contents contents) {
    load("", network, network.parameters(), contents);
  }

  /**
   * Sets an arena with the layout of the network's parameters from tensors with a prefix, as {@link #of(String, Network, float[])} makes
   * them.
   *
   * @throws InvalidInputException as {@link #load(Network, Contents)}; the arena is then unchanged
   */
  public static void load(String prefix, Network network, float[] arena, Contents contents) {
    NetworkSpec spec = network.spec();
    float[] parameters = arena.clone();
    for (int layer = 0; layer < spec.layers(); layer++) {
      LayerLayout layout = network.layers().get(layer);
      Cell cell = spec.cell();
      int rowsOfX = cell.blocksOfX() * layout.units();
      int rowsOfH = cell.blocksOfH() * layout.units();
      Tensor ih = contents.tensor(prefix + "weight_ih_l" + layer, rowsOfX, layout.inputs());
      loadWeights(ih, layout, parameters, cell.gatesOfX(), 0, layout.inputs());
      float[] biasX = contents.tensor(prefix + "bias_ih_l" + layer, rowsOfX).data();
      float[] biasH = new float[0];
      if (layout.entriesOfH() > 0) {
        Tensor hh = contents.tensor(prefix + "weight_hh_l" + layer, rowsOfH, layout.units());
        loadWeights(hh, layout, parameters, cell.gatesOfH(), layout.inputs(), layout.units());
        biasH = contents.tensor(prefix + "bias_hh_l" + layer, rowsOfH).data();
      }
      for (int block = 0; block < cell.blocks(); block++) {
        for (int u = 0; u < layout.units(); u++) {
          parameters[bias(layout, block, u)] = biasOf(cell, block, u, layout.units(), biasX, biasH);
        }
      }
      int block = 0;
      for (CellParameter own : cell.parameters()) {
        float[] values = contents.tensor(prefix + own.name() + "_l" + layer, own.blocks() * layout.units()).data();
        for (int i = 0; i < values.length; i++) {
          parameters[layout.own(block + i / layout.units(), i % layout.units())] = values[i];
        }
        block += own.blocks();
      }
    }
    float[] headWeight = contents.tensor(prefix + "head.weight", spec.outputs(), spec.hidden()).data();
    for (int k = 0; k < spec.outputs(); k++) {
      System.arraycopy(headWeight, k * spec.hidden(), parameters, headRow(network, k), spec.hidden());
    }
    float[] headBias = contents.tensor(prefix + "head.bias", spec.outputs()).data();
    System.arraycopy(headBias, 0, parameters, network.headBias(), spec.outputs());
    System.arraycopy(parameters, 0, arena, 0, parameters.length);
  }

  private static void loadWeights(Tensor tensor, LayerLayout layout, float[] parameters, int[] gates, int firstColumn, int columns) {
    for (int block = 0; block < gates.length; block++) {
      for (int u = 0; u < layout.units(); u++) {
        for (int j = 0; j < columns; j++) {
          parameters[layout.weight(firstColumn + j, block, u)] = tensor.data()[(gates[block] * layout.units() + u) * columns + j];
        }
      }
    }
  }

  /** What a row of M begins with: the biases of whatever feeds it. */
  private static float biasOf(Cell cell, int block, int u, int units, float[] biasX, float[] biasH) {
    boolean fedByX = block < cell.blocksOfX();
    boolean fedByH = block >= cell.firstBlockOfH();
    float x = fedByX ? biasX[cell.gatesOfX()[block] * units + u] : 0;
    float h = fedByH ? biasH[cell.gatesOfH()[block - cell.firstBlockOfH()] * units + u] : 0;
    return !fedByX ? h : h == 0 ? x : x + h; // a bias of -0 stays one
  }

  private static int bias(LayerLayout layout, int block, int u) {
    return layout.bias(0) + layout.unitInBlocks(layout.cell().blocks(), block, u);
  }

  private static int headRow(Network network, int k) {
    return network.headWeight() + k * Kernels.pad(network.spec().hidden());
  }
}
