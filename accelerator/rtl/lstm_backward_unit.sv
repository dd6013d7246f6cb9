// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// One unit's LSTM, backward: from dL/dh to the sums G of its four rows and their rounded operands. Stage 0 is the input; new values
/// every cycle.
module lstm_backward_unit (
  input  wire  logic                clk_i,
  input  wire  logic                enable_i,     // something is in the pipeline
  input  wire  logic signed [15:0]  in_i,         // dL/dh from above
  input  wire  logic signed [15:0]  back_i,       // and from the next timestep
  input  wire  logic [5*16-1:0]     tape_i,       // i f g o, c before
  input  wire  logic signed [15:0]  tanh_c_i,
  input  wire  logic signed [31:0]  carry_i,      // dch, stage 5
  input  wire  logic [4*32-1:0]     g_i,          // stage 8
  output       logic signed [31:0]  carry_o,      // stage 7
  output       logic [4*32-1:0]     g_o,          // stage 9
  output       logic [4*16-1:0]     operand_o,    // stage 10
  output       logic                dh_over1_o,   // saturated: dh, at stage 1
  output       logic                dc_over6_o,   // dc, at stage 6
  output       logic [3:0]          g_over9_o,
  output       logic [3:0]          operand_over10_o
);
  localparam int FA = lull_pkg::FA;
  localparam int FC = lull_pkg::FC;
  localparam int KC = lull_pkg::KC;
  localparam int KG = lull_pkg::KG;
  localparam int GF = lull_pkg::GF;

  logic signed [15:0] i0, f0, g0, o0, c0;
  assign {c0, o0, g0, f0, i0} = tape_i;

  /// 1 - t^2 from t^2
  function automatic logic signed [15:0] slope(input logic signed [31:0] square);
    logic signed [63:0] r;
    r = lull_pkg::rne((64'sd1 <<< (2 * lull_pkg::FA)) - 64'(square), lull_pkg::FA);
    slope = r > 64'sd32767 ? 16'sd32767 : 16'(r);
  endfunction

  // ---- stage 1: dh and the squares ; stage 2: slopes of the functions
  logic signed [15:0] dh1_q, i1_q, f1_q, g1_q, o1_q, c1_q, t1_q;
  logic signed [31:0] tt1_q, gg1_q, ii1_q, ff1_q, oo1_q;
  logic signed [15:0] dh2_q, i2_q, f2_q, g2_q, o2_q, c2_q, t2_q, s2_q, sg2_q, si2_q, sf2_q, so2_q;
  always_ff @(posedge clk_i) if (enable_i) begin
    dh1_q      <= lull_pkg::sat16(64'(in_i) + 64'(back_i));
    dh_over1_o <= lull_pkg::over16(64'(in_i) + 64'(back_i));
    {i1_q, f1_q, g1_q, o1_q, c1_q, t1_q} <= {i0, f0, g0, o0, c0, tanh_c_i};
    tt1_q <= 32'(tanh_c_i) * 32'(tanh_c_i);
    gg1_q <= 32'(g0) * 32'(g0);
    ii1_q <= 32'(i0) * 32'($signed(16'(17'd32768 - 17'(i0))));
    ff1_q <= 32'(f0) * 32'($signed(16'(17'd32768 - 17'(f0))));
    oo1_q <= 32'(o0) * 32'($signed(16'(17'd32768 - 17'(o0))));
    {dh2_q, i2_q, f2_q, g2_q, o2_q, c2_q, t2_q} <= {dh1_q, i1_q, f1_q, g1_q, o1_q, c1_q, t1_q};
    s2_q  <= slope(tt1_q);
    sg2_q <= slope(gg1_q);
    si2_q <= 16'(lull_pkg::rne(64'(ii1_q), FA - 1));
    sf2_q <= 16'(lull_pkg::rne(64'(ff1_q), FA - 1));
    so2_q <= 16'(lull_pkg::rne(64'(oo1_q), FA - 1));
  end

  // ---- stage 3, 4: what dh and dc are multiplied by
  logic signed [31:0] os3_q, ai3_q, af3_q, ag3_q, ao3_q;
  logic signed [15:0] dh3_q, f3_q, dh4_q, f4_q, os4_q, ai4_q, ag4_q, ao4_q;
  logic signed [17:0] af4_q, af5_q, af6_q; // c f (1 - f) may be 8, as c may be 32
  always_ff @(posedge clk_i) if (enable_i) begin
    os3_q <= 32'(o2_q) * 32'(s2_q);
    ai3_q <= 32'(g2_q) * 32'(si2_q);
    af3_q <= 32'(c2_q) * 32'(sf2_q);
    ag3_q <= 32'(i2_q) * 32'(sg2_q);
    ao3_q <= 32'(t2_q) * 32'(so2_q);
    {dh3_q, f3_q} <= {dh2_q, f2_q};
    os4_q <= 16'(lull_pkg::rne(64'(os3_q), FA));
    ai4_q <= 16'(lull_pkg::rne(64'(ai3_q), FA));
    af4_q <= 18'(lull_pkg::rne(64'(af3_q), FC + 3));
    ag4_q <= 16'(lull_pkg::rne(64'(ag3_q), FA));
    ao4_q <= 16'(lull_pkg::rne(64'(ao3_q), FA));
    {dh4_q, f4_q} <= {dh3_q, f3_q};
  end

  // ---- stage 5: dh's products ; stage 6: dc
  logic signed [31:0] dhos5_q, po5_q, ro6_q;
  logic signed [15:0] f5_q, ai5_q, ag5_q, f6_q, ai6_q, ag6_q, dc6_q;
  logic signed [63:0] dc;
  assign dc = lull_pkg::rne((64'(carry_i) <<< KC) + 64'(dhos5_q), FA + KC);
  always_ff @(posedge clk_i) if (enable_i) begin
    dhos5_q <= 32'(dh4_q) * 32'(os4_q);
    po5_q   <= 32'(dh4_q) * 32'(ao4_q);
    {f5_q, ai5_q, af5_q, ag5_q} <= {f4_q, ai4_q, af4_q, ag4_q};
    dc6_q      <= lull_pkg::sat16(dc);
    dc_over6_o <= lull_pkg::over16(dc);
    ro6_q      <= 32'(lull_pkg::rne(64'(po5_q), KG + 16 - GF));
    {f6_q, ai6_q, af6_q, ag6_q} <= {f5_q, ai5_q, af5_q, ag5_q};
  end

  // ---- stage 7: dc's products ; stage 8: rounded ; stage 9: summed over time ; stage 10: operands
  logic signed [31:0] pi7_q, pg7_q, ro7_q;
  logic signed [33:0] pf7_q;
  logic [4*32-1:0]    r8_q;
  logic [4*32-1:0]    sum;
  logic [4*16-1:0]    operand;
  logic [3:0]         sum_over, operand_over;
  logic signed [63:0] wide, rounded;
  always_ff @(posedge clk_i) if (enable_i) begin
    carry_o <= 32'(dc6_q) * 32'(f6_q);
    pi7_q   <= 32'(dc6_q) * 32'(ai6_q);
    pf7_q   <= 34'(dc6_q) * 34'(af6_q);
    pg7_q   <= 32'(dc6_q) * 32'(ag6_q);
    ro7_q   <= ro6_q;
    r8_q[0 +: 32]  <= 32'(lull_pkg::rne(64'(pi7_q), KG - KC + 16 - GF));
    r8_q[32 +: 32] <= 32'(lull_pkg::rne(64'(pf7_q), KG - KC + 13 - GF));
    r8_q[64 +: 32] <= 32'(lull_pkg::rne(64'(pg7_q), KG - KC + 15 - GF));
    r8_q[96 +: 32] <= ro7_q;
    g_o              <= sum;
    g_over9_o        <= sum_over;
    operand_o        <= operand;
    operand_over10_o <= operand_over;
  end

  always_comb begin
    for (int q = 0; q < 4; q++) begin
      wide = 64'($signed(g_i[q*32 +: 32])) + 64'($signed(r8_q[q*32 +: 32]));
      sum[q*32 +: 32] = lull_pkg::sat32(wide);
      sum_over[q]     = lull_pkg::over32(wide);
      rounded = lull_pkg::rne(64'($signed(g_o[q*32 +: 32])), GF);
      operand[q*16 +: 16] = lull_pkg::sat16(rounded);
      operand_over[q]     = lull_pkg::over16(rounded);
    end
  end
endmodule

`default_nettype wire
