/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs an exported model on clips from standard input and writes every number to standard output, for comparison.
 * A clip: the number of frames, a label, a rate, then the features as floats. Label -1: only recognise. All numbers have four bytes, in the
 * order of the machine.
 */
#include <stdio.h>

#include "lull.h"

static lull_context context;

static void put(const void *data, size_t size) {
  (void)fwrite(data, 1, size, stdout);
}

int main(void) {
  int32_t clip[3];
  int32_t scores[LULL_CLASSES];
  uint32_t size = (uint32_t)sizeof context;
  lull_init(&context);
  put(&size, sizeof size);
  while (fread(clip, sizeof clip[0], 3, stdin) == 3) {
    lull_start(&context);
    for (int32_t t = 0; t < clip[0]; t++) {
      float features[LULL_INPUTS];
      int16_t x[LULL_INPUTS];
      if (fread(features, sizeof features[0], LULL_INPUTS, stdin) != LULL_INPUTS) {
        return 1;
      }
      if (lull_normalise(features, x) != LULL_OK || lull_step(&context, x) != LULL_OK) {
        return 2;
      }
      put(context.h[LULL_LAYERS - 1], sizeof context.h[0]);
    }
    if (lull_scores(&context, scores) != LULL_OK) {
      return 3;
    }
    put(scores, sizeof scores);
#if LULL_LEARN
    if (clip[1] >= 0) {
      int32_t status = (int32_t)lull_learn(&context, clip[1], clip[2]);
      put(&status, sizeof status);
      put(context.learning.weights, sizeof context.learning.weights);
      put(context.learning.carry, sizeof context.learning.carry);
      put(context.learning.head, sizeof context.learning.head);
      put(context.learning.head_carry, sizeof context.learning.head_carry);
    }
#endif
    put(&context.saturated, sizeof context.saturated);
  }
  return 0;
}
