// SPDX-License-Identifier: Apache-2.0
// depth 10
/// Every job gets exactly its beats, the next is taken in the last of them, and there are never more finished blocks under way than room.
module beat_issue_formal (
  input logic                     clk_i,
  input logic                     job_valid_i,
  input lull_pkg::job_t           job_i,
  input logic                     credit_i,
  input logic [lull_pkg::BW-1:0]  last_block_i
);
  localparam int Credits = 2;
  logic                    rst_n = 1'b0, ready, beat_valid, busy, forward;
  lull_pkg::beat_t         beat;
  logic [lull_pkg::PW-1:0] entry;
  logic [lull_pkg::BW-1:0] last_block_q;
  logic [7:0]              left_q = '0;      // beats of the current job still to come
  logic [7:0]              entries, blocks;
  logic [3:0]              out_q = '0;       // finished blocks without room given back
  lull_pkg::job_t          job_q;
  logic                    waited_q = 1'b0;

  beat_issue #(.Credits(Credits)) dut (
    .clk_i, .rst_ni(rst_n), .last_block_i(last_block_q), .job_valid_i, .job_ready_o(ready), .job_i, .credit_i,
    .beat_valid_o(beat_valid), .beat_o(beat), .entry_o(entry), .busy_o(busy)
  );
  assign forward = job_i.op == lull_pkg::Forward;
  assign entries = job_i.count == '0 ? 8'd1 : 8'(job_i.count);
  assign blocks  = job_i.count == '0 && !forward ? 8'd1 : 8'(last_block_q) + 8'd1;

  always @(posedge clk_i) begin
    rst_n <= 1'b1;
    if (!rst_n) last_block_q <= last_block_i;
    assume (job_i.count < 5);
    assume (job_i.op != 2'd3);
    if (credit_i) assume (out_q != '0);            // room is given back for a block only
    waited_q <= rst_n && job_valid_i && !ready;
    job_q    <= job_i;
    if (waited_q) assume (job_valid_i && job_i == job_q);
    if (rst_n) begin
      if (beat_valid) assert (left_q != '0);
      if (beat_valid) assert (beat.end_ == (left_q == 8'd1));
      assert (busy == (left_q != '0));
      assert (ready == (left_q == '0 || (beat_valid && left_q == 8'd1)));
      assert (out_q <= Credits);
      if (left_q != '0 && out_q < Credits) assert (beat_valid);  // no cycle lost where there is room
      left_q <= job_valid_i && ready ? 8'(entries * blocks) : left_q - 8'(beat_valid);
      out_q  <= out_q + 4'(beat_valid && beat.op == lull_pkg::Forward && beat.final_ && beat.lst) - 4'(credit_i);
    end
  end
endmodule
