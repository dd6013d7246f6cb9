/* SPDX-License-Identifier: Apache-2.0 */
/* The letters, units and roundings are those of docs/accelerator.md and docs/device.md of Lull; t counts from 0 here. */
#include "lull.h"

#include <string.h>

/* Fraction bits of x, h and deltas; of weights; of c; of sigmoid and tanh. */
#define FV 12
#define FW 13
#define FC 10
#define FA 15
#define ONE (1 << FV)
/* Fraction bits of y, of scores and of probabilities; fraction bits of dL/dh beyond those of its factors. */
#define FY 15
#define FS 12
#define FP 15
#define FD 8
/* Binary exponents of the unit of dL/dc and of G; fraction bits of the sum G; bits of a carry; smallest shift of an update. */
#define KC 1
#define KG 3
#define GF 12
#define CARRY_BITS 8
#define SMALLEST_SHIFT (-8)
/* Bits of the largest dL/dh in the first trial, as gradients may grow a hundredfold through time; bits of a gradient without sign. */
#define TRIAL_BITS 7
#define LARGEST_BITS 15

/* C99 leaves open how negative numbers are shifted to the right. Every compiler we know keeps the sign, which is needed here. */
typedef char lull_shifts_keep_the_sign[(-3 >> 1) == -2 ? 1 : -1];

/* a / 2^n, rounded to the nearest integer, halves to the even one. */
static int64_t rne(int64_t a, int32_t n) {
  return n == 0 ? a : (a + (((int64_t)1 << (n - 1)) - 1) + ((a >> n) & 1)) >> n;
}

#if LULL_HEAD_MEAN || LULL_LEARN
/* a / n, rounded to the nearest integer, halves up; n > 0. */
static int64_t divide(int64_t a, int32_t n) {
  int64_t above = 2 * a + n;
  int64_t below = 2 * (int64_t)n;
  int64_t quotient = above / below;
  return above % below < 0 ? quotient - 1 : quotient;
}
#endif

static int16_t clamp16(int64_t a) {
  return (int16_t)(a < INT16_MIN ? INT16_MIN : a > INT16_MAX ? INT16_MAX : a);
}

/* Saturates to 16 bits, and counts. */
static int16_t sat16(int64_t a, uint32_t *count) {
  int16_t clamped = clamp16(a);
  *count += clamped != a;
  return clamped;
}

/* ---- sigmoid and tanh: one table of tanh with linear interpolation ---- */

static int32_t magnitude(int32_t m) {
  int32_t a = m < 0 ? -m : m;
  return a > INT16_MAX ? INT16_MAX : a;
}

/* tanh of z / 2^13. */
static int32_t interpolate(int32_t z) {
  int32_t k = z >> 8;
  int32_t rise = lull_tanh[k + 1] - lull_tanh[k];
  int32_t part = rise * (z & 255);
  return lull_tanh[k] + ((part + 127 + ((part >> 8) & 1)) >> 8);
}

static int32_t tanh_of(int32_t m) {
  int32_t y = interpolate(2 * magnitude(m));
  return m < 0 ? -y : y;
}

static int32_t sigmoid_of(int32_t m) {
  int32_t y = interpolate(magnitude(m));
  int32_t twice = (1 << FA) + (m < 0 ? -y : y);
  int32_t half = (twice + ((twice >> 1) & 1)) >> 1;
  return half > INT16_MAX ? INT16_MAX : half;
}

/* ---- layers ---- */

static int32_t inputs_of(int32_t layer) {
  return layer == 0 ? LULL_INPUTS : LULL_UNITS;
}

static int32_t columns_of(int32_t layer) {
  return inputs_of(layer) + LULL_UNITS;
}

/* Position of the references of a layer among those of all. */
static int32_t reference_at(int32_t layer) {
  return layer == 0 ? 0 : LULL_INPUTS + LULL_UNITS + (layer - 1) * 2 * LULL_UNITS;
}

/* Position of the first weight of a layer. */
static int32_t weight_at(int32_t layer) {
  return LULL_ROWS * (reference_at(layer) + layer);
}

/* W of a layer, [columns + 1][rows]: columns of x, of h, of biases; rows 4 u + gate, with the gates i f g o. */
static const int16_t *weights_of(const lull_context *context, int32_t layer) {
#if LULL_LEARN
  return &context->learning.weights[weight_at(layer)];
#else
  (void)context;
  return &lull_weights[weight_at(layer)];
#endif
}

static const int16_t *head_of(const lull_context *context) {
#if LULL_LEARN
  return context->learning.head;
#else
  (void)context;
  return lull_head;
#endif
}

/* m += sign * W[.][column_k] * delta_k over n columns. Four rows at a time, whose sums stay in registers. */
static void add_columns(int64_t *m, const int16_t *w, const lull_column *column, const int16_t *delta, int32_t n, int32_t sign) {
  for (int32_t r = 0; r < LULL_ROWS; r += LULL_GATES) {
    int64_t i = m[r];
    int64_t f = m[r + 1];
    int64_t g = m[r + 2];
    int64_t o = m[r + 3];
    for (int32_t k = 0; k < n; k++) {
      const int16_t *at = &w[column[k] * LULL_ROWS + r];
      int32_t d = sign * delta[k];
      i += at[0] * d;
      f += at[1] * d;
      g += at[2] * d;
      o += at[3] * d;
    }
    m[r] = i;
    m[r + 1] = f;
    m[r + 2] = g;
    m[r + 3] = o;
  }
}

/*
 * The delta encoder: of n values, those that moved by their threshold or more are put on the list, which has count entries, and become
 * references. first is the column of v[0]. Returns the new count.
 */
static int32_t encode(lull_context *context, int32_t layer, const int16_t *v, int32_t n, int32_t first, int32_t theta, int32_t count) {
  int16_t *reference = &context->reference[reference_at(layer) + first];
  for (int32_t k = 0; k < n; k++) {
    int32_t d = v[k] - reference[k];
    if ((d < 0 ? -d : d) >= theta) {
      int16_t delta = sat16(d, &context->saturated.values);
      reference[k] = (int16_t)(reference[k] + delta);
      context->column[count] = (lull_column)(first + k);
      context->delta[count] = delta;
      count++;
    }
  }
  return count;
}

/* h_t and c_t of a layer from M_t. */
static void cell_forward(lull_context *context, int32_t layer) {
  const int64_t *m = context->m[layer];
  for (int32_t u = 0; u < LULL_UNITS; u++) {
    int32_t r = LULL_GATES * u;
    int32_t i = sigmoid_of(clamp16(rne(m[r], FW)));
    int32_t f = sigmoid_of(clamp16(rne(m[r + 1], FW)));
    int32_t g = tanh_of(clamp16(rne(m[r + 2], FW)));
    int32_t o = sigmoid_of(clamp16(rne(m[r + 3], FW)));
    int64_t c = (int64_t)(f * context->c[layer][u]) * (1 << (FA - FC)) + i * g;
    int16_t c_new = sat16(rne(c, 2 * FA - FC), &context->saturated.values);
    int32_t tanh_c = tanh_of(clamp16(c_new * (1 << (FV - FC))));
    context->c[layer][u] = c_new;
    context->h[layer][u] = (int16_t)rne(o * tanh_c, 2 * FA - FV);
  }
}

#if LULL_LEARN
/* Puts the list and c_t of a layer on the tape. A clip that is too long goes on without. */
static void record(lull_context *context, int32_t layer, int32_t entries_of_x, int32_t entries) {
  lull_learning *learning = &context->learning;
  int32_t t = context->steps;
  if (t >= LULL_STEPS || (int32_t)learning->end + entries > LULL_LIST) {
    learning->too_long = 1;
  }
  if (learning->too_long == 0) {
    learning->start[t][layer] = learning->end;
    learning->start_of_h[t][layer] = (lull_entry)(learning->end + (lull_entry)entries_of_x);
    memcpy(&learning->column[learning->end], context->column, (size_t)entries * sizeof context->column[0]);
    memcpy(&learning->delta[learning->end], context->delta, (size_t)entries * sizeof context->delta[0]);
    memcpy(learning->c[layer][t], context->c[layer], sizeof context->c[layer]);
    learning->end = (lull_entry)(learning->end + (lull_entry)entries);
  }
}
#endif

static void layer_forward(lull_context *context, int32_t layer, const int16_t *x) {
  int32_t inputs = inputs_of(layer);
  int32_t entries_of_x = encode(context, layer, x, inputs, 0, lull_theta_x[layer], 0);
  int32_t entries = entries_of_x;
  context->fired += (uint32_t)entries_of_x;
  if (context->steps == 0) { /* the biases fire. h before this timestep is 0 and was never anything else */
    context->column[entries] = (lull_column)columns_of(layer);
    context->delta[entries] = ONE;
    entries++;
    entries_of_x++;
  } else {
    entries = encode(context, layer, context->h[layer], LULL_UNITS, inputs, lull_theta_h[layer], entries);
    context->fired += (uint32_t)(entries - entries_of_x);
  }
  add_columns(context->m[layer], weights_of(context, layer), context->column, context->delta, entries, 1);
  cell_forward(context, layer);
#if LULL_LEARN
  record(context, layer, entries_of_x, entries);
#endif
}

/* ---- the head ---- */

/* y: the mean of h, or h of the last timestep. */
static void read_hidden(lull_context *context) {
  for (int32_t u = 0; u < LULL_UNITS; u++) {
#if LULL_HEAD_MEAN
    int64_t y = divide(context->h_sum[u] * (1 << (FY - FV)), context->steps);
#else
    int64_t y = context->h[LULL_LAYERS - 1][u] * (1 << (FY - FV));
#endif
    context->y[u] = clamp16(y);
  }
}

/* ---- what the caller uses ---- */

void lull_init(lull_context *context) {
  memset(context, 0, sizeof *context);
#if LULL_LEARN
  memcpy(context->learning.weights, lull_weights, sizeof context->learning.weights);
  memcpy(context->learning.head, lull_head, sizeof context->learning.head);
#endif
}

void lull_start(lull_context *context) {
  memset(context->m, 0, sizeof context->m);
  memset(context->reference, 0, sizeof context->reference);
  memset(context->h, 0, sizeof context->h);
  memset(context->c, 0, sizeof context->c);
  memset(context->h_sum, 0, sizeof context->h_sum);
  context->steps = 0;
  context->fired = 0;
#if LULL_LEARN
  context->learning.end = 0;
  context->learning.too_long = 0;
#endif
}

lull_status lull_normalise(const float features[LULL_INPUTS], int16_t x[LULL_INPUTS]) {
  for (int32_t k = 0; k < LULL_INPUTS; k++) {
    float v = (features[k] - lull_mean[k]) / lull_deviation[k];
    if (!(v >= -LULL_LARGEST_FEATURE && v <= LULL_LARGEST_FEATURE)) {
      return LULL_NOT_FINITE;
    }
  }
  for (int32_t k = 0; k < LULL_INPUTS; k++) {
    float v = (features[k] - lull_mean[k]) / lull_deviation[k] * (float)ONE;
    float within = v > (float)INT16_MAX ? (float)INT16_MAX : v < (float)INT16_MIN ? (float)INT16_MIN : v;
    int32_t whole = (int32_t)within;
    float rest = within - (float)whole; /* exact, as the product by ONE is */
    whole += rest > 0.5f || (rest == 0.5f && whole % 2 != 0);
    whole -= rest < -0.5f || (rest == -0.5f && whole % 2 != 0);
    x[k] = (int16_t)whole;
  }
  return LULL_OK;
}

lull_status lull_step(lull_context *context, const int16_t x[LULL_INPUTS]) {
  if (context->steps >= LULL_LARGEST_STEPS) {
    return LULL_TOO_MANY;
  }
  for (int32_t layer = 0; layer < LULL_LAYERS; layer++) {
    layer_forward(context, layer, layer == 0 ? x : context->h[layer - 1]);
  }
  for (int32_t u = 0; u < LULL_UNITS; u++) {
    context->h_sum[u] += context->h[LULL_LAYERS - 1][u];
  }
  context->steps++;
  return LULL_OK;
}

lull_status lull_scores(lull_context *context, int32_t scores[LULL_CLASSES]) {
  if (context->steps == 0) {
    return LULL_NO_FRAMES;
  }
  read_hidden(context);
  for (int32_t k = 0; k < LULL_CLASSES; k++) {
    const int16_t *row = &head_of(context)[k * (LULL_UNITS + 1)];
    int64_t sum = (int64_t)row[LULL_UNITS] * (1 << FY);
    for (int32_t u = 0; u < LULL_UNITS; u++) {
      sum += row[u] * context->y[u];
    }
    sum = rne(sum, LULL_HEAD_FRACTION + FY - FS);
    scores[k] = (int32_t)(sum < INT32_MIN ? INT32_MIN : sum > INT32_MAX ? INT32_MAX : sum);
  }
  return LULL_OK;
}

int32_t lull_best(const int32_t scores[LULL_CLASSES]) {
  int32_t best = 0;
  for (int32_t k = 1; k < LULL_CLASSES; k++) {
    if (scores[k] > scores[best]) {
      best = k;
    }
  }
  return best;
}

#if LULL_LEARN
/* ---- learning: the backward pass of the head ---- */

/* exp(z / 2^12) in 2^-30; z <= 0. */
static int32_t exponential(int64_t z) {
  int64_t power = rne(z * 47274, 15); /* log2 e in 2^-15 */
  int64_t halvings = -(power >> FS);
  int32_t fraction = (int32_t)(power & ((1 << FS) - 1));
  int32_t k = fraction >> 6;
  int32_t rise = lull_power[k + 1] - lull_power[k];
  int64_t y = lull_power[k] + ((rise * (fraction & 63)) >> 6);
  return halvings > 30 ? 0 : (int32_t)((y * (1 << 15)) >> halvings);
}

/* dL/dscores of the cross-entropy: softmax - 1 at the label. Takes scores and overwrites them. */
static void scores_backward(int32_t scores[LULL_CLASSES], int32_t label) {
  int64_t largest = scores[lull_best(scores)];
  int64_t sum = 0;
  for (int32_t k = 0; k < LULL_CLASSES; k++) {
    scores[k] = exponential(scores[k] - largest);
    sum += scores[k];
  }
  for (int32_t k = 0; k < LULL_CLASSES; k++) {
    scores[k] = (int32_t)(((int64_t)scores[k] * (1 << FP) + sum / 2) / sum);
  }
  scores[label] -= 1 << FP;
}

/* dL/dh_u before rounding, in 2^-(LULL_HEAD_FRACTION + FP + FD). */
static int64_t wide_output_gradient(const lull_context *context, int32_t u) {
  int64_t sum = 0;
  for (int32_t k = 0; k < LULL_CLASSES; k++) {
    sum += (int64_t)context->learning.head[k * (LULL_UNITS + 1) + u] * context->learning.d_scores[k];
  }
  return divide(sum * (1 << FD), LULL_HEAD_MEAN ? context->steps : 1);
}

static int32_t bits_of(uint64_t a) {
  int32_t bits = 0;
  while (bits < 64 && (a >> bits) != 0) {
    bits++;
  }
  return bits;
}

/* Number of bits of the largest dL/dh before rounding. */
static int32_t bits_of_output_gradient(const lull_context *context) {
  uint64_t all = 0;
  for (int32_t u = 0; u < LULL_UNITS; u++) {
    int64_t dh = wide_output_gradient(context, u);
    all |= (uint64_t)(dh < 0 ? -dh : dh);
  }
  return bits_of(all);
}

/* dL/dh of the timesteps that the head reads, in units of 2^(shift - LULL_HEAD_FRACTION - FP - FD). */
static void head_backward(lull_context *context, int32_t shift) {
  for (int32_t u = 0; u < LULL_UNITS; u++) {
    context->learning.dh[u] = (int16_t)rne(wide_output_gradient(context, u), shift);
  }
}

/* weight -= gradient / 2^shift. Of what is rounded away 8 bits are kept. */
static void update(int16_t *weight, int8_t *carry, int64_t gradient, int32_t shift, uint32_t *saturated) {
  int32_t n = shift - CARRY_BITS;
  int64_t step = (n >= 0 ? rne(gradient, n) : gradient * ((int64_t)1 << -n)) + *carry;
  int64_t whole = (step + (1 << (CARRY_BITS - 1))) >> CARRY_BITS; /* halves up, so that the carry is -128 to 127 */
  *carry = (int8_t)(step - whole * (1 << CARRY_BITS));
  *weight = sat16(*weight - whole, saturated);
}

static void head_update(lull_context *context, int32_t rate) {
  lull_learning *learning = &context->learning;
  int32_t shift = rate + FP + FY - LULL_HEAD_FRACTION;
  for (int32_t k = 0; k < LULL_CLASSES; k++) {
    for (int32_t u = 0; u <= LULL_UNITS; u++) {
      int32_t at = k * (LULL_UNITS + 1) + u;
      int64_t y = u < LULL_UNITS ? context->y[u] : 1 << FY;
      update(&learning->head[at], &learning->head_carry[at], learning->d_scores[k] * y, shift, &context->saturated.weights);
    }
  }
}

/* ---- learning: the backward pass of the layers ---- */

static int32_t sat32(int64_t a, uint32_t *count) {
  int64_t clamped = a < INT32_MIN ? INT32_MIN : a > INT32_MAX ? INT32_MAX : a;
  *count += clamped != a;
  return (int32_t)clamped;
}

/* A gradient of 16 bits. magnitudes has all bits that gradients had before. */
static int16_t gradient16(lull_context *context, int64_t a) {
  context->learning.magnitudes |= (uint64_t)(a < 0 ? -a : a);
  return sat16(a, &context->saturated.gradients);
}

/* 1 - y^2, in 2^-15. */
static int32_t tanh_slope(int32_t y) {
  int32_t slope = (int32_t)rne(((int64_t)1 << (2 * FA)) - y * y, FA);
  return slope > INT16_MAX ? INT16_MAX : slope;
}

/* y (1 - y), in 2^-16. */
static int32_t sigmoid_slope(int32_t y) {
  return (int32_t)rne(y * ((1 << FA) - y), FA - 1);
}

/* First entry after those of timestep t in a layer. */
static lull_entry end_of(const lull_learning *learning, int32_t layer, int32_t t, int32_t steps) {
  if (layer + 1 < LULL_LAYERS) {
    return learning->start[t][layer + 1];
  }
  return t + 1 < steps ? learning->start[t + 1][0] : learning->end;
}

#if LULL_LAYERS > 1
/* Where dL/dx_t of a layer is kept: in a trial in place of G_t, then in place of c_t, which is not needed any more. */
static int16_t *kept_dx(lull_learning *learning, int32_t layer, int32_t t, int32_t trial) {
  return trial ? learning->g[t] : learning->c[layer][t];
}
#endif

/* dL/dh_t from above. */
static int32_t from_above(lull_context *context, int32_t layer, int32_t t, int32_t u, int32_t trial) {
  lull_learning *learning = &context->learning;
#if LULL_LAYERS > 1
  if (layer + 1 < LULL_LAYERS) {
    return kept_dx(learning, layer + 1, t, trial)[u];
  }
#else
  (void)layer;
  (void)trial;
#endif
  return LULL_HEAD_MEAN || t == context->steps - 1 ? learning->dh[u] : 0;
}

/* G_t = G_{t+1} + dL/dM_t, and G_t as operand. The gates are computed from M_t once more. */
static void cell_backward(lull_context *context, int32_t layer, int32_t t, int32_t trial) {
  lull_learning *learning = &context->learning;
  uint32_t *saturated = &context->saturated.gradients;
  const int64_t *m = context->m[layer];
  int32_t *sum = learning->g_sum;
  for (int32_t u = 0; u < LULL_UNITS; u++) {
    int32_t r = LULL_GATES * u;
    int32_t i = sigmoid_of(clamp16(rne(m[r], FW)));
    int32_t f = sigmoid_of(clamp16(rne(m[r + 1], FW)));
    int32_t g = tanh_of(clamp16(rne(m[r + 2], FW)));
    int32_t o = sigmoid_of(clamp16(rne(m[r + 3], FW)));
    int32_t tanh_c = tanh_of(clamp16(learning->c[layer][t][u] * (1 << (FV - FC))));
    int32_t c_before = t > 0 ? learning->c[layer][t - 1][u] : 0;
    int32_t dh = gradient16(context, from_above(context, layer, t, u, trial) + learning->back[u]);
    int32_t os = (int32_t)rne((int64_t)o * tanh_slope(tanh_c), FA);
    int32_t dc = gradient16(context, rne((int64_t)learning->dc_carry[u] * (1 << KC) + (int64_t)dh * os, FA + KC));
    int64_t ai = rne((int64_t)g * sigmoid_slope(i), FA);            /* in 2^-16 */
    int64_t af = rne((int64_t)c_before * sigmoid_slope(f), FC + 3); /* in 2^-13 */
    int64_t ag = rne((int64_t)i * tanh_slope(g), FA);               /* in 2^-15 */
    int64_t ao = rne((int64_t)tanh_c * sigmoid_slope(o), FA);       /* in 2^-16 */
    learning->dc_carry[u] = dc * f;
    sum[r] = sat32(sum[r] + rne(dc * ai, KG - KC + 16 - GF), saturated);
    sum[r + 1] = sat32(sum[r + 1] + rne(dc * af, KG - KC + 13 - GF), saturated);
    sum[r + 2] = sat32(sum[r + 2] + rne(dc * ag, KG - KC + 15 - GF), saturated);
    sum[r + 3] = sat32(sum[r + 3] + rne(dh * ao, KG + 16 - GF), saturated);
  }
  for (int32_t r = 0; r < LULL_ROWS; r++) {
    learning->g[t][r] = gradient16(context, rne(sum[r], GF));
  }
}

/* D = W^T G_t of the columns from one entry to another, and the gradients of their values; that of column first is gradients[0]. */
static void dot_columns(lull_context *context, int32_t layer, int32_t t, lull_entry from, lull_entry to, int32_t first,
                        int16_t *gradients) {
  lull_learning *learning = &context->learning;
  const int16_t *g = learning->g[t];
  for (lull_entry k = from; k < to; k++) {
    int32_t j = learning->column[k];
    if (j < columns_of(layer)) { /* the bias is fed by a constant */
      const int16_t *column = &weights_of(context, layer)[j * LULL_ROWS];
      int64_t sum = 0;
      for (int32_t r = 0; r < LULL_ROWS; r++) {
        sum += column[r] * g[r];
      }
      int32_t d = sat32(sum, &context->saturated.gradients);
      gradients[j - first] = gradient16(context, rne((int64_t)d - learning->last_d[j], FW - KG));
      learning->last_d[j] = d;
    }
  }
}

/* M after the last timestep: W times the references and the biases. As integers are exact, these are the bits of the forward pass. */
static void restore_m(lull_context *context, int32_t layer) {
  int32_t columns = columns_of(layer);
  for (int32_t j = 0; j <= columns; j++) {
    context->column[j] = (lull_column)j;
    context->delta[j] = (int16_t)(j < columns ? context->reference[reference_at(layer) + j] : ONE);
  }
  memset(context->m[layer], 0, sizeof context->m[layer]);
  add_columns(context->m[layer], weights_of(context, layer), context->column, context->delta, columns + 1, 1);
}

/* Walks back through the clip, from M after the last timestep. M_{t-1} is M_t without what step t added. Leaves dL/dx_t and G_t. */
static void layer_backward(lull_context *context, int32_t layer, int32_t trial) {
  lull_learning *learning = &context->learning;
  memset(learning->g_sum, 0, sizeof learning->g_sum);
  memset(learning->dc_carry, 0, sizeof learning->dc_carry);
  memset(learning->last_d, 0, sizeof learning->last_d);
  memset(learning->back, 0, sizeof learning->back);
  for (int32_t t = context->steps - 1; t >= 0; t--) {
    lull_entry start = learning->start[t][layer];
    lull_entry start_of_h = learning->start_of_h[t][layer];
    lull_entry end = end_of(learning, layer, t, context->steps);
    cell_backward(context, layer, t, trial);
    memset(learning->back, 0, sizeof learning->back);
    dot_columns(context, layer, t, start_of_h, end, inputs_of(layer), learning->back);
#if LULL_LAYERS > 1
    if (layer > 0) {
      memset(learning->dx, 0, sizeof learning->dx);
      dot_columns(context, layer, t, start, start_of_h, 0, learning->dx);
      memcpy(kept_dx(learning, layer, t, trial), learning->dx, sizeof learning->dx);
    }
#endif
    add_columns(context->m[layer], weights_of(context, layer), &learning->column[start], &learning->delta[start],
                (int32_t)(end - start), -1);
  }
}

/*
 * The shift of dL/dh with which the largest of all gradients just fits its bits. bits is that of the largest dL/dh. Smaller gradients would
 * lose more to rounding, larger ones would be saturated. Trials find it.
 */
static int32_t fitting_shift(lull_context *context, int32_t bits) {
  uint32_t saturated_before = context->saturated.gradients;
  int32_t kept = TRIAL_BITS;
  int32_t room = -1;
  while (room < 0) {
    context->saturated.gradients = 0;
    context->learning.magnitudes = 1;
    head_backward(context, bits > kept ? bits - kept : 0);
    for (int32_t layer = LULL_LAYERS - 1; layer >= 0; layer--) {
      layer_backward(context, layer, 1);
      restore_m(context, layer);
    }
    room = LARGEST_BITS - bits_of(context->learning.magnitudes);
    room = context->saturated.gradients > 0 && room > -1 ? -1 : room;
    kept += room > 0 ? room - 1 : room;
    if (kept < 1) { /* as small as can be */
      kept = 1;
      room = 0;
    }
  }
  context->saturated.gradients = saturated_before;
  return bits > kept ? bits - kept : 0;
}

/*
 * dL/dW = sum of G_t delta_t, and the update, one column after another: the sum of one column is in m, which is not needed any more.
 * The entries of a timestep are in the order of their columns, so each timestep has a cursor to its next one.
 */
static void layer_update(lull_context *context, int32_t layer, int32_t shift) {
  lull_learning *learning = &context->learning;
  int64_t *sum = context->m[layer];
  for (int32_t t = 0; t < context->steps; t++) {
    learning->cursor[t] = learning->start[t][layer];
  }
  for (int32_t step = 0; step <= columns_of(layer); step++) {
    /* the column of biases, the last of W, is on the list between x and h */
    int32_t j = step < inputs_of(layer) ? step : step == inputs_of(layer) ? columns_of(layer) : step - 1;
    memset(sum, 0, sizeof context->m[layer]);
    for (int32_t t = 0; t < context->steps; t++) {
      lull_entry k = learning->cursor[t];
      if (k < end_of(learning, layer, t, context->steps) && learning->column[k] == j) {
        for (int32_t r = 0; r < LULL_ROWS; r++) {
          sum[r] += learning->g[t][r] * learning->delta[k];
        }
        learning->cursor[t] = (lull_entry)(k + 1);
      }
    }
    int32_t at = weight_at(layer) + j * LULL_ROWS;
    for (int32_t r = 0; r < LULL_ROWS; r++) {
      update(&learning->weights[at + r], &learning->carry[at + r], sum[r], shift, &context->saturated.weights);
    }
  }
}

lull_status lull_learn(lull_context *context, int32_t label, int32_t rate) {
  lull_learning *learning = &context->learning;
  if (label < 0 || label >= LULL_CLASSES) {
    return LULL_BAD_LABEL;
  }
  if (rate < 0 || rate > LULL_LARGEST_RATE) {
    return LULL_BAD_RATE;
  }
  if (learning->too_long != 0) {
    return LULL_TOO_LONG;
  }
  if (lull_scores(context, learning->d_scores) != LULL_OK) {
    return LULL_NO_FRAMES;
  }
  scores_backward(learning->d_scores, label);
  int32_t dh_shift = fitting_shift(context, bits_of_output_gradient(context));
  head_backward(context, dh_shift);
  head_update(context, rate);
  int32_t exponent = dh_shift - LULL_HEAD_FRACTION - FP - FD; /* the unit of the gradients is 2^exponent */
  int32_t shift = rate - exponent - (KG - FV + FW);
  shift = shift < SMALLEST_SHIFT ? SMALLEST_SHIFT : shift;
  for (int32_t layer = LULL_LAYERS - 1; layer >= 0; layer--) {
    layer_backward(context, layer, 0);
    layer_update(context, layer, shift);
  }
  lull_start(context);
  return LULL_OK;
}
#endif
