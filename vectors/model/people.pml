/* One person, one vote (P1), and a dead pack never votes (P5), whatever becomes of the
 * batches.
 *
 * Ann and Bob have their codes and know their answers. They use each pack in every way
 * and at any time: with the code, with a pass, by post. Officers load, activate and
 * withdraw batches, cancel packs, annul returns, open, close and extend, in any order.
 *
 *   FROM_THE_START   P1 is asked for before the packs are activated, too
 *   THROUGH_OTHERS   a pack counts as dead when what replaced its replacement is active
 *   ATTEMPTS         second attempts are recorded, and counted (P8)
 */
#define SCANS 1
#if !defined(ATTEMPTS)
#define SECOND_ATTEMPTS 0
#endif
#include "rules.pml"

/* An onlooker hears what the officers did, and does not look at the ledger: which packs
 * were told to be dead, and which batches were activated. */
bool is_over[PACKS];
bool is_out[PACKS];
#if PACKS == 4
#define every_pack(does, q)  does(q, 0); does(q, 1); does(q, 2); does(q, 3)
#else
#define every_pack(does, q)  does(q, 0); does(q, 1); does(q, 2)
#endif

inline is_over_with(q, p) {
    if
    :: replaces(q, p) || lists_it(q, p) -> is_over[p] = true
#if defined(THROUGH_OTHERS)
    :: q == 3 && p == 0 -> is_over[p] = true
#endif
    :: else
    fi
}

/* The numbers of a person are known to be one person's when a batch is activated that
 * was made when the officers knew. Until then each of two numbers can vote. */
#if defined(FROM_THE_START) || defined(SAME) || defined(A_NUMBER_FOR_EACH_PACK)
#define is_known(x)  true
#elif PACKS == 4
#define is_known(x)  (person(2) != x || is_out[1] && decided(1) || is_out[3] && decided(3))
#else
#define is_known(x)  (person(2) != x || is_out[1] && decided(1))
#endif

#define vote_of(v, x)  (owner(v) == x && L[0].vote[v] != NOT_VOTED -> 1 : 0)
#if VOTERS == 2
#define votes_of(x)    (vote_of(0, x) + vote_of(1, x))
#else
#define votes_of(x)    (vote_of(0, x) + vote_of(1, x) + vote_of(2, x))
#endif

inline look(p) {
    if
    :: wrote[0] == vote_cast || wrote[0] == post_received ->
        assert(votes_of(person(p)) == 1 || !is_known(person(p)));   /* P1 */
        assert(is_out[p] && !is_over[p] && !specimen(p));           /* P5 */
        assert(wrote[0] == post_received || !post_only(p))          /* P5 */
    :: else
    fi;
    assert(L[0].second[p] <= SECOND_ATTEMPTS);                      /* P8 */
    forget(0)
}

#define votes(p) \
    :: d_step { judge_code(0, p, RIGHT, 0, true); printf("# pack %d, code: %e\n", p, said[0]); look(p) } \
    :: d_step { judge_pass(0, p, 0, false, true); printf("# pack %d, pass: %e\n", p, said[0]); look(p) } \
    :: d_step { judge_scan(0, p, 0); printf("# pack %d, by post: %e\n", p, said[0]); L[0].first[0] = silence; look(p) }

/* One envelope has many scans, each with a nonce of its own: post.pml is about them.
 * Here no nonce is met twice, so that nothing needs to be remembered of it. */
#define acts(p) \
    :: d_step { load(0, p); printf("# register %d is loaded\n", p); forget(0) } \
    :: d_step { activate(0, p); printf("# activate %d: %e\n", p, said[0]); \
        if :: said[0] == done -> is_out[p] = true; every_pack(is_over_with, p) :: else fi; forget(0) } \
    :: d_step { withdraw(0, p); printf("# withdraw %d: %e\n", p, said[0]); \
        if :: said[0] == done -> is_over[p] = true :: else fi; forget(0) } \
    :: d_step { cancel(0, p); printf("# cancel %d: %e\n", p, said[0]); \
        if :: said[0] == done -> is_over[p] = true :: else fi; forget(0) } \
    :: d_step { annul(0, p, 0); printf("# annul %d: %e\n", p, said[0]); forget(0) }

init {
    do
    votes(0) votes(1) votes(2)
    acts(0)  acts(1)  acts(2)
#if PACKS == 4
    votes(3)
    acts(3)
#endif
    :: d_step { open_ballot(0); printf("# open: %e\n", said[0]); forget(0) }
    :: d_step { close_ballot(0); printf("# close: %e\n", said[0]); forget(0) }
    :: d_step { extend_ballot(0); printf("# extend: %e\n", said[0]); forget(0) }
    :: d_step { finish_ballot(0); printf("# final: %e\n", said[0]); forget(0) }
    od
}
