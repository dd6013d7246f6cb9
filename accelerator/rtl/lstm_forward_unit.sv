// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// One unit's LSTM, forward: pre-activations in, h twelve cycles later; new values every cycle. Stage 0 is the input.
module lstm_forward_unit (
  input  wire  logic               clk_i,
  input  wire  logic               enable_i,    // something is in the pipeline
  input  wire  logic [4*16-1:0]    m_i,         // i f g o, stage 0
  input  wire  logic signed [15:0] c_before_i,  // stage 4
  output       logic [4*16-1:0]    gates_o,     // stage 4
  output       logic signed [15:0] c_o,         // stage 6
  output       logic               saturated_o, // of c
  output       logic signed [15:0] tanh_c_o,    // stage 10
  output       logic signed [15:0] h_o          // stage 12
);
  logic signed [15:0] i, f, g, o;
  activation u_i (.clk_i, .enable_i, .tanh_i(1'b0), .m_i(m_i[0+:16]), .y_o(i));
  activation u_f (.clk_i, .enable_i, .tanh_i(1'b0), .m_i(m_i[16+:16]), .y_o(f));
  activation u_g (.clk_i, .enable_i, .tanh_i(1'b1), .m_i(m_i[32+:16]), .y_o(g));
  activation u_o (.clk_i, .enable_i, .tanh_i(1'b0), .m_i(m_i[48+:16]), .y_o(o));
  assign gates_o = {o, g, f, i};

  // c = f c + i g, one rounding
  logic signed [31:0] fc5_q, ig5_q;
  logic signed [63:0] c;
  assign c = lull_pkg::rne((64'(fc5_q) <<< (lull_pkg::FA - lull_pkg::FC)) + 64'(ig5_q), 2 * lull_pkg::FA - lull_pkg::FC);
  always_ff @(posedge clk_i) if (enable_i) begin
    fc5_q       <= 32'(f) * 32'(c_before_i);
    ig5_q       <= 32'(i) * 32'(g);
    c_o         <= lull_pkg::sat16(c);
    saturated_o <= lull_pkg::over16(c);
  end

  // h = o tanh(c)
  logic [6*16-1:0]    o_q;   // stages 5 to 10
  logic signed [31:0] h11_q;
  activation u_c (.clk_i, .enable_i, .tanh_i(1'b1), .m_i(lull_pkg::sat16(64'(c_o) <<< (lull_pkg::FV - lull_pkg::FC))), .y_o(tanh_c_o));
  always_ff @(posedge clk_i) if (enable_i) begin
    o_q   <= {o_q[5*16-1:0], o};
    h11_q <= 32'($signed(o_q[5*16 +: 16])) * 32'(tanh_c_o);
    h_o   <= 16'(lull_pkg::rne(64'(h11_q), 2 * lull_pkg::FA - lull_pkg::FV));
  end
endmodule

`default_nettype wire
