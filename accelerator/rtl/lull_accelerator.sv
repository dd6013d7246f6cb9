// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// The accelerator: the training step of a Delta LSTM, except for the head and its loss, which are the host's. docs/accelerator.md.
module lull_accelerator (
  input  wire  logic        clk_i,
  input  wire  logic        rst_ni,
  input  wire  logic        req_valid_i,
  output       logic        req_ready_o,
  input  wire  logic        req_write_i,
  input  wire  logic [31:0] req_addr_i,
  input  wire  logic [31:0] req_data_i,
  output       logic        rsp_valid_o,
  input  wire  logic        rsp_ready_i,
  output       logic [31:0] rsp_data_o,
  output       logic        idle_o
);
  localparam int P = lull_pkg::P;
  localparam int E = lull_pkg::E;
  localparam int T = lull_pkg::T;
  localparam int LAYERS = lull_pkg::LAYERS;
  localparam int WORDS = lull_pkg::WORDS;
  localparam int LE = lull_pkg::LE;
  localparam int LP = lull_pkg::LP;
  localparam int LU = lull_pkg::LU;
  localparam int LQ = lull_pkg::LQ;
  localparam int Q = lull_pkg::Q;
  localparam int GROUPS = lull_pkg::GROUPS;
  localparam int BLOCKS = lull_pkg::BLOCKS;
  localparam int GW = lull_pkg::GW;
  localparam int BW = lull_pkg::BW;
  localparam int CW = lull_pkg::CW;
  localparam int TW = lull_pkg::TW;
  localparam int LW = lull_pkg::LW;
  localparam int WW = lull_pkg::WW;
  localparam int PW = lull_pkg::PW;
  localparam int SW = lull_pkg::SW;
  localparam int DW = lull_pkg::DW;
  localparam int ENTRY = lull_pkg::ENTRY;

  // ---- host and controller
  logic             command, two, lists_clear, forward_start, backward_start, update_start, update_clear;
  logic             forward, backward, update, forward_done, backward_busy, update_busy, host_weight_we, host_value_we;
  logic [TW-1:0]    last_step;
  logic [LW-1:0]    last_layer, layer;
  logic [2:0]       shift;
  logic [WW-1:0]    last_word;
  lull_pkg::layer_t           setup;
  logic [27:0]      host_addr;
  logic [15:0]      host_data;
  logic [P*16-1:0]  weight;
  logic [P*DW-1:0]  dw;
  logic [E*16-1:0]  value;
  logic [16*32-1:0] status;

  host_interface u_host (
    .clk_i, .rst_ni, .req_valid_i, .req_ready_o, .req_write_i, .req_addr_i, .req_data_i, .rsp_valid_o, .rsp_ready_i, .rsp_data_o,
    .command_valid_o(command), .idle_i(idle_o), .two_o(two), .last_step_o(last_step), .last_layer_o(last_layer), .shift_o(shift),
    .last_word_o(last_word), .layer_select_i(layer), .layer_o(setup), .status_i(status),
    .weight_we_o(host_weight_we), .value_we_o(host_value_we), .addr_o(host_addr), .data_o(host_data),
    .weight_i(weight), .gradient_i(dw), .value_i(value)
  );
  controller u_controller (
    .clk_i, .rst_ni, .command_valid_i(command), .command_ready_o(idle_o), .command_i(req_data_i[2:0]), .last_layer_i(last_layer),
    .layer_o(layer), .lists_clear_o(lists_clear), .forward_start_o(forward_start), .backward_start_o(backward_start),
    .update_start_o(update_start), .update_clear_o(update_clear), .forward_o(forward), .backward_o(backward), .update_o(update),
    .forward_done_i(forward_done), .backward_busy_i(backward_busy), .update_busy_i(update_busy)
  );

  // ---- lists of x and of h
  logic             enc_valid, enc_bias, enc_last, x_last, x_done, x_done_seq, x_full, h_last, h_done, h_done_seq, h_full;
  lull_pkg::step_t            feed_step, enc_step, x_step, h_step, list_step, pf_step;
  logic [GW-1:0]    feed_group, enc_group, pf_group;
  logic [E-1:0]     enc_mask, x_push, h_push, x_saturated, h_saturated;
  logic [E*ENTRY-1:0] x_entries, h_entries;
  logic [PW-1:0]    entry_addr, x_start, h_start;
  logic [CW-1:0]    x_count, h_count;
  lull_pkg::entry_t           x_entry, h_entry;
  logic             pf_valid, pf_last;
  logic [E*16-1:0]  pf_h;

  input_feeder u_feeder (
    .clk_i, .rst_ni, .start_i(forward_start), .two_i(two), .last_step_i(last_step), .inputs_i(setup.inputs),
    .step_o(feed_step), .group_o(feed_group), .valid_o(enc_valid), .bias_o(enc_bias), .last_o(enc_last), .enc_step_o(enc_step),
    .enc_group_o(enc_group), .mask_o(enc_mask)
  );
  delta_encoder u_x_encoder (
    .clk_i, .rst_ni, .theta_i(setup.theta_x), .offset_i('0), .valid_i(enc_valid), .bias_i(enc_bias),
    .bias_column_i(CW'(setup.inputs) + CW'(setup.units)), .first_i(enc_step.t == '0), .last_i(enc_last), .step_i(enc_step),
    .group_i(enc_group), .mask_i(enc_mask), .value_i(value),
    .push_o(x_push), .entry_o(x_entries), .last_o(x_last), .step_o(x_step), .saturated_o(x_saturated)
  );
  list_memory u_x_lists (
    .clk_i, .rst_ni, .clear_i(lists_clear), .layer_i(layer), .push_i(x_push), .entry_i(x_entries), .last_i(x_last), .step_i(x_step),
    .done_o(x_done), .done_seq_o(x_done_seq), .full_o(x_full), .list_step_i(list_step), .list_start_o(x_start), .list_count_o(x_count),
    .raddr_i(entry_addr), .entry_o(x_entry)
  );
  delta_encoder u_h_encoder ( // h of a timestep makes the list of the next
    .clk_i, .rst_ni, .theta_i(setup.theta_h), .offset_i(CW'(setup.inputs)), .valid_i(pf_valid && pf_step.t != last_step), .bias_i(1'b0),
    .bias_column_i('0), .first_i(pf_step.t == '0), .last_i(pf_last), .step_i({pf_step.seq, pf_step.t + 1'b1}),
    .group_i(pf_group), .mask_i('1), .value_i(pf_h),
    .push_o(h_push), .entry_o(h_entries), .last_o(h_last), .step_o(h_step), .saturated_o(h_saturated)
  );
  list_memory u_h_lists (
    .clk_i, .rst_ni, .clear_i(lists_clear), .layer_i(layer), .push_i(h_push), .entry_i(h_entries), .last_i(h_last), .step_i(h_step),
    .done_o(h_done), .done_seq_o(h_done_seq), .full_o(h_full), .list_step_i(list_step), .list_start_o(h_start), .list_count_o(h_count),
    .raddr_i(entry_addr), .entry_o(h_entry)
  );

  // ---- products
  logic             clearing, job_valid, job_ready, sequencing, products_busy, g_we, dw_we, block_valid, block_ready;
  logic             mg_valid, mg_of_h, mg_done, pb_clear, pb_busy;
  lull_pkg::job_t             job;
  logic [WW-1:0]    weight_addr, dw_raddr, dw_waddr, update_raddr, update_waddr;
  logic [BW+1:0]    g_addr;
  logic [P*16-1:0]  g_word, m, update_weight;
  logic [P*DW-1:0]  dw_sum, update_dw;
  lull_pkg::step_t            block_step, mg_step, pb_step, pb_clear_step, g_step, tape_step, tanh_step;
  logic [BW-1:0]    block;
  logic [CW-1:0]    mg_index;
  logic [15:0]      mg_gradient;
  logic [1:0]       mg_saturated, g_done;
  logic [P-1:0]     overflow, update_saturated;
  logic [2:0]       beat;
  logic [GW-1:0]    pb_group, pb_clear_group, g_group, tape_group, tanh_group, last_group, last_cleared;
  logic [E*16-1:0]  back, tanh_w, tanh_r;
  logic [E*80-1:0]  tape_w, tape_r;
  logic [E*64-1:0]  g_operand;
  logic [E-1:0]     pf_saturated;
  logic [E*10-1:0]  pb_saturated;
  logic             tape_we, tanh_we, update_weight_we, update_dw_we;

  job_sequencer u_sequencer (
    .clk_i, .rst_ni, .start_i(forward_start | backward_start), .backward_i(backward), .x_gradient_i(layer != '0), .two_i(two),
    .last_step_i(last_step), .hold_i(clearing), .x_done_i({x_done & x_done_seq, x_done & !x_done_seq}),
    .h_done_i({h_done & h_done_seq, h_done & !h_done_seq}), .g_done_i(g_done), .step_o(list_step), .x_start_i(x_start),
    .x_count_i(x_count), .h_start_i(h_start), .h_count_i(h_count), .job_valid_o(job_valid), .job_ready_i(job_ready), .job_o(job),
    .active_o(sequencing)
  );
  product_pipeline u_products (
    .clk_i, .rst_ni, .layer_i(setup), .backward_start_i(backward_start), .job_valid_i(job_valid), .job_ready_o(job_ready), .job_i(job),
    .entry_addr_o(entry_addr), .x_entry_i(x_entry), .h_entry_i(h_entry), .weight_addr_o(weight_addr), .weight_i(weight),
    .g_addr_o(g_addr), .g_i(g_word), .dw_raddr_o(dw_raddr), .dw_rdata_i(dw), .dw_we_o(dw_we), .dw_waddr_o(dw_waddr),
    .dw_wdata_o(dw_sum), .block_valid_o(block_valid), .block_ready_i(block_ready), .block_step_o(block_step), .block_o(block), .m_o(m),
    .clearing_o(clearing), .gradient_valid_o(mg_valid), .gradient_of_h_o(mg_of_h), .gradient_step_o(mg_step),
    .gradient_index_o(mg_index), .gradient_o(mg_gradient), .h_done_o(mg_done), .gradient_saturated_o(mg_saturated),
    .overflow_o(overflow), .beat_o(beat), .busy_o(products_busy)
  );

  // ---- cells
  assign last_group   = GW'((setup.units >> LE) - 1'b1);
  assign last_cleared = layer != '0 && setup.inputs > setup.units ? GW'((setup.inputs - 1'b1) >> LE) : last_group;
  assign forward_done = pf_valid && pf_last && pf_step == {two, last_step};
  assign backward_busy = sequencing | products_busy | pb_busy | clearing;
  pointwise_forward u_forward (
    .clk_i, .rst_ni, .last_block_i(BW'((setup.units >> LU) - 1'b1)), .block_valid_i(block_valid), .block_ready_o(block_ready),
    .block_step_i(block_step), .block_i(block), .m_i(m), .tape_we_o(tape_we), .tape_step_o(tape_step), .tape_group_o(tape_group),
    .tape_o(tape_w), .tanh_we_o(tanh_we), .tanh_step_o(tanh_step), .tanh_group_o(tanh_group), .tanh_o(tanh_w), .h_valid_o(pf_valid),
    .h_last_o(pf_last), .h_step_o(pf_step), .h_group_o(pf_group), .h_o(pf_h), .saturated_o(pf_saturated)
  );
  pointwise_backward u_backward (
    .clk_i, .rst_ni, .start_i(backward_start), .two_i(two), .last_step_i(last_step), .last_group_i(last_group),
    .last_cleared_i(last_cleared), .h_done_i({mg_done & mg_step.seq, mg_done & !mg_step.seq}), .write_free_i(!mg_valid),
    .step_o(pb_step), .group_o(pb_group), .in_i(value), .back_i(back), .tape_i(tape_r), .tanh_i(tanh_r), .clear_o(pb_clear),
    .clear_step_o(pb_clear_step), .clear_group_o(pb_clear_group), .g_valid_o(g_we), .g_step_o(g_step), .g_group_o(g_group),
    .g_o(g_operand), .g_done_o(g_done), .saturated_o(pb_saturated), .busy_o(pb_busy)
  );
  weight_update u_update (
    .clk_i, .rst_ni, .start_i(update_start), .clear_i(update_clear), .shift_i(shift), .last_word_i(last_word), .raddr_o(update_raddr),
    .weight_i(weight), .gradient_i(dw), .weight_we_o(update_weight_we), .gradient_we_o(update_dw_we), .waddr_o(update_waddr),
    .weight_o(update_weight), .gradient_o(update_dw), .saturated_o(update_saturated), .busy_o(update_busy)
  );

  // ---- memories. x, then h, then dL/dh, then dL/dx of each timestep share a place in the values
  logic [E-1:0]            value_we, back_we;
  logic [TW+GW:0]          value_waddr;
  logic [GW:0]             back_waddr;
  logic [E*16-1:0]         value_wdata;
  logic [E-1:0]            host_element, mg_element;
  logic [GW-1:0]           mg_group;
  logic [Q-1:0]            g_part;
  assign mg_group = GW'(mg_index >> LE);
  if (Q == 1) begin : gen_one_part
    assign g_part = g_we;
  end else begin : gen_parts
    assign g_part = Q'(g_we) << g_group[LQ-1:0];
  end
  if (E == 1) begin : gen_one_element
    assign host_element = 1'b1;
    assign mg_element   = 1'b1;
  end else begin : gen_elements
    assign host_element = E'(1) << host_addr[LE-1:0];
    assign mg_element   = E'(1) << mg_index[LE-1:0];
  end
  always_comb begin
    value_we    = '0;
    value_waddr = (TW + GW + 1)'(host_addr >> LE);
    value_wdata = {E{host_data}};
    if (pf_valid) begin
      value_we    = '1;
      value_waddr = {pf_step, pf_group};
      value_wdata = pf_h;
    end else if (mg_valid && !mg_of_h) begin
      value_we    = mg_element;
      value_waddr = {mg_step, mg_group};
      value_wdata = {E{mg_gradient}};
    end else if (pb_clear && !mg_valid) begin
      value_we    = '1;
      value_waddr = {pb_clear_step, pb_clear_group};
      value_wdata = '0;
    end else if (host_value_we) begin
      value_we = host_element;
    end
    back_we    = mg_valid ? mg_element & {E{mg_of_h}} : {E{pb_clear}};
    back_waddr = mg_valid ? {mg_step.seq, mg_group} : {pb_clear_step.seq, pb_clear_group};
  end
  ram_1r1w #(.Width(E * 16), .Depth(2 * T * GROUPS), .Lanes(E)) u_values (
    .clk_i, .raddr_i(forward ? {feed_step, feed_group} : backward ? {pb_step, pb_group} : (TW + GW + 1)'(host_addr >> LE)),
    .rdata_o(value), .we_i(value_we), .waddr_i(value_waddr), .wdata_i(value_wdata)
  );
  ram_1r1w #(.Width(E * 16), .Depth(2 * GROUPS), .Lanes(E)) u_back (
    .clk_i, .raddr_i({pb_step.seq, pb_group}), .rdata_o(back), .we_i(back_we), .waddr_i(back_waddr),
    .wdata_i(mg_valid ? {E{mg_gradient}} : '0)
  );
  ram_1r1w #(.Width(E * 80), .Depth(2 * T * GROUPS * LAYERS)) u_tape (
    .clk_i, .raddr_i({SW'({layer, pb_step}), pb_group}), .rdata_o(tape_r), .we_i(tape_we), .waddr_i({SW'({layer, tape_step}), tape_group}),
    .wdata_i(tape_w)
  );
  ram_1r1w #(.Width(E * 16), .Depth(2 * T * GROUPS * LAYERS)) u_tanh (
    .clk_i, .raddr_i({SW'({layer, pb_step}), pb_group}), .rdata_o(tanh_r), .we_i(tanh_we), .waddr_i({SW'({layer, tanh_step}), tanh_group}),
    .wdata_i(tanh_w)
  );
  ram_1r1w #(.Width(P * 16), .Depth(4 * BLOCKS), .Lanes(Q)) u_g (
    .clk_i, .raddr_i(g_addr), .rdata_o(g_word), .we_i(g_part), .waddr_i({g_step.seq, g_step.t[0], BW'(g_group >> LQ)}),
    .wdata_i({Q{g_operand}})
  );
  ram_1r1w #(.Width(P * 16), .Depth(WORDS), .Lanes(P)) u_weights (
    .clk_i, .raddr_i(update ? update_raddr : idle_o ? WW'(host_addr >> LP) : weight_addr), .rdata_o(weight),
    .we_i(update ? {P{update_weight_we}} : P'(host_weight_we) << host_addr[LP-1:0]),
    .waddr_i(update ? update_waddr : WW'(host_addr >> LP)), .wdata_i(update ? update_weight : {P{host_data}})
  );
  ram_1r1w #(.Width(P * DW), .Depth(WORDS)) u_dw (
    .clk_i, .raddr_i(update ? update_raddr : idle_o ? WW'(host_addr >> (LP + 1)) : dw_raddr), .rdata_o(dw),
    .we_i(update ? update_dw_we : dw_we), .waddr_i(update ? update_waddr : dw_waddr), .wdata_i(update ? update_dw : dw_sum)
  );

  // ---- counters: the words of status
  event_counter #(.Width(1)) u_forward_cycles (.clk_i, .rst_ni, .event_i(forward), .count_o(status[0*32 +: 32]));
  event_counter #(.Width(1)) u_backward_cycles (.clk_i, .rst_ni, .event_i(backward), .count_o(status[1*32 +: 32]));
  event_counter #(.Width(1)) u_update_cycles (.clk_i, .rst_ni, .event_i(update), .count_o(status[2*32 +: 32]));
  for (genvar k = 0; k < 3; k++) begin : gen_beats
    event_counter #(.Width(1)) u_beats (.clk_i, .rst_ni, .event_i(beat[k]), .count_o(status[(3+k)*32 +: 32]));
  end
  event_counter #(.Width(3 * E)) u_value (
    .clk_i, .rst_ni, .event_i({pf_saturated, x_saturated, h_saturated}), .count_o(status[6*32 +: 32])
  );
  event_counter #(.Width(10 * E + 2)) u_gradient (
    .clk_i, .rst_ni, .event_i({pb_saturated, mg_saturated}), .count_o(status[7*32 +: 32])
  );
  event_counter #(.Width(P)) u_weight (.clk_i, .rst_ni, .event_i(update_saturated), .count_o(status[8*32 +: 32]));
  event_counter #(.Width(P)) u_overflow (.clk_i, .rst_ni, .event_i(overflow), .count_o(status[9*32 +: 32]));
  assign status[10*32 +: 32] = {30'd0, h_full, x_full};
  assign status[16*32-1:11*32] = '0;
  wire logic unused = &{1'b0, host_addr};
endmodule

`default_nettype wire
