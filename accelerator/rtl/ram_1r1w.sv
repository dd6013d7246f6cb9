// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// Memory with one read and one write port; write enables by lane. Nobody reads what is being written in the same cycle.
module ram_1r1w #(
  parameter int Width = 16,
  parameter int Depth = 16,
  parameter int Lanes = 1,
  localparam int Addr = Depth > 1 ? $clog2(Depth) : 1
) (
  input  wire  logic             clk_i,
  input  wire  logic [Addr-1:0]  raddr_i,
  output       logic [Width-1:0] rdata_o, // one cycle later
  input  wire  logic [Lanes-1:0] we_i,
  input  wire  logic [Addr-1:0]  waddr_i,
  input  wire  logic [Width-1:0] wdata_i
);
  localparam int Lane = Width / Lanes;

  (* no_rw_check *) logic [Width-1:0] memory [Depth];

  always_ff @(posedge clk_i) begin
    for (int l = 0; l < Lanes; l++) if (we_i[l]) memory[waddr_i][l*Lane +: Lane] <= wdata_i[l*Lane +: Lane];
    rdata_o <= memory[raddr_i];
  end
endmodule

`default_nettype wire
