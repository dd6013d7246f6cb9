// SPDX-License-Identifier: Apache-2.0
`include "check.svh"
/// Every argument, both functions, against tanh itself tabulated and interpolated: in 10,000 cycles, by 16 instances that share them.
module tb_activation (input logic clk_i, input logic rst_ni);
  localparam int Instances = 16;
  localparam int Each = (1 << 17) / Instances;
  int checks = 0, cycles = 0, seen [Instances] = '{default: 0};

  for (genvar k = 0; k < Instances; k++) begin : gen_instance
    logic               is_tanh;
    logic signed [15:0] m, y;
    logic [12:0]        n = 13'($urandom);
    longint             expected [$];

    activation dut (.clk_i, .enable_i(1'b1), .tanh_i(is_tanh), .m_i(m), .y_o(y));
    always @(posedge clk_i) begin
      if (expected.size() == 4) `CHECK(longint'(y) == expected.pop_front(), $sformatf("%0d", y))
      if (rst_ni) expected.push_back(tb_pkg::activate(longint'(m), is_tanh));
      if (tb_pkg::chance(5)) begin
        {is_tanh, m} <= {k[3], 16'h8000};
      end else begin
        {is_tanh, m} <= {k[3:0], n};
        n = n + 13'd997; // prime: all arguments of the instance in their turn
        if (rst_ni) seen[k]++;
      end
    end
  end
  always @(posedge clk_i) cycles++;
  final for (int k = 0; k < Instances; k++) if (cycles >= 10000 && seen[k] < Each) $error("activation: %0d arguments of %0d", seen[k], Each);
  `REPORT("activation")
endmodule
