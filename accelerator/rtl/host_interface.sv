// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// The host's side: requests and responses with valid and ready, registers, and one value at a time of the memories, which wait until the
/// core is idle. Address: region (bits 31:28), word in it. docs/accelerator.md has the map.
module host_interface (
  input  wire  logic                               clk_i,
  input  wire  logic                               rst_ni,
  input  wire  logic                               req_valid_i,
  output       logic                               req_ready_o,
  input  wire  logic                               req_write_i,
  input  wire  logic [31:0]                        req_addr_i,
  input  wire  logic [31:0]                        req_data_i,
  output       logic                               rsp_valid_o,
  input  wire  logic                               rsp_ready_i,
  output       logic [31:0]                        rsp_data_o,
  // registers
  output       logic                               command_valid_o,
  input  wire  logic                               idle_i,
  output       logic                               two_o,
  output       logic [lull_pkg::TW-1:0]            last_step_o,
  output       logic [lull_pkg::LW-1:0]            last_layer_o,
  output       logic [2:0]                         shift_o,
  output       logic [lull_pkg::WW-1:0]            last_word_o,
  input  wire  logic [lull_pkg::LW-1:0]            layer_select_i,
  output       lull_pkg::layer_t                   layer_o,
  input  wire  logic [16*32-1:0]                   status_i,
  // memories
  output       logic                               weight_we_o,
  output       logic                               value_we_o,
  output       logic [27:0]                        addr_o,
  output       logic [15:0]                        data_o,
  input  wire  logic [lull_pkg::P*16-1:0]          weight_i,    // one cycle after the address
  input  wire  logic [lull_pkg::P*lull_pkg::DW-1:0] gradient_i,
  input  wire  logic [lull_pkg::E*16-1:0]          value_i
);
  localparam int P  = lull_pkg::P;
  localparam int LP = lull_pkg::LP;
  localparam int DW = lull_pkg::DW;
  localparam logic [3:0] Registers = 4'd0, Weights = 4'd1, Gradients = 4'd2, Values = 4'd3;

  logic [3:0]  region, region1_q;
  logic        take, read1_q, high1_q;
  logic [7:0]  index1_q;
  logic [LP-1:0] lane1_q;
  logic [lull_pkg::EW-1:0] element1_q;

  assign region      = req_addr_i[31:28];
  // one read at a time; a memory, a register that a run depends on and a command wait for idle
  assign req_ready_o = !read1_q && (!rsp_valid_o || rsp_ready_i) && (idle_i || (region == Registers && !req_write_i));
  assign take        = req_valid_i && req_ready_o;
  assign command_valid_o = take && req_write_i && region == Registers && req_addr_i[7:0] == '0;
  assign weight_we_o = take && req_write_i && region == Weights;
  assign value_we_o  = take && req_write_i && region == Values;
  assign addr_o      = req_addr_i[27:0];
  assign data_o      = req_data_i[15:0];

  // ---- registers
  localparam int LAYERS = lull_pkg::LAYERS;
  logic [lull_pkg::UW-1:0] inputs_q [LAYERS], units_q [LAYERS];
  logic [15:0]             theta_x_q [LAYERS], theta_h_q [LAYERS];
  logic [lull_pkg::WW-1:0] base_q [LAYERS];
  always_comb begin
    layer_o.inputs  = inputs_q[layer_select_i];
    layer_o.units   = units_q[layer_select_i];
    layer_o.theta_x = theta_x_q[layer_select_i];
    layer_o.theta_h = theta_h_q[layer_select_i];
    layer_o.base    = base_q[layer_select_i];
  end
  always_ff @(posedge clk_i) begin
    if (take && req_write_i && region == Registers) begin
      case (req_addr_i[7:0])
        8'd1: last_step_o  <= lull_pkg::TW'(req_data_i - 32'd1);
        8'd2: two_o        <= req_data_i[1];
        8'd3: last_layer_o <= lull_pkg::LW'(req_data_i - 32'd1);
        8'd4: shift_o      <= req_data_i[2:0];
        8'd5: last_word_o  <= lull_pkg::WW'(req_data_i - 32'd1);
        default: ;
      endcase
      for (int l = 0; l < LAYERS; l++) begin
        if (req_addr_i[7:3] == 5'(l + 16)) begin
          case (req_addr_i[2:0])
            3'd0: inputs_q[l] <= lull_pkg::UW'(req_data_i);
            3'd1: units_q[l] <= lull_pkg::UW'(req_data_i);
            3'd2: theta_x_q[l] <= req_data_i[15:0];
            3'd3: theta_h_q[l] <= req_data_i[15:0];
            3'd4: base_q[l] <= lull_pkg::WW'(req_data_i);
            default: ;
          endcase
        end
      end
    end
  end

  // ---- responses: one cycle after the memories'
  logic [31:0]   data;
  logic [DW-1:0] gradient;
  logic [15:0]   value;
  assign gradient = gradient_i[lane1_q*DW +: DW];
  assign value    = lull_pkg::E == 1 ? value_i[15:0] : value_i[element1_q*16 +: 16];
  always_comb begin
    case (region1_q)
      Weights:   data = 32'($signed(weight_i[lane1_q*16 +: 16]));
      Gradients: data = high1_q ? 32'($signed(gradient[DW-1:32])) : gradient[31:0];
      Values:    data = 32'($signed(value));
      default:
        case (index1_q)
          8'd0:  data = 32'(!idle_i);
          8'd32: data = 32'(P);
          8'd33: data = 32'(lull_pkg::E);
          8'd34: data = 32'(lull_pkg::N);
          8'd35: data = 32'(lull_pkg::T);
          8'd36: data = 32'(lull_pkg::LAYERS);
          8'd37: data = 32'(lull_pkg::WORDS);
          8'd38: data = 32'(lull_pkg::LIST);
          default: data = index1_q[7:4] == 4'd4 ? status_i[index1_q[3:0]*32 +: 32] : '0;
        endcase
    endcase
  end
  always_ff @(posedge clk_i) begin
    read1_q    <= rst_ni && take && !req_write_i;
    region1_q  <= region;
    index1_q   <= req_addr_i[7:0];
    high1_q    <= req_addr_i[0];
    lane1_q    <= region == Gradients ? req_addr_i[LP:1] : req_addr_i[LP-1:0];
    element1_q <= req_addr_i[lull_pkg::EW-1:0];
    if (!rst_ni) rsp_valid_o <= 1'b0;
    else if (read1_q) rsp_valid_o <= 1'b1;
    else if (rsp_ready_i) rsp_valid_o <= 1'b0;
    if (read1_q) rsp_data_o <= data;
  end

`ifndef SYNTHESIS
  always_ff @(posedge clk_i) if (rst_ni && take) begin
    assert (region <= Values) else $error("host_interface: there is no region %0d", region);
    assert (region != Weights || req_addr_i[27:0] < 28'(lull_pkg::WORDS * P)) else $error("host_interface: a weight beyond the memory");
    assert (region != Gradients || req_addr_i[27:0] < 28'(2 * lull_pkg::WORDS * P))
      else $error("host_interface: a gradient beyond the memory");
    assert (region != Values || req_addr_i[27:0] < 28'(2 * lull_pkg::T * lull_pkg::N))
      else $error("host_interface: a value beyond the memory");
    if (req_write_i && region == Registers) begin
      case (req_addr_i[7:0])
        8'd0: assert (req_data_i >= 32'd1 && req_data_i <= 32'd4) else $error("host_interface: there is no command %0d", req_data_i);
        8'd1: assert (req_data_i - 32'd1 < 32'(lull_pkg::T)) else $error("host_interface: %0d timesteps", req_data_i);
        8'd2: assert (req_data_i - 32'd1 < 32'd2) else $error("host_interface: %0d sequences", req_data_i);
        8'd3: assert (req_data_i - 32'd1 < 32'(LAYERS)) else $error("host_interface: %0d layers", req_data_i);
        8'd5: assert (req_data_i - 32'd1 < 32'(lull_pkg::WORDS)) else $error("host_interface: %0d words of weights", req_data_i);
        default: ;
      endcase
    end
  end
`endif
endmodule

`default_nettype wire
