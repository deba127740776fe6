/* A voting site that follows the recipe loses no vote (P2), and makes nobody an offender
 * (P7).
 *
 * A request is on its way until it is judged. Then the site hears the answer, or the
 * answer is lost, or the judgement is rolled back and the site hears nothing. A request
 * that the site has given up may be judged after a newer one. Desks need not be modelled
 * by themselves, as a judgement is one transaction. But their clocks differ, so whether a
 * pass has expired, and whether the grace is over, may be judged either way each time.
 *
 *   PRESSES=n   how often the voter presses "cast", each with a key of its own: 1 or 2
 *   HONEST      nobody else has the code, and nothing comes by post
 *   GUESSER     another person has the code and the keys, and not the answers
 *   THIEF       another person has the code, the keys and the answers
 *   TERMINAL    the code is typed for every request, and there is no pass
 *   FAIR        what is pressed is settled at last (a search for cycles)
 *   SETTLES=x   with TERMINAL: an answer x is to mean that the vote was not and will not
 *               be cast
 */
#define SCANS 1
#include "rules.pml"
#ifndef PRESSES
#define PRESSES 1
#endif
#ifndef SETTLES
#define SETTLES silence
#endif
#ifndef ON_THE_WAY
#define ON_THE_WAY 2                    /* requests of one ballot at a time, at most */
#endif
#define STOLEN 5                        /* the thief's own key */

mtype:ballot = { NONE_YET, PENDING, REFUSED, COUNTED, NEVER };

byte signed_in = NONE;                  /* the pack of the pass that the site holds */
mtype:ballot ballot[PRESSES] = NONE_YET;    /* the site's; its key is its number */
byte pack[PRESSES];                     /* of the pass that is saved with it */
byte way[PRESSES];                      /* requests on their way */
bool last_round[PRESSES];               /* it is asked for once more, after final */
bool settled[PRESSES];                  /* the answer SETTLES was heard */
bool had;                               /* scratch: it was cast before this request */

#define is_cast(k)    cast_under(0, pack[k], k)

/* Step 1: `check`; a refused ballot ends the session, and the voter signs in again when no
 * request is on its way. When the voter presses "cast", a key is drawn, and ballot, key and
 * pass are saved. No key is drawn while another ballot is pending or counted. */
inline sign_in(p) {
    judge_code(0, p, RIGHT, NONE, false);
    printf("# the voter signs in with pack %d: %e\n", p, said[0]);
    if
    :: said[0] == good -> signed_in = p
    :: else
    fi;
    assert(wrote[0] == nothing);                                    /* P7 */
    forget(0)
}

#if PRESSES == 1
#define may_sign_in   (way[0] == 0)
#define may_press(k)  true
#else
#if defined(CHECK_WHILE_ON_THE_WAY)
#define may_sign_in   true
#else
#define may_sign_in   (way[0] == 0 && way[1] == 0)
#endif
#if defined(KEY_WHILE_PENDING)
#define may_press(k)  true
#else
#define may_press(k)  (ballot[1 - k] == NONE_YET || ballot[1 - k] == REFUSED)
#endif
#endif

/* Step 2: redeem with the pass; on silence the same again. Step 3: `accepted` or `repeated`
 * counts. Step 4: a refusal marks the ballot refused, and everything is kept. Step 5: after
 * final, once more for every ballot that is not counted; no other answer counts. */
#if defined(NO_LAST_ROUND)
#define is_last(k)  true
#define may_ask_again(k)  false
#elif defined(LAST_ROUND_WHEN_CLOSED)
#define is_last(k)  last_round[k]
#define may_ask_again(k)  (L[0].phase == CLOSED || L[0].phase == FINAL)
#else
#define is_last(k)  last_round[k]
#define may_ask_again(k)  (L[0].phase == FINAL)
#endif
#if defined(KEY_WITHOUT_A_NEW_CHECK)
inline end_session() { skip }
#else
inline end_session() { signed_in = NONE }
#endif

inline hear(k) {
    if
    :: said[0] == accepted || said[0] == repeated ->
        assert(ballot[k] != NEVER);                                 /* P2 */
        ballot[k] = COUNTED
    :: else ->
        settled[k] = settled[k] || said[0] == SETTLES;
        if
        :: ballot[k] != COUNTED && is_last(k) -> ballot[k] = NEVER
        :: ballot[k] == PENDING && !is_last(k) -> ballot[k] = REFUSED; end_session()
        :: else
        fi
    fi
}

inline judge_request(k, expired, in_time) {
    way[k]--;
    had = is_cast(k);
#if defined(TERMINAL)
    judge_code(0, pack[k], RIGHT, k, true);
    assert(!(settled[k] && said[0] == accepted));
    assert(!(had && said[0] == SETTLES));
#else
    judge_pass(0, pack[k], k, expired, in_time);
    assert(!had || said[0] == repeated);                            /* P2 */
#endif
#if defined(HONEST)
    assert(wrote[0] != second_attempt)                              /* P7 */
#endif
}
inline after_request(k) {
    assert(ballot[k] != COUNTED || is_cast(k));                     /* P2 */
#if !defined(TERMINAL)
    assert(ballot[k] != NEVER || !is_cast(k));                      /* P2 */
#endif
    had = false;
    forget(0)
}

/* Without end, silence settles nothing. So the last search allows two of them. */
#if defined(FAIR)
byte silences;
#define may_be_silent  (silences < 2)
inline silent() { silences++ }
#else
#define may_be_silent  true
inline silent() { skip }
#endif

#define presses(k) \
    :: d_step { ballot[k] == NONE_YET && signed_in != NONE && may_press(k) -> \
        printf("# ballot %d is pressed\n", k); pack[k] = signed_in; ballot[k] = PENDING }
proctype Voter() {
    do
    :: d_step { may_sign_in -> sign_in(0) }
    :: d_step { may_sign_in -> sign_in(1) }
    presses(0)
#if PRESSES == 2
    presses(1)
#endif
    od
}

#if defined(GIVES_UP_AFTER_SILENCE)
bool was_sent, was_sent_last;
#define may_send       !was_sent
#define may_send_last  !was_sent_last
#define sends_first()  was_sent = true
#define sends_last()   was_sent_last = true
#else
#define may_send       true
#define may_send_last  true
#define sends_first()  skip
#define sends_last()   skip
#endif
#define sends(k) \
    :: d_step { ballot[k] == PENDING && !last_round[k] && way[k] < ON_THE_WAY && may_send -> \
        printf("# ballot %d is sent\n", k); way[k]++; sends_first() } \
    :: d_step { (ballot[k] == PENDING || ballot[k] == REFUSED) && may_ask_again(k) && way[k] < ON_THE_WAY && may_send_last -> \
        printf("# ballot %d is sent in the last round\n", k); way[k]++; last_round[k] = true; sends_last() }
proctype Site() {
    do
    sends(0)
#if PRESSES == 2
    sends(1)
#endif
    od
}

#define judges(k, expired, in_time) \
    :: d_step { way[k] > 0 -> \
        judge_request(k, expired, in_time); printf("# ballot %d: %e\n", k, said[0]); hear(k); after_request(k) } \
    :: d_step { way[k] > 0 && may_be_silent -> \
        judge_request(k, expired, in_time); printf("# ballot %d: %e, not heard\n", k, said[0]); silent(); after_request(k) }
#define rolls_back(k) \
    :: d_step { way[k] > 0 && may_be_silent -> printf("# ballot %d: rolled back\n", k); way[k]--; silent() }
proctype Desks() {
    do
    judges(0, false, true) judges(0, true, true) judges(0, false, false) rolls_back(0)
#if PRESSES == 2
    judges(1, false, true) judges(1, true, true) judges(1, false, false) rolls_back(1)
#endif
    od
}

proctype Officers() {
    do
    :: d_step { open_ballot(0);   printf("# open: %e\n", said[0]); forget(0) }
    :: d_step { close_ballot(0);  printf("# close: %e\n", said[0]); forget(0) }
    :: d_step { extend_ballot(0); printf("# extend: %e\n", said[0]); forget(0) }
    :: d_step { activate(0, 1);   printf("# activate 1: %e\n", said[0]); forget(0) }
    :: d_step { cancel(0, 0);     printf("# cancel 0: %e\n", said[0]); forget(0) }
    :: d_step { withdraw(0, 1);   printf("# withdraw 1: %e\n", said[0]); forget(0) }
    :: d_step { unlock(0, 0);     printf("# unlock 0: %e\n", said[0]); forget(0) }
    od
}

/* A process of its own, so that the end comes where every process has its turn. */
#if defined(NEVER_FINAL)
proctype End() { false }
#else
proctype End() { d_step { L[0].phase != BEFORE -> finish_ballot(0); printf("# final: %e\n", said[0]); forget(0) } }
#endif

/* The pack's envelope comes back by post, and the return is annulled. */
proctype Table() {
    do
    :: d_step { judge_scan(0, 0, 0); printf("# by post: %e\n", said[0]); L[0].first[0] = silence; forget(0) }
    :: d_step { annul(0, 0, 0); printf("# annul: %e\n", said[0]); forget(0) }
    od
}

#define attack(a, k) \
    :: d_step { judge_code(0, 0, a, k, true); printf("# attacker, answers %d, key %d: %e\n", a, k, said[0]); forget(0) }
proctype Attacker() {
    do
#if defined(GUESSER)
    attack(1, STOLEN) attack(2, STOLEN)
#else
    attack(RIGHT, 0) attack(RIGHT, STOLEN)
#endif
    od
}

init {
    atomic {
        L[0].is_loaded[0] = true; L[0].is_loaded[1] = true; L[0].is_loaded[2] = true;
        L[0].is_active[0] = true;
        run Voter(); run Site(); run Desks(); run Officers(); run End();
#if !defined(HONEST)
        run Table();
#endif
#if defined(GUESSER) || defined(THIEF)
        run Attacker();
#endif
    }
}

#if defined(FAIR)
/* What is pressed is settled at last, where every process has its turn. */
ltl what_is_pressed_is_settled { [] (ballot[0] == PENDING -> <> (ballot[0] == COUNTED || ballot[0] == NEVER)) }
#endif
