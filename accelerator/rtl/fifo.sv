// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// Queue, first word falls through. Depth is a power of two.
module fifo #(
  parameter int Width = 8,
  parameter int Depth = 4
) (
  input  wire  logic             clk_i,
  input  wire  logic             rst_ni,
  input  wire  logic             valid_i,
  output       logic             ready_o,
  input  wire  logic [Width-1:0] data_i,
  output       logic             valid_o,
  input  wire  logic             ready_i,
  output       logic [Width-1:0] data_o
);
  localparam int Addr = $clog2(Depth);

  logic [Width-1:0] memory [Depth];
  logic [Addr:0]    write_q, read_q;

  assign ready_o = (write_q - read_q) != (Addr + 1)'(Depth);
  assign valid_o = write_q != read_q;
  assign data_o  = memory[read_q[Addr-1:0]];

  always_ff @(posedge clk_i) begin
    if (valid_i && ready_o) memory[write_q[Addr-1:0]] <= data_i;
    if (!rst_ni) begin
      write_q <= '0;
      read_q  <= '0;
    end else begin
      if (valid_i && ready_o) write_q <= write_q + 1'b1;
      if (valid_o && ready_i) read_q <= read_q + 1'b1;
    end
  end
endmodule

`default_nettype wire
