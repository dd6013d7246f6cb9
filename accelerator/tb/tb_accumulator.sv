// SPDX-License-Identifier: Apache-2.0
`include "check.svh"
/// Sums over few words in any order, the same word in neighbouring cycles among them, over a real memory.
module tb_accumulator (input logic clk_i, input logic rst_ni);
  localparam int P = lull_pkg::P;
  localparam int W = 40;
  typedef struct packed { logic [2:0] addr; bit fresh; logic [32*P-1:0] product; } beat_s;

  logic            valid, fresh, sum_valid;
  logic [2:0]      addr, sum_addr;
  logic [32*P-1:0] product5, product6, product7;
  logic [W*P-1:0]  rdata, sum;
  logic [P-1:0]    overflow;
  int              checks = 0;
  bit              begun [8];
  longint          model [8][P];
  beat_s           pending [$], beat;
  longint          exact;
  logic [2:0]      next;

  accumulator #(.W(W), .Addr(3)) dut (
    .clk_i, .rst_ni, .valid_i(valid), .addr_i(addr), .fresh_i(fresh), .rdata_i(rdata), .product_i(product7),
    .valid_o(sum_valid), .addr_o(sum_addr), .sum_o(sum), .overflow_o(overflow)
  );
  ram_1r1w #(.Width(W * P), .Depth(8)) u_memory (
    .clk_i, .raddr_i(addr), .rdata_o(rdata), .we_i(sum_valid), .waddr_i(sum_addr), .wdata_i(sum)
  );
  always @(posedge clk_i) begin
    if (rst_ni && valid) begin
      beat.addr    = addr;
      beat.fresh   = fresh;
      beat.product = product5;
      pending.push_back(beat);
    end
    if (rst_ni && sum_valid) begin
      beat = pending.pop_front();
      `CHECK(sum_addr == beat.addr, "another address")
      for (int p = 0; p < P; p++) begin
        exact = (beat.fresh ? 0 : model[beat.addr][p]) + longint'($signed(beat.product[p*32 +: 32]));
        `CHECK(overflow[p] == (exact != tb_pkg::clip(exact, W)), "overflow")
        model[beat.addr][p] = longint'($signed(W'(exact)));
        `CHECK(longint'($signed(sum[p*W +: W])) == model[beat.addr][p], "another sum")
      end
    end
    product6 <= product5;
    product7 <= product6;
    for (int p = 0; p < P; p++) product5[p*32 +: 32] <= tb_pkg::chance(20) ? 32'h40000000 : $urandom;
    valid <= rst_ni && tb_pkg::chance(80);
    next = tb_pkg::chance(50) ? addr : 3'($urandom);
    addr  <= next;
    fresh <= !begun[next] || tb_pkg::chance(1); // until a word has been begun, again and again
    if (rst_ni && valid) begun[addr] = 1;
  end
  `REPORT("accumulator")
endmodule
