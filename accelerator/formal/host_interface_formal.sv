// SPDX-License-Identifier: Apache-2.0
// depth 10
/// One response for every read and none else, held until it is taken; nothing but a register is touched while the core is busy.
module host_interface_formal (
  input logic        clk_i,
  input logic        req_valid_i,
  input logic        req_write_i,
  input logic [31:0] req_addr_i,
  input logic [31:0] req_data_i,
  input logic        rsp_ready_i,
  input logic        idle_i,
  input logic [lull_pkg::P*16-1:0]           weight_i,
  input logic [lull_pkg::P*lull_pkg::DW-1:0] gradient_i,
  input logic [lull_pkg::E*16-1:0]           value_i
);
  logic        rst_n = 1'b0, req_ready, rsp_valid, command, two, weight_we, value_we, held_q = 1'b0, taken;
  logic [31:0] rsp_data, rsp_data_q;
  logic [1:0]  open_q = '0;
  logic [lull_pkg::TW-1:0] last_step;
  logic [lull_pkg::LW-1:0] last_layer;
  logic [2:0]              shift;
  logic [lull_pkg::WW-1:0] last_word;
  lull_pkg::layer_t        layer;
  logic [27:0]             addr;
  logic [15:0]             data;
  host_interface dut (
    .clk_i, .rst_ni(rst_n), .req_valid_i, .req_ready_o(req_ready), .req_write_i, .req_addr_i, .req_data_i, .rsp_valid_o(rsp_valid),
    .rsp_ready_i, .rsp_data_o(rsp_data), .command_valid_o(command), .idle_i, .two_o(two), .last_step_o(last_step),
    .last_layer_o(last_layer), .shift_o(shift), .last_word_o(last_word), .layer_select_i('0), .layer_o(layer), .status_i('0),
    .weight_we_o(weight_we), .value_we_o(value_we), .addr_o(addr), .data_o(data), .weight_i, .gradient_i, .value_i
  );
  assign taken = req_valid_i && req_ready;
  always @(posedge clk_i) begin
    rst_n <= 1'b1;
    held_q     <= rst_n && rsp_valid && !rsp_ready_i;
    rsp_data_q <= rsp_data;
    if (rst_n) begin
      open_q <= open_q + 2'(taken && !req_write_i) - 2'(rsp_valid && rsp_ready_i);
      assert (open_q <= 2'd1);
      if (rsp_valid) assert (open_q == 2'd1);
      if (held_q) assert (rsp_valid && rsp_data == rsp_data_q);
      if (command || weight_we || value_we) assert (taken && req_write_i && idle_i);
      if (taken && !idle_i) assert (!req_write_i && req_addr_i[31:28] == 4'd0);
    end
  end
endmodule
