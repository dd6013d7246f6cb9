// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// The pipeline from a beat to its operands: list entry (two cycles after the beat), address of the weights, weights and G.
/// A product forward is weight x delta, transposed weight x G, of the weight gradient G x delta.
module operand_fetch (
  input  wire  logic                              clk_i,
  input  wire  logic                              rst_ni,
  input  wire  logic [lull_pkg::WW-1:0]           base_i,
  input  wire  logic [lull_pkg::BW:0]             blocks_i,
  input  wire  logic                              valid_i,    // stage 0
  input  wire  lull_pkg::beat_t                   beat_i,
  input  wire  lull_pkg::entry_t                  x_entry_i,  // stage 2
  input  wire  lull_pkg::entry_t                  h_entry_i,
  output       logic [lull_pkg::WW-1:0]           weight_addr_o, // stage 4
  output       logic [lull_pkg::BW+1:0]           g_addr_o,
  input  wire  logic [lull_pkg::P*16-1:0]         weight_i,   // stage 5
  input  wire  logic [lull_pkg::P*16-1:0]         g_i,
  output       logic                              valid5_o,   // addresses of the accumulators
  output       lull_pkg::beat_t                   beat5_o,
  output       logic [lull_pkg::WW-1:0]           weight_addr5_o,
  output       logic                              valid6_o,
  output       lull_pkg::beat_t                   beat6_o,
  output       logic [lull_pkg::CW-1:0]           column6_o,
  output       logic [lull_pkg::P*16-1:0]         a6_o,
  output       logic [lull_pkg::P*16-1:0]         b6_o,
  output       logic                              busy_o
);
  localparam int P = lull_pkg::P;

  logic [4:1]               valid_q;
  lull_pkg::beat_t          beat1_q, beat2_q, beat3_q, beat4_q;
  lull_pkg::entry_t         entry2;
  logic [lull_pkg::CW-1:0]  column3_q, column4_q, column5_q;
  logic signed [15:0]       delta3_q, delta4_q, delta5_q;
  logic [lull_pkg::WW-1:0]  offset3_q;

  assign busy_o = (|valid_q) | valid5_o;
  assign entry2 = beat2_q.of_h ? h_entry_i : x_entry_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q  <= '0;
      valid5_o <= 1'b0;
      valid6_o <= 1'b0;
    end else begin
      valid_q  <= {valid_q[3:1], valid_i};
      valid5_o <= valid_q[4];
      valid6_o <= valid5_o;
    end
    beat1_q <= beat_i;
    beat2_q <= beat1_q;
    beat3_q <= beat2_q;
    beat4_q <= beat3_q;
    beat5_o <= beat4_q;
    beat6_o <= beat5_o;
    // address: base + column * blocks + block
    offset3_q      <= lull_pkg::WW'(entry2.column * blocks_i);
    weight_addr_o  <= base_i + offset3_q + lull_pkg::WW'(beat3_q.block);
    g_addr_o       <= {beat3_q.step.seq, beat3_q.step.t[0], beat3_q.block};
    weight_addr5_o <= weight_addr_o;
    column3_q <= entry2.column;
    column4_q <= column3_q;
    column5_q <= column4_q;
    column6_o <= column5_q;
    delta3_q  <= beat2_q.null_ ? '0 : entry2.delta;
    delta4_q  <= delta3_q;
    delta5_q  <= delta4_q;
    if (valid5_o) for (int p = 0; p < P; p++) begin
      a6_o[p*16 +: 16] <= beat5_o.op == lull_pkg::Gradient ? g_i[p*16 +: 16] : weight_i[p*16 +: 16];
      b6_o[p*16 +: 16] <= beat5_o.op == lull_pkg::Transposed ? g_i[p*16 +: 16] : delta5_q;
    end
  end
endmodule

`default_nettype wire
