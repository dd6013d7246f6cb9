// SPDX-License-Identifier: Apache-2.0
// depth 10
/// Nothing is lost, doubled or reordered, whatever the stalls; what is offered stays until it is taken.
module fifo_formal (
  input logic       clk_i,
  input logic       valid_i,
  input logic       ready_i,
  input logic [3:0] data_i,
  input logic [3:0] watch_i
);
  logic       rst_n = 1'b0, ready, valid;
  logic [3:0] data, watch_q, written_q = '0, read_q = '0, kept_q, data_q;
  logic       waited_q = 1'b0;
  fifo #(.Width(4), .Depth(4)) dut (
    .clk_i, .rst_ni(rst_n), .valid_i, .ready_o(ready), .data_i, .valid_o(valid), .ready_i, .data_o(data)
  );
  always @(posedge clk_i) begin
    rst_n <= 1'b1;
    if (!rst_n) watch_q <= watch_i;      // one word, any, is followed
    waited_q <= rst_n && valid && !ready_i;
    data_q   <= data;
    if (rst_n) begin
      if (valid_i && ready) begin
        written_q <= written_q + 1'b1;
        if (written_q == watch_q) kept_q <= data_i;
      end
      if (valid && ready_i) begin
        read_q <= read_q + 1'b1;
        if (read_q == watch_q) assert (data == kept_q);
      end
      assert (4'(written_q - read_q) <= 4);
      assert (valid == (written_q != read_q));
      assert (ready == (4'(written_q - read_q) != 4));
      if (waited_q) assert (valid && data == data_q);
    end
  end
endmodule
