/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a clip and, with WHAT 2, learns from it. The difference of two runs is what one more repetition costs. */
#include <stdio.h>

#include "lull.h"

#include "clip.h"

#define FRAMES ((int32_t)(sizeof clip / sizeof clip[0]))

static lull_context context;

int main(void) {
  int32_t scores[LULL_CLASSES];
  uint32_t fired = 0;
  lull_init(&context);
  for (int32_t n = 0; n < REPEAT; n++) {
    lull_start(&context);
    for (int32_t t = 0; t < FRAMES; t++) {
      (void)lull_step(&context, clip[t]);
    }
    fired = context.fired;
    (void)lull_scores(&context, scores);
#if WHAT == 2
    if (lull_learn(&context, 0, 20) != LULL_OK) {
      printf("not learned\n");
    }
#endif
  }
  printf("context %lu bytes, frames %ld, not fired %.1f %%\n", (unsigned long)sizeof context, (long)FRAMES,
         100.0 - 100.0 * fired / (double)(FRAMES * LULL_REFERENCES - LULL_LAYERS * LULL_UNITS));
  return 0;
}
