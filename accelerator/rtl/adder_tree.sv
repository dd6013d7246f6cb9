// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// Sum of P products, one register a level: log2(P) cycles.
module adder_tree (
  input  wire  logic                                         clk_i,
  input  wire  logic                                         enable_i,
  input  wire  logic [32*lull_pkg::P-1:0]                    product_i,
  output       logic signed [32+lull_pkg::LP-1:0]            sum_o
);
  localparam int P  = lull_pkg::P;
  localparam int LP = lull_pkg::LP;
  localparam int W  = 32 + LP;

  // node n is the sum of nodes 2n and 2n + 1; the products are nodes P to 2 P - 1
  logic signed [W-1:0] node [1:2*P-1];
  for (genvar p = 0; p < P; p++) begin : gen_leaf
    assign node[P+p] = W'($signed(product_i[p*32 +: 32]));
  end
  for (genvar n = 1; n < P; n++) begin : gen_node
    always_ff @(posedge clk_i) if (enable_i) node[n] <= node[2*n] + node[2*n+1];
  end
  assign sum_o = node[1];
endmodule

`default_nettype wire
