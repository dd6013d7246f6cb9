// SPDX-License-Identifier: Apache-2.0
`include "check.svh"
/// Requests and responses with random stalls on both sides and the core busy at times: registers, memories, nothing lost or doubled.
module tb_host_interface (input logic clk_i, input logic rst_ni);
  localparam int P  = lull_pkg::P;
  localparam int E  = lull_pkg::E;
  localparam int DW = lull_pkg::DW;
  logic                    req_valid, req_ready, req_write, rsp_valid, rsp_ready, command, idle, two, weight_we, value_we;
  logic [31:0]             req_addr, req_data, rsp_data;
  logic [lull_pkg::TW-1:0] last_step;
  logic [lull_pkg::LW-1:0] last_layer, select;
  logic [2:0]              shift;
  logic [lull_pkg::WW-1:0] last_word;
  lull_pkg::layer_t        layer;
  logic [16*32-1:0]        status;
  logic [27:0]             addr;
  logic [15:0]             data;
  logic [P*16-1:0]         weight;
  logic [P*DW-1:0]         gradient;
  logic [E*16-1:0]         value;
  int                      checks = 0, commands = 0, expected_commands = 0, kind;
  longint                  expected [$], want;
  logic [31:0]             held;
  bit                      waiting = 0;
  logic [15:0]             theta [lull_pkg::LAYERS];
  bit                      written [lull_pkg::LAYERS];

  host_interface dut (
    .clk_i, .rst_ni, .req_valid_i(req_valid), .req_ready_o(req_ready), .req_write_i(req_write), .req_addr_i(req_addr),
    .req_data_i(req_data), .rsp_valid_o(rsp_valid), .rsp_ready_i(rsp_ready), .rsp_data_o(rsp_data), .command_valid_o(command),
    .idle_i(idle), .two_o(two), .last_step_o(last_step), .last_layer_o(last_layer), .shift_o(shift), .last_word_o(last_word),
    .layer_select_i(select), .layer_o(layer), .status_i(status), .weight_we_o(weight_we), .value_we_o(value_we), .addr_o(addr),
    .data_o(data), .weight_i(weight), .gradient_i(gradient), .value_i(value)
  );

  function automatic logic [31:0] mix(input logic [31:0] a); // what the memories hold
    return (a + 32'd77) * 32'd2654435761;
  endfunction
  function automatic longint extend(input logic [31:0] a); // its lower half, sign-extended to 32 bits
    return longint'({{16{a[15]}}, a[15:0]});
  endfunction
  function automatic longint high(input logic [DW-1:0] a);
    return longint'({{24{a[DW-1]}}, a[DW-1:32]});
  endfunction
  function automatic logic [DW-1:0] wide(input logic [31:0] a);
    return DW'({mix(a), mix(a + 1)});
  endfunction

  always @(posedge clk_i) begin
    if (rst_ni) begin
      commands += command;
      if (waiting) `CHECK(rsp_valid && rsp_data == held, "a response changed while it waited")
      waiting = rsp_valid && !rsp_ready;
      held = rsp_data;
      if (rsp_valid && rsp_ready) begin
        `CHECK(expected.size() > 0, "a response too many")
        want = expected.pop_front();
        `CHECK(want < 0 ? rsp_data <= 1 : longint'(rsp_data) == want, "another response") // whether it is idle may change meanwhile
      end
      if (written[select]) `CHECK(layer.theta_h == theta[select], "a layer's register")
      if (req_valid && req_ready) begin
        `CHECK(idle || (req_addr[31:28] == 0 && !req_write), "taken while the core was busy")
        `CHECK(weight_we == (req_write && req_addr[31:28] == 1) && value_we == (req_write && req_addr[31:28] == 3), "write enables")
        if (weight_we || value_we) `CHECK(addr == req_addr[27:0] && data == req_data[15:0], "what is written")
        if (req_write && req_addr == 0) expected_commands++;
        for (int l = 0; l < lull_pkg::LAYERS; l++) if (req_write && req_addr == 128 + 8 * l + 3) begin
          theta[l] = req_data[15:0];
          written[l] = 1;
        end
        if (!req_write) case (req_addr[31:28])
          0: expected.push_back(req_addr == 0 ? -1 : req_addr == 32 ? P : longint'(mix(req_addr - 64)));
          1: expected.push_back(extend(mix(32'(req_addr[27:0]))));
          2: expected.push_back(req_addr[0] ? high(wide(32'(req_addr[27:1]))) : longint'(32'(wide(32'(req_addr[27:1])))));
          default: expected.push_back(extend(mix(32'(req_addr[27:0]) + 9)));
        endcase
      end
      if (!req_valid) `CHECK(commands == expected_commands || command, "commands")
    end
    // memories: one cycle after the address
    for (int p = 0; p < P; p++) begin
      weight[p*16 +: 16]   <= 16'(mix((32'(addr) & ~32'(P - 1)) + p));
      gradient[p*DW +: DW] <= wide((32'(addr >> 1) & ~32'(P - 1)) + p);
    end
    for (int e = 0; e < E; e++) value[e*16 +: 16] <= 16'(mix((32'(addr) & ~32'(E - 1)) + e + 9));
    for (int k = 0; k < 16; k++) status[k*32 +: 32] <= mix(32'(k));
    // drive
    if (!rst_ni || !req_valid || req_ready) begin
      req_valid <= rst_ni && tb_pkg::chance(60);
      req_write <= tb_pkg::chance(50);
      req_data  <= $urandom;
      kind = $urandom_range(6);
      req_addr  <= kind == 0 ? 0 : kind == 1 ? 32 : kind == 2 ? 64 + $urandom_range(15)
          : kind == 3 ? 128 + 8 * $urandom_range(lull_pkg::LAYERS - 1) + 3
          : {4'(kind - 3), 28'($urandom_range(255))};
      if (kind == 3) req_write <= 1'b1;
      if (kind == 0) req_data <= 1 + $urandom_range(3);
      if (kind == 5) req_write <= 1'b0;
      if (kind == 2) req_write <= 1'b0;
    end
    rsp_ready <= tb_pkg::chance(60);
    idle      <= tb_pkg::chance(80);
    select    <= lull_pkg::LW'($urandom_range(lull_pkg::LAYERS - 1));
  end
  `REPORT("host_interface")
endmodule
