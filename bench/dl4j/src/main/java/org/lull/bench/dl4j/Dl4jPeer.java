// SPDX-License-Identifier: Apache-2.0
package org.lull.bench.dl4j;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.lull.bench.Peer;
import org.lull.network.NetworkSpec;
import org.lull.rnn.Cell;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * The same network in Deeplearning4j: its LSTM layers, average pooling over time, softmax and cross-entropy. Its settings are those it is
 * fastest with: workspaces, which are its default, and no garbage collection of its own asking. Gradients are computed, weights stay.
 */
final class Dl4jPeer implements Peer {
  /** Deeplearning4j on the CPU. It has no GRU. */
  static final class Dl4j implements Library {
    @Override
    public String name() {
      return "DL4J 1.0.0-M2.1";
    }

    @Override
    public boolean has(Cell cell) {
      return cell.name().equals("lstm");
    }

    @Override
    public void useThreads(int threads) {
      Nd4j.getEnvironment().setMaxThreads(threads);
      Nd4j.getEnvironment().setMaxMasterThreads(threads);
    }

    @Override
    public Peer open(NetworkSpec spec, int steps, int batch) {
      return new Dl4jPeer(spec, steps, batch);
    }
  }

  private final MultiLayerNetwork network;
  private final INDArray x; // [batch][inputs][steps]
  private final INDArray labels; // [batch][classes], one-hot

  Dl4jPeer(NetworkSpec spec, int steps, int batch) {
    Nd4j.getMemoryManager().togglePeriodicGc(false);
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder().seed(1).updater(new NoOp()).weightInit(WeightInit.XAVIER).list();
    for (int layer = 0; layer < spec.layers(); layer++) {
      layers.layer(new LSTM.Builder().nIn(spec.inputs(layer)).nOut(spec.hidden()).activation(Activation.TANH).build());
    }
    layers.layer(new GlobalPoolingLayer.Builder(PoolingType.AVG).build());
    layers.layer(new OutputLayer.Builder(LossFunction.MCXENT).nIn(spec.hidden()).nOut(spec.outputs()).activation(Activation.SOFTMAX)
        .build());
    layers.setInputType(InputType.recurrent(spec.inputs(), steps));
    network = new MultiLayerNetwork(layers.build());
    network.init();
    x = Nd4j.randn(batch, spec.inputs(), steps);
    labels = Nd4j.zeros(batch, spec.outputs());
    for (int i = 0; i < batch; i++) {
      labels.putScalar(i, i % spec.outputs(), 1);
    }
  }

  @Override
  public float train() {
    network.setInput(x);
    network.setLabels(labels);
    network.computeGradientAndScore();
    return (float) network.score();
  }

  @Override
  public float infer() {
    return network.output(x, false).getFloat(0, 0);
  }

  @Override
  public void close() {
    network.close();
    x.close();
    labels.close();
  }
}
