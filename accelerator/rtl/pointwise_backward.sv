// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// Walks through a layer's timesteps from the last to the first, each sequence in turn, E units a cycle: dL/dh in, the operands G out.
/// A timestep waits until the gradients of the h entries of the one after it are there. Reads and clears dL/dh and what came back
/// through h; both memories' write ports are the mask gradient's first (write_free_i).
module pointwise_backward (
  input  wire  logic                              clk_i,
  input  wire  logic                              rst_ni,
  input  wire  logic                              start_i,
  input  wire  logic                              two_i,
  input  wire  logic [lull_pkg::TW-1:0]           last_step_i,
  input  wire  logic [lull_pkg::GW-1:0]           last_group_i,   // of the units
  input  wire  logic [lull_pkg::GW-1:0]           last_cleared_i, // of the units or of the inputs, if those get gradients
  input  wire  logic [1:0]                        h_done_i,       // by sequence: the gradients of h of a timestep are complete
  input  wire  logic                              write_free_i,
  // reading: data a cycle later
  output       lull_pkg::step_t                   step_o,
  output       logic [lull_pkg::GW-1:0]           group_o,
  input  wire  logic [lull_pkg::E*16-1:0]         in_i,
  input  wire  logic [lull_pkg::E*16-1:0]         back_i,
  input  wire  logic [lull_pkg::E*80-1:0]         tape_i,
  input  wire  logic [lull_pkg::E*16-1:0]         tanh_i,
  // clearing
  output       logic                              clear_o,
  output       lull_pkg::step_t                   clear_step_o,
  output       logic [lull_pkg::GW-1:0]           clear_group_o,
  // operands
  output       logic                              g_valid_o,
  output       lull_pkg::step_t                   g_step_o,
  output       logic [lull_pkg::GW-1:0]           g_group_o,
  output       logic [lull_pkg::E*64-1:0]         g_o,
  output       logic [1:0]                        g_done_o,       // by sequence: all of a timestep, and its places cleared
  output       logic [lull_pkg::E*10-1:0]         saturated_o,
  output       logic                              busy_o
);
  localparam int E   = lull_pkg::E;
  localparam int GW  = lull_pkg::GW;
  localparam int TAG = 1 + GW + lull_pkg::STEP;

  // ---- the walk
  logic            active_q, advance, allowed, end_group, end_step, unit_group;
  lull_pkg::step_t step_q;
  logic [GW-1:0]   group_q;
  logic [1:0]      open_q;  // by sequence: the next timestep may begin

  assign allowed    = open_q[step_q.seq] || group_q != '0;
  assign advance    = active_q && allowed && (!clear_o || write_free_i);
  assign end_group  = group_q == last_cleared_i;
  assign unit_group = group_q <= last_group_i;
  assign end_step   = step_q.t == '0 && step_q.seq == two_i;
  assign step_o     = step_q;
  assign group_o    = group_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q <= 1'b0;
      clear_o  <= 1'b0;
    end else begin
      active_q <= start_i || (active_q && !(advance && end_group && end_step));
      clear_o  <= advance || (clear_o && !write_free_i);
    end
    for (int s = 0; s < 2; s++) begin
      if (start_i || h_done_i[s]) open_q[s] <= 1'b1;
      else if (advance && group_q == '0 && step_q.seq == s[0]) open_q[s] <= 1'b0;
    end
    if (start_i) begin
      step_q.seq  <= 1'b0;
      step_q.t  <= last_step_i;
      group_q <= '0;
    end else if (advance) begin
      group_q <= end_group ? '0 : group_q + 1'b1;
      if (end_group) begin
        step_q.seq <= two_i & !step_q.seq;
        if (step_q.seq == two_i) step_q.t <= step_q.t - 1'b1;
      end
    end
    if (advance) begin
      clear_step_o  <= step_q;
      clear_group_o <= group_q;
    end
  end

`ifndef SYNTHESIS
  always_ff @(posedge clk_i) if (rst_ni) begin
    assert ((h_done_i & open_q) == '0 || start_i) else $error("pointwise_backward: a timestep may begin twice");
  end
`endif

  // ---- the cells; their stage 0 is when the data have been read
  logic [10:0]       valid_q;
  logic [11*TAG-1:0] tag_q;
  logic              first0, first5, first8;
  logic [10*2-1:0]   done_q;             // by sequence: a timestep's last clearing, on its way beside its operands
  logic [GW:0]       at4, at7, at9;      // sequence and group
  always_ff @(posedge clk_i) begin
    valid_q <= rst_ni ? {valid_q[9:0], advance & unit_group} : '0;
    done_q  <= rst_ni ? {done_q[9*2-1:0], {2{clear_o && write_free_i && clear_group_o == last_cleared_i}}
        & {clear_step_o.seq, !clear_step_o.seq}} : '0;
    g_done_o <= rst_ni ? done_q[9*2 +: 2] : '0;
    tag_q   <= {tag_q[10*TAG-1:0], group_q, step_q.t, step_q.seq, step_q.t == last_step_i};
  end
  // a tag: first timestep (bit 0), sequence (1), timestep, group
  localparam int AtGroup = 2 + lull_pkg::TW;
  assign first0 = tag_q[0];
  assign first5 = tag_q[5*TAG];
  assign first8 = tag_q[8*TAG];
  assign at4 = {tag_q[4*TAG+1], tag_q[4*TAG+AtGroup +: GW]};
  assign at7 = {tag_q[7*TAG+1], tag_q[7*TAG+AtGroup +: GW]};
  assign at9 = {tag_q[9*TAG+1], tag_q[9*TAG+AtGroup +: GW]};
  assign g_step_o.seq  = tag_q[10*TAG+1];
  assign g_step_o.t  = tag_q[10*TAG+2 +: lull_pkg::TW];
  assign g_group_o = tag_q[10*TAG+AtGroup +: GW];

  logic [E*32-1:0]  carry_memory, carry, carry_d;
  logic [E*128-1:0] sum_memory, sum, sum_d;
  logic [E-1:0]     dh_over, dc_over;
  logic [E*4-1:0]   sum_over, operand_over;
  assign carry = first5 ? '0 : carry_memory;
  assign sum   = first8 ? '0 : sum_memory;
  for (genvar e = 0; e < E; e++) begin : gen_unit
    lstm_backward_unit u_unit (
      .clk_i,
      .enable_i  (|valid_q),
      .in_i      (in_i[e*16 +: 16]),
      .back_i    (first0 ? '0 : back_i[e*16 +: 16]),
      .tape_i    (tape_i[e*80 +: 80]),
      .tanh_c_i  (tanh_i[e*16 +: 16]),
      .carry_i   (carry[e*32 +: 32]),
      .g_i       (sum[e*128 +: 128]),
      .carry_o   (carry_d[e*32 +: 32]),
      .g_o       (sum_d[e*128 +: 128]),
      .operand_o (g_o[e*64 +: 64]),
      .dh_over1_o(dh_over[e]),
      .dc_over6_o(dc_over[e]),
      .g_over9_o (sum_over[e*4 +: 4]),
      .operand_over10_o(operand_over[e*4 +: 4])
    );
  end
  assign saturated_o = {dh_over & {E{valid_q[1]}}, dc_over & {E{valid_q[6]}},
      sum_over & {4*E{valid_q[9]}}, operand_over & {4*E{valid_q[10]}}};
  assign g_valid_o   = valid_q[10];
  assign busy_o      = active_q | clear_o | (|valid_q) | (|done_q);

  ram_1r1w #(.Width(E * 32), .Depth(2 * lull_pkg::GROUPS)) u_carry (
    .clk_i, .raddr_i(at4), .rdata_o(carry_memory), .we_i(valid_q[7]), .waddr_i(at7), .wdata_i(carry_d)
  );
  ram_1r1w #(.Width(E * 128), .Depth(2 * lull_pkg::GROUPS)) u_sum (
    .clk_i, .raddr_i(at7), .rdata_o(sum_memory), .we_i(valid_q[9]), .waddr_i(at9), .wdata_i(sum_d)
  );
endmodule

`default_nettype wire
