// SPDX-License-Identifier: Apache-2.0
/// All test benches side by side.
module tb_top (input logic clk_i, input logic rst_ni);
  tb_fifo              u_fifo (.*);
  tb_event_counter     u_event_counter (.*);
  tb_adder_tree        u_adder_tree (.*);
  tb_accumulator       u_accumulator (.*);
  tb_activation        u_activation (.*);
  tb_beat_issue        u_beat_issue (.*);
  tb_delta_lists       u_delta_lists (.*);
  tb_input_feeder      u_input_feeder (.*);
  tb_mask_gradient     u_mask_gradient (.*);
  tb_pointwise_forward  u_pointwise_forward (.*);
  tb_pointwise_backward u_pointwise_backward (.*);
  tb_weight_update     u_weight_update (.*);
  tb_job_sequencer     u_job_sequencer (.*);
  tb_controller        u_controller (.*);
  tb_host_interface    u_host_interface (.*);
  tb_products          u_products (.*);
endmodule
