// SPDX-License-Identifier: Apache-2.0
`include "check.svh"
/// Random tapes and gradients through the cells, the whole walk through time, with the write ports taken away at random.
module tb_pointwise_backward (input logic clk_i, input logic rst_ni);
  localparam int E  = lull_pkg::E;
  localparam int N  = lull_pkg::N;
  localparam int GW = lull_pkg::GW;
  localparam int T  = lull_pkg::T;
  logic                    start, two = 0, free, clear, g_valid, busy;
  logic [lull_pkg::TW-1:0] last_step = '1;
  logic [GW-1:0]           last_group = '0, last_cleared = '0, group, clear_group, g_group;
  logic [1:0]              h_done, g_done;
  lull_pkg::step_t         step, clear_step, g_step;
  logic [E*16-1:0]         in, back, tanh_c;
  logic [E*80-1:0]         tape;
  logic [E*64-1:0]         g;
  logic [E*10-1:0]         saturated;

  pointwise_backward dut (
    .clk_i, .rst_ni, .start_i(start), .two_i(two), .last_step_i(last_step), .last_group_i(last_group), .last_cleared_i(last_cleared),
    .h_done_i(h_done), .write_free_i(free), .step_o(step), .group_o(group), .in_i(in), .back_i(back), .tape_i(tape), .tanh_i(tanh_c),
    .clear_o(clear), .clear_step_o(clear_step), .clear_group_o(clear_group), .g_valid_o(g_valid), .g_step_o(g_step),
    .g_group_o(g_group), .g_o(g), .g_done_o(g_done), .saturated_o(saturated), .busy_o(busy)
  );

  int     checks = 0, saturations = 0, expected_saturations = 0, t, at, cleared, announced, settle = 0;
  bit     s, running = 0;
  int     answer [2] = '{0, 0};       // cycles until the gradients of h come back
  longint carry [2][N], sum [2][N][4];
  longint in_m [2][T][N], back_m [2][T][N], tape_m [2][T][N][6];   // i f g o c tanh(c)

  function automatic longint clip_count(input longint a, input int bits);
    longint y;
    y = tb_pkg::clip(a, bits);
    expected_saturations += y != a;
    return y;
  endfunction

  function automatic longint operand(input int u, input int q); // of the walk's s, t; call with q = 0 first
    longint i, f, gg, o, c, tc, dh, dc, d [4], a [4];
    int n [4];
    {i, f, gg, o, c, tc} = {tape_m[s][t][u][0], tape_m[s][t][u][1], tape_m[s][t][u][2], tape_m[s][t][u][3], tape_m[s][t][u][4],
        tape_m[s][t][u][5]};
    if (q == 0) begin
      dh = clip_count(in_m[s][t][u] + (t == int'(last_step) ? 0 : back_m[s][t][u]), 16);
      dc = clip_count(tb_pkg::round_half_even((t == int'(last_step) ? 0 : carry[s][u]) * 2
          + dh * tb_pkg::round_half_even(o * tb_pkg::slope(tc), 15), 16), 16);
      carry[s][u] = dc * f;
      a[0] = tb_pkg::round_half_even(gg * tb_pkg::round_half_even(i * (32768 - i), 14), 15);
      a[1] = tb_pkg::round_half_even(c * tb_pkg::round_half_even(f * (32768 - f), 14), 13);
      a[2] = tb_pkg::round_half_even(i * tb_pkg::slope(gg), 15);
      a[3] = tb_pkg::round_half_even(tc * tb_pkg::round_half_even(o * (32768 - o), 14), 15);
      d = '{dc, dc, dc, dh};
      n = '{6, 3, 5, 7};
      for (int k = 0; k < 4; k++)
        sum[s][u][k] = clip_count((t == int'(last_step) ? 0 : sum[s][u][k]) + tb_pkg::round_half_even(d[k] * a[k], n[k]), 32);
    end
    return clip_count(tb_pkg::round_half_even(sum[s][u][q], 12), 16);
  endfunction

  always @(posedge clk_i) begin
    start  <= 1'b0;
    h_done <= '0;
    if (rst_ni) begin
      saturations += $countones(saturated);
      if (clear && free) cleared++;
      announced += $countones(g_done);
      if (g_valid) begin
        `CHECK(running && g_step.seq == s && int'(g_step.t) == t && int'(g_group) == at, "another group")
        `CHECK(answer[s] == 0, "began before the gradients of h were there")
        for (int e = 0; e < E; e++)
          for (int q = 0; q < 4; q++)
            `CHECK(longint'($signed(g[(e*4+q)*16 +: 16])) == operand(at * E + e, q), "operand")
        at++;
        if (at > int'(last_group)) begin
          if (t > 0) answer[s] = 1 + $urandom_range(30);
          at = 0;
          s = two & !s;
          if (!s) t--;
          if (t < 0) running = 0;
        end
      end
    end
    for (int k = 0; k < 2; k++) if (answer[k] > 1) answer[k]--; else if (answer[k] == 1 && !g_done[k]) begin
      answer[k] = 0;
      h_done[k] <= 1'b1;
    end
    settle = busy ? 0 : settle + 1;
    if (rst_ni && !running && settle > 3 && !start) begin
      if (checks > 0) begin
        `CHECK(cleared == (int'(last_cleared) + 1) * (int'(last_step) + 1) * (two ? 2 : 1), "not all was cleared")
        `CHECK(announced == (int'(last_step) + 1) * (two ? 2 : 1), "a timestep was not announced, or twice")
        `CHECK(saturations == expected_saturations, "saturated")
      end
      running = 1; at = 0; s = 0; cleared = 0; announced = 0; settle = 0;
      t = $urandom_range(T - 1);
      start        <= 1'b1;
      two          <= 1'($urandom);
      last_step    <= lull_pkg::TW'(t);
      last_group   <= GW'($urandom_range(lull_pkg::GROUPS - 2));
      last_cleared <= GW'(lull_pkg::GROUPS - 1);
      for (int k = 0; k < 2; k++) for (int tt = 0; tt < T; tt++) for (int u = 0; u < N; u++) begin
        longint scale;
        scale = tb_pkg::chance(20) ? 32767 : 500;
        in_m[k][tt][u]   = tb_pkg::around(scale);
        back_m[k][tt][u] = tb_pkg::around(scale);
        tape_m[k][tt][u] = '{1 + $urandom_range(32766), 1 + $urandom_range(32766), tb_pkg::around(32767), 1 + $urandom_range(32766),
            tb_pkg::around(32767), tb_pkg::around(32767)};
      end
    end
    free <= tb_pkg::chance(70);
    // the memories: a cycle after the address
    for (int e = 0; e < E; e++) begin
      in[e*16 +: 16]     <= 16'(in_m[step.seq][step.t][int'(group)*E+e]);
      back[e*16 +: 16]   <= 16'(back_m[step.seq][step.t][int'(group)*E+e]);
      tanh_c[e*16 +: 16] <= 16'(tape_m[step.seq][step.t][int'(group)*E+e][5]);
      for (int k = 0; k < 5; k++) tape[e*80+k*16 +: 16] <= 16'(tape_m[step.seq][step.t][int'(group)*E+e][k]);
    end
  end
  `REPORT("pointwise_backward, lstm_backward_unit")
endmodule
