/* Prints what the rules say of every combination of facts, one combination a line. This is
 * no search: spin runs it once, and `compare.py` asks the reference implementation the
 * same. A line has four parts: what is asked, the facts, the outcome, the facts afterwards.
 */
#define JUDGED
#define SCANS 1
#include "rules.pml"
#define KEY 1                           /* of the request; the scan's nonce is 0 */
#define ANOTHER 2

byte kind, stands, phase, wrong, life, last, second, vote, first, answers, kept, other;
/* For printing: spin names the value of a variable, and not that of a member. */
mtype:phase a_phase = BEFORE;
mtype:channel a_channel = NOT_VOTED;
mtype:said a_scan = silence;

/* The pack that is judged is 0. */
inline print_facts() {
    a_phase = L[0].phase; a_channel = L[0].vote[0]; a_scan = L[0].first[0];
    printf(" : %d %d %d %d %d %d %d %d %e %d %d %d %d %e %d %d %e",
        is_specimen, is_post_only, L[0].is_loaded[0], L[0].is_active[0], L[0].is_withdrawn[0], L[0].is_cancelled[0],
        L[0].is_active[1], L[0].is_active[2],
        a_phase, L[0].wrong[0], L[0].lifetime[0], L[0].last[0], L[0].second[0],
        a_channel, L[0].with[0], L[0].under[0], a_scan)
}
inline print_outcome() {
    printf(" : %d %e %e %d", rule[0], said[0], wrote[0], attempts_left[0]);
    print_facts();
    printf("\n");
    forget(0)
}

inline set_kind() {
    is_specimen = kind == 1;
    is_post_only = kind == 2
}
inline set_standing() {                 /* 0 not loaded, 1 live, 2 inactive, and four that are dead */
    L[0].is_loaded[0] = stands != 0;
    L[0].is_active[0] = stands != 2;
    L[0].is_active[1] = stands == 3;
    L[0].is_withdrawn[0] = stands == 4;
    L[0].is_cancelled[0] = stands == 5;
    L[0].is_active[2] = stands == 6
}
inline set_phase() { L[0].phase = (phase == 0 -> BEFORE : (phase == 1 -> OPEN : (phase == 2 -> CLOSED : FINAL))) }
inline set_attempts() {
    L[0].wrong[0] = wrong; L[0].lifetime[0] = life; L[0].last[0] = last; L[0].second[0] = second
}
inline set_vote() {                     /* none; online thrice; by post thrice */
    L[0].vote[0] = (vote == 0 -> NOT_VOTED : (vote <= 3 -> ONLINE : POST));
    L[0].with[0] = (vote == 0 -> NONE : (vote == 3 || vote == 6 -> 3 : 0));
    L[0].under[0] = (vote == 0 -> NONE : (vote == 1 || vote == 3 -> KEY : (vote == 4 || vote == 6 -> 0 : ANOTHER)))
}
inline set_first() {
    L[0].first[0] = (first == 0 -> silence : (first == 1 -> received : (first == 2 -> scanned_before : (first == 3 -> already_voted : set_aside))))
}
inline set_batch() {
    L[0].is_loaded[0] = stands & 1; L[0].is_active[0] = (stands >> 1) & 1; L[0].is_withdrawn[0] = (stands >> 2) & 1
}
inline set_kept() {                     /* pack 1, and whether 3, which replaces it, is active */
    L[0].is_loaded[1] = kept & 1; L[0].is_active[1] = (kept >> 1) & 1; L[0].is_withdrawn[1] = (kept >> 2) & 1;
    L[0].is_cancelled[1] = (kept >> 3) & 1; L[0].is_active[3] = (kept >> 4) & 1; L[0].is_active[2] = false
}
inline set_all() {
    is_other = other; L[0].is_loaded[1] = false; L[0].is_withdrawn[1] = false; L[0].is_cancelled[1] = false;
    L[0].is_active[3] = false; L[0].is_loaded[2] = false;
    set_kind(); set_standing(); set_phase(); set_attempts(); set_vote(); set_first() }

init {
    /* The standing, from all that makes it. */
    for (kind : 0 .. 2) { for (stands : 0 .. 63) {
        set_all();
        L[0].is_loaded[0] = stands & 1;
        L[0].is_active[0] = (stands >> 1) & 1;
        L[0].is_active[1] = (stands >> 2) & 1;
        L[0].is_withdrawn[0] = (stands >> 3) & 1;
        L[0].is_cancelled[0] = (stands >> 4) & 1;
        L[0].is_active[2] = (stands >> 5) & 1;
        L[0].phase = OPEN;
        printf("check %d", RIGHT); print_facts(); judge_code(0, 0, RIGHT, KEY, false); print_outcome()
    } }

    /* Online. */
    for (kind : 0 .. 2) { for (stands : 0 .. 6) { for (phase : 0 .. 3) { for (vote : 0 .. 6) {
    for (second : SECOND_ATTEMPTS - 1 .. SECOND_ATTEMPTS) {
    for (life : 0 .. LIFETIME) { for (wrong : 0 .. smaller(life, LOCK_AFTER)) {
        last = 0;
        set_all(); printf("pass 0 1"); print_facts(); judge_pass(0, 0, KEY, false, true); print_outcome();
        set_all(); printf("pass 0 0"); print_facts(); judge_pass(0, 0, KEY, false, false); print_outcome();
        set_all(); printf("pass 1 1"); print_facts(); judge_pass(0, 0, KEY, true, true); print_outcome();
        for (last : 0 .. 2) { for (answers : UNREADABLE .. RIGHT) {
            set_all(); printf("redeem %d", answers); print_facts(); judge_code(0, 0, answers, KEY, true); print_outcome();
            set_all(); printf("check %d", answers); print_facts(); judge_code(0, 0, answers, KEY, false); print_outcome()
        } }
    } } } } } } }

    /* By post, and the acts on one pack. */
    last = 1; second = 0;
    for (kind : 0 .. 2) { for (stands : 0 .. 6) { for (phase : 0 .. 3) {
    for (life : 0 .. LIFETIME) { for (wrong : 0 .. smaller(life, LOCK_AFTER)) {
        vote = 0; first = 0;
        set_all(); printf("cancel"); print_facts(); cancel(0, 0); print_outcome();
        set_all(); printf("unlock"); print_facts(); unlock(0, 0); print_outcome();
        for (vote : 0 .. 6) { for (first : 0 .. 4) {
            set_all(); printf("post"); print_facts(); judge_scan(0, 0, 0); print_outcome();
            set_all(); printf("annul"); print_facts(); annul(0, 0, 0); print_outcome()
        } }
    } } } } }

    /* The acts on a batch: activating 0, which replaces and lists nothing. */
    kind = 0; vote = 0; first = 0; life = 0; wrong = 0; last = 0;
    for (stands : 0 .. 7) { for (phase : 0 .. 3) {
        set_all(); set_batch(); printf("activate"); print_facts(); activate(0, 0); print_outcome();
        set_all(); set_batch(); printf("withdraw"); print_facts(); withdraw(0, 0); print_outcome()
    } }

    /* Activating 1, which replaces 0; then 2, which lists 0 with 1. The line tells the rest:
     * whether 1 is loaded, and has another number; that it is dead; how. */
    for (vote : 0 .. 6) { for (other : 0 .. 1) { for (kept : 0 .. 31) {
        for (stands : 0 .. 1) {
            set_all(); L[0].phase = OPEN; set_kept();
            printf("activate-1 %d %d", is_other, kept); print_facts(); activate(0, 1); print_outcome();
            set_all(); L[0].phase = OPEN; set_kept(); L[0].is_loaded[2] = true;
            printf("activate-2 %d %d", is_other, kept); print_facts(); activate(0, 2); print_outcome()
        }
    } } }

    /* The acts on the ballot. */
    stands = 1; vote = 0; other = 0;
    for (phase : 0 .. 3) {
        set_all(); printf("open"); print_facts(); open_ballot(0); print_outcome();
        set_all(); printf("close"); print_facts(); close_ballot(0); print_outcome();
        set_all(); printf("extend"); print_facts(); extend_ballot(0); print_outcome();
        set_all(); printf("finish"); print_facts(); finish_ballot(0); print_outcome()
    }
}
