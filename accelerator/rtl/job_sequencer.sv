// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// The order of products in a layer, and what each waits for.
///   forward,  t up, each sequence:   W_x dx, W_h dh                      wait for the list of x, of h
///   backward, t down, each sequence: W_h^T G, W_x^T G, G dx^T, G dh^T    wait for G
/// W_h^T G comes first, for the next timestep waits for it; what follows hides that wait. Three cycles a job.
module job_sequencer (
  input  wire  logic                    clk_i,
  input  wire  logic                    rst_ni,
  input  wire  logic                    start_i,
  input  wire  logic                    backward_i,
  input  wire  logic                    x_gradient_i, // the layer below wants dL/dx
  input  wire  logic                    two_i,
  input  wire  logic [lull_pkg::TW-1:0] last_step_i,
  input  wire  logic                    hold_i,
  // by sequence: one timestep more is there
  input  wire  logic [1:0]              x_done_i,
  input  wire  logic [1:0]              h_done_i,
  input  wire  logic [1:0]              g_done_i,
  // lists, one cycle later
  output       lull_pkg::step_t         step_o,
  input  wire  logic [lull_pkg::PW-1:0] x_start_i,
  input  wire  logic [lull_pkg::CW-1:0] x_count_i,
  input  wire  logic [lull_pkg::PW-1:0] h_start_i,
  input  wire  logic [lull_pkg::CW-1:0] h_count_i,
  output       logic                    job_valid_o,
  input  wire  logic                    job_ready_i,
  output       lull_pkg::job_t          job_o,
  output       logic                    active_o
);
  localparam int TC = lull_pkg::TW + 1; // a count of timesteps

  typedef enum logic [1:0] {Idle, Wait, Look, Push} state_e;
  state_e          state_q;
  logic [1:0]      kind_q;              // forward: x, h; backward: as above
  lull_pkg::step_t step_q;
  logic            of_h, exists, met, empty, next, last_kind, at_zero, bias;
  logic [TC-1:0]   x_there_q [2], h_there_q [2], g_there_q [2];
  logic [lull_pkg::PW-1:0] start;
  logic [lull_pkg::CW-1:0] count;

  assign at_zero   = step_q.t == '0;
  assign of_h      = backward_i ? kind_q == 2'd0 || kind_q == 2'd3 : kind_q[0];
  assign exists    = of_h ? !at_zero : !backward_i || kind_q == 2'd2 || x_gradient_i;
  assign last_kind = backward_i ? kind_q == 2'd3 : kind_q[0];
  assign bias      = backward_i && kind_q == 2'd1 && at_zero; // the bias has no transposed product; its entry is the first
  assign start     = of_h ? h_start_i : x_start_i + lull_pkg::PW'(bias);
  assign count     = of_h ? h_count_i : x_count_i - lull_pkg::CW'(bias);
  assign empty     = backward_i && kind_q != 2'd0 && count == '0;
  assign next      = (state_q == Wait && !exists) || (state_q == Push && (empty || job_ready_i));
  always_comb begin
    if (hold_i) met = 1'b0;
    else if (backward_i) met = g_there_q[step_q.seq] > TC'(last_step_i - step_q.t);
    else if (of_h) met = h_there_q[step_q.seq] >= TC'(step_q.t);
    else met = x_there_q[step_q.seq] > TC'(step_q.t);
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= Idle;
    end else if (start_i) begin
      state_q <= Wait;
    end else if (next) begin
      state_q <= last_kind && step_q.seq == two_i && step_q.t == (backward_i ? '0 : last_step_i) ? Idle : Wait;
    end else if (state_q == Wait && met) begin
      state_q <= Look;
    end else if (state_q == Look) begin
      state_q <= Push;
    end
    if (start_i) begin
      kind_q <= '0;
      step_q.seq <= 1'b0;
      step_q.t <= backward_i ? last_step_i : '0;
    end else if (next) begin
      kind_q <= last_kind ? '0 : kind_q + 1'b1;
      if (last_kind) begin
        step_q.seq <= two_i & !step_q.seq;
        if (step_q.seq == two_i) step_q.t <= backward_i ? step_q.t - 1'b1 : step_q.t + 1'b1;
      end
    end
    for (int s = 0; s < 2; s++) begin
      x_there_q[s] <= start_i ? '0 : x_there_q[s] + TC'(x_done_i[s]);
      h_there_q[s] <= start_i ? '0 : h_there_q[s] + TC'(h_done_i[s]);
      g_there_q[s] <= start_i ? '0 : g_there_q[s] + TC'(g_done_i[s]);
    end
  end

  assign step_o      = step_q;
  assign active_o    = state_q != Idle;
  assign job_valid_o = state_q == Push && !empty;
  always_comb begin
    job_o.op     = !backward_i ? lull_pkg::Forward : kind_q[1] ? lull_pkg::Gradient : lull_pkg::Transposed;
    job_o.of_h   = of_h;
    job_o.step   = step_q;
    job_o.first  = !of_h && at_zero;
    job_o.final_ = of_h || at_zero;
    job_o.start  = start;
    job_o.count  = count;
  end
endmodule

`default_nettype wire
