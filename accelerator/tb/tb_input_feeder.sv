// SPDX-License-Identifier: Apache-2.0
`include "check.svh"
/// All groups of all timesteps and sequences, once, in order, the bias first.
module tb_input_feeder (input logic clk_i, input logic rst_ni);
  localparam int E = lull_pkg::E;
  logic                    start, two, valid, bias, last;
  logic [lull_pkg::TW-1:0] last_step;
  logic [lull_pkg::UW-1:0] inputs = 1;
  lull_pkg::step_t         step, enc_step;
  logic [lull_pkg::GW-1:0] group, enc_group;
  logic [E-1:0]            mask;
  int                      checks = 0, at, t, pause = 0;
  bit                      s, biased [2], running = 0;

  input_feeder dut (
    .clk_i, .rst_ni, .start_i(start), .two_i(two), .last_step_i(last_step), .inputs_i(inputs), .step_o(step),
    .group_o(group), .valid_o(valid), .bias_o(bias), .last_o(last), .enc_step_o(enc_step), .enc_group_o(enc_group), .mask_o(mask)
  );
  always @(posedge clk_i) begin
    start <= 1'b0;
    if (rst_ni && valid) begin
      `CHECK(running, "more than there is")
      `CHECK(enc_step.seq == s && int'(enc_step.t) == t, "another timestep")
      if (bias) begin
        `CHECK(t == 0 && at == 0 && !biased[s], "a bias too many")
        biased[s] = 1;
      end else begin
        `CHECK(biased[s] && int'(enc_group) == at, "another group")
        `CHECK(pause >= 3 || at > 0, "too early for the references")
        for (int e = 0; e < E; e++) `CHECK(mask[e] == (at * E + e < int'(inputs)), "mask")
        at++;
        `CHECK(last == (at * E >= int'(inputs)), "last")
        if (last) begin
          at = 0;
          s = two & !s;
          if (!s) t++;
          if (t > int'(last_step)) running = 0;
          pause = 0;
        end
      end
    end
    pause++;
    if (rst_ni && !running && !start && pause > 8) begin
      running = 1; at = 0; t = 0; s = 0; biased = '{0, 0}; pause = 100;
      start     <= 1'b1;
      two       <= 1'($urandom);
      last_step <= lull_pkg::TW'($urandom);
      inputs    <= lull_pkg::UW'(1 + $urandom_range(lull_pkg::N - 1));
    end
  end
  `REPORT("input_feeder")
endmodule
