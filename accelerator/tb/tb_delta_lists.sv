// SPDX-License-Identifier: Apache-2.0
`include "check.svh"
/// Delta encoder and list memory together: the entries of every list, their order, where lists lie, and the end of the memory.
module tb_delta_lists (input logic clk_i, input logic rst_ni);
  localparam int E  = lull_pkg::E;
  localparam int GW = lull_pkg::GW;
  typedef struct packed { int column; longint delta; } entry_s;

  logic                        valid, bias, first, last, clear, enc_last, done, done_seq, full;
  logic [15:0]                 theta;
  lull_pkg::step_t             step, enc_step, list_step;
  logic [GW-1:0]               group;
  logic [E-1:0]                mask, push, saturated;
  logic [E*16-1:0]             value;
  logic [E*lull_pkg::ENTRY-1:0] entries;
  logic [lull_pkg::PW-1:0]     start, raddr;
  logic [lull_pkg::CW-1:0]     count;
  lull_pkg::entry_t            entry;
  localparam logic [lull_pkg::CW-1:0] Offset = 3, BiasColumn = 29;

  delta_encoder u_encoder (
    .clk_i, .rst_ni, .theta_i(theta), .offset_i(Offset), .valid_i(valid), .bias_i(bias), .bias_column_i(BiasColumn), .first_i(first),
    .last_i(last), .step_i(step), .group_i(group), .mask_i(mask), .value_i(value), .push_o(push), .entry_o(entries), .last_o(enc_last),
    .step_o(enc_step), .saturated_o(saturated)
  );
  list_memory u_lists (
    .clk_i, .rst_ni, .clear_i(clear), .layer_i('0), .push_i(push), .entry_i(entries), .last_i(enc_last), .step_i(enc_step),
    .done_o(done), .done_seq_o(done_seq), .full_o(full), .list_step_i(list_step), .list_start_o(start), .list_count_o(count),
    .raddr_i(raddr), .entry_o(entry)
  );

  int     checks = 0, state = 0, t, units, groups, at, wait_q, dones, saturations, expected_saturations, total, read, limit;
  longint reference [2][lull_pkg::N], now [E], d;
  entry_s item;
  entry_s lists [2][lull_pkg::T][$];
  bit     s;

  always @(posedge clk_i) begin
    valid <= 1'b0;
    clear <= 1'b0;
    last  <= 1'b0;
    bias  <= 1'b0;
    if (rst_ni) begin
      dones += done;
      saturations += $countones(saturated);
    end
    case (state)
      0: if (rst_ni) begin // another pass
        clear  <= 1'b1;
        units  = 1 + $urandom_range(lull_pkg::N - 1);
        groups = (units + E - 1) / E;
        theta  <= tb_pkg::chance(30) ? '0 : 16'($urandom_range(20000));
        limit  = tb_pkg::chance(20) ? 32767 : 9000;
        t = 0; s = 0; at = 0; dones = 0; saturations = 0; expected_saturations = 0; total = 0; wait_q = 3;
        for (int k = 0; k < 2; k++) for (int j = 0; j < lull_pkg::T; j++) lists[k][j].delete();
        state = 1;
      end
      1: if (wait_q > 0) wait_q--;
      else if (tb_pkg::chance(70)) begin // a group, or a gap
        valid <= 1'b1;
        step.seq <= s;
        step.t   <= lull_pkg::TW'(t);
        first    <= t == 0;
        if (t == 0 && at == 0 && lists[s][0].size() == 0) begin
          bias <= 1'b1;
          item.column = int'(BiasColumn);
          item.delta  = 4096;
          lists[s][0].push_back(item);
          total++;
        end else begin
          group <= GW'(at);
          last  <= at == groups - 1;
          for (int e = 0; e < E; e++) begin
            int u;
            u = at * E + e;
            mask[e] <= u < units;
            now[e] = t > 0 && tb_pkg::chance(50) && u < units ? reference[s][u] + tb_pkg::around(3) : tb_pkg::around(limit);
            now[e] = tb_pkg::clip(now[e], 16);
            value[e*16 +: 16] <= 16'(now[e]);
            if (u < units) begin
              d = now[e] - (t == 0 ? 0 : reference[s][u]);
              if (t == 0) reference[s][u] = 0;
              if ((d < 0 ? -d : d) >= longint'(theta)) begin
                if (d != tb_pkg::clip(d, 16)) expected_saturations++;
                d = tb_pkg::clip(d, 16);
                reference[s][u] += d;
                item.column = int'(Offset) + u;
                item.delta  = d;
                lists[s][t].push_back(item);
                total++;
              end
            end
          end
          at++;
          if (at == groups) begin
            at = 0;
            wait_q = 2;
            s = !s;
            if (!s) t++;
            if (t == lull_pkg::T) begin
              state  = 2;
              wait_q = 8;
            end
          end
        end
      end
      2: if (wait_q > 0) wait_q--;
      else begin
        `CHECK(dones == 2 * lull_pkg::T, "a list was not done")
        `CHECK(saturations == expected_saturations, "saturated deltas")
        `CHECK(full == (total > lull_pkg::LIST), "the end of the memory")
        t = 0; s = 0; at = -1; wait_q = 0;
        state = full ? 0 : 3;
      end
      3: begin // read it back
        list_step.seq <= s;
        list_step.t   <= lull_pkg::TW'(t);
        raddr <= start + lull_pkg::PW'(at);
        if (wait_q < 2) wait_q++;
        else if (at < 0) begin
          `CHECK(int'(count) == lists[s][t].size(), "the length of a list")
          at = 0;
          wait_q = -1;
        end else if (at < lists[s][t].size()) begin
          `CHECK(int'(entry.column) == lists[s][t][at].column && longint'(entry.delta) == lists[s][t][at].delta, "another entry")
          at++;
          wait_q = -1;
        end else begin
          at = -1; wait_q = 0;
          s = !s;
          if (!s) t++;
          if (t == lull_pkg::T) state = 0;
        end
      end
      default: ;
    endcase
  end
  `REPORT("delta_encoder, list_memory")
endmodule
