// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// Counts the ones of a vector, cycle by cycle, into 32 bits that stay at their maximum.
module event_counter #(
  parameter int Width = 4
) (
  input  wire  logic             clk_i,
  input  wire  logic             rst_ni,
  input  wire  logic [Width-1:0] event_i,
  output       logic [31:0]      count_o
);
  localparam int CW = $clog2(Width + 1);

  logic [CW-1:0] ones, ones_q;
  logic [32:0]   sum;
  always_comb begin
    ones = '0;
    for (int n = 0; n < Width; n++) ones = ones + CW'(event_i[n]);
  end
  assign sum = 33'(count_o) + 33'(ones_q);
  always_ff @(posedge clk_i) begin
    ones_q  <= rst_ni ? ones : '0;
    count_o <= rst_ni ? sum[32] ? '1 : sum[31:0] : '0;
  end
endmodule

`default_nettype wire
