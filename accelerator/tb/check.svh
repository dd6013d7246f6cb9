// SPDX-License-Identifier: Apache-2.0
// A check of a test bench: counted, and an error with what was seen.
`define CHECK(condition, text) begin checks++; if (!(condition)) $error("%s: %s", `__FILE__, text); end
// At the end: how many there were; none is an error.
`define REPORT(name) final begin $display("%s: %0d checks", name, checks); if (checks == 0) $error("%s: nothing was checked", name); end
