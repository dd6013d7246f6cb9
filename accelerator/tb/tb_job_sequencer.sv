// SPDX-License-Identifier: Apache-2.0
`include "check.svh"
/// The order of the jobs of a layer, forward and backward, and that none comes before what it waits for.
module tb_job_sequencer (input logic clk_i, input logic rst_ni);
  logic                    start, backward, x_gradient, two, hold, valid, ready, active;
  logic [lull_pkg::TW-1:0] last_step;
  logic [1:0]              x_done, h_done, g_done;
  lull_pkg::step_t         step, step_q;
  lull_pkg::job_t          job;
  int                      checks = 0, x_there [2], h_there [2], g_there [2], kind, t, settle = 0, jobs = 0;
  bit                      s, running = 0;

  // the lists: lengths and places made from the timestep, an empty one here and there
  function automatic int x_count(input int seq, input int tt);
    return (seq * 5 + tt * 3) % 4 + (tt == 0 ? 1 : 0);
  endfunction
  function automatic int h_count(input int seq, input int tt);
    return (seq * 3 + tt * 7) % 3;
  endfunction

  job_sequencer dut (
    .clk_i, .rst_ni, .start_i(start), .backward_i(backward), .x_gradient_i(x_gradient), .two_i(two), .last_step_i(last_step), .hold_i(hold),
    .x_done_i(x_done), .h_done_i(h_done), .g_done_i(g_done), .step_o(step),
    .x_start_i(lull_pkg::PW'(100 + int'(step_q.t))), .x_count_i(lull_pkg::CW'(x_count(int'(step_q.seq), int'(step_q.t)))),
    .h_start_i(lull_pkg::PW'(200 + int'(step_q.t))), .h_count_i(lull_pkg::CW'(h_count(int'(step_q.seq), int'(step_q.t)))),
    .job_valid_o(valid), .job_ready_i(ready), .job_o(job), .active_o(active)
  );

  function automatic int count_now;
    int c;
    if (!backward) c = kind == 0 ? x_count(int'(s), t) : h_count(int'(s), t);
    else c = kind == 0 || kind == 3 ? h_count(int'(s), t) : x_count(int'(s), t) - (kind == 1 && t == 0 ? 1 : 0);
    return c;
  endfunction

  function automatic bit wanted; // is (kind, s, t) a job at all
    if (!backward) return kind == 0 || t > 0;
    if (kind == 0) return t > 0;
    if (kind == 1) return x_gradient && count_now() > 0;
    if (kind == 2) return count_now() > 0;
    return t > 0 && count_now() > 0;
  endfunction

  function automatic void step_on;
    kind++;
    if (kind == (backward ? 4 : 2)) begin
      kind = 0;
      s = two & !s;
      if (!s) t = backward ? t - 1 : t + 1;
      if (t < 0 || t > int'(last_step)) running = 0;
    end
  endfunction

  always @(posedge clk_i) begin
    step_q <= step;
    start  <= 1'b0;
    x_done <= '0;
    h_done <= '0;
    g_done <= '0;
    if (rst_ni) begin
      if (valid && ready) begin
        while (running && !wanted()) step_on();
        `CHECK(running, "more jobs than there are")
        `CHECK(job.step.seq == s && int'(job.step.t) == t, "another timestep")
        `CHECK(job.of_h == (backward ? kind == 0 || kind == 3 : kind == 1), "the other list")
        `CHECK(job.op == (!backward ? lull_pkg::Forward : kind < 2 ? lull_pkg::Transposed : lull_pkg::Gradient), "another product")
        `CHECK(int'(job.count) == count_now() && int'(job.start) == (job.of_h ? 200 : 100) + t + (backward && kind == 1 && t == 0 ? 1 : 0), "another list")
        if (!backward) `CHECK(job.first == (kind == 0 && t == 0) && job.final_ == (kind == 1 || t == 0), "first, final")
        `CHECK(backward ? g_there[s] > int'(last_step) - t : kind == 0 ? x_there[s] > t : h_there[s] >= t, "too early")
        step_on();
        jobs++;
      end
      for (int k = 0; k < 2; k++) begin // what the rest of the core would do, at random times
        x_there[k] += int'(x_done[k]);
        h_there[k] += int'(h_done[k]);
        g_there[k] += int'(g_done[k]);
        x_done[k] <= tb_pkg::chance(10) && x_there[k] + int'(x_done[k]) <= int'(last_step) && !start;
        h_done[k] <= tb_pkg::chance(10) && h_there[k] + int'(h_done[k]) < int'(last_step) && !start;
        g_done[k] <= tb_pkg::chance(10) && g_there[k] + int'(g_done[k]) <= int'(last_step) && !start;
      end
      settle = active || start ? 0 : settle + 1;
      if (settle == 3) begin
        while (running && !wanted()) step_on();
        `CHECK(!running, "jobs are missing")
        running = 1; kind = 0; s = 0;
        x_there = '{0, 0}; h_there = '{0, 0}; g_there = '{0, 0};
        x_done <= '0; h_done <= '0; g_done <= '0;
        backward  <= 1'($urandom);
        t = $urandom_range(lull_pkg::T - 1);
        last_step <= lull_pkg::TW'(t);
        x_gradient <= 1'($urandom);
        two       <= 1'($urandom);
        start     <= 1'b1;
      end
      if (start) t = backward ? int'(last_step) : 0;
    end
    ready <= tb_pkg::chance(50);
    hold  <= tb_pkg::chance(10);
  end
  initial running = 0;
  `REPORT("job_sequencer")
endmodule
