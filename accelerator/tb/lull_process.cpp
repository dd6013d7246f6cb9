// SPDX-License-Identifier: Apache-2.0
// Serves the library of the simulated accelerator named as its argument: requests on standard input, answers on standard output, little-endian. A request is op, a, b as
// int32 and n as int64, and n values if it writes; an answer a status as int32, n as int64, and the values read or an error's text.
#include <dlfcn.h>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

struct Core;

namespace {
enum { New, Write, Read, Run, Stall, End };

Core* (*lull_new)(uint32_t seed);
void (*lull_free)(Core* c);
void (*lull_stall)(Core* c, uint64_t seed);
int32_t (*lull_write)(Core* c, uint32_t region, uint32_t address, const int32_t* data, int64_t n);
int32_t (*lull_read)(Core* c, uint32_t region, uint32_t address, int32_t* data, int64_t n);
int64_t (*lull_run)(Core* c, uint32_t command, int64_t max_cycles);
const char* (*lull_error)(Core* c);

template <typename F> bool find(void* library, const char* name, F* function) {
  *function = reinterpret_cast<F>(dlsym(library, name));
  return *function;
}

bool load(const char* path) {
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  return library && find(library, "lull_new", &lull_new) && find(library, "lull_free", &lull_free) &&
      find(library, "lull_stall", &lull_stall) && find(library, "lull_write", &lull_write) && find(library, "lull_read", &lull_read) &&
      find(library, "lull_run", &lull_run) && find(library, "lull_error", &lull_error);
}

bool take(void* to, size_t bytes) { return std::fread(to, 1, bytes, stdin) == bytes; }

void answer(int64_t result, int64_t n, const void* payload, size_t bytes, Core* core) {
  int32_t status = result < 0 ? -1 : 0;
  if (status) {
    payload = lull_error(core);
    n = bytes = std::strlen(static_cast<const char*>(payload));
  }
  std::fwrite(&status, sizeof status, 1, stdout);
  std::fwrite(&n, sizeof n, 1, stdout);
  std::fwrite(payload, 1, bytes, stdout);
  std::fflush(stdout);
}
}  // namespace

int main(int count, char** arguments) {
  if (count != 2 || !load(arguments[1])) {
    std::fprintf(stderr, "no library of the accelerator: %s\n", count == 2 ? dlerror() : "none named");
    return 2;
  }
  Core* core = nullptr;
  std::vector<int32_t> values;
  for (;;) {
    int32_t op, a, b;
    int64_t n;
    if (!take(&op, 4) || !take(&a, 4) || !take(&b, 4) || !take(&n, 8) || op == End) break;
    int64_t result = 0;
    switch (op) {
      case New: core = lull_new(a); break;
      case Write:
        values.resize(n);
        if (!take(values.data(), n * 4)) return 1;
        result = lull_write(core, a, b, values.data(), n);
        break;
      case Read:
        values.resize(n);
        result = lull_read(core, a, b, values.data(), n);
        answer(result, n, values.data(), n * 4, core);
        continue;
      case Run: result = lull_run(core, a, n); break;
      case Stall: lull_stall(core, n); break;
      default: return 1;
    }
    answer(result, result, nullptr, 0, core);
  }
  if (core) lull_free(core);
  return 0;
}
