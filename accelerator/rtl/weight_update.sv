// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// The update: W less the rounded top of its gradient sum; what was rounded away stays in the sum. One sweep over all words, one a cycle.
/// Also clears the sums.
module weight_update (
  input  wire  logic                                clk_i,
  input  wire  logic                                rst_ni,
  input  wire  logic                                start_i,
  input  wire  logic                                clear_i,     // with start_i: only clear
  input  wire  logic [2:0]                          shift_i,     // 8 + 4 shift_i
  input  wire  logic [lull_pkg::WW-1:0]             last_word_i,
  output       logic [lull_pkg::WW-1:0]             raddr_o,     // of both memories
  input  wire  logic [lull_pkg::P*16-1:0]           weight_i,
  input  wire  logic [lull_pkg::P*lull_pkg::DW-1:0] gradient_i,
  output       logic                                weight_we_o,
  output       logic                                gradient_we_o,
  output       logic [lull_pkg::WW-1:0]             waddr_o,
  output       logic [lull_pkg::P*16-1:0]           weight_o,
  output       logic [lull_pkg::P*lull_pkg::DW-1:0] gradient_o,
  output       logic [lull_pkg::P-1:0]              saturated_o,
  output       logic                                busy_o
);
  localparam int P  = lull_pkg::P;
  localparam int DW = lull_pkg::DW;
  localparam int WW = lull_pkg::WW;

  logic          active_q, clear_q;
  logic [3:0]    valid_q;                       // stages 1 to 4
  logic [WW-1:0] addr_q, addr1_q, addr2_q, addr3_q;
  logic [P*16-1:0] weight2_q, weight3_q;
  logic [P*DW-1:0] gradient2_q, residue3_q;
  logic [P*32-1:0] floor3_q;
  logic [P-1:0]    up3_q, over_q;

  assign raddr_o = addr_q;
  assign busy_o  = active_q | (|valid_q);

  logic [5:0]           shift;
  logic [DW-1:0]        below, half;            // masks: bits under the point, the highest of them
  assign shift = 6'd8 + {1'b0, shift_i, 2'b00};
  assign half  = DW'(1) << (shift - 6'd1);
  assign below = (DW'(1) << shift) - 1'b1;

  /// A sum split at the point, rounded: whether up, what stays, what is below the point cut off.
  function automatic logic [DW+32:0] split(input logic signed [DW-1:0] a);
    logic [DW-1:0] low;
    logic [31:0]   quotient;
    logic          up;
    low      = a & below;
    quotient = 32'(a >>> shift);
    up       = (|(a & half)) & ((|(low & ~half)) | quotient[0]);
    split    = {up, up ? low | ~below : low, quotient};
  endfunction

  function automatic logic signed [33:0] subtract(input logic signed [15:0] weight, input logic signed [31:0] floor, input logic up);
    subtract = 34'(weight) - 34'(floor) - 34'($signed({1'b0, up}));
  endfunction

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q <= 1'b0;
      valid_q  <= '0;
    end else begin
      active_q <= start_i || (active_q && addr_q != last_word_i);
      valid_q  <= {valid_q[2:0], active_q};
    end
    if (start_i) clear_q <= clear_i;
    addr_q  <= start_i ? '0 : addr_q + 1'b1;
    addr1_q <= addr_q;
    addr2_q <= addr1_q;
    addr3_q <= addr2_q;
    waddr_o <= addr3_q;
    weight2_q   <= weight_i;
    gradient2_q <= gradient_i;
    weight3_q   <= weight2_q;
    if (valid_q[1]) begin // stage 3
      for (int p = 0; p < P; p++) {up3_q[p], residue3_q[p*DW +: DW], floor3_q[p*32 +: 32]} <= split(gradient2_q[p*DW +: DW]);
    end
    if (valid_q[2]) begin // stage 4
      for (int p = 0; p < P; p++) begin
        weight_o[p*16 +: 16] <= lull_pkg::sat16(64'(subtract(weight3_q[p*16 +: 16], floor3_q[p*32 +: 32], up3_q[p])));
        over_q[p]            <= lull_pkg::over16(64'(subtract(weight3_q[p*16 +: 16], floor3_q[p*32 +: 32], up3_q[p])));
      end
    end
    gradient_o <= clear_q ? '0 : residue3_q;
  end
  assign saturated_o   = over_q & {P{valid_q[3] & !clear_q}};
  assign gradient_we_o = valid_q[3];
  assign weight_we_o   = valid_q[3] & !clear_q;
endmodule

`default_nettype wire
