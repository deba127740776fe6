/* What a postal table was told holds (P4).
 *
 * An envelope is scanned under a nonce. A scan is asked about until it is answered, and
 * after that too; requests overtake each other, answers are lost, and commits are rolled
 * back. So each step below is a judgement, of which the table hears or does not.
 *
 *   - What was told to be set aside is not counted by this scan, then or later.
 *   - What was told to be received counts until an officer annuls this scan.
 *   - Annulling takes back what this scan did, or nothing. It does not come back.
 *
 *   SCANNED_BEFORE_HOLDS   when it is told "scanned before", a return counts
 */
#define SCANS 3
#include "rules.pml"

byte pack[SCANS] = NONE;                /* the pack on the envelope of a scan */
bool is_received[SCANS];                /* the table was told so */
bool is_aside[SCANS];                   /* the table was told to set it aside */
bool is_annulled[SCANS];                /* an officer's act was judged, heard or not */
byte had;                               /* scratch: the scan that counted before an act */

#define counts(n)     (pack[n] != NONE && posted_by(0, pack[n], n))
#define is_so(n)      (!(is_aside[n] && counts(n)) && !(is_annulled[n] && counts(n)) && (!is_received[n] || is_annulled[n] || counts(n)))
inline look() {
    assert(is_so(0) && is_so(1) && is_so(2));                       /* P4 */
    forget(0)
}

inline hear(n) {
    if
    :: said[0] == received -> is_received[n] = true
    :: said[0] == scanned_before || said[0] == already_voted || said[0] == set_aside || said[0] == final || said[0] == annulled ->
        is_aside[n] = true
    :: else
    fi
#if defined(SCANNED_BEFORE_HOLDS)
    ; assert(said[0] != scanned_before || posted_with(0, pack[n]))        /* P4 */
#endif
}

#define scan(n) \
    :: d_step { pack[n] != NONE -> judge_scan(0, pack[n], n); printf("# scan %d of pack %d: %e\n", n, pack[n], said[0]); hear(n); look() } \
    :: d_step { pack[n] != NONE -> judge_scan(0, pack[n], n); printf("# scan %d of pack %d: %e, not heard\n", n, pack[n], said[0]); look() }
#define comes(n, p) \
    :: d_step { pack[n] == NONE -> pack[n] = p }

inline judge_annul(n) {
    had = L[0].under[voter(pack[n])];
    annul(0, pack[n], n);
    printf("# annul scan %d: %e\n", n, said[0]);
    assert(said[0] != done || had == n);                            /* P4 */
    is_annulled[n] = is_annulled[n] || said[0] == done;
    had = 0;
    look()
}
#define annuls(n) :: d_step { pack[n] != NONE -> judge_annul(n) }

#define votes(p) \
    :: d_step { judge_pass(0, p, 1, false, true); printf("# online, pack %d: %e\n", p, said[0]); look() }

init {
    d_step {
        L[0].is_loaded[0] = true; L[0].is_loaded[1] = true; L[0].is_loaded[2] = true;
        L[0].is_active[0] = true; L[0].is_active[2] = true
    }
    do
    comes(0, 0) comes(1, 0) comes(1, 2) comes(2, 0) comes(2, 2)
    scan(0) scan(1) scan(2)
    annuls(0) annuls(1) annuls(2)
    votes(0) votes(2)
    :: d_step { open_ballot(0);   printf("# open: %e\n", said[0]); look() }
    :: d_step { close_ballot(0);  printf("# close: %e\n", said[0]); look() }
    :: d_step { extend_ballot(0); printf("# extend: %e\n", said[0]); look() }
    :: d_step { finish_ballot(0); printf("# final: %e\n", said[0]); look() }
    :: d_step { activate(0, 1);   printf("# activate 1: %e\n", said[0]); look() }
    :: d_step { cancel(0, 0);     printf("# cancel 0: %e\n", said[0]); look() }
    :: d_step { withdraw(0, 2);   printf("# withdraw 2: %e\n", said[0]); look() }
    od
}
