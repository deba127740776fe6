// System calls that Swift's Glibc does not import.
#pragma once
// The module is the first to include these, and asks for what is Linux's own.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>

// No core dump of this process, and no debugger of another user's.
static inline int counterfoil_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

// The processor that the caller is running on.
static inline int counterfoil_processor(void) { return sched_getcpu(); }

// Keeps a thread on one processor.
static inline int counterfoil_keep_on(pthread_t thread, int processor) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    return pthread_setaffinity_np(thread, sizeof one, &one);
}

// Lets the calling thread wait until others have nothing to do: when it is
// woken it does not take the processor from who woke it.
static inline int counterfoil_stand_back(void) {
    struct sched_param none;
    memset(&none, 0, sizeof none);
    return pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
}
