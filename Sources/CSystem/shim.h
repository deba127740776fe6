// System calls that Swift's Glibc does not import.
#pragma once
#include <sys/prctl.h>

// No core dump of this process, and no debugger of another user's.
static inline int counterfoil_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
