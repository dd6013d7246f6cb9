// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// The P multipliers and the three places their products go: M (forward), a tree and a sum over blocks (transposed), the weights'
/// gradient (Gradient; its memory is outside, for it is the host's and the update's as well).
module mac_array (
  input  wire  logic                                clk_i,
  input  wire  logic                                rst_ni,
  // operands
  input  wire  logic                                valid5_i,
  input  wire  lull_pkg::beat_t                     beat5_i,
  input  wire  logic [lull_pkg::WW-1:0]             weight_addr5_i,
  input  wire  logic                                valid6_i,
  input  wire  lull_pkg::beat_t                     beat6_i,
  input  wire  logic [lull_pkg::CW-1:0]             column6_i,
  input  wire  logic [lull_pkg::P*16-1:0]           a6_i,
  input  wire  logic [lull_pkg::P*16-1:0]           b6_i,
  // a block of M, complete and rounded
  output       logic                                m_valid_o,
  output       lull_pkg::step_t                     m_step_o,
  output       logic [lull_pkg::BW-1:0]             m_block_o,
  output       logic [lull_pkg::P*16-1:0]           m_o,
  // D of a list entry
  output       logic                                d_valid_o,
  output       logic                                d_null_o,
  output       logic                                d_of_h_o,
  output       logic                                d_end_o,
  output       lull_pkg::step_t                     d_step_o,
  output       logic [lull_pkg::CW-1:0]             d_column_o,
  output       logic signed [lull_pkg::MW-1:0]      d_o,
  // gradient memory
  input  wire  logic [lull_pkg::P*lull_pkg::DW-1:0] dw_rdata_i, // stage 6: of weight_addr5_i
  output       logic                                dw_we_o,
  output       logic [lull_pkg::WW-1:0]             dw_waddr_o,
  output       logic [lull_pkg::P*lull_pkg::DW-1:0] dw_wdata_o,
  output       logic [lull_pkg::P-1:0]              overflow_o,
  output       logic                                busy_o
);
  localparam int P  = lull_pkg::P;
  localparam int MW = lull_pkg::MW;
  localparam int LP = lull_pkg::LP;
  localparam int BW = lull_pkg::BW;

  logic [P*32-1:0] product_q;
  always_ff @(posedge clk_i)
    if (valid6_i) for (int p = 0; p < P; p++) product_q[p*32 +: 32] <= 32'($signed(a6_i[p*16 +: 16])) * 32'($signed(b6_i[p*16 +: 16]));

  // ---- forward: M += W delta
  logic [P*MW-1:0] m_rdata, m_sum;
  logic            m_we;
  logic [BW:0]     m_waddr;
  logic [P-1:0]    unused_overflow;
  lull_pkg::beat_t beat7_q, beat8_q;

  accumulator #(.W(MW), .Addr(BW + 1)) u_m (
    .clk_i, .rst_ni,
    .valid_i  (valid5_i & beat5_i.op == lull_pkg::Forward),
    .addr_i   ({beat5_i.step.seq, beat5_i.block}),
    .fresh_i  (beat5_i.first & beat5_i.fst),
    .rdata_i  (m_rdata),
    .product_i(product_q),
    .valid_o  (m_we),
    .addr_o   (m_waddr),
    .sum_o    (m_sum),
    .overflow_o(unused_overflow)
  );
  ram_1r1w #(.Width(P * MW), .Depth(2 * lull_pkg::BLOCKS)) u_m_memory (
    .clk_i, .raddr_i({beat5_i.step.seq, beat5_i.block}), .rdata_o(m_rdata), .we_i(m_we), .waddr_i(m_waddr), .wdata_i(m_sum)
  );
  always_ff @(posedge clk_i) begin
    beat7_q   <= beat6_i;
    beat8_q   <= beat7_q;
    m_valid_o <= rst_ni & m_we & beat8_q.final_ & beat8_q.lst;
    m_step_o  <= beat8_q.step;
    m_block_o <= beat8_q.block;
    if (m_we && beat8_q.final_ && beat8_q.lst) begin
      for (int p = 0; p < P; p++) m_o[p*16 +: 16] <= lull_pkg::sat16(lull_pkg::rne(64'($signed(m_sum[p*MW +: MW])), lull_pkg::FW));
    end
  end

  // ---- transposed: D = sum of W G
  localparam int TAG = 5 + lull_pkg::STEP + lull_pkg::CW;
  logic [(LP+1)*TAG-1:0]     tag_q;   // stages 7 to 7 + LP
  logic [LP:0]               tree_q;
  logic signed [32+LP-1:0]   tree;
  logic                      fst, lst;

  adder_tree u_tree (.clk_i, .enable_i(|tree_q), .product_i(product_q), .sum_o(tree));
  always_ff @(posedge clk_i) begin
    tree_q <= rst_ni ? {tree_q[LP-1:0], valid6_i & beat6_i.op == lull_pkg::Transposed} : '0;
    tag_q  <= {tag_q[LP*TAG-1:0], beat6_i.fst, beat6_i.lst, beat6_i.null_, beat6_i.of_h, beat6_i.end_, beat6_i.step, column6_i};
    d_valid_o <= rst_ni & tree_q[LP] & lst;
    {d_null_o, d_of_h_o, d_end_o, d_step_o, d_column_o} <= tag_q[LP*TAG +: TAG-2];
    if (tree_q[LP]) d_o <= (fst ? '0 : d_o) + MW'(tree);
  end
  assign {fst, lst} = tag_q[LP*TAG + TAG-2 +: 2];

  // ---- gradient: dW += G delta
  accumulator #(.W(lull_pkg::DW), .Addr(lull_pkg::WW)) u_dw (
    .clk_i, .rst_ni,
    .valid_i  (valid5_i & beat5_i.op == lull_pkg::Gradient),
    .addr_i   (weight_addr5_i),
    .fresh_i  (1'b0),
    .rdata_i  (dw_rdata_i),
    .product_i(product_q),
    .valid_o  (dw_we_o),
    .addr_o   (dw_waddr_o),
    .sum_o    (dw_wdata_o),
    .overflow_o
  );

  logic [LP+3:0] busy_q;
  always_ff @(posedge clk_i) busy_q <= rst_ni ? {busy_q[LP+2:0], valid5_i} : '0;
  assign busy_o = (|busy_q) | m_valid_o;
  wire logic unused = &{1'b0, unused_overflow, beat5_i, beat7_q, beat8_q};
endmodule

`default_nettype wire
