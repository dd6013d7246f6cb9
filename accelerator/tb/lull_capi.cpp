// SPDX-License-Identifier: Apache-2.0
// C interface of the simulated accelerator: bulk calls, never one a clock. The handle is a Core; every failure leaves a text in lull_error.
#include "Vlull_accelerator.h"
#include "verilated.h"
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace {
thread_local char said[400];     // printed last
thread_local char failure[512];  // what the assertion that failed last said; of the thread whose call is running

struct Core {
  VerilatedContext context;
  Vlull_accelerator* top;
  uint64_t cycles = 0;
  char error[640] = "";
  uint64_t stalls = 0;  // state of the generator of random stalls; 0: none
};

void edge(Core* c) {
  c->top->clk_i = 1;
  c->top->eval();
  c->top->clk_i = 0;
  c->cycles++;
}

bool failed(Core* c) {
  if (!failure[0]) return c->error[0] != 0;
  std::snprintf(c->error, sizeof c->error, "cycle %llu: %s", (unsigned long long)c->cycles, failure);
  failure[0] = 0;
  return true;
}

bool stalled(Core* c) {  // one cycle of four, if stalls are on
  if (!c->stalls) return false;
  c->stalls ^= c->stalls << 13;
  c->stalls ^= c->stalls >> 7;
  c->stalls ^= c->stalls << 17;
  return (c->stalls >> 20) % 4 == 0;
}

// Offers a request until it is taken; false after limit cycles.
bool request(Core* c, bool write, uint32_t address, uint32_t data, uint64_t limit) {
  auto* t = c->top;
  while (stalled(c)) { t->eval(); edge(c); }
  t->req_valid_i = 1;
  t->req_write_i = write;
  t->req_addr_i = address;
  t->req_data_i = data;
  for (uint64_t n = 0; n < limit; n++) {
    t->eval();
    bool taken = t->req_ready_o;
    edge(c);
    if (taken || failed(c)) break;
    if (n + 1 == limit) {
      t->req_valid_i = 0;
      std::snprintf(c->error, sizeof c->error, "cycle %llu: a request to address %x was not taken", (unsigned long long)c->cycles, address);
      return false;
    }
  }
  t->req_valid_i = 0;
  return !failed(c);
}

bool response(Core* c, int32_t* data) {
  auto* t = c->top;
  for (int n = 0; n < 1000; n++) {
    t->rsp_ready_i = !stalled(c);
    t->eval();
    bool given = t->rsp_valid_o && t->rsp_ready_i;
    *data = (int32_t)t->rsp_data_o;
    edge(c);
    if (given) { t->rsp_ready_i = 0; return !failed(c); }
  }
  std::snprintf(c->error, sizeof c->error, "cycle %llu: no response", (unsigned long long)c->cycles);
  return false;
}
}  // namespace

// What the logic says goes here (built with -DVL_PRINTF=lull_printf): an assertion says its text, then stops.
int lull_printf(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int n = std::vsnprintf(said, sizeof said, format, arguments);
  va_end(arguments);
  for (char* c = said; *c; c++) if (*c == '\n') *c = ' ';
  return n;
}

// Verilator's ways out end the process; these remember why instead (built with -DVL_USER_FATAL -DVL_USER_STOP -DVL_USER_FINISH).
void vl_fatal(const char* file, int line, const char* scope, const char* message) {
  if (!failure[0]) std::snprintf(failure, sizeof failure, "%.300s (%s:%d, %s)", said[0] ? said : message, file, line, scope);
  said[0] = 0;
}
void vl_stop(const char* file, int line, const char* scope) { vl_fatal(file, line, scope, "assertion failed"); }
void vl_finish(const char* file, int line, const char* scope) { vl_fatal(file, line, scope, "$finish"); }

#define API __attribute__((visibility("default")))
extern "C" {
/// A core after reset. The seed decides what registers and memories hold before it.
API Core* lull_new(uint32_t seed) {
  Core* c = new Core;
  c->context.randReset(2);
  c->context.randSeed((int)(seed & 0x7fffffff) | 1);
  failure[0] = 0;
  auto* t = c->top = new Vlull_accelerator{&c->context};
  t->clk_i = t->rst_ni = t->req_valid_i = t->rsp_ready_i = 0;
  for (int n = 0; n < 40; n++) { t->eval(); edge(c); }
  t->rst_ni = 1;
  t->eval();
  c->cycles = 0;
  said[0] = failure[0] = 0;  // what was random before the reset may have hurt an assertion
  return c;
}

API void lull_free(Core* c) {
  c->top->final();
  delete c->top;
  delete c;
}

/// From now on one cycle of four, at random, the host does not offer or not take; 0 ends that.
API void lull_stall(Core* c, uint64_t seed) { c->stalls = seed; }

/// Writes n values from address on; 0, or -1 and an error text.
API int32_t lull_write(Core* c, uint32_t region, uint32_t address, const int32_t* data, int64_t n) {
  for (int64_t k = 0; k < n; k++)
    if (!request(c, true, region << 28 | (address + (uint32_t)k), (uint32_t)data[k], 1000)) return -1;
  return 0;
}

/// Reads n values; 0, or -1 and an error text.
API int32_t lull_read(Core* c, uint32_t region, uint32_t address, int32_t* data, int64_t n) {
  for (int64_t k = 0; k < n; k++)
    if (!request(c, false, region << 28 | (address + (uint32_t)k), 0, 1000) || !response(c, data + k)) return -1;
  return 0;
}

/// Gives a command and waits until the core is idle again: cycles, or -1 and an error text.
API int64_t lull_run(Core* c, uint32_t command, int64_t max_cycles) {
  if (!request(c, true, 0, command, 1000)) return -1;
  uint64_t start = c->cycles;
  for (int64_t n = 0; n < max_cycles; n++) {
    c->top->eval();
    if (c->top->idle_o) return (int64_t)(c->cycles - start);
    edge(c);
    if (failed(c)) return -1;
  }
  std::snprintf(c->error, sizeof c->error, "cycle %llu: command %u has not ended after %lld cycles", (unsigned long long)c->cycles, command,
      (long long)max_cycles);
  return -1;
}

API const char* lull_error(Core* c) { return c->error; }
}
