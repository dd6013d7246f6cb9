// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// Turns jobs into beats, one a cycle, each P multiplications: forward block by block, the others column by column, so that sums stay in
/// place. Takes the next job in the last beat of the current one. An empty list is one beat of zeros a block, or one in all.
module beat_issue #(
  parameter int Credits = 8              // finished blocks of M that can be stored
) (
  input  wire  logic                     clk_i,
  input  wire  logic                     rst_ni,
  input  wire  logic [lull_pkg::BW-1:0]  last_block_i,
  input  wire  logic                     job_valid_i,
  output       logic                     job_ready_o,
  input  wire  lull_pkg::job_t           job_i,
  input  wire  logic                     credit_i,    // a finished block was taken
  output       logic                     beat_valid_o,
  output       lull_pkg::beat_t          beat_o,
  output       logic [lull_pkg::PW-1:0]  entry_o,     // address of its list entry
  output       logic                     busy_o
);
  localparam int KW = $clog2(Credits + 1);

  lull_pkg::job_t          job_q;
  logic                    active_q;
  logic [lull_pkg::BW-1:0] block_q;
  logic [lull_pkg::PW-1:0] entry_q;
  logic [lull_pkg::CW-1:0] left_q; // entries after this one
  logic [KW-1:0]           credit_q;
  logic                    null_job, first_entry, last_entry, last_block, last, stall, go, forward;

  assign forward     = job_q.op == lull_pkg::Forward;
  assign null_job    = job_q.count == '0;
  assign first_entry = null_job || left_q == job_q.count - 1'b1;
  assign last_entry  = null_job || left_q == '0;
  assign last_block  = block_q == last_block_i || (null_job && !forward);
  assign last        = last_entry && last_block;
  assign stall       = forward && job_q.final_ && credit_q == '0;
  assign go          = active_q && !stall;
  assign job_ready_o = !active_q || (last && !stall);
  assign busy_o      = active_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q <= 1'b0;
      credit_q <= KW'(Credits);
    end else begin
      if (job_ready_o) active_q <= job_valid_i;
      credit_q <= credit_q + KW'(credit_i) - KW'(go && forward && job_q.final_ && last_entry);
    end
    if (job_ready_o) begin
      job_q   <= job_i;
      block_q <= '0;
      entry_q <= job_i.start;
      left_q  <= job_i.count - 1'b1;
    end else if (go && forward) begin
      entry_q <= last_entry ? job_q.start : entry_q + 1'b1;
      left_q  <= last_entry ? job_q.count - 1'b1 : left_q - 1'b1;
      if (last_entry) block_q <= block_q + 1'b1;
    end else if (go) begin
      block_q <= last_block ? '0 : block_q + 1'b1;
      if (last_block) begin
        entry_q <= entry_q + 1'b1;
        left_q  <= left_q - 1'b1;
      end
    end
  end

  assign beat_valid_o = go;
  assign entry_o      = entry_q;
  always_comb begin
    beat_o.op     = job_q.op;
    beat_o.of_h   = job_q.of_h;
    beat_o.step   = job_q.step;
    beat_o.first  = job_q.first;
    beat_o.final_ = job_q.final_;
    beat_o.null_  = null_job;
    beat_o.fst    = forward ? first_entry : block_q == '0;
    beat_o.lst    = forward ? last_entry : last_block;
    beat_o.end_   = last;
    beat_o.block  = block_q;
  end
endmodule

`default_nettype wire
