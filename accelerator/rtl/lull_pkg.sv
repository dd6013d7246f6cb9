// SPDX-License-Identifier: Apache-2.0
`ifndef LULL_P
`define LULL_P 16
`endif
`ifndef LULL_E
`define LULL_E (`LULL_P < 32 ? 1 : `LULL_P / 16)
`endif
`ifndef LULL_N
`define LULL_N 64
`endif
`ifndef LULL_T
`define LULL_T 64
`endif
`ifndef LULL_LAYERS
`define LULL_LAYERS 2
`endif
`ifndef LULL_WORDS
`define LULL_WORDS 8192
`endif
`ifndef LULL_LIST
`define LULL_LIST 16384
`endif

/// Sizes, number formats and the types that modules pass each other. Sizes are set with -DLULL_P=16 and so on.
package lull_pkg;
  localparam int P      = `LULL_P;       // multipliers, 4 to 64, a power of two
  localparam int E      = `LULL_E;       // units a cycle of the elementwise stages; divides P / 4
  localparam int N      = `LULL_N;       // most inputs, most hidden units; a power of two, at least P / 2
  localparam int T      = `LULL_T;       // most timesteps; a power of two, at least 2
  localparam int LAYERS = `LULL_LAYERS;  // most layers
  localparam int WORDS  = `LULL_WORDS;   // words of P weights, all layers
  localparam int LIST   = `LULL_LIST;    // list entries of all layers, steps and sequences; as many again for h

  // number formats: docs/accelerator.md, Numbers
  localparam int FV = 12;  // fraction bits of x, h, delta
  localparam int FW = 13;  // of weights
  localparam int FC = 10;  // of c
  localparam int FA = 15;  // of the gates
  localparam int KC = 1;   // binary exponents of dL/dc, of the operand G, and of its sum below that
  localparam int KG = 3;
  localparam int GF = 12;
  localparam int MW = 48;  // bits of M and D
  localparam int DW = 40;  // bits of a weight's gradient

  localparam int LE     = $clog2(E);
  localparam int LP     = $clog2(P);
  localparam int LU     = LP - 2;            // log2 of the units in a block of P rows
  localparam int Q      = P / (4 * E);       // groups of E units in a block
  localparam int LQ     = $clog2(Q);
  localparam int QW     = (Q > 1 ? $clog2(Q) : 1);
  localparam int GROUPS = N / E;
  localparam int BLOCKS = 4 * N / P;
  localparam int UW     = (N > 1 ? $clog2(N) : 1) + 1;      // counts of units: 0 to N
  localparam int GW     = (GROUPS > 1 ? $clog2(GROUPS) : 1);     // a group of E units
  localparam int BW     = (BLOCKS > 1 ? $clog2(BLOCKS) : 1);     // a block of P rows
  localparam int CW     = $clog2(2 * N + 1); // a column: x, h, bias
  localparam int TW     = (T > 1 ? $clog2(T) : 1);
  localparam int LW     = (LAYERS > 1 ? $clog2(LAYERS) : 1);
  localparam int SW     = TW + 1 + $clog2(LAYERS);  // layer, sequence, timestep
  localparam int WW     = (WORDS > 1 ? $clog2(WORDS) : 1);
  localparam int PW     = (LIST > 1 ? $clog2(LIST) : 1);
  localparam int ENTRY  = CW + 16;           // bits of entry_t, step_t, job_t
  localparam int STEP   = 1 + TW;
  localparam int JOB    = 5 + STEP + PW + CW;
  localparam int EW     = (E > 1 ? $clog2(E) : 1);

  localparam logic signed [15:0] One = 16'(1 << FV);

  /// Which of the products; the order of the counters.
  typedef enum logic [1:0] {Forward, Transposed, Gradient} op_e;

  /// Sequence and timestep.
  typedef struct packed {
    logic          seq;
    logic [TW-1:0] t;
  } step_t;

  /// A layer: what the host writes.
  typedef struct packed {
    logic [UW-1:0] inputs;
    logic [UW-1:0] units;
    logic [15:0]   theta_x;
    logic [15:0]   theta_h;
    logic [WW-1:0] base;     // its first word of weights
  } layer_t;

  /// One product over one list.
  typedef struct packed {
    op_e           op;
    logic          of_h;     // the list of h
    step_t         step;
    logic          first;    // M begins with this job
    logic          final_;   // M is complete with this job
    logic [PW-1:0] start;
    logic [CW-1:0] count;    // may be 0
  } job_t;

  /// One cycle of the array, as it walks down the pipeline.
  typedef struct packed {
    op_e           op;
    logic          of_h;
    step_t         step;
    logic          first;
    logic          final_;
    logic          null_;    // there is no entry: multiply by 0
    logic          fst;      // first and last block of a column's dot product
    logic          lst;
    logic          end_;     // last beat of the job
    logic [BW-1:0] block;
  } beat_t;

  /// A list entry.
  typedef struct packed {
    logic [CW-1:0]      column;
    logic signed [15:0] delta;
  } entry_t;

  /// a / 2^n, halves to even; n >= 1.
  function automatic logic signed [63:0] rne(input logic signed [63:0] a, input int n);
    rne = (a + ((64'sd1 <<< (n - 1)) - 64'sd1) + $signed(64'(a[n]))) >>> n;
  endfunction

  function automatic logic over16(input logic signed [63:0] a);
    over16 = a > 64'sd32767 || a < -64'sd32768;
  endfunction

  function automatic logic signed [15:0] sat16(input logic signed [63:0] a);
    sat16 = a > 64'sd32767 ? 16'sh7fff : a < -64'sd32768 ? 16'sh8000 : 16'(a);
  endfunction

  function automatic logic over32(input logic signed [63:0] a);
    over32 = a > 64'sh7fffffff || a < -64'sh80000000;
  endfunction

  function automatic logic signed [31:0] sat32(input logic signed [63:0] a);
    sat32 = a > 64'sh7fffffff ? 32'sh7fffffff : a < -64'sh80000000 ? 32'sh80000000 : 32'(a);
  endfunction
endpackage
