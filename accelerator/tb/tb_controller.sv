// SPDX-License-Identifier: Apache-2.0
`include "check.svh"
/// Commands through all layers in their order, and back to idle; other commands do nothing.
module tb_controller (input logic clk_i, input logic rst_ni);
  logic                    valid, ready, lists_clear, f_start, b_start, u_start, u_clear, f, b, u, f_done, b_busy, u_busy;
  logic [2:0]              command;
  logic [lull_pkg::LW-1:0] last_layer = '0, layer;
  int                      checks = 0, want_layer, top = 0, work = 0, running = 0;

  controller dut (
    .clk_i, .rst_ni, .command_valid_i(valid), .command_ready_o(ready), .command_i(command), .last_layer_i(last_layer), .layer_o(layer),
    .lists_clear_o(lists_clear), .forward_start_o(f_start), .backward_start_o(b_start), .update_start_o(u_start), .update_clear_o(u_clear),
    .forward_o(f), .backward_o(b), .update_o(u), .forward_done_i(f_done), .backward_busy_i(b_busy), .update_busy_i(u_busy)
  );
  always @(posedge clk_i) begin
    f_done <= 1'b0;
    if (rst_ni) begin
      `CHECK(int'(f) + int'(b) + int'(u) + int'(ready) == 1, "two phases at once, or none")
      `CHECK(lists_clear == (valid && ready && command == 3'd1), "the lists")
      if (f_start || b_start) begin
        `CHECK(running == (f_start ? 1 : 2) && int'(layer) == want_layer, "another layer")
        want_layer += f_start ? 1 : -1;
      end
      if (u_start) begin
        `CHECK(running == 3 || running == 4, "an update nobody asked for")
        `CHECK(u_clear == (running == 4), "clear")
        want_layer = -1;
      end
      if (work > 0) begin
        work--;
        if (work == 0 && running == 1) f_done <= 1'b1;
      end
      if (f_start || b_start || u_start) work = 1 + $urandom_range(20);
      if (valid && ready) begin
        `CHECK(running == 0 || running == 5 || want_layer == (running == 1 ? top + 1 : -1), "layers were left out")
        running = command == 3'd1 ? 1 : command == 3'd2 ? 2 : command == 3'd3 ? 3 : command == 3'd4 ? 4 : 5;
        top = int'(last_layer);
        want_layer = running == 2 ? top : 0;
      end
    end
    b_busy <= running == 2 && work > 0;
    u_busy <= (running == 3 || running == 4) && work > 0;
    if (!valid || ready) begin
      valid <= rst_ni && tb_pkg::chance(20);
      command <= 3'($urandom);
      if (ready && !valid) last_layer <= lull_pkg::LW'($urandom_range(lull_pkg::LAYERS - 1));
    end
  end
  `REPORT("controller")
endmodule
