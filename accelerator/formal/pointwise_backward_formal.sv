// SPDX-License-Identifier: Apache-2.0
// depth 18
/// The walk does not lose a clearing when its write port is taken away, and clears no group twice; a timestep is announced after the last of its
/// places was cleared, once, before the walk is over.
module pointwise_backward_formal (
  input logic                     clk_i,
  input logic                     start_i,
  input logic                     two_i,
  input logic [lull_pkg::TW-1:0]  last_step_i,
  input logic [lull_pkg::GW-1:0]  last_group_i,
  input logic [lull_pkg::GW-1:0]  last_cleared_i,
  input logic [1:0]               h_done_i,
  input logic                     write_free_i
);
  localparam int GW = lull_pkg::GW;
  logic            rst_n = 1'b0, clear, g_valid, busy, waited_q = 1'b0, two_q;
  logic [lull_pkg::TW-1:0] last_step_q;
  logic [GW-1:0]   group, clear_group, clear_group_q, g_group, last_group_q, last_cleared_q, next_q;
  logic [3:0]      cleared0_q = '0, cleared1_q = '0;   // timesteps cleared and not yet announced
  logic [1:0]      g_done;
  lull_pkg::step_t step, clear_step, clear_step_q, g_step;
  logic [lull_pkg::E*64-1:0] g;
  logic [lull_pkg::E*10-1:0] saturated;

  pointwise_backward dut (
    .clk_i, .rst_ni(rst_n), .start_i, .two_i(two_q), .last_step_i(last_step_q), .last_group_i(last_group_q), .last_cleared_i(last_cleared_q),
    .h_done_i, .write_free_i, .step_o(step), .group_o(group), .in_i('0), .back_i('0), .tape_i('0), .tanh_i('0), .clear_o(clear),
    .clear_step_o(clear_step), .clear_group_o(clear_group), .g_valid_o(g_valid), .g_step_o(g_step), .g_group_o(g_group), .g_o(g),
    .g_done_o(g_done), .saturated_o(saturated), .busy_o(busy)
  );
  always @(posedge clk_i) begin
    rst_n <= 1'b1;
    if (!rst_n) {two_q, last_step_q, last_group_q, last_cleared_q} <= {two_i, last_step_i, last_group_i, last_cleared_i};
    assume (!rst_n || last_cleared_q >= last_group_q);
    if (start_i) assume (!busy);
    waited_q      <= rst_n && clear && !write_free_i;
    clear_step_q  <= clear_step;
    clear_group_q <= clear_group;
    if (start_i) next_q <= '0;
    else if (clear && write_free_i) next_q <= clear_group == last_cleared_q ? '0 : clear_group + 1'b1;
    if (rst_n) begin
      if (waited_q) assert (clear && clear_step == clear_step_q && clear_group == clear_group_q);
      if (clear) assert (clear_group == next_q && clear_group <= last_cleared_q);
      if (g_done[0]) assert (cleared0_q != '0);
      if (g_done[1]) assert (cleared1_q != '0);
      if (!busy && g_done == '0) assert (cleared0_q == '0 && cleared1_q == '0);
      cleared0_q <= cleared0_q - 4'(g_done[0]) + 4'(clear && write_free_i && clear_group == last_cleared_q && !clear_step.seq);
      cleared1_q <= cleared1_q - 4'(g_done[1]) + 4'(clear && write_free_i && clear_group == last_cleared_q && clear_step.seq);
    end
  end
endmodule
