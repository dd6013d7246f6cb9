// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// Carries out the host's commands: forward through all layers, backward through all, update of the weights, clearing of the gradient.
module controller (
  input  wire  logic                    clk_i,
  input  wire  logic                    rst_ni,
  input  wire  logic                    command_valid_i,
  output       logic                    command_ready_o,
  input  wire  logic [2:0]              command_i,
  input  wire  logic [lull_pkg::LW-1:0] last_layer_i,
  output       logic [lull_pkg::LW-1:0] layer_o,
  output       logic                    lists_clear_o,     // a forward pass begins
  output       logic                    forward_start_o,   // of a layer
  output       logic                    backward_start_o,
  output       logic                    update_start_o,
  output       logic                    update_clear_o,
  output       logic                    forward_o,         // phases, for whoever shares a port and for the counters
  output       logic                    backward_o,
  output       logic                    update_o,
  input  wire  logic                    forward_done_i,    // the last h of a layer
  input  wire  logic                    backward_busy_i,
  input  wire  logic                    update_busy_i
);
  localparam logic [2:0] CommandForward = 3'd1, CommandBackward = 3'd2, CommandUpdate = 3'd3, CommandClear = 3'd4;

  typedef enum logic [2:0] {Idle, ForwardStart, ForwardRun, BackwardStart, BackwardRun, UpdateStart, UpdateRun} state_e;
  state_e                  state_q;
  logic [lull_pkg::LW-1:0] layer_q;
  logic [3:0]              quiet_q;   // cycles since something was busy: a job may be between two places
  logic                    clear_q;

  assign layer_o          = layer_q;
  assign command_ready_o  = state_q == Idle;
  assign forward_start_o  = state_q == ForwardStart;
  assign backward_start_o = state_q == BackwardStart;
  assign update_start_o   = state_q == UpdateStart;
  assign update_clear_o   = clear_q;
  assign forward_o        = state_q == ForwardStart || state_q == ForwardRun;
  assign backward_o       = state_q == BackwardStart || state_q == BackwardRun;
  assign update_o         = state_q == UpdateStart || state_q == UpdateRun;
  assign lists_clear_o    = state_q == Idle && command_valid_i && command_i == CommandForward;

  always_ff @(posedge clk_i) begin
    quiet_q <= state_q == BackwardRun && backward_busy_i ? '0 : state_q != BackwardRun && state_q != UpdateRun ? '0 :
        state_q == UpdateRun && update_busy_i ? '0 : quiet_q + 1'b1;
    if (!rst_ni) begin
      state_q <= Idle;
      layer_q <= '0;
    end else begin
      unique case (state_q)
        Idle: if (command_valid_i) begin
          clear_q <= command_i == CommandClear;
          layer_q <= command_i == CommandBackward ? last_layer_i : '0;
          unique case (command_i)
            CommandForward: state_q <= ForwardStart;
            CommandBackward: state_q <= BackwardStart;
            CommandUpdate, CommandClear: state_q <= UpdateStart;
            default: state_q <= Idle;
          endcase
        end
        ForwardStart: state_q <= ForwardRun;
        ForwardRun: if (forward_done_i) begin
          state_q <= layer_q == last_layer_i ? Idle : ForwardStart;
          if (layer_q != last_layer_i) layer_q <= layer_q + 1'b1;
        end
        BackwardStart: state_q <= BackwardRun;
        BackwardRun: if (quiet_q == 4'd3) begin
          state_q <= layer_q == '0 ? Idle : BackwardStart;
          if (layer_q != '0) layer_q <= layer_q - 1'b1;
        end
        UpdateStart: state_q <= UpdateRun;
        UpdateRun: if (quiet_q == 4'd1) state_q <= Idle;
        default: state_q <= Idle;
      endcase
    end
  end
endmodule

`default_nettype wire
