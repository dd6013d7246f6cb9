// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// Walks through the inputs of a layer, all timesteps of all sequences, reads them from the activation memory and hands them to the
/// delta encoder of x, the bias before the inputs of the first timestep. Runs ahead of the array as far as it gets.
module input_feeder (
  input  wire  logic                                  clk_i,
  input  wire  logic                                  rst_ni,
  input  wire  logic                                  start_i,
  input  wire  logic                                  two_i,       // sequences: 2
  input  wire  logic [lull_pkg::TW-1:0]               last_step_i, // timesteps - 1
  input  wire  logic [lull_pkg::UW-1:0]               inputs_i,
  // activation memory
  output       lull_pkg::step_t                       step_o,
  output       logic [lull_pkg::GW-1:0]               group_o,
  // to the delta encoder, one cycle later, together with what was read
  output       logic                                  valid_o,
  output       logic                                  bias_o,
  output       logic                                  last_o,
  output       lull_pkg::step_t                       enc_step_o,
  output       logic [lull_pkg::GW-1:0]               enc_group_o,
  output       logic [lull_pkg::E-1:0]                mask_o
);
  localparam int E  = lull_pkg::E;
  localparam int UW = lull_pkg::UW;

  logic                    active_q, bias_q;
  logic [1:0]              pause_q; // until the references of a vector of one group are written
  logic [lull_pkg::GW-1:0] group_q;
  lull_pkg::step_t         step_q;
  logic                    last_group, bias, issue;

  logic [UW-1:0] next_unit;
  assign next_unit  = (UW'(group_q) + 1'b1) << lull_pkg::LE;
  assign last_group = next_unit >= inputs_i;
  assign bias       = bias_q;
  assign issue      = active_q && pause_q == '0;
  assign step_o     = step_q;
  assign group_o    = group_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q <= 1'b0;
    end else if (start_i) begin
      active_q <= 1'b1;
    end else if (issue && !bias && last_group && step_q.t == last_step_i && step_q.seq == two_i) begin
      active_q <= 1'b0;
    end
    if (start_i) begin
      bias_q  <= 1'b1;
      pause_q <= '0;
      group_q <= '0;
      step_q  <= '0;
    end else if (issue) begin
      if (bias) begin
        bias_q <= 1'b0;
      end else if (!last_group) begin
        group_q <= group_q + 1'b1;
      end else begin
        group_q    <= '0;
        pause_q    <= 2'd2;
        step_q.seq <= two_i & !step_q.seq;
        if (step_q.seq == two_i) step_q.t <= step_q.t + 1'b1;
        bias_q     <= two_i && !step_q.seq && step_q.t == '0;
      end
    end else if (pause_q != '0) begin
      pause_q <= pause_q - 1'b1;
    end
    valid_o     <= rst_ni & issue;
    bias_o      <= bias;
    last_o      <= !bias & last_group;
    enc_step_o  <= step_q;
    enc_group_o <= group_q;
    for (int e = 0; e < E; e++) mask_o[e] <= (UW'(group_q) << lull_pkg::LE) + UW'(e) < inputs_i;
  end
endmodule

`default_nettype wire
