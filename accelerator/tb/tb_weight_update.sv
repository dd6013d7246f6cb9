// SPDX-License-Identifier: Apache-2.0
`include "check.svh"
/// Sweeps over random weights and sums, all shifts, and clearing.
module tb_weight_update (input logic clk_i, input logic rst_ni);
  localparam int P  = lull_pkg::P;
  localparam int DW = lull_pkg::DW;
  localparam int Words = 16;
  logic                    start, clear, weight_we, gradient_we, busy;
  logic [2:0]              shift;
  logic [lull_pkg::WW-1:0] raddr, waddr;
  logic [P*16-1:0]         weight, new_weight;
  logic [P*DW-1:0]         gradient, new_gradient;
  logic [P-1:0]            saturated;
  int                      checks = 0, saturations = 0, expected_saturations = 0, settle = 0, runs = 0;
  longint                  w [Words][P], d [Words][P], w0 [Words][P], d0 [Words][P], u, two_to;
  bit                      was_clear;

  weight_update dut (
    .clk_i, .rst_ni, .start_i(start), .clear_i(clear), .shift_i(shift), .last_word_i(lull_pkg::WW'(Words - 1)), .raddr_o(raddr),
    .weight_i(weight), .gradient_i(gradient), .weight_we_o(weight_we), .gradient_we_o(gradient_we), .waddr_o(waddr),
    .weight_o(new_weight), .gradient_o(new_gradient), .saturated_o(saturated), .busy_o(busy)
  );
  always @(posedge clk_i) begin
    start <= 1'b0;
    if (rst_ni) begin
      saturations += $countones(saturated);
      for (int p = 0; p < P; p++) begin
        if (weight_we) w[waddr % Words][p] = longint'($signed(new_weight[p*16 +: 16]));
        if (gradient_we) d[waddr % Words][p] = longint'($signed(new_gradient[p*DW +: DW]));
      end
      settle = busy || start ? 0 : settle + 1;
      if (settle == 3) begin
        if (runs > 0) begin
          two_to = 64'd1 << (8 + 4 * int'(shift));
          for (int k = 0; k < Words; k++) for (int p = 0; p < P; p++) begin
            u = tb_pkg::round_half_even(d0[k][p], 8 + 4 * int'(shift));
            `CHECK(w[k][p] == (was_clear ? w0[k][p] : tb_pkg::clip(w0[k][p] - u, 16)), "weight")
            `CHECK(d[k][p] == (was_clear ? 0 : d0[k][p] - u * two_to), "what stays")
            if (!was_clear) expected_saturations += tb_pkg::clip(w0[k][p] - u, 16) != w0[k][p] - u;
          end
          `CHECK(saturations == expected_saturations, "saturated")
        end
        for (int k = 0; k < Words; k++) for (int p = 0; p < P; p++) begin
          w0[k][p] = tb_pkg::around(32767);
          d0[k][p] = tb_pkg::chance(10) ? tb_pkg::around(100) * 128 : tb_pkg::around(64'd1 << $urandom_range(38));
          w[k][p]  = w0[k][p];
          d[k][p]  = d0[k][p];
        end
        runs++;
        was_clear = tb_pkg::chance(20);
        start <= 1'b1;
        clear <= was_clear;
        shift <= 3'($urandom);
      end
    end
    for (int p = 0; p < P; p++) begin
      weight[p*16 +: 16]   <= 16'(w[raddr % Words][p]);
      gradient[p*DW +: DW] <= DW'(d[raddr % Words][p]);
    end
  end
  `REPORT("weight_update")
endmodule
