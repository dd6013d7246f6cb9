// SPDX-License-Identifier: Apache-2.0
`include "check.svh"
/// The exact sum, log2(P) cycles later.
module tb_adder_tree (input logic clk_i, input logic rst_ni);
  localparam int P = lull_pkg::P;
  logic [32*P-1:0]                     product;
  logic signed [32+lull_pkg::LP-1:0]   sum;
  longint                              expected [$], exact;
  int                                  checks = 0;

  adder_tree dut (.clk_i, .enable_i(1'b1), .product_i(product), .sum_o(sum));
  always @(posedge clk_i) begin
    if (expected.size() == lull_pkg::LP) `CHECK(longint'(sum) == expected.pop_front(), "another sum")
    exact = 0;
    for (int p = 0; p < P; p++) exact += longint'($signed(product[p*32 +: 32]));
    if (rst_ni) expected.push_back(exact);
    for (int p = 0; p < P; p++) product[p*32 +: 32] <= tb_pkg::chance(20) ? 32'h7fffffff : tb_pkg::chance(20) ? 32'h80000000 : $urandom;
  end
  `REPORT("adder_tree")
endmodule
