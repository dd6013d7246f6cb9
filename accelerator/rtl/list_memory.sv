// SPDX-License-Identifier: Apache-2.0
`default_nettype none

/// The entries of one kind, x or h, of all layers and timesteps, packed without gaps, and where the list of each timestep lies.
/// Takes up to E entries a cycle, gives one.
module list_memory (
  input  wire  logic                                    clk_i,
  input  wire  logic                                    rst_ni,
  input  wire  logic                                    clear_i,
  input  wire  logic [lull_pkg::LW-1:0]                 layer_i,
  // entries to append
  input  wire  logic [lull_pkg::E-1:0]                  push_i,
  input  wire  logic [lull_pkg::E*lull_pkg::ENTRY-1:0]  entry_i,
  input  wire  logic                                    last_i,   // of its list
  input  wire  lull_pkg::step_t                         step_i,
  output       logic                                    done_o,   // a list can be read
  output       logic                                    done_seq_o,
  output       logic                                    full_o,   // entries were lost
  // where a list lies: one cycle later
  input  wire  lull_pkg::step_t                         list_step_i,
  output       logic [lull_pkg::PW-1:0]                 list_start_o,
  output       logic [lull_pkg::CW-1:0]                 list_count_o,
  // an entry: two cycles later
  input  wire  logic [lull_pkg::PW-1:0]                 raddr_i,
  output       lull_pkg::entry_t                        entry_o
);
  localparam int E  = lull_pkg::E;
  localparam int LE = lull_pkg::LE;
  localparam int PW = lull_pkg::PW;
  localparam int CW = lull_pkg::CW;
  localparam int EN = lull_pkg::ENTRY;

  logic [PW:0]   write_q, write_d, start_q; // one bit more, to see the end
  logic          done_q, done_seq_q;
  logic [CW-1:0] fired;
  logic          fits;

  always_comb begin
    fired = '0;
    for (int e = 0; e < E; e++) fired = fired + CW'(push_i[e]);
  end
  assign write_d = write_q + (PW + 1)'(fired);
  assign fits    = write_d <= (PW + 1)'(lull_pkg::LIST);

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      write_q <= '0;
      start_q <= '0;
      full_o  <= 1'b0;
    end else begin
      if (fits) write_q <= write_d;
      if (last_i) start_q <= fits ? write_d : write_q;
      if (!fits) full_o <= 1'b1;
    end
    done_q     <= rst_ni & last_i;
    done_o     <= rst_ni & done_q;
    done_seq_q <= step_i.seq;
    done_seq_o <= done_seq_q;
  end

  ram_1r1w #(.Width(PW + CW), .Depth(2 * lull_pkg::T * lull_pkg::LAYERS)) u_table (
    .clk_i,
    .raddr_i(lull_pkg::SW'({layer_i, list_step_i})),
    .rdata_o({list_start_o, list_count_o}),
    .we_i   (last_i),
    .waddr_i(lull_pkg::SW'({layer_i, step_i})),
    .wdata_i({start_q[PW-1:0], CW'((fits ? write_d : write_q) - start_q)})
  );

  // ---- E banks; consecutive entries lie in consecutive banks
  logic [E*EN-1:0] bank_entry;
  logic [PW-1:0]   bank_q;
  if (E == 1) begin : gen_one
    ram_1r1w #(.Width(EN), .Depth(lull_pkg::LIST)) u_bank (
      .clk_i, .raddr_i, .rdata_o(bank_entry), .we_i(push_i & fits), .waddr_i(write_q[PW-1:0]), .wdata_i(entry_i)
    );
    always_ff @(posedge clk_i) entry_o <= bank_entry;
  end else begin : gen_banks
    logic [E-1:0]          we;
    logic [E*(PW-LE)-1:0]  waddr;
    logic [E*EN-1:0]       wdata;
    logic [PW-1:0]         at;
    always_comb begin
      we    = '0;
      waddr = '0;
      wdata = '0;
      at    = write_q[PW-1:0];
      for (int e = 0; e < E; e++) begin
        if (push_i[e]) begin
          for (int b = 0; b < E; b++) begin
            if (at[LE-1:0] == LE'(b)) begin
              we[b] = fits;
              waddr[b*(PW-LE) +: PW-LE] = at[PW-1:LE];
              wdata[b*EN +: EN] = entry_i[e*EN +: EN];
            end
          end
          at = at + 1'b1;
        end
      end
    end
    for (genvar b = 0; b < E; b++) begin : gen_bank
      ram_1r1w #(.Width(EN), .Depth(lull_pkg::LIST / E)) u_bank (
        .clk_i,
        .raddr_i(raddr_i[PW-1:LE]),
        .rdata_o(bank_entry[b*EN +: EN]),
        .we_i   (we[b]),
        .waddr_i(waddr[b*(PW-LE) +: PW-LE]),
        .wdata_i(wdata[b*EN +: EN])
      );
    end
    always_ff @(posedge clk_i) entry_o <= bank_entry[bank_q[LE-1:0]*EN +: EN];
  end
  always_ff @(posedge clk_i) bank_q <= raddr_i;
  wire logic unused = &{1'b0, bank_q}; // E = 1 has no bank to choose
endmodule

`default_nettype wire
