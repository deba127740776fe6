/* What a code tells a person who does not know its answers (P3, P6).
 *
 * There are two ledgers. The same officers do the same to both, and the same attacker
 * asks both the same. Whether, when, how and under which key the voter votes may differ.
 *
 *   P3   The attacker hears the same from both, and each has as many entries.
 *   P6   No more guesses tell them something than a pack has in its lifetime. A guess
 *        tells something where the right answers would have been answered otherwise.
 *
 *   CODE=n     the attacker has the code of pack n; by default 0
 *   VOTES=n    the voter votes with pack n; by default with the same
 */
#define LEDGERS 2
#define SCANS 1
#include "rules.pml"
#ifndef CODE
#define CODE 0
#endif
#ifndef VOTES
#define VOTES CODE
#endif

byte guessed;                           /* the attacker's last wrong answers */
byte told;                              /* guesses that told something */
mtype:said if_right = silence;

inline judge_guess(a, k, casts) {
    if_right = answer_with_code(0, rule_with_code(0, CODE, RIGHT, k, casts), casts);
    judge_code(0, CODE, a, k, casts);
    judge_code(1, CODE, a, k, casts);
    printf("# attacker, answers %d, key %d: %e and %e; the right ones: %e\n", a, k, said[0], said[1], if_right);
    assert(said[0] == said[1] && attempts_left[0] == attempts_left[1]);               /* P3 */
    assert(wrote[0] == wrote[1]);                                   /* P3 */
    if
    :: a != UNREADABLE && a != guessed && said[0] != if_right ->
        told++;
        assert(told <= LIFETIME)                                    /* P6 */
    :: else
    fi;
    if
    :: a != UNREADABLE -> guessed = a
    :: else
    fi;
    if_right = silence; forget(0); forget(1)
}
#define guess(a, k, casts)  :: d_step { judge_guess(a, k, casts) }

/* The voter has the keys 1 and 2, of which the attacker knows the first. */
#define votes(w, k) \
    :: d_step { judge_code(w, VOTES, RIGHT, k, true); printf("# ledger %d: the voter, key %d: %e\n", w, k, said[w]); forget(w) } \
    :: d_step { judge_pass(w, VOTES, k, false, true); printf("# ledger %d: the voter, a pass, key %d: %e\n", w, k, said[w]); forget(w) }
#define posts(w) \
    :: d_step { judge_scan(w, VOTES, 0); L[w].first[0] = silence; printf("# ledger %d: the voter, by post: %e\n", w, said[w]); forget(w) }

inline both_said() { printf("  %e and %e\n", said[0], said[1]); forget(0); forget(1) }

init {
    d_step {
        L[0].is_loaded[0] = true; L[0].is_loaded[1] = true; L[0].is_loaded[2] = true;
        L[1].is_loaded[0] = true; L[1].is_loaded[1] = true; L[1].is_loaded[2] = true;
        L[0].is_active[0] = true; L[0].is_active[2] = true;
        L[1].is_active[0] = true; L[1].is_active[2] = true
    }
    do
    votes(0, 1) votes(0, 2) posts(0)
    votes(1, 1) votes(1, 2) posts(1)
    /* The voter mistypes the answers, in both. */
    :: d_step { printf("# the voter, wrong answers\n"); judge_code(0, CODE, 1, 2, true); judge_code(1, CODE, 1, 2, true); both_said() }

    /* A key of the voter's, a key of the attacker's, and `check`. */
    guess(UNREADABLE, 1, true)  guess(1, 1, true)  guess(2, 1, true)
    guess(UNREADABLE, 3, true)  guess(1, 3, true)  guess(2, 3, true)
    guess(UNREADABLE, 0, false) guess(1, 0, false) guess(2, 0, false)

    :: d_step { printf("# cancel\n");     cancel(0, CODE); cancel(1, CODE); both_said() }
    :: d_step { printf("# unlock\n");     unlock(0, CODE); unlock(1, CODE); both_said() }
    :: d_step { printf("# withdraw\n");   withdraw(0, CODE); withdraw(1, CODE); both_said() }
    :: d_step { printf("# activate 1\n"); activate(0, 1); activate(1, 1); both_said() }
    :: d_step { printf("# open\n");       open_ballot(0); open_ballot(1); both_said() }
    :: d_step { printf("# close\n");      close_ballot(0); close_ballot(1); both_said() }
    :: d_step { printf("# extend\n");     extend_ballot(0); extend_ballot(1); both_said() }
    :: d_step { printf("# final\n");      finish_ballot(0); finish_ballot(1); both_said() }
    od
}
