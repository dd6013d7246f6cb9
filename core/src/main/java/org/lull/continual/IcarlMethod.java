// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.List;
import org.lull.network.Network;
import org.lull.train.Example;
import org.lull.train.Loss;

/** iCaRL (Rebuffi et al. 2017), the reference implementation's method: exemplars by herding, distillation, nearest mean of exemplars. */
record IcarlMethod() implements Method {
  @Override
  public String name() {
    return "icarl";
  }

  @Override
  public Loss loss(LearningTask task) {
    return task.distilled(Loss.CROSS_ENTROPY, Distillation.Kind.SIGMOID, 1, 1);
  }

  @Override
  public Network classifier(Network network, List<List<Example>> exemplars, Inference inference) {
    return NearestMean.classifier(network, exemplars.stream().map(inference::features).toList());
  }
}
