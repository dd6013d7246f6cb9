/// A job that is offered stays until it is taken, and no product begins before what it needs is there.
module job_sequencer_formal (
  input logic                    clk_i,
  input logic                    start_i,
  input logic                    backward_i,
  input logic                    x_gradient_i,
  input logic                    two_i,
  input logic [lull_pkg::TW-1:0] last_step_i,
  input logic                    hold_i,
  input logic [1:0]              x_done_i,
  input logic [1:0]              h_done_i,
  input logic [1:0]              g_done_i,
  input logic [lull_pkg::PW-1:0] x_start_i,
  input logic [lull_pkg::CW-1:0] x_count_i,
  input logic [lull_pkg::PW-1:0] h_start_i,
  input logic [lull_pkg::CW-1:0] h_count_i,
  input logic                    job_ready_i
);
  localparam int TW = lull_pkg::TW;
  logic            rst_n = 1'b0, valid, active, waited_q = 1'b0, backward_q, two_q, x_gradient_q;
  logic [TW-1:0]   last_step_q;
  logic [TW+1:0]   x0_q, x1_q, h0_q, h1_q, g0_q, g1_q;
  logic [TW+1:0]   x_there, h_there, g_there;
  lull_pkg::step_t step, step_q;
  lull_pkg::job_t  job, job_q;
  logic [lull_pkg::PW-1:0] x_start_q, h_start_q;
  logic [lull_pkg::CW-1:0] x_count_q, h_count_q;

  job_sequencer dut (
    .clk_i, .rst_ni(rst_n), .start_i, .backward_i(backward_q), .x_gradient_i(x_gradient_q), .two_i(two_q), .last_step_i(last_step_q),
    .hold_i, .x_done_i, .h_done_i, .g_done_i, .step_o(step), .x_start_i, .x_count_i, .h_start_i, .h_count_i,
    .job_valid_o(valid), .job_ready_i, .job_o(job), .active_o(active)
  );
  assign x_there = job.step.seq ? x1_q : x0_q;
  assign h_there = job.step.seq ? h1_q : h0_q;
  assign g_there = job.step.seq ? g1_q : g0_q;
  always @(posedge clk_i) begin
    rst_n <= 1'b1;
    if (!rst_n) {backward_q, two_q, x_gradient_q, last_step_q} <= {backward_i, two_i, x_gradient_i, last_step_i};
    if (start_i) assume (!active);
    // the table answers the same for the same timestep
    step_q <= step;
    {x_start_q, x_count_q, h_start_q, h_count_q} <= {x_start_i, x_count_i, h_start_i, h_count_i};
    if (rst_n && waited_q) assume ({x_start_q, x_count_q, h_start_q, h_count_q} == {x_start_i, x_count_i, h_start_i, h_count_i});
    if (start_i) begin
      {x0_q, x1_q, h0_q, h1_q, g0_q, g1_q} <= '0;
    end else begin
      x0_q <= x0_q + (TW + 2)'(x_done_i[0]);
      x1_q <= x1_q + (TW + 2)'(x_done_i[1]);
      h0_q <= h0_q + (TW + 2)'(h_done_i[0]);
      h1_q <= h1_q + (TW + 2)'(h_done_i[1]);
      g0_q <= g0_q + (TW + 2)'(g_done_i[0]);
      g1_q <= g1_q + (TW + 2)'(g_done_i[1]);
    end
    assume (x0_q <= 4 && x1_q <= 4 && h0_q <= 4 && h1_q <= 4 && g0_q <= 4 && g1_q <= 4);
    waited_q <= rst_n && valid && !job_ready_i && !start_i;
    job_q    <= job;
    if (rst_n) begin
      if (waited_q) assert (valid && job == job_q);
      if (valid) assert (active && job.step.t <= last_step_q && (two_q || !job.step.seq));
      if (valid && backward_q) assert (g_there > (TW + 2)'(last_step_q - job.step.t));
      if (valid && !backward_q && !job.of_h) assert (x_there > (TW + 2)'(job.step.t));
      if (valid && !backward_q && job.of_h) assert (job.step.t != '0 && h_there >= (TW + 2)'(job.step.t));
    end
  end
endmodule
