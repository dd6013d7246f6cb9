// SPDX-License-Identifier: Apache-2.0
`include "check.svh"
/// The sum of all ones, a cycle late.
module tb_event_counter (input logic clk_i, input logic rst_ni);
  logic [8:0]  events;
  logic [31:0] count;
  longint      sum = 0, late = 0;
  int          checks = 0;

  event_counter #(.Width(9)) dut (.clk_i, .rst_ni, .event_i(events), .count_o(count));
  always @(posedge clk_i) begin
    if (rst_ni) `CHECK(longint'(count) == late, "another sum")
    late = rst_ni ? sum : 0;
    sum  = rst_ni ? sum + $countones(events) : 0;
    events <= 9'($urandom);
  end
  `REPORT("event_counter")
endmodule
