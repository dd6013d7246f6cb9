// SPDX-License-Identifier: Apache-2.0
`include "check.svh"
/// Blocks of random pre-activations through the cells: tape, tanh(c) and h of every group, c kept by sequence and unit.
module tb_pointwise_forward (input logic clk_i, input logic rst_ni);
  localparam int E  = lull_pkg::E;
  localparam int P  = lull_pkg::P;
  localparam int GW = lull_pkg::GW;
  localparam int LastBlock = 1;
  logic                    valid, ready, tape_we, tanh_we, h_valid, h_last;
  lull_pkg::step_t         step, tape_step, tanh_step, h_step;
  logic [lull_pkg::BW-1:0] block;
  logic [P*16-1:0]         m;
  logic [GW-1:0]           tape_group, tanh_group, h_group;
  logic [E*80-1:0]         tape;
  logic [E*16-1:0]         tanh_c, h;
  logic [E-1:0]            saturated;
  typedef struct packed { lull_pkg::step_t step; int group; bit last; logic [E*80-1:0] tape; logic [E*16-1:0] tc, h; } group_s;
  group_s expected_tape [$], expected_tanh [$], expected_h [$], x;
  longint c [2][lull_pkg::N];
  int     checks = 0, saturations = 0, expected_saturations = 0, b = 0, t = 0, gap = 0;
  bit     s = 0;

  pointwise_forward dut (
    .clk_i, .rst_ni, .last_block_i(lull_pkg::BW'(LastBlock)), .block_valid_i(valid), .block_ready_o(ready), .block_step_i(step),
    .block_i(block), .m_i(m), .tape_we_o(tape_we), .tape_step_o(tape_step), .tape_group_o(tape_group), .tape_o(tape),
    .tanh_we_o(tanh_we), .tanh_step_o(tanh_step), .tanh_group_o(tanh_group), .tanh_o(tanh_c), .h_valid_o(h_valid), .h_last_o(h_last),
    .h_step_o(h_step), .h_group_o(h_group), .h_o(h), .saturated_o(saturated)
  );

  function automatic void expect_block;
    for (int q = 0; q < lull_pkg::Q; q++) begin
      x.step  = step;
      x.group = int'(block) * lull_pkg::Q + q;
      x.last  = int'(block) == LastBlock && q == lull_pkg::Q - 1;
      for (int e = 0; e < E; e++) begin
        longint c_old, exact, i, f, g, o, tc;
        int u, lane;
        u     = x.group * E + e;
        lane  = (q * E + e) * 4;
        c_old = step.t == '0 ? 0 : c[step.seq][u];
        i = tb_pkg::activate(longint'($signed(m[lane*16 +: 16])), 0);
        f = tb_pkg::activate(longint'($signed(m[lane*16+16 +: 16])), 0);
        g = tb_pkg::activate(longint'($signed(m[lane*16+32 +: 16])), 1);
        o = tb_pkg::activate(longint'($signed(m[lane*16+48 +: 16])), 0);
        exact  = tb_pkg::round_half_even(f * c_old * 32 + i * g, 20);
        c[step.seq][u] = tb_pkg::clip(exact, 16);
        expected_saturations += exact != c[step.seq][u];
        tc = tb_pkg::activate(tb_pkg::clip(c[step.seq][u] * 4, 16), 1);
        x.tape[e*80 +: 80] = {16'(c_old), 16'(o), 16'(g), 16'(f), 16'(i)};
        x.tc[e*16 +: 16]   = 16'(tc);
        x.h[e*16 +: 16]    = 16'(tb_pkg::round_half_even(o * tc, 18));
      end
      expected_tape.push_back(x);
      expected_tanh.push_back(x);
      expected_h.push_back(x);
    end
  endfunction

  always @(posedge clk_i) begin
    if (rst_ni) begin
      saturations += $countones(saturated);
      if (valid && ready) expect_block();
      if (tape_we) begin
        x = expected_tape.pop_front();
        `CHECK(tape_step == x.step && int'(tape_group) == x.group, "another group on the tape")
        `CHECK(tape == x.tape, "the tape")
      end
      if (tanh_we) begin
        x = expected_tanh.pop_front();
        `CHECK(tanh_step == x.step && int'(tanh_group) == x.group, "another group of tanh(c)")
        `CHECK(tanh_c == x.tc, "tanh(c)")
      end
      if (h_valid) begin
        x = expected_h.pop_front();
        `CHECK(h_step == x.step && int'(h_group) == x.group && h_last == x.last, "another group of h")
        `CHECK(h == x.h, "h")
      end
      if (!valid && expected_h.size() == 0) `CHECK(saturations == expected_saturations, "saturated c")
    end
    if (!rst_ni || !valid || ready) begin
      valid <= 1'b0;
      if (gap > 0) gap--;
      else if (rst_ni && tb_pkg::chance(60)) begin
        valid    <= 1'b1;
        step.seq <= s;
        step.t   <= lull_pkg::TW'(t);
        block    <= lull_pkg::BW'(b);
        for (int p = 0; p < P; p++) m[p*16 +: 16] <= tb_pkg::chance(20) ? 16'h7fff : tb_pkg::chance(20) ? 16'h8000 : 16'($urandom);
        if (b == LastBlock) begin // a sequence's next timestep comes when this one's h has been fed back
          b = 0;
          if (s) begin
            t++;
            gap = 20;
          end
          s = !s;
        end else b++;
      end
    end
  end
  `REPORT("pointwise_forward, lstm_forward_unit")
endmodule
