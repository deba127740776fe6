/* The rules of the ballot: vectors/README.md, "The rules of the ballot".
 *
 * Each table of the text is one expression here:
 *
 *     (fact -> number of the rule : (fact -> number of the rule : ... ))
 *
 * The first fact that is so gives the number, as in the text. After each table come
 * the answers, and what the rules record. A judgement is one step, because a ledger
 * does it in one transaction.
 *
 *   w  the ledger (one search compares two)     a  the answers that were typed
 *   p  a pack                                   k  an idempotency key
 *   q  a batch, by its pack                     n  the nonce of a scan
 *
 * A name in capitals that a search defines, as EXPIRED_BEFORE_CAST, puts a fault into
 * the rules. Such a search is a control, and must fail.
 */
#include "packs.pml"

#ifndef LEDGERS
#define LEDGERS 1
#endif
#ifndef SCANS
#define SCANS 2
#endif
#define LOCK_AFTER 2
#define LIFETIME 3
#ifndef SECOND_ATTEMPTS
#define SECOND_ATTEMPTS 2
#endif
#define NONE 7                          /* no pack, no key, no nonce */

/* Answers: one that cannot be read, two that are wrong, and the right one. */
#define UNREADABLE 0
#define RIGHT 3

mtype:phase = { BEFORE, OPEN, CLOSED, FINAL };
mtype:channel = { NOT_VOTED, ONLINE, POST };
mtype:said = {
    silence,                            /* no answer, or none that was heard */
    accepted, repeated, good,
    no_such_code, specimen, pass_expired, not_active, not_open, closed,
    locked, bad_answer, wrong_answers, cancelled, already_voted,
    no_such_pack, received, scanned_before, set_aside, annulled, final,
    done, nothing_to_annul, already_annulled, already_cancelled, not_locked, locked_for_good,
    no_such_batch, withdrawn, already_active, replaced_voted, already_withdrawn,
    already_open, already_closed
};
mtype:entry = {
    nothing, vote_cast, wrong_answers_given, second_attempt,
    post_received, post_set_aside, post_annulled
};

typedef Ledger {
    mtype:phase phase = BEFORE;
    /* Of a batch. */
    bool is_loaded[PACKS];
    bool is_active[PACKS];
    bool is_withdrawn[PACKS];
    /* Of a pack. */
    bool is_cancelled[PACKS];           /* by an officer, or missing at the print house */
    byte wrong[PACKS];                  /* wrong answers since it was last unlocked */
    byte lifetime[PACKS];               /* wrong answers in its lifetime */
    byte last[PACKS];                   /* its last wrong answers */
    byte second[PACKS];                 /* second attempts that were recorded */
    /* Of a voter number. */
    mtype:channel vote[VOTERS] = NOT_VOTED;
    byte with[VOTERS] = NONE;           /* the pack */
    byte under[VOTERS] = NONE;          /* the idempotency key, or the nonce of the scan */
    /* Of a scan, by its nonce. */
    mtype:said first[SCANS] = silence;  /* its first answer that was recorded */
#if defined(LATE_PACKS_ARRIVE_LIVE)
    bool is_spared[PACKS];
#endif
}
Ledger L[LEDGERS];

/* What the last judgement came to. */
byte rule[LEDGERS];
mtype:said said[LEDGERS] = silence;
mtype:entry wrote[LEDGERS] = nothing;
byte attempts_left[LEDGERS];                     /* attempts left, which goes with wrong_answers */

inline forget(w) { rule[w] = 0; said[w] = silence; wrote[w] = nothing; attempts_left[w] = 0 }

/* ---- Facts ---- */

#if PACKS == 4
#define any_active(w, of_0, of_1, of_2, of_3)  (of_0 && L[w].is_active[0] || of_1 && L[w].is_active[1] || of_2 && L[w].is_active[2] || of_3 && L[w].is_active[3])
#else
#define any_active(w, of_0, of_1, of_2, of_3)  (of_0 && L[w].is_active[0] || of_1 && L[w].is_active[1] || of_2 && L[w].is_active[2])
#endif
#define lists_it(q, p)     (lists(q, 0, p) || lists(q, 1, p) || lists(q, 2, p) || lists(q, 3, p))

/* The standing of a pack. What a batch does when it is activated holds for a pack whose
 * register is loaded later, too. */
#define replaced(w, p)     any_active(w, replaces(0, p), replaces(1, p), replaces(2, p), replaces(3, p))
#define in_a_list(w, p)    any_active(w, lists_it(0, p), lists_it(1, p), lists_it(2, p), lists_it(3, p))
#if defined(REPLACED_PACKS_STAY_LIVE)
#define superseded(w, p)   false
#define listed(w, p)       in_a_list(w, p)
#elif defined(LISTED_PACKS_STAY_LIVE)
#define superseded(w, p)   replaced(w, p)
#define listed(w, p)       false
#elif defined(LATE_PACKS_ARRIVE_LIVE)
#define superseded(w, p)   (replaced(w, p) && !L[w].is_spared[p])
#define listed(w, p)       (in_a_list(w, p) && !L[w].is_spared[p])
#else
#define superseded(w, p)   replaced(w, p)
#define listed(w, p)       in_a_list(w, p)
#endif
#if defined(WITHDRAWN_PACKS_VOTE)
#define dead(w, p)         (superseded(w, p) || L[w].is_cancelled[p] || listed(w, p))
#elif defined(CANCELLED_PACKS_VOTE)
#define dead(w, p)         (superseded(w, p) || L[w].is_withdrawn[p] || listed(w, p))
#else
#define dead(w, p)         (superseded(w, p) || L[w].is_withdrawn[p] || L[w].is_cancelled[p] || listed(w, p))
#endif
#if defined(INACTIVE_PACKS_VOTE)
#define is_waiting(w, p)   false
#else
#define is_waiting(w, p)   (!L[w].is_active[p])
#endif
#if defined(SPECIMENS_VOTE)
#define for_test(p)        false
#else
#define for_test(p)        specimen(p)
#endif
#if defined(CODES_FOR_POST_VOTE_ONLINE)
#define not_online(p)      false
#else
#define not_online(p)      post_only(p)
#endif
#define inactive(w, p)     (!dead(w, p) && is_waiting(w, p))
#define live(w, p)         (!dead(w, p) && !is_waiting(w, p) && !for_test(p))

#define is_locked(w, p)    (L[w].wrong[p] >= LOCK_AFTER || L[w].lifetime[p] >= LIFETIME)
#define has_voted(w, p)    (L[w].vote[voter(p)] != NOT_VOTED)
/* The vote was cast with this pack under this key; by post with this pack; by this scan. */
#define cast_under(w, p, k)    (L[w].vote[voter(p)] == ONLINE && L[w].with[voter(p)] == p && L[w].under[voter(p)] == k)
#define posted_with(w, p)      (L[w].vote[voter(p)] == POST && L[w].with[voter(p)] == p)
#define posted_by(w, p, n)     (posted_with(w, p) && L[w].under[voter(p)] == n)


/* ---- Online, with a code: `redeem` (casts) and `check` (does not) ---- */

#if defined(KEY_BEFORE_ANSWERS)
#define out_of_turn(w, p, a, k, casts)  (casts && cast_under(w, p, k) -> 11 : 0)
#elif defined(RIGHT_ANSWERS_PASS_THE_LOCK)
#define out_of_turn(w, p, a, k, casts)  (casts && a == RIGHT && cast_under(w, p, k) -> 11 : 0)
#elif defined(VOTE_BEFORE_ANSWERS)
#define out_of_turn(w, p, a, k, casts)  (has_voted(w, p) -> 14 : 0)
#elif defined(CLOSE_BEFORE_ANSWERS)
#define out_of_turn(w, p, a, k, casts)  (L[w].phase != CLOSED -> 0 : (casts && a == RIGHT && cast_under(w, p, k) -> 11 : 12))
#else
#define out_of_turn(w, p, a, k, casts)  0
#endif

#define rule_with_code(w, p, a, k, casts) \
    (!L[w].is_loaded[p]                             ->  1 : \
    (not_online(p)                                  ->  2 : \
    (for_test(p)                                    ->  3 : \
    (inactive(w, p)                                 ->  6 : \
    (L[w].phase == BEFORE || L[w].phase == FINAL    ->  7 : \
    (out_of_turn(w, p, a, k, casts)                 -> out_of_turn(w, p, a, k, casts) : \
    (is_locked(w, p)                                ->  8 : \
    (a == UNREADABLE                                ->  9 : \
    (a != RIGHT                                     -> 10 : \
    (casts && cast_under(w, p, k)                   -> 11 : \
    (L[w].phase == CLOSED                           -> 12 : \
    (dead(w, p)                                     -> 13 : \
    (has_voted(w, p)                                -> 14 : \
                                                       15)))))))))))))

#define answer_with_code(w, r, casts) \
    (r <= 2  -> no_such_code : \
    (r == 3  -> specimen : \
    (r == 6  -> not_active : \
    (r == 7  -> (L[w].phase == BEFORE -> not_open : closed) : \
    (r == 8  -> locked : \
    (r == 9  -> bad_answer : \
    (r == 10 -> (attempts_left[w] == 0 -> locked : wrong_answers) : \
    (r == 11 -> repeated : \
    (r == 12 -> closed : \
    (r == 13 -> cancelled : \
    (r == 14 -> already_voted : \
                (casts -> accepted : good))))))))))))

/* Rule 10. The pack's last wrong answers cost nothing again. */
#if defined(GUESSES_ARE_FREE_ONCE_CLOSED)
#define costs_nothing(w, p, a)  (L[w].last[p] == a || L[w].phase == CLOSED)
#else
#define costs_nothing(w, p, a)  (L[w].last[p] == a)
#endif
#define smaller(x, y)  (x < y -> x : y)
inline judge_wrong_answers(w, p, a) {
    if
    :: costs_nothing(w, p, a)
    :: else ->
        L[w].wrong[p]++; L[w].lifetime[p]++; L[w].last[p] = a;
        wrote[w] = wrong_answers_given
    fi;
    attempts_left[w] = smaller(LOCK_AFTER - L[w].wrong[p], LIFETIME - L[w].lifetime[p])
}

/* Rule 14. */
#if defined(SECOND_ATTEMPTS_WITHOUT_END)
#define is_recorded(w, p)  true
#else
#define is_recorded(w, p)  (L[w].second[p] < SECOND_ATTEMPTS)
#endif
inline judge_second_attempt(w, p) {
    if
    :: is_recorded(w, p) -> L[w].second[p]++; wrote[w] = second_attempt
    :: else
    fi
}

/* Rule 15. */
inline cast(w, p, k) {
    L[w].vote[voter(p)] = ONLINE; L[w].with[voter(p)] = p; L[w].under[voter(p)] = k;
    wrote[w] = vote_cast
}

#if defined(CHECK_IS_AN_ATTEMPT)
#define attempts(casts)  true
#else
#define attempts(casts)  casts
#endif
inline judge_code(w, p, a, k, casts) {
    forget(w);
    rule[w] = rule_with_code(w, p, a, k, casts);
    if
    :: rule[w] == 10 -> judge_wrong_answers(w, p, a)
    :: rule[w] == 14 && attempts(casts) -> judge_second_attempt(w, p)
    :: rule[w] == 15 && casts -> cast(w, p, k)
    :: else
    fi;
    said[w] = answer_with_code(w, rule[w], casts)
}


/* ---- Online, with a pass: `redeem` ----
 *
 *   expired   the pass has expired, by the clock of the desk that judges
 *   in_time   it was given before the close, and the grace is not over
 */

#if defined(EXPIRY_BEFORE_CAST)
#define before_cast(w, p, expired)  (expired -> 5 : 0)
#elif defined(FINAL_BEFORE_CAST)
#define before_cast(w, p, expired)  (L[w].phase == FINAL -> 7 : 0)
#elif defined(CANCELLED_BEFORE_CAST)
#define before_cast(w, p, expired)  (dead(w, p) -> 13 : 0)
#else
#define before_cast(w, p, expired)  0
#endif

#define rule_with_pass(w, p, k, expired, in_time) \
    (!L[w].is_loaded[p]                             ->  1 : \
    (not_online(p)                                  ->  2 : \
    (for_test(p)                                    ->  3 : \
    (before_cast(w, p, expired)                     -> before_cast(w, p, expired) : \
    (cast_under(w, p, k)                            ->  4 : \
    (expired                                        ->  5 : \
    (inactive(w, p)                                 ->  6 : \
    (L[w].phase == BEFORE || L[w].phase == FINAL    ->  7 : \
    (L[w].phase == CLOSED && !(in_time)             -> 12 : \
    (dead(w, p)                                     -> 13 : \
    (has_voted(w, p)                                -> 14 : \
                                                       15)))))))))))

#define answer_with_pass(w, r) \
    (r <= 2  -> no_such_code : \
    (r == 3  -> specimen : \
    (r == 4  -> repeated : \
    (r == 5  -> pass_expired : \
    (r == 6  -> not_active : \
    (r == 7  -> (L[w].phase == BEFORE -> not_open : closed) : \
    (r == 12 -> closed : \
    (r == 13 -> cancelled : \
    (r == 14 -> already_voted : \
                accepted)))))))))

inline judge_pass(w, p, k, expired, in_time) {
    forget(w);
    rule[w] = rule_with_pass(w, p, k, expired, in_time);
    if
    :: rule[w] == 14 -> judge_second_attempt(w, p)
    :: rule[w] == 15 -> cast(w, p, k)
    :: else
    fi;
    said[w] = answer_with_pass(w, rule[w])
}


/* ---- By post ---- */

/* Scan n was received, and is not the vote any more. */
#define was_annulled(w, p, n)    (L[w].first[n] == received && !posted_by(w, p, n))

#if defined(NONCES_ARE_FORGOTTEN)
#define remembers(w, p, n)  false
#elif defined(FINAL_BEFORE_NONCE)
#define remembers(w, p, n)  (L[w].phase != FINAL && L[w].first[n] != silence)
#elif defined(ONLY_RECEIVED_IS_REMEMBERED)
#define remembers(w, p, n)  (L[w].first[n] == received)
#elif defined(ANNULLED_SCANS_ARE_FORGOTTEN)
#define remembers(w, p, n)  (L[w].first[n] != silence && !was_annulled(w, p, n))
#else
#define remembers(w, p, n)  (L[w].first[n] != silence)
#endif

#define rule_by_post(w, p, n) \
    (!L[w].is_loaded[p]                             ->  1 : \
    (remembers(w, p, n)                                ->  2 : \
    (L[w].phase == FINAL                            ->  3 : \
    (L[w].phase == BEFORE                           ->  4 : \
    (posted_with(w, p)                              ->  5 : \
    (has_voted(w, p)                                ->  6 : \
    (!live(w, p)                                    ->  7 : \
                                                        8)))))))

#define answer_by_post(w, r, p, n) \
    (r == 1  -> no_such_pack : \
    (r == 2  -> (was_annulled(w, p, n) -> annulled : L[w].first[n]) : \
    (r == 3  -> final : \
    (r == 4  -> not_open : \
    (r == 5  -> scanned_before : \
    (r == 6  -> already_voted : \
    (r == 7  -> set_aside : \
                received)))))))

inline judge_scan(w, p, n) {
    forget(w);
    rule[w] = rule_by_post(w, p, n);
    said[w] = answer_by_post(w, rule[w], p, n);
    if
    :: rule[w] >= 5 && rule[w] <= 7 ->
        wrote[w] = post_set_aside;
        L[w].first[n] = said[w]
    :: rule[w] == 8 ->
        L[w].vote[voter(p)] = POST; L[w].with[voter(p)] = p; L[w].under[voter(p)] = n;
        wrote[w] = post_received;
        L[w].first[n] = said[w]
    :: else
    fi
}


/* ---- Officers ----
 *
 * Left out: closing times, the print house's return (a missing pack is cancelled, as
 * by an officer), and activating a batch that nobody returned. */

/* A second vote of a person could come of it: the voter of pack p has voted, and pack k can
 * vote under another number, now or later. What is not loaded may be loaded later. */
#if defined(KEPT_PACK_NOT_LOADED_IS_IGNORED)
#define could_vote(w, k, p)   (L[w].is_loaded[k] && voter(k) != voter(p) && !dead(w, k))
#else
#define could_vote(w, k, p)   (!L[w].is_loaded[k] || voter(k) != voter(p) && !dead(w, k))
#endif
#define votes_again(w, k, p)  (L[w].is_loaded[p] && has_voted(w, p) && could_vote(w, k, p))
#define replaced_voted_by(w, q, p)  (replaces(q, p) && votes_again(w, q, p))
#define kept_by(w, q, k, p)         (lists(q, k, p) && votes_again(w, k, p))
#if PACKS == 4
#define listed_voted_by(w, q, p)    (kept_by(w, q, 0, p) || kept_by(w, q, 1, p) || kept_by(w, q, 2, p) || kept_by(w, q, 3, p))
#else
#define listed_voted_by(w, q, p)    (kept_by(w, q, 0, p) || kept_by(w, q, 1, p) || kept_by(w, q, 2, p))
#endif
#if defined(LISTED_VOTES_ARE_IGNORED)
#define voted_for(w, q, p)          replaced_voted_by(w, q, p)
#elif defined(REPLACED_VOTES_ARE_IGNORED)
#define voted_for(w, q, p)          false
#else
#define voted_for(w, q, p)          (replaced_voted_by(w, q, p) || listed_voted_by(w, q, p))
#endif
#if PACKS == 4
#define any_voted_for(w, q)         (voted_for(w, q, 0) || voted_for(w, q, 1) || voted_for(w, q, 2) || voted_for(w, q, 3))
#else
#define any_voted_for(w, q)         (voted_for(w, q, 0) || voted_for(w, q, 1) || voted_for(w, q, 2))
#endif

#define answer_to_activate(w, q) \
    (L[w].phase == FINAL      -> final : \
    (!L[w].is_loaded[q]       -> no_such_batch : \
    (L[w].is_withdrawn[q]     -> withdrawn : \
    (L[w].is_active[q]        -> already_active : \
    (any_voted_for(w, q)      -> replaced_voted : \
                                 done)))))

inline activate(w, q) {
    forget(w);
    said[w] = answer_to_activate(w, q);
    if
    :: said[w] == done -> L[w].is_active[q] = true
    :: else
    fi
}

#define answer_to_withdraw(w, q) \
    (L[w].phase == FINAL      -> final : \
    (!L[w].is_loaded[q]       -> no_such_batch : \
    (L[w].is_withdrawn[q]     -> already_withdrawn : \
                                 done)))

inline withdraw(w, q) {
    forget(w);
    said[w] = answer_to_withdraw(w, q);
    if
    :: said[w] == done -> L[w].is_withdrawn[q] = true
    :: else
    fi
}

#define answer_to_cancel(w, p) \
    (L[w].phase == FINAL      -> final : \
    (!L[w].is_loaded[p]       -> no_such_pack : \
    (specimen(p)              -> specimen : \
    (dead(w, p)               -> already_cancelled : \
                                 done))))

inline cancel(w, p) {
    forget(w);
    said[w] = answer_to_cancel(w, p);
    if
    :: said[w] == done -> L[w].is_cancelled[p] = true
    :: else
    fi
}

#define answer_to_unlock(w, p) \
    (L[w].phase == FINAL            -> final : \
    (!L[w].is_loaded[p]             -> no_such_pack : \
    (!is_locked(w, p)               -> not_locked : \
    (L[w].lifetime[p] >= LIFETIME   -> locked_for_good : \
                                       done))))

inline unlock(w, p) {
    forget(w);
    said[w] = answer_to_unlock(w, p);
    if
    :: said[w] == done ->
        L[w].wrong[p] = 0; L[w].last[p] = 0
#if defined(UNLOCKING_GIVES_A_NEW_LIFETIME)
        ; L[w].lifetime[p] = 0
#endif
    :: else
    fi
}

/* Takes back what scan n of pack p did, and nothing else. */
#if defined(ANNUL_NAMES_THE_PACK_ALONE)
#define to_annul(w, p, n)      posted_with(w, p)
#elif defined(ANNUL_TAKES_ONLINE_VOTES)
#define to_annul(w, p, n)      (posted_by(w, p, n) || L[w].vote[voter(p)] == ONLINE)
#else
#define to_annul(w, p, n)      posted_by(w, p, n)
#endif

#define answer_to_annul(w, p, n) \
    (L[w].phase == FINAL      -> final : \
    (!L[w].is_loaded[p]       -> no_such_pack : \
    (to_annul(w, p, n)        -> done : \
    (was_annulled(w, p, n)    -> already_annulled : \
                                 nothing_to_annul))))

inline annul(w, p, n) {
    forget(w);
    said[w] = answer_to_annul(w, p, n);
    if
    :: said[w] == done ->
        L[w].vote[voter(p)] = NOT_VOTED; L[w].with[voter(p)] = NONE; L[w].under[voter(p)] = NONE
    :: else
    fi
}

#define answer_to_open(w) \
    (L[w].phase == FINAL      -> final : \
    (L[w].phase == OPEN       -> already_open : \
    (L[w].phase == CLOSED     -> closed : \
                                 done)))
inline open_ballot(w)   { forget(w); said[w] = answer_to_open(w); if :: said[w] == done -> L[w].phase = OPEN :: else fi }

#define answer_to_close(w) \
    (L[w].phase == FINAL      -> final : \
    (L[w].phase == BEFORE     -> not_open : \
    (L[w].phase == CLOSED     -> already_closed : \
                                 done)))
inline close_ballot(w)  { forget(w); said[w] = answer_to_close(w); if :: said[w] == done -> L[w].phase = CLOSED :: else fi }

#define answer_to_extend(w) \
    (L[w].phase == FINAL      -> final : \
    (L[w].phase == BEFORE     -> not_open : \
                                 done))
inline extend_ballot(w) { forget(w); said[w] = answer_to_extend(w); if :: said[w] == done -> L[w].phase = OPEN :: else fi }
inline finish_ballot(w) { forget(w); said[w] = answer_to_extend(w); if :: said[w] == done -> L[w].phase = FINAL :: else fi }

/* Loading a register is no act of the rules, but nothing is loaded after final. */
inline load(w, q) {
    forget(w);
    if
    :: L[w].phase != FINAL ->
#if defined(LATE_PACKS_ARRIVE_LIVE)
        L[w].is_spared[q] = replaced(w, q) || in_a_list(w, q);
#endif
        L[w].is_loaded[q] = true
    :: else
    fi
}
