// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// Gradient through the mask: D of an entry that fired, less D of its last firing (which is later in time), is the gradient of its value;
/// entries that did not fire have none. Takes a D a cycle; the gradient comes two cycles later.
module mask_gradient (
  input  wire  logic                                clk_i,
  input  wire  logic                                rst_ni,
  input  wire  logic                                start_i,     // forget all D: takes a cycle for every E columns
  input  wire  logic [lull_pkg::UW-1:0]             inputs_i,
  input  wire  logic [lull_pkg::UW-1:0]             units_i,
  output       logic                                clearing_o,
  input  wire  logic                                valid_i,
  input  wire  logic                                null_i,      // an empty list: no D, only its end
  input  wire  logic                                of_h_i,
  input  wire  logic                                end_i,
  input  wire  lull_pkg::step_t                     step_i,
  input  wire  logic [lull_pkg::CW-1:0]             column_i,
  input  wire  logic signed [lull_pkg::MW-1:0]      d_i,
  output       logic                                valid_o,     // a gradient, of x or h
  output       logic                                of_h_o,
  output       lull_pkg::step_t                     step_o,
  output       logic [lull_pkg::CW-1:0]             index_o,     // among x or among h
  output       logic [15:0]                         gradient_o,
  output       logic                                h_done_o,    // all of h of a timestep
  output       logic [1:0]                          saturated_o
);
  localparam int E  = lull_pkg::E;
  localparam int LE = lull_pkg::LE;
  localparam int CW = lull_pkg::CW;
  localparam int Depth = 2 * 2 * lull_pkg::GROUPS;
  localparam int AW = $clog2(Depth) - 1;  // without the sequence

  // ---- clearing
  logic          clear_seq_q;
  logic [AW-1:0] clear_q;
  logic [CW:0]   columns, next;
  assign columns = (CW + 1)'(inputs_i) + (CW + 1)'(units_i);
  assign next    = ((CW + 1)'(clear_q) + 1'b1) << LE;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      clearing_o <= 1'b0;
    end else if (start_i) begin
      clearing_o <= 1'b1;
    end else if (clear_seq_q && next >= columns) begin
      clearing_o <= 1'b0;
    end
    clear_q     <= start_i || next >= columns ? '0 : clear_q + 1'b1;
    clear_seq_q <= !start_i && (clear_seq_q || next >= columns);
  end

  // ---- stage 1: D saturated, beside the last
  logic                 valid1_q, null1_q, of_h1_q, end1_q, over1_q;
  lull_pkg::step_t      step1_q;
  logic [CW-1:0]        column1_q;
  logic signed [31:0]   d1_q, last;
  logic [E*32-1:0]      last_word;
  logic signed [63:0]   difference;
  logic [E-1:0]         we;

  always_ff @(posedge clk_i) begin
    valid1_q  <= rst_ni & valid_i;
    null1_q   <= null_i;
    of_h1_q   <= of_h_i;
    end1_q    <= end_i;
    step1_q   <= step_i;
    column1_q <= column_i;
    d1_q      <= lull_pkg::sat32(64'(d_i));
    over1_q   <= lull_pkg::over32(64'(d_i));
  end

  // ---- stage 2: the difference; D becomes the last
  if (E == 1) begin : gen_one
    assign last = last_word;
    assign we   = clearing_o | (valid1_q & !null1_q);
  end else begin : gen_choose
    assign last = last_word[column1_q[LE-1:0]*32 +: 32];
    assign we   = clearing_o ? '1 : {{(E-1){1'b0}}, valid1_q & !null1_q} << column1_q[LE-1:0];
  end
  assign difference = lull_pkg::rne(64'(d1_q) - 64'(last), lull_pkg::FW - lull_pkg::KG);

  always_ff @(posedge clk_i) begin
    valid_o     <= rst_ni & valid1_q & !null1_q;
    of_h_o      <= of_h1_q;
    step_o      <= step1_q;
    index_o     <= of_h1_q ? column1_q - CW'(inputs_i) : column1_q;
    gradient_o  <= lull_pkg::sat16(difference);
    h_done_o    <= rst_ni & valid1_q & of_h1_q & end1_q;
    saturated_o <= {2{rst_ni & valid1_q & !null1_q}} & {over1_q, lull_pkg::over16(difference)};
  end

  ram_1r1w #(.Width(E * 32), .Depth(Depth), .Lanes(E)) u_last (
    .clk_i,
    .raddr_i({step_i.seq, AW'(column_i >> LE)}),
    .rdata_o(last_word),
    .we_i   (we),
    .waddr_i(clearing_o ? {clear_seq_q, clear_q} : {step1_q.seq, AW'(column1_q >> LE)}),
    .wdata_i(clearing_o ? '0 : {E{d1_q}})
  );
endmodule

`default_nettype wire
