// SPDX-License-Identifier: Apache-2.0
`include "check.svh"
/// Every beat of every job in its order, empty lists too; none is lost where blocks wait for room; no cycle is lost where nothing waits.
module tb_beat_issue (input logic clk_i, input logic rst_ni);
  localparam int Credits = 4;
  logic [lull_pkg::BW-1:0] last_block = lull_pkg::BW'($urandom_range(lull_pkg::BLOCKS - 1));
  logic                    job_valid, job_ready, credit, beat_valid, busy;
  lull_pkg::job_t          job;
  lull_pkg::beat_t         beat;
  logic [lull_pkg::PW-1:0] entry;
  int                      checks = 0, out = 0, held = 0, blocks, entries;
  typedef struct packed { lull_pkg::beat_t beat; logic [lull_pkg::PW-1:0] entry; } beat_s;
  beat_s                   expected [$], next;
  lull_pkg::beat_t         want;
  bit                      stalls = 0;

  beat_issue #(.Credits(Credits)) dut (
    .clk_i, .rst_ni, .last_block_i(last_block), .job_valid_i(job_valid), .job_ready_o(job_ready), .job_i(job), .credit_i(credit),
    .beat_valid_o(beat_valid), .beat_o(beat), .entry_o(entry), .busy_o(busy)
  );

  function automatic void expect_job(input lull_pkg::job_t j);
    bit forward;
    forward = j.op == lull_pkg::Forward;
    blocks  = int'(last_block) + 1;
    entries = j.count == '0 ? 1 : int'(j.count);
    if (j.count == '0 && !forward) blocks = 1;
    for (int n = 0; n < blocks * entries; n++) begin
      int b, k;
      b = forward ? n / entries : n % blocks;
      k = forward ? n % entries : n / blocks;
      want.op     = j.op;
      want.of_h   = j.of_h;
      want.step   = j.step;
      want.first  = j.first;
      want.final_ = j.final_;
      want.null_  = j.count == '0;
      want.fst    = forward ? k == 0 : b == 0;
      want.lst    = forward ? k == entries - 1 : b == blocks - 1;
      want.end_   = n == blocks * entries - 1;
      want.block  = lull_pkg::BW'(b);
      next.beat   = want;
      next.entry  = j.start + lull_pkg::PW'(k);
      expected.push_back(next);
    end
  endfunction

  always @(posedge clk_i) begin
    if (rst_ni) begin
      if (expected.size() > 0 && (!expected[0].beat.final_ || expected[0].beat.op != lull_pkg::Forward || out < Credits))
        `CHECK(beat_valid, "a cycle is lost")
      if (beat_valid) begin
        next = expected.pop_front();
        `CHECK(beat == next.beat && (beat.null_ || entry == next.entry), "another beat")
        if (beat.op == lull_pkg::Forward && beat.final_ && beat.lst) begin
          out++;
          held++;
        end
        `CHECK(out <= Credits, "more blocks than there is room for")
      end
      if (credit) out--;
      if (job_valid && job_ready) expect_job(job);
    end
    stalls <= ($time >> 12) % 2 == 1;
    if (!rst_ni || !job_valid || job_ready) begin
      job_valid  <= rst_ni && tb_pkg::chance(80);
      job.op     <= lull_pkg::op_e'($urandom_range(2));
      job.of_h   <= 1'($urandom);
      job.step   <= lull_pkg::STEP'($urandom);
      job.first  <= 1'($urandom);
      job.final_ <= 1'($urandom);
      job.start  <= lull_pkg::PW'($urandom);
      job.count  <= tb_pkg::chance(30) ? '0 : lull_pkg::CW'($urandom_range(5));
    end
    // room for a block again: at once, or after a while
    credit <= 1'b0;
    if (rst_ni && held > 0 && (!stalls || tb_pkg::chance(10))) begin
      credit <= 1'b1;
      held--;
    end
  end
  `REPORT("beat_issue")
endmodule
