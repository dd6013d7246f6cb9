// SPDX-License-Identifier: Apache-2.0
`include "check.svh"
/// D less the last D of the column, rounded; nothing remembered over a start; empty lists end too.
module tb_mask_gradient (input logic clk_i, input logic rst_ni);
  logic                               start, clearing, valid, null_d, of_h, last, out, out_h, h_done;
  lull_pkg::step_t                    step, out_step;
  logic [lull_pkg::UW-1:0]            inputs = 5, units = 4;
  logic [lull_pkg::CW-1:0]            column, index;
  logic signed [lull_pkg::MW-1:0]     d;
  logic [15:0]                        gradient;
  logic [1:0]                         saturated;
  int                                 checks = 0, recent [2], c, expected_saturations = 0, saturations = 0;
  longint                             model [2][2 * lull_pkg::N], now, difference;
  typedef struct packed { bit of_h; int index; longint gradient; lull_pkg::step_t step; } out_s;
  out_s                               expected [$], o;
  int                                 ends = 0, dones = 0, quiet = 0;

  mask_gradient dut (
    .clk_i, .rst_ni, .start_i(start), .inputs_i(inputs), .units_i(units), .clearing_o(clearing), .valid_i(valid), .null_i(null_d),
    .of_h_i(of_h), .end_i(last), .step_i(step), .column_i(column), .d_i(d), .valid_o(out), .of_h_o(out_h), .step_o(out_step),
    .index_o(index), .gradient_o(gradient), .h_done_o(h_done), .saturated_o(saturated)
  );
  always @(posedge clk_i) begin
    if (rst_ni) begin
      dones += h_done;
      saturations += $countones(saturated);
      if (valid) begin
        ends += last && of_h;
        if (!null_d) begin
          now = tb_pkg::clip(longint'(d), 32);
          expected_saturations += now != longint'(d);
          difference = tb_pkg::round_half_even(now - model[step.seq][column], lull_pkg::FW - lull_pkg::KG);
          expected_saturations += difference != tb_pkg::clip(difference, 16);
          model[step.seq][column] = now;
          o.of_h     = of_h;
          o.index    = of_h ? int'(column) - int'(inputs) : int'(column);
          o.gradient = tb_pkg::clip(difference, 16);
          o.step     = step;
          expected.push_back(o);
        end
      end
      if (out) begin
        o = expected.pop_front();
        `CHECK(out_h == o.of_h && int'(index) == o.index && longint'($signed(gradient)) == o.gradient && out_step == o.step, "another gradient")
      end
    end
    // drive: a column not twice within two cycles
    valid <= 1'b0;
    start <= 1'b0;
    quiet = quiet > 0 ? quiet - 1 : 0;
    if (!rst_ni || quiet == 1) begin
      start <= rst_ni;
      if (rst_ni) `CHECK(expected.size() == 0 && ends == dones && saturations == expected_saturations, "something is missing")
      inputs <= lull_pkg::UW'(1 + $urandom_range(lull_pkg::N - 1));
      units  <= lull_pkg::UW'(1 + $urandom_range(lull_pkg::N - 1));
      for (int k = 0; k < 2; k++) for (int j = 0; j < 2 * lull_pkg::N; j++) model[k][j] = 0;
      if (!rst_ni) quiet = 2;
    end else if (quiet == 0 && !clearing && !start) begin
      if (tb_pkg::chance(1)) quiet = 10;
      else if (tb_pkg::chance(70)) begin
        c = $urandom_range(int'(inputs) + int'(units) - 1);
        if (c != recent[0] && c != recent[1]) begin
          valid  <= 1'b1;
          column <= lull_pkg::CW'(c);
          of_h   <= c >= int'(inputs);
        end
      end
      null_d <= tb_pkg::chance(10);
      last   <= tb_pkg::chance(20);
      step   <= lull_pkg::STEP'($urandom);
      d      <= lull_pkg::MW'(tb_pkg::around(64'd1 << $urandom_range(46)));
      recent[1] = recent[0];
      recent[0] = c;
    end
  end
  `REPORT("mask_gradient")
endmodule
