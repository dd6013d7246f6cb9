`include "check.svh"
/// Every argument, both functions, against tanh itself tabulated and interpolated.
module tb_activation (input logic clk_i, input logic rst_ni);
  logic               is_tanh;
  logic signed [15:0] m, y;
  logic [16:0]        n = 17'($urandom);
  longint             expected [$];
  int                 checks = 0;

  activation dut (.clk_i, .enable_i(1'b1), .tanh_i(is_tanh), .m_i(m), .y_o(y));
  always @(posedge clk_i) begin
    if (expected.size() == 4) `CHECK(longint'(y) == expected.pop_front(), $sformatf("%0d", y))
    if (rst_ni) expected.push_back(tb_pkg::activate(longint'(m), is_tanh));
    n = n + 17'd997; // prime: all arguments in their turn
    {is_tanh, m} <= tb_pkg::chance(5) ? {n[16], 16'h8000} : n;
  end
  `REPORT("activation")
endmodule
