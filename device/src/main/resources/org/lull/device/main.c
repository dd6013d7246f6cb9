/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An example for a computer. Reads a clip from standard input, numbers between white space, LULL_INPUTS features for each frame, and prints
 * what the model recognises. With --learn: learns the clip as that label, e.g. ./example --learn yes < clip.txt, and recognises it again.
 */
#include <stdio.h>
#include <string.h>

#include "lull.h"

static lull_context context; /* as large as the model and what it learns with */

/* The frames, to give them twice. A device would give each to lull_step when it comes. */
#define MOST_FRAMES 10000
static int16_t frames[MOST_FRAMES][LULL_INPUTS];

static int read_frames(int *count) {
  float features[LULL_INPUTS];
  int channel = 0;
  *count = 0;
  while (scanf("%f", &features[channel]) == 1) {
    channel++;
    if (channel == LULL_INPUTS) {
      if (*count == MOST_FRAMES) {
        fprintf(stderr, "more than %d frames\n", MOST_FRAMES);
        return 0;
      }
      if (lull_normalise(features, frames[*count]) != LULL_OK) {
        fprintf(stderr, "frame %d has a feature that is not finite, or far beyond those of training\n", *count);
        return 0;
      }
      (*count)++;
      channel = 0;
    }
  }
  if (!feof(stdin) || channel != 0 || *count == 0) {
    fprintf(stderr, "expected frames of %d numbers; read %d frames and %d numbers more\n", LULL_INPUTS, *count, channel);
    return 0;
  }
  return 1;
}

static void recognise(int count) {
  int32_t scores[LULL_CLASSES];
  lull_start(&context);
  for (int t = 0; t < count; t++) {
    (void)lull_step(&context, frames[t]);
  }
  (void)lull_scores(&context, scores);
  int32_t best = lull_best(scores);
  printf("%s (score %.2f, %.1f of %d entries fired a frame)\n", lull_label[best], scores[best] / 4096.0,
         (double)context.fired / count, LULL_REFERENCES);
}

int main(int arguments, char **argument) {
  int count = 0;
  if (arguments != 1 && !(arguments == 3 && strcmp(argument[1], "--learn") == 0)) {
    fprintf(stderr, "usage: %s [--learn LABEL] < FEATURES\n", argument[0]);
    return 2;
  }
  if (!read_frames(&count)) {
    return 2;
  }
  lull_init(&context);
  recognise(count);
  if (arguments == 3) {
#if LULL_LEARN
    int32_t label = 0;
    while (label < LULL_CLASSES && strcmp(lull_label[label], argument[2]) != 0) {
      label++;
    }
    lull_status status = lull_learn(&context, label, 6);
    if (status != LULL_OK) {
      fprintf(stderr, "not learned: error %d, see lull_status in lull.h\n", (int)status);
      return 1;
    }
    recognise(count);
#else
    fprintf(stderr, "this model was exported without learning; export it with --learn full\n");
    return 2;
#endif
  }
  return 0;
}
