// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// Sigmoid or tanh of 16 bits: a table of tanh and linear interpolation. Four cycles, one value a cycle.
module activation (
  input  wire  logic               clk_i,
  input  wire  logic               enable_i,
  input  wire  logic               tanh_i,
  input  wire  logic signed [15:0] m_i,  // 2^-12
  output       logic signed [15:0] y_o   // 2^-15
);
  `include "activation_table.svh"

  logic [15:0] magnitude, z;
  logic        tanh1_q, tanh2_q, tanh3_q, negative1_q, negative2_q, negative3_q;
  logic [15:0] z1_q;
  logic [25:0] entry2_q;
  logic [7:0]  r2_q;
  logic [14:0] base3_q;
  logic [18:0] product3_q;
  logic [15:0] y3;

  assign magnitude = m_i == 16'sh8000 ? 16'd32767 : m_i < 0 ? 16'(-m_i) : 16'(m_i);
  assign z  = tanh_i ? magnitude << 1 : magnitude;
  assign y3 = 16'(base3_q) + 16'(lull_pkg::rne(64'(product3_q), 8));

  always_ff @(posedge clk_i) if (enable_i) begin
    z1_q        <= z;
    tanh1_q     <= tanh_i;
    negative1_q <= m_i < 0;
    entry2_q    <= activation_entry(z1_q[15:8]);
    r2_q        <= z1_q[7:0];
    tanh2_q     <= tanh1_q;
    negative2_q <= negative1_q;
    base3_q     <= entry2_q[25:11];
    product3_q  <= 19'(entry2_q[10:0]) * 19'(r2_q);
    tanh3_q     <= tanh2_q;
    negative3_q <= negative2_q;
    if (tanh3_q) begin
      y_o <= negative3_q ? -y3 : y3;
    end else begin
      y_o <= half(negative3_q ? 17'd32768 - 17'(y3) : 17'd32768 + 17'(y3));
    end
  end

  // a sigmoid: half of what is given, at most 32767
  function automatic logic [15:0] half(input logic [16:0] a);
    logic [16:0] rounded;
    rounded = 17'(lull_pkg::rne(64'(a), 1));
    half = rounded > 17'd32767 ? 16'd32767 : rounded[15:0];
  endfunction
endmodule

`default_nettype wire
