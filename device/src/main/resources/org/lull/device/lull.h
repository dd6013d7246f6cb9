/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Delta LSTM in 16-bit integers that recognises sequences and, if exported with --learn full, learns from them.
 *
 * All memory is in the context that the caller gives. Nothing is allocated, and nothing is global but constants. Use a context from one
 * thread at a time. Every result has the same bits on every machine, and the same as in Java (docs/device.md).
 */
#ifndef LULL_H
#define LULL_H

#include <stdint.h>

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LULL_GATES 4
#define LULL_ROWS (LULL_GATES * LULL_UNITS)
/* References of all layers: one for each column of x and of h. */
#define LULL_REFERENCES (LULL_INPUTS + LULL_UNITS + (LULL_LAYERS - 1) * 2 * LULL_UNITS)
/* Columns of the widest layer, without the bias. */
#define LULL_COLUMNS ((LULL_INPUTS > LULL_UNITS && LULL_LAYERS > 1 ? LULL_INPUTS \
  : LULL_LAYERS > 1 ? LULL_UNITS : LULL_INPUTS) + LULL_UNITS)
/* Weights of all layers. Each layer has one column of biases. */
#define LULL_WEIGHTS (LULL_ROWS * (LULL_REFERENCES + LULL_LAYERS))
#define LULL_HEAD_WEIGHTS (LULL_CLASSES * (LULL_UNITS + 1))

/* Longest clip of which the context keeps what learning needs. May be set by -D. */
#ifndef LULL_STEPS
#define LULL_STEPS LULL_DEFAULT_STEPS
#endif
/* Entries that fire in such a clip, in all layers. As many as there can be, unless set by -D. */
#ifndef LULL_LIST
#define LULL_LIST (LULL_STEPS * LULL_REFERENCES + LULL_LAYERS)
#endif

typedef enum {
  LULL_OK = 0,
  LULL_NOT_FINITE = 1,  /* a feature is no number, or far beyond those of training */
  LULL_NO_FRAMES = 2,   /* no frame since lull_start */
  LULL_BAD_LABEL = 3,   /* no class of the model */
  LULL_BAD_RATE = 4,    /* not 0 to LULL_LARGEST_RATE */
  LULL_TOO_LONG = 5,    /* more than LULL_STEPS frames, or more than LULL_LIST entries fired: nothing was learned */
  LULL_TOO_MANY = 6     /* more frames than lull_step can count; call lull_start */
} lull_status;

/* n of the smallest learning rate, 2^-n. */
#define LULL_LARGEST_RATE 20
/* Most frames from one lull_start to the next: five days at 25 ms. */
#define LULL_LARGEST_STEPS (1L << 24)

/* How many numbers were saturated since lull_init. */
typedef struct {
  uint32_t values;    /* deltas and cell states */
  uint32_t gradients;
  uint32_t weights;
} lull_saturated;

/* Number of a column, of the bias too. */
#if LULL_COLUMNS < 256
typedef uint8_t lull_column;
#else
typedef uint16_t lull_column;
#endif

#if LULL_LEARN
/* Number of an entry on the tape. */
#if LULL_LIST < 65536
typedef uint16_t lull_entry;
#else
typedef uint32_t lull_entry;
#endif

/* The weights, which change, and what the backward pass needs. */
typedef struct {
  uint64_t magnitudes;                   /* all bits of the gradients of a backward pass */
  int16_t weights[LULL_WEIGHTS];
  int16_t head[LULL_HEAD_WEIGHTS];
  int8_t carry[LULL_WEIGHTS];            /* what updates left over, in 1/256 of the unit of the weight */
  int8_t head_carry[LULL_HEAD_WEIGHTS];
  /* The tape: entries that fired, and c_t; then, from the last timestep to the first, dL/dx_t in place of c_t. */
  lull_column column[LULL_LIST];
  int16_t delta[LULL_LIST];
  lull_entry start[LULL_STEPS][LULL_LAYERS];      /* first entry of x */
  lull_entry start_of_h[LULL_STEPS][LULL_LAYERS]; /* first entry of h */
  lull_entry end;
  int16_t c[LULL_LAYERS][LULL_STEPS][LULL_UNITS];
  int16_t g[LULL_STEPS][LULL_ROWS];      /* G_t of one layer, as operand */
  /* Working storage of the backward pass. */
  int32_t g_sum[LULL_ROWS];
  int32_t dc_carry[LULL_UNITS];
  int32_t last_d[LULL_COLUMNS];
  int16_t back[LULL_UNITS];
  int16_t dx[LULL_UNITS];
  int16_t dh[LULL_UNITS];
  int32_t d_scores[LULL_CLASSES];
  lull_entry cursor[LULL_STEPS];
  uint8_t too_long;
} lull_learning;
#endif

typedef struct {
  int64_t m[LULL_LAYERS][LULL_ROWS];     /* delta memories */
  /* The list: the columns that fire at a timestep in one layer, and their deltas. */
  lull_column column[LULL_COLUMNS + 1];
  int16_t delta[LULL_COLUMNS + 1];
  int16_t reference[LULL_REFERENCES];    /* values last transmitted */
  int16_t h[LULL_LAYERS][LULL_UNITS];
  int16_t c[LULL_LAYERS][LULL_UNITS];
  int64_t h_sum[LULL_UNITS];             /* of the top layer, over the clip */
  int16_t y[LULL_UNITS];                 /* what the head reads */
  int32_t steps;                         /* frames since lull_start */
  uint32_t fired;                        /* entries that fired since lull_start, biases not counted */
  lull_saturated saturated;
#if LULL_LEARN
  lull_learning learning;
#endif
} lull_context;

/* Sets up a context with the weights of the model and starts a clip. */
void lull_init(lull_context *context);

/* Starts a clip. What was learned stays. */
void lull_start(lull_context *context);

/*
 * Normalises the features of a frame. x is in 2^-12. Without floats on the device: give lull_step integers normalised elsewhere.
 * LULL_NOT_FINITE leaves x unchanged.
 */
lull_status lull_normalise(const float features[LULL_INPUTS], int16_t x[LULL_INPUTS]);

/* Takes the next frame of the clip. */
lull_status lull_step(lull_context *context, const int16_t x[LULL_INPUTS]);

/* The scores of the clip so far, in 2^-12; the largest is that of the class recognised. */
lull_status lull_scores(lull_context *context, int32_t scores[LULL_CLASSES]);

/* The class with the largest score: an index of lull_label. */
int32_t lull_best(const int32_t scores[LULL_CLASSES]);

#if LULL_LEARN
/*
 * Learns that the clip since lull_start has this label: one step of gradient descent, with all weights. The learning rate is 2^-rate.
 * Afterwards a new clip has started. After an error nothing has changed.
 */
lull_status lull_learn(lull_context *context, int32_t label, int32_t rate);
#endif

#ifdef __cplusplus
}
#endif

#endif
