/* SPDX-License-Identifier: Apache-2.0 */
/* What runs before main on a Cortex-M under QEMU, with standard output by semihosting. */
#include <stdint.h>
#include <stdlib.h>

extern uint32_t stack_top, data_start, data_end, data_load, bss_start, bss_end;
extern int main(void);
extern void initialise_monitor_handles(void);

static void hang(void) {
  for (;;) {
  }
}

void reset(void);

__attribute__((section(".vectors"), used)) void *const vectors[16] = {&stack_top, reset, hang, hang, hang, hang, hang};

void reset(void) {
  *(volatile uint32_t *)0xE000ED88 |= 0xFu << 20; /* the floating-point unit */
  __asm volatile("dsb\nisb" ::: "memory");
  for (uint32_t *from = &data_load, *to = &data_start; to < &data_end;) {
    *to++ = *from++;
  }
  for (uint32_t *at = &bss_start; at < &bss_end;) {
    *at++ = 0;
  }
  initialise_monitor_handles();
  exit(main());
}

void _init(void) {}

void _fini(void) {}
