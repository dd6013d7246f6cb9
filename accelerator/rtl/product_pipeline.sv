// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// From jobs to results: the queue of jobs, beats, operands, the array, the gradient through the mask, the queue of finished blocks of M.
module product_pipeline (
  input  wire  logic                                clk_i,
  input  wire  logic                                rst_ni,
  input  wire  lull_pkg::layer_t                    layer_i,
  input  wire  logic                                backward_start_i,
  input  wire  logic                                job_valid_i,
  output       logic                                job_ready_o,
  input  wire  lull_pkg::job_t                      job_i,
  // lists, weights, G, weight gradient
  output       logic [lull_pkg::PW-1:0]             entry_addr_o,
  input  wire  lull_pkg::entry_t                    x_entry_i,
  input  wire  lull_pkg::entry_t                    h_entry_i,
  output       logic [lull_pkg::WW-1:0]             weight_addr_o,
  input  wire  logic [lull_pkg::P*16-1:0]           weight_i,
  output       logic [lull_pkg::BW+1:0]             g_addr_o,
  input  wire  logic [lull_pkg::P*16-1:0]           g_i,
  output       logic [lull_pkg::WW-1:0]             dw_raddr_o,
  input  wire  logic [lull_pkg::P*lull_pkg::DW-1:0] dw_rdata_i,
  output       logic                                dw_we_o,
  output       logic [lull_pkg::WW-1:0]             dw_waddr_o,
  output       logic [lull_pkg::P*lull_pkg::DW-1:0] dw_wdata_o,
  // finished blocks
  output       logic                                block_valid_o,
  input  wire  logic                                block_ready_i,
  output       lull_pkg::step_t                     block_step_o,
  output       logic [lull_pkg::BW-1:0]             block_o,
  output       logic [lull_pkg::P*16-1:0]           m_o,
  // gradients of x and h
  output       logic                                clearing_o,
  output       logic                                gradient_valid_o,
  output       logic                                gradient_of_h_o,
  output       lull_pkg::step_t                     gradient_step_o,
  output       logic [lull_pkg::CW-1:0]             gradient_index_o,
  output       logic [15:0]                         gradient_o,
  output       logic                                h_done_o,
  output       logic [1:0]                          gradient_saturated_o,
  output       logic [lull_pkg::P-1:0]              overflow_o,
  output       logic [2:0]                          beat_o,        // counts: a beat of each kind of product, not of an empty list
  output       logic                                busy_o
);
  localparam int BW = lull_pkg::BW;
  localparam int P  = lull_pkg::P;
  localparam int Blocks = 8;               // finished blocks that wait for the cells

  logic [BW:0]   blocks;
  logic [BW-1:0] last_block;
  assign blocks     = (BW + 1)'(layer_i.units >> lull_pkg::LU);
  assign last_block = BW'(blocks - 1'b1);

  logic           queued_valid, queued_ready;
  lull_pkg::job_t queued;
  fifo #(.Width(lull_pkg::JOB), .Depth(2)) u_jobs (
    .clk_i, .rst_ni,
    .valid_i(job_valid_i), .ready_o(job_ready_o), .data_i(job_i),
    .valid_o(queued_valid), .ready_i(queued_ready), .data_o(queued)
  );

  logic            beat_valid, issue_busy, fetch_busy, valid5, valid6, array_busy, taken;
  lull_pkg::beat_t beat, beat5, beat6;
  logic [lull_pkg::CW-1:0] column6;
  logic [P*16-1:0] a6, b6;
  beat_issue #(.Credits(Blocks)) u_issue (
    .clk_i, .rst_ni,
    .last_block_i(last_block),
    .job_valid_i(queued_valid), .job_ready_o(queued_ready), .job_i(queued),
    .credit_i(taken),
    .beat_valid_o(beat_valid), .beat_o(beat), .entry_o(entry_addr_o), .busy_o(issue_busy)
  );
  operand_fetch u_fetch (
    .clk_i, .rst_ni,
    .base_i(layer_i.base), .blocks_i(blocks),
    .valid_i(beat_valid), .beat_i(beat),
    .x_entry_i, .h_entry_i, .weight_addr_o, .g_addr_o, .weight_i, .g_i,
    .valid5_o(valid5), .beat5_o(beat5), .weight_addr5_o(dw_raddr_o),
    .valid6_o(valid6), .beat6_o(beat6), .column6_o(column6), .a6_o(a6), .b6_o(b6), .busy_o(fetch_busy)
  );

  logic            m_valid, d_valid, d_null, d_of_h, d_end, m_ready;
  lull_pkg::step_t m_step, d_step;
  logic [BW-1:0]   m_block;
  logic [P*16-1:0] m;
  logic [lull_pkg::CW-1:0] d_column;
  logic signed [lull_pkg::MW-1:0] d;
  mac_array u_array (
    .clk_i, .rst_ni,
    .valid5_i(valid5), .beat5_i(beat5), .weight_addr5_i(dw_raddr_o),
    .valid6_i(valid6), .beat6_i(beat6), .column6_i(column6), .a6_i(a6), .b6_i(b6),
    .m_valid_o(m_valid), .m_step_o(m_step), .m_block_o(m_block), .m_o(m),
    .d_valid_o(d_valid), .d_null_o(d_null), .d_of_h_o(d_of_h), .d_end_o(d_end), .d_step_o(d_step), .d_column_o(d_column), .d_o(d),
    .dw_rdata_i, .dw_we_o, .dw_waddr_o, .dw_wdata_o,
    .overflow_o, .busy_o(array_busy)
  );

  assign taken = block_valid_o && block_ready_i;
  fifo #(.Width(lull_pkg::STEP + BW + P * 16), .Depth(Blocks)) u_blocks (
    .clk_i, .rst_ni,
    .valid_i(m_valid), .ready_o(m_ready), .data_i({m_step, m_block, m}),
    .valid_o(block_valid_o), .ready_i(block_ready_i), .data_o({block_step_o, block_o, m_o})
  );

  mask_gradient u_mask (
    .clk_i, .rst_ni,
    .start_i(backward_start_i), .inputs_i(layer_i.inputs), .units_i(layer_i.units), .clearing_o,
    .valid_i(d_valid), .null_i(d_null), .of_h_i(d_of_h), .end_i(d_end), .step_i(d_step), .column_i(d_column), .d_i(d),
    .valid_o(gradient_valid_o), .of_h_o(gradient_of_h_o), .step_o(gradient_step_o), .index_o(gradient_index_o),
    .gradient_o, .h_done_o, .saturated_o(gradient_saturated_o)
  );

  assign busy_o = queued_valid | issue_busy | fetch_busy | array_busy | d_valid | gradient_valid_o | block_valid_o;
  always_comb begin
    beat_o = '0;
    beat_o[beat.op] = beat_valid & !beat.null_;
  end

`ifndef SYNTHESIS
  always_ff @(posedge clk_i) if (rst_ni) begin
    assert (!m_valid || m_ready) else $error("finished block of M lost: more blocks than credits");
  end
`endif
  wire logic unused = &{1'b0, m_ready, layer_i.theta_x, layer_i.theta_h};
endmodule

`default_nettype wire
