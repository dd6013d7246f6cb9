// SPDX-License-Identifier: Apache-2.0
`include "check.svh"
/// What goes in comes out, in order, whatever stalls.
module tb_fifo (input logic clk_i, input logic rst_ni);
  logic       valid, ready, out_valid, out_ready;
  logic [7:0] data, out;
  int         checks = 0;
  logic [7:0] expected [$];

  fifo #(.Width(8), .Depth(4)) dut (
    .clk_i, .rst_ni, .valid_i(valid), .ready_o(ready), .data_i(data), .valid_o(out_valid), .ready_i(out_ready), .data_o(out)
  );
  always @(posedge clk_i) begin
    if (rst_ni && out_valid && out_ready) begin
      `CHECK(expected.size() > 0 && out == expected.pop_front(), "not what went in")
    end
    if (rst_ni && valid && ready) expected.push_back(data);
    if (rst_ni) `CHECK(expected.size() <= 4, "holds more than its depth")
    if (!rst_ni || !valid || ready) begin
      valid <= rst_ni && tb_pkg::chance(60);
      data  <= 8'($urandom);
    end
    out_ready <= tb_pkg::chance(50);
  end
  `REPORT("fifo")
endmodule
