// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// P sums of W bits added to in place, a word a cycle: read, add, write back. What is on its way to the memory is forwarded, so the same
/// word may come in every cycle.
module accumulator #(
  parameter int W    = 48,
  parameter int Addr = 4
) (
  input  wire  logic                        clk_i,
  input  wire  logic                        rst_ni,
  input  wire  logic                        valid_i,   // stage 5
  input  wire  logic [Addr-1:0]             addr_i,
  input  wire  logic                        fresh_i,   // begin with 0
  input  wire  logic [W*lull_pkg::P-1:0]    rdata_i,   // stage 6: of addr_i
  input  wire  logic [32*lull_pkg::P-1:0]   product_i, // stage 7
  output       logic                        valid_o,   // stage 8: write
  output       logic [Addr-1:0]             addr_o,
  output       logic [W*lull_pkg::P-1:0]    sum_o,
  output       logic [lull_pkg::P-1:0]      overflow_o
);
  localparam int P = lull_pkg::P;

  logic            valid6_q, valid7_q, valid9_q, valid10_q, fresh6_q, fresh7_q, hit8, hit9, hit10;
  logic [Addr-1:0] addr6_q, addr7_q, addr9_q, addr10_q;
  logic [W*P-1:0]  word7_q, sum9_q, sum10_q;
  logic [P-1:0]    top_q;     // the bit above each sum

  assign hit8  = valid_o && addr_o == addr7_q;
  assign hit9  = valid9_q && addr9_q == addr7_q;
  assign hit10 = valid10_q && addr10_q == addr7_q;

  function automatic logic [W:0] add(input logic signed [W-1:0] old, input logic signed [31:0] product);
    add = (W + 1)'(old) + (W + 1)'(product);
  endfunction

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid6_q  <= 1'b0;
      valid7_q  <= 1'b0;
      valid_o   <= 1'b0;
      valid9_q  <= 1'b0;
      valid10_q <= 1'b0;
    end else begin
      valid6_q  <= valid_i;
      valid7_q  <= valid6_q;
      valid_o   <= valid7_q;
      valid9_q  <= valid_o;
      valid10_q <= valid9_q;
    end
    addr6_q    <= addr_i;
    addr7_q    <= addr6_q;
    addr_o     <= addr7_q;
    addr9_q    <= addr_o;
    addr10_q   <= addr9_q;
    fresh6_q   <= fresh_i;
    fresh7_q   <= fresh6_q;
    if (valid6_q) word7_q <= rdata_i;
    if (valid7_q) begin
      for (int p = 0; p < P; p++) begin
        {top_q[p], sum_o[p*W +: W]} <= add(fresh7_q ? '0 : hit8 ? sum_o[p*W +: W] : hit9 ? sum9_q[p*W +: W] : hit10 ? sum10_q[p*W +: W]
            : word7_q[p*W +: W], product_i[p*32 +: 32]);
      end
    end
    if (valid_o) sum9_q <= sum_o;
    if (valid9_q) sum10_q <= sum9_q;
  end
  for (genvar p = 0; p < P; p++) begin : gen_overflow
    assign overflow_o[p] = valid_o & (top_q[p] != sum_o[p*W + W-1]);
  end
endmodule

`default_nettype wire
