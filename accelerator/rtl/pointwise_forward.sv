// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// Takes finished blocks of M apart into groups of E units, runs the cell on them and hands on h; keeps c, and the tape for the way back.
module pointwise_forward (
  input  wire  logic                              clk_i,
  input  wire  logic                              rst_ni,
  input  wire  logic [lull_pkg::BW-1:0]           last_block_i,
  input  wire  logic                              block_valid_i,
  output       logic                              block_ready_o,
  input  wire  lull_pkg::step_t                   block_step_i,
  input  wire  logic [lull_pkg::BW-1:0]           block_i,
  input  wire  logic [lull_pkg::P*16-1:0]         m_i,
  // tape: of each unit i f g o and c before; tanh(c) six cycles later
  output       logic                              tape_we_o,
  output       lull_pkg::step_t                   tape_step_o,
  output       logic [lull_pkg::GW-1:0]           tape_group_o,
  output       logic [lull_pkg::E*80-1:0]         tape_o,
  output       logic                              tanh_we_o,
  output       lull_pkg::step_t                   tanh_step_o,
  output       logic [lull_pkg::GW-1:0]           tanh_group_o,
  output       logic [lull_pkg::E*16-1:0]         tanh_o,
  // h
  output       logic                              h_valid_o,
  output       logic                              h_last_o,
  output       lull_pkg::step_t                   h_step_o,
  output       logic [lull_pkg::GW-1:0]           h_group_o,
  output       logic [lull_pkg::E*16-1:0]         h_o,
  output       logic [lull_pkg::E-1:0]            saturated_o
);
  localparam int E   = lull_pkg::E;
  localparam int Q   = lull_pkg::Q;
  localparam int QW  = lull_pkg::QW;
  localparam int GW  = lull_pkg::GW;
  localparam int TAG = 1 + GW + lull_pkg::STEP;

  // ---- stage 0: a group of the block
  logic [QW-1:0] part_q;
  logic [GW-1:0] group;
  logic          last_part;
  logic [E*64-1:0] m0_q;
  logic [12:0]       valid_q;            // stages 0 to 12
  logic [13*TAG-1:0] tag_q;

  assign last_part     = part_q == QW'(Q - 1);
  assign block_ready_o = last_part;
  assign group         = GW'(block_i * Q) + GW'(part_q);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      part_q  <= '0;
      valid_q <= '0;
    end else begin
      if (block_valid_i) part_q <= last_part ? '0 : part_q + 1'b1;
      valid_q <= {valid_q[11:0], block_valid_i};
    end
    m0_q  <= m_i[part_q*E*64 +: E*64];
    tag_q <= {tag_q[12*TAG-1:0], block_i == last_block_i && last_part, group, block_step_i.t, block_step_i.seq};
  end

  // ---- the cells
  logic [E*16-1:0] c_before, c_memory, c;
  logic [E*64-1:0] gates;
  logic [E-1:0]    saturated;
  logic [GW:0]     at3, at6;       // sequence and group
  // a tag: sequence (bit 0), timestep, group, last group
  localparam int AtGroup = 1 + lull_pkg::TW;
  assign at3 = {tag_q[3*TAG], tag_q[3*TAG+AtGroup +: GW]};
  assign at6 = {tag_q[6*TAG], tag_q[6*TAG+AtGroup +: GW]};
  assign tape_step_o.seq  = tag_q[4*TAG];
  assign tape_step_o.t  = tag_q[4*TAG+1 +: lull_pkg::TW];
  assign tape_group_o = tag_q[4*TAG+AtGroup +: GW];
  assign tanh_step_o.seq  = tag_q[10*TAG];
  assign tanh_step_o.t  = tag_q[10*TAG+1 +: lull_pkg::TW];
  assign tanh_group_o = tag_q[10*TAG+AtGroup +: GW];
  assign h_step_o.seq     = tag_q[12*TAG];
  assign h_step_o.t     = tag_q[12*TAG+1 +: lull_pkg::TW];
  assign h_group_o    = tag_q[12*TAG+AtGroup +: GW];
  assign h_last_o     = tag_q[13*TAG-1];
  assign h_valid_o   = valid_q[12];
  assign tanh_we_o   = valid_q[10];
  assign tape_we_o   = valid_q[4];
  assign c_before    = tape_step_o.t == '0 ? '0 : c_memory;
  assign saturated_o = saturated & {E{valid_q[6]}};

  for (genvar e = 0; e < E; e++) begin : gen_unit
    lstm_forward_unit u_unit (
      .clk_i,
      .enable_i   (|valid_q),
      .m_i        (m0_q[e*64 +: 64]),
      .c_before_i (c_before[e*16 +: 16]),
      .gates_o    (gates[e*64 +: 64]),
      .c_o        (c[e*16 +: 16]),
      .saturated_o(saturated[e]),
      .tanh_c_o   (tanh_o[e*16 +: 16]),
      .h_o        (h_o[e*16 +: 16])
    );
    assign tape_o[e*80 +: 80] = {c_before[e*16 +: 16], gates[e*64 +: 64]};
  end

  ram_1r1w #(.Width(E * 16), .Depth(2 * lull_pkg::GROUPS)) u_c (
    .clk_i, .raddr_i(at3), .rdata_o(c_memory), .we_i(valid_q[6]), .waddr_i(at6), .wdata_i(c)
  );
endmodule

`default_nettype wire
