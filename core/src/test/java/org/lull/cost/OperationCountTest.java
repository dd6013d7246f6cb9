// SPDX-License-Identifier: Apache-2.0
package org.lull.cost;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Figures worked out by hand. */
class OperationCountTest {
  /** An LSTM layer of 3 inputs and 5 units: a column has 4 x 5 = 20 rows. */
  private static OperationCount lstm(int inputs, boolean inputGradient) {
    return new OperationCount(new LayerShape(inputs, 5, 5, 20, 20, 4, 5, 155), inputGradient);
  }

  /** 10 timesteps of one sequence, in which 12 entries of x and 6 of h fired. */
  private static OperationCount trained(boolean inputGradient) {
    OperationCount count = lstm(3, inputGradient);
    count.addForward(10, 12, 6);
    count.addBackward(1, 10, 12, 6, 6);
    return count;
  }

  @Test
  void theFirstLayerNeedsNoGradientOfItsInput() {
    OperationCount count = trained(false);
    assertThat(count.forward()).isEqualTo(18 * 20);
    assertThat(count.transposed()).isEqualTo(6 * 20);
    assertThat(count.weightGradient()).isEqualTo(18 * 20);
    assertThat(count.total()).isEqualTo(840);
    assertThat(count.denseTotal()).isEqualTo((80 + 45 + 80) * 20); // no gradient of h_0
    OperationCount above = trained(true);
    assertThat(above.total()).isEqualTo(3 * 18 * 20);
    assertThat(above.denseTotal()).isEqualTo((80 + 75 + 80) * 20);
  }

  /** 24 Nh (Nx oc(x) + Nh oc(h)) operations a timestep, of two a multiply-add; here 12 of 30 and 6 of 50 fired. */
  @Test
  void thePaperCountsThreeProductsOfXAndOfH() {
    for (OperationCount count : List.of(trained(false), trained(true))) {
      assertThat(count.paperTotal()).isEqualTo(Math.round(10 * 12 * 5 * (3 * 0.4 + 5 * 0.12))).isEqualTo(1080);
      assertThat(count.paperDenseTotal()).isEqualTo(10 * 12 * 5 * (3 + 5)).isEqualTo(4800);
    }
    OperationCounts both = new OperationCounts(List.of(trained(false), trained(true)));
    assertThat(both.paperTotal()).isEqualTo(2160);
    assertThat(both.paperDenseTotal()).isEqualTo(9600);
    assertThat(both.total()).isEqualTo(840 + 1080);
  }

  /** The dense layer skips the gradient of h_0 and is counted so; the paper's model does not. */
  @Test
  void ofADenseLayerBothSidesAreTheSame() {
    OperationCount count = lstm(3, false);
    count.addForward(10, 30, 50);
    count.addBackward(2, 10, 30, 50, 40);
    assertThat(count.total()).isEqualTo(count.denseTotal()).isEqualTo((80 + 40 + 80) * 20);
    assertThat(count.paperTotal()).isEqualTo(count.paperDenseTotal()).isEqualTo(3 * 80 * 20);
  }

  /** What only went forward has one product. */
  @Test
  void evaluationIsOneProduct() {
    OperationCount count = lstm(3, false);
    count.addForward(10, 12, 6);
    assertThat(count.paperTotal()).isEqualTo(count.total()).isEqualTo(18 * 20);
    assertThat(count.paperDenseTotal()).isEqualTo(count.denseTotal()).isEqualTo(80 * 20);
  }

  /** A keyframe at which 2 entries of x and 1 of h fired takes the columns of the other 1 and 4 as well. */
  @Test
  void keyframesAreCountedInEachProduct() {
    OperationCount count = trained(false);
    count.addForwardKeyframes(1, 4);
    count.addBackwardKeyframes(1, 4);
    assertThat(count.forward()).isEqualTo((18 + 5) * 20);
    assertThat(count.transposed()).isEqualTo((6 + 4) * 20);
    assertThat(count.weightGradient()).isEqualTo((18 + 5) * 20);
    assertThat(count.paperTotal()).isEqualTo(3 * (18 + 5) * 20);
    assertThat(count.denseTotal()).isEqualTo(trained(false).denseTotal());
    assertThat(count.sparsityX()).isEqualTo(trained(false).sparsityX());
    OperationCount sum = trained(false);
    sum.add(count);
    assertThat(sum.total()).isEqualTo(count.total() + trained(false).total());
    count.reset();
    assertThat(count.total()).isZero();
  }
}
