// libsodium, and the one thing that it lacks: a way to tell memcheck that a
// value derived from a secret is public from here on.
#pragma once
#include <sodium.h>
#include <stddef.h>

// A check of constant time marks secrets as undefined memory and lets valgrind
// report every branch and address that depends on them. Built with
// -DCOUNTERFOIL_TAINT, the library tells it which few results are meant to be
// seen (a syndrome, a verdict). In every other build this is nothing at all.
#ifdef COUNTERFOIL_TAINT
#include <valgrind/memcheck.h>
static inline void counterfoil_declassify(const void *bytes, size_t count) {
    VALGRIND_MAKE_MEM_DEFINED(bytes, count);
}
static inline void counterfoil_taint(const void *bytes, size_t count) {
    VALGRIND_MAKE_MEM_UNDEFINED(bytes, count);
}
// How many of the first `count` (at most 64) bytes carry a taint.
static inline size_t counterfoil_tainted(const void *bytes, size_t count) {
    unsigned char bits[64] = {0};
    size_t found = 0;
    if (count > 64) count = 64;
    VALGRIND_GET_VBITS(bytes, bits, count);
    for (size_t i = 0; i < count; i++) found += bits[i] != 0;
    return found;
}
#else
static inline void counterfoil_declassify(const void *bytes, size_t count) {
    (void)bytes;
    (void)count;
}
#endif
