// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// Delta encoder: E values a cycle; those that moved by the threshold or more since they last fired become list entries.
/// Two cycles from value to entry. The same group must not come again within two cycles.
module delta_encoder (
  input  wire  logic                                    clk_i,
  input  wire  logic                                    rst_ni,
  input  wire  logic [15:0]                             theta_i,
  input  wire  logic [lull_pkg::CW-1:0]                 offset_i,     // column of the vector's first value
  // values
  input  wire  logic                                    valid_i,
  input  wire  logic                                    bias_i,       // instead of values: the entry of the bias
  input  wire  logic [lull_pkg::CW-1:0]                 bias_column_i,
  input  wire  logic                                    first_i,      // references are 0
  input  wire  logic                                    last_i,       // of the vector
  input  wire  lull_pkg::step_t                         step_i,       // the timestep whose list this is
  input  wire  logic [lull_pkg::GW-1:0]                 group_i,
  input  wire  logic [lull_pkg::E-1:0]                  mask_i,       // values there are
  input  wire  logic [lull_pkg::E*16-1:0]               value_i,
  // entries
  output       logic [lull_pkg::E-1:0]                  push_o,
  output       logic [lull_pkg::E*lull_pkg::ENTRY-1:0]  entry_o,
  output       logic                                    last_o,
  output       lull_pkg::step_t                         step_o,
  output       logic [lull_pkg::E-1:0]                  saturated_o
);
  localparam int E  = lull_pkg::E;
  localparam int CW = lull_pkg::CW;
  localparam int EN = lull_pkg::ENTRY;

  // ---- stage 1: beside the references
  logic                  valid1_q, bias1_q, first1_q, last1_q;
  lull_pkg::step_t       step1_q;
  logic [lull_pkg::GW-1:0] group1_q;
  logic [E-1:0]          mask1_q;
  logic [E*16-1:0]       value1_q, reference, reference_d, reference_q;
  logic [CW-1:0]         column1_q;

  always_ff @(posedge clk_i) begin
    valid1_q  <= rst_ni & valid_i;
    bias1_q   <= bias_i;
    first1_q  <= first_i;
    last1_q   <= last_i;
    step1_q   <= step_i;
    group1_q  <= group_i;
    mask1_q   <= bias_i ? E'(1) : mask_i;
    value1_q  <= value_i;
    column1_q <= bias_i ? bias_column_i : offset_i + (CW'(group_i) << lull_pkg::LE);
  end

  // ---- stage 2: what fires
  logic [E-1:0]    fire, over;
  logic [E*EN-1:0] entry;
  logic signed [15:0] v, r, delta;
  logic signed [16:0] d;
  always_comb begin
    for (int e = 0; e < E; e++) begin
      v = value1_q[e*16 +: 16];
      r = first1_q ? '0 : reference[e*16 +: 16];
      d = 17'(v) - 17'(r);
      delta = lull_pkg::sat16(64'(d));
      fire[e] = valid1_q & mask1_q[e] & (bias1_q | (d < 0 ? -d : d) >= $signed({1'b0, theta_i}));
      over[e] = fire[e] & !bias1_q & lull_pkg::over16(64'(d));
      entry[e*EN +: EN] = {column1_q + CW'(e), bias1_q ? lull_pkg::One : delta};
      reference_d[e*16 +: 16] = fire[e] ? r + delta : r;
    end
  end

  logic                     write2_q;
  logic [lull_pkg::GW:0]    address2_q;
  always_ff @(posedge clk_i) begin
    push_o      <= fire & {E{rst_ni}};
    saturated_o <= over & {E{rst_ni}};
    entry_o     <= entry;
    last_o      <= rst_ni & valid1_q & last1_q;
    step_o      <= step1_q;
    write2_q    <= rst_ni & valid1_q & !bias1_q;
    address2_q  <= {step1_q.seq, group1_q};
    reference_q <= reference_d;
  end

  ram_1r1w #(.Width(E * 16), .Depth(2 * lull_pkg::GROUPS)) u_reference (
    .clk_i,
    .raddr_i({step_i.seq, group_i}),
    .rdata_o(reference),
    .we_i   (write2_q),
    .waddr_i(address2_q),
    .wdata_i(reference_q)
  );
endmodule

`default_nettype wire
