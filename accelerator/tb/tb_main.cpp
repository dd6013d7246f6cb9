// SPDX-License-Identifier: Apache-2.0
// Runs all test benches: tb_main SEED CYCLES. Every register and memory begins with random bits; exit code 1 if a check failed.
#include "Vtb_top.h"
#include "verilated.h"
#include <cstdio>
#include <cstdlib>

static int failures;
void vl_stop(const char*, int, const char* scope) { if (failures++ < 20) std::printf("FAILED in %s\n", scope); }
void vl_fatal(const char* file, int line, const char* scope, const char* message) {
  std::printf("%s:%d: %s in %s\n", file, line, message, scope);
  failures++;
}
void vl_finish(const char*, int, const char*) {}

int main(int count, char** argument) {
  if (count != 3) { std::fprintf(stderr, "tb_main SEED CYCLES\n"); return 2; }
  VerilatedContext context;
  context.randReset(2);
  context.randSeed(std::atoi(argument[1]));
  Vtb_top top{&context};
  for (long n = 0; n < std::atol(argument[2]) && failures < 20; n++) {
    top.rst_ni = n >= 40;
    for (int level = 1; level >= 0; level--) {
      top.clk_i = level;
      top.eval();
      context.timeInc(1);
    }
    if (n == 20) failures = 0;  // what was random before the reset does not count
  }
  top.final();
  return failures > 0;
}
