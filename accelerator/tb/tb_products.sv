// SPDX-License-Identifier: Apache-2.0
`include "check.svh"
/// The sparse array as a whole, from random jobs to finished blocks, gradients and weight gradients, over memories of random content,
/// with the cells that take the blocks stalling at random.
module tb_products (input logic clk_i, input logic rst_ni);
  localparam int P  = lull_pkg::P;
  localparam int DW = lull_pkg::DW;
  localparam int CW = lull_pkg::CW;
  localparam int BW = lull_pkg::BW;
  localparam int Base = 5, Entries = 64;
  lull_pkg::layer_t        layer;
  logic                    start, job_valid, job_ready, dw_we, block_valid, block_ready, clearing, g_valid, g_of_h, h_done, busy;
  lull_pkg::job_t          job;
  logic [lull_pkg::PW-1:0] entry_addr;
  lull_pkg::entry_t        x_entry, h_entry, x_entry1, h_entry1;
  logic [lull_pkg::WW-1:0] weight_addr, dw_raddr, dw_waddr;
  logic [P*16-1:0]         weight, g_word, m;
  logic [BW+1:0]           g_addr;
  logic [P*DW-1:0]         dw_rdata, dw_sum;
  lull_pkg::step_t         block_step, g_step;
  logic [BW-1:0]           block;
  logic [CW-1:0]           g_index;
  logic [15:0]             gradient;
  logic [1:0]              g_saturated;
  logic [P-1:0]            overflow;
  logic [2:0]              beat;

  product_pipeline dut (
    .clk_i, .rst_ni, .layer_i(layer), .backward_start_i(start), .job_valid_i(job_valid), .job_ready_o(job_ready), .job_i(job),
    .entry_addr_o(entry_addr), .x_entry_i(x_entry), .h_entry_i(h_entry), .weight_addr_o(weight_addr), .weight_i(weight),
    .g_addr_o(g_addr), .g_i(g_word), .dw_raddr_o(dw_raddr), .dw_rdata_i(dw_rdata), .dw_we_o(dw_we), .dw_waddr_o(dw_waddr),
    .dw_wdata_o(dw_sum), .block_valid_o(block_valid), .block_ready_i(block_ready), .block_step_o(block_step), .block_o(block), .m_o(m),
    .clearing_o(clearing), .gradient_valid_o(g_valid), .gradient_of_h_o(g_of_h), .gradient_step_o(g_step), .gradient_index_o(g_index),
    .gradient_o(gradient), .h_done_o(h_done), .gradient_saturated_o(g_saturated), .overflow_o(overflow), .beat_o(beat), .busy_o(busy)
  );

  localparam int Words = Base + 2 * lull_pkg::N * lull_pkg::BLOCKS;
  longint weights [Words][P], dw [Words][P], dw_model [Words][P], gop [2][2][lull_pkg::BLOCKS][P], x_delta [Entries], h_delta [Entries];
  longint m_model [2][lull_pkg::BLOCKS][P], last_d [2][2 * lull_pkg::N];
  int     x_column [Entries], h_column [Entries];
  int     checks = 0, phase = 0, settle = 0, jobs, blocks, begun [2];
  typedef struct packed { lull_pkg::step_t step; int block; logic [P*16-1:0] m; } block_s;
  typedef struct packed { bit of_h; int index; longint gradient; } gradient_s;
  block_s    expected_blocks [$], eb;
  gradient_s expected_gradients [$], eg;
  int        dones = 0, expected_dones = 0;
  // the array's use while jobs queue up and nothing stalls
  longint    beats = 0, cycles = 0;
  bit        flat_out = 0;
  lull_pkg::op_e op = lull_pkg::Forward;

  function automatic void expect_job(input lull_pkg::job_t j);
    int b0, col, at;
    longint delta, d, now;
    b0 = int'(j.step.t) % 2;
    for (int k = 0; k < int'(j.count); k++) begin
      at    = (int'(j.start) + k) % Entries;
      col   = j.of_h ? h_column[at] : x_column[at];
      delta = j.of_h ? h_delta[at] : x_delta[at];
      d = 0;
      for (int b = 0; b < blocks; b++) for (int p = 0; p < P; p++) begin
        case (j.op)
          lull_pkg::Forward: m_model[j.step.seq][b][p] = (j.first && k == 0 ? 0 : m_model[j.step.seq][b][p]) + weights[Base+col*blocks+b][p] * delta;
          lull_pkg::Transposed: d += weights[Base+col*blocks+b][p] * gop[j.step.seq][b0][b][p];
          default: dw_model[Base+col*blocks+b][p] += gop[j.step.seq][b0][b][p] * delta;
        endcase
      end
      if (j.op == lull_pkg::Transposed) begin
        d   = tb_pkg::clip(d, 32);
        now = tb_pkg::clip(tb_pkg::round_half_even(d - last_d[j.step.seq][col], 10), 16);
        last_d[j.step.seq][col] = d;
        eg.of_h     = j.of_h;
        eg.index    = j.of_h ? col - int'(layer.inputs) : col;
        eg.gradient = now;
        expected_gradients.push_back(eg);
      end
    end
    if (j.op == lull_pkg::Forward && j.first && j.count == '0)
      for (int b = 0; b < blocks; b++) for (int p = 0; p < P; p++) m_model[j.step.seq][b][p] = 0;
    if (j.op == lull_pkg::Transposed && j.of_h) expected_dones++;
    if (j.op == lull_pkg::Forward && j.final_)
      for (int b = 0; b < blocks; b++) begin
        eb.step = j.step;
        eb.block = b;
        for (int p = 0; p < P; p++) eb.m[p*16 +: 16] = 16'(tb_pkg::clip(tb_pkg::round_half_even(m_model[j.step.seq][b][p], 13), 16));
        expected_blocks.push_back(eb);
      end
  endfunction

  always @(posedge clk_i) begin
    start <= 1'b0;
    if (rst_ni) begin
      if (job_valid && job_ready) begin
        expect_job(job);
        jobs--;
      end
      if (block_valid && block_ready) begin
        eb = expected_blocks.pop_front();
        `CHECK(block_step == eb.step && int'(block) == eb.block, "another block")
        `CHECK(m == eb.m, "M")
      end
      if (g_valid) begin
        eg = expected_gradients.pop_front();
        `CHECK(g_of_h == eg.of_h && int'(g_index) == eg.index && longint'($signed(gradient)) == eg.gradient, "a gradient")
      end
      dones += h_done;
      if (flat_out && jobs > 3 && jobs < 40) begin
        beats += |beat;
        cycles++;
      end
      if (dw_we) for (int p = 0; p < P; p++) dw[dw_waddr % Words][p] = longint'($signed(dw_sum[p*DW +: DW]));
    end
    // memories
    x_entry1 <= '{CW'(x_column[entry_addr % Entries]), 16'(x_delta[entry_addr % Entries])};
    h_entry1 <= '{CW'(h_column[entry_addr % Entries]), 16'(h_delta[entry_addr % Entries])};
    x_entry  <= x_entry1;
    h_entry  <= h_entry1;
    for (int p = 0; p < P; p++) begin
      weight[p*16 +: 16]   <= 16'(weights[weight_addr % Words][p]);
      g_word[p*16 +: 16]   <= 16'(gop[g_addr[BW+1]][g_addr[BW]][g_addr[BW-1:0]][p]);
      dw_rdata[p*DW +: DW] <= DW'(dw[dw_raddr % Words][p]);
    end
    // rounds: new contents, jobs, everything drained, compare
    case (phase)
      0: if (rst_ni) begin
        layer.inputs <= lull_pkg::UW'(8 + $urandom_range(lull_pkg::N - 8));
        blocks = 1 + $urandom_range(lull_pkg::BLOCKS - 1);
        layer.units <= lull_pkg::UW'(blocks * P / 4);
        layer.base  <= lull_pkg::WW'(Base);
        start <= 1'b1;
        jobs = 60;
        phase = 1;
        flat_out = !flat_out;
        begun = '{0, 0};
        for (int k = 0; k < 2; k++) for (int c = 0; c < 2 * lull_pkg::N; c++) last_d[k][c] = 0;
        for (int w = 0; w < Words; w++) for (int p = 0; p < P; p++) begin
          weights[w][p]  = tb_pkg::around(32767);
          dw[w][p]       = tb_pkg::around(64'd1 << 37);
          dw_model[w][p] = dw[w][p];
        end
        for (int k = 0; k < 4; k++) for (int b = 0; b < lull_pkg::BLOCKS; b++) for (int p = 0; p < P; p++) gop[k/2][k%2][b][p] = tb_pkg::around(2000);
      end
      1: begin
        if (!start) begin
          phase = 2;
          for (int k = 0; k < Entries; k++) begin
            x_column[k] = k % int'(layer.inputs);
            h_column[k] = int'(layer.inputs) + k % int'(layer.units);
            x_delta[k] = tb_pkg::around(32767);
            h_delta[k] = tb_pkg::around(32767);
          end
        end
      end
      2: if (jobs == 0 && !busy && !job_valid) begin
        settle++;
        if (settle > 8) begin
          settle = 0;
          phase = 0;
          `CHECK(expected_blocks.size() == 0 && expected_gradients.size() == 0 && dones == expected_dones, "something is missing")
          for (int w = 0; w < Words; w++) for (int p = 0; p < P; p++) `CHECK(dw[w][p] == dw_model[w][p], "weight gradient")
        end
      end else settle = 0;
      default: ;
    endcase
    if (!rst_ni || !job_valid || job_ready) begin
      job_valid <= 1'b0;
      if (phase == 2 && jobs > 0 && !clearing && (flat_out || tb_pkg::chance(70))) begin
        int seq;
        seq = $urandom_range(1);
        job_valid  <= 1'b1;
        // a column's transposed product does not come twice within two cycles: the weight gradient is in between
        op = begun[seq] == 0 ? lull_pkg::Forward : op == lull_pkg::Transposed ? lull_pkg::Gradient : lull_pkg::op_e'($urandom_range(2));
        job.op     <= op;
        job.of_h   <= 1'($urandom);
        job.step   <= '{1'(seq), lull_pkg::TW'($urandom)};
        job.first  <= begun[seq] == 0;
        job.final_ <= tb_pkg::chance(50);
        job.start  <= lull_pkg::PW'($urandom_range(Entries - 8));
        job.count  <= begun[seq] == 0 || flat_out ? CW'(lull_pkg::Q + $urandom_range(4 - lull_pkg::Q / 2)) : CW'($urandom_range(2) + (op == lull_pkg::Gradient ? 2 : 0));
        begun[seq] = 1;
      end
    end
    block_ready <= flat_out || tb_pkg::chance(30);
  end
  final begin
    $display("sparse array: %0d beats in %0d cycles while jobs wait, %0.2f %% of the multipliers' time", beats, cycles, 100.0 * real'(beats) / real'(cycles));
    if (beats < cycles) $error("the array idled though jobs waited");
  end
  `REPORT("product_pipeline, operand_fetch, mac_array")
endmodule
