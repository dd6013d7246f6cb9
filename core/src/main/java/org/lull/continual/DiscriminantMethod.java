// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.List;
import org.lull.network.Network;
import org.lull.train.Example;

/** No training: the head is the linear discriminant of the exemplars. {@link OnlineLearner} does this if every class has an exemplar. */
record DiscriminantMethod() implements Method {
  @Override
  public String name() {
    return "discriminant";
  }

  @Override
  public boolean trains() {
    return false;
  }

  @Override
  public Network classifier(Network network, List<List<Example>> exemplars, Inference inference) {
    return Discriminant.classifier(network, inference.readAll(exemplars));
  }
}
