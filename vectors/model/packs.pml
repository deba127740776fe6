/* Who has which packs. Each pack is in a batch of its own, so that officers may load,
 * activate and withdraw each by itself. A search chooses one of these cases.
 *
 *   (none)            0 is Ann's, 1 replaces it; 2 is Bob's
 *   SAME              the same, but 2 is Ann's too, under her number
 *   DROPPED           the same, but 2 is Ann's too, under another number: that
 *                     membership was dropped, and 1 lists its pack
 *   DROPPED_AGAIN     the same, and 3 replaces 1
 *   DROPPED_ON        the same but for 3: 3 is of a third membership, under a number of its
 *                     own, for which that of 0 and 1 was dropped, and 3 lists their packs
 *   TWO_KEPT          0 and 1 are Ann's, under one number, and she keeps both; 2 is of
 *                     the membership that was dropped
 *   REPLACED_AGAIN    0 is Ann's, 1 replaces it, 3 replaces 1; 2 is Bob's
 *   RENUMBERED        2 is Ann's, 0 replaces it, 1 replaces 0 under another number
 *   RENUMBERED_AGAIN  0 is Ann's, 1 replaces it under another number, that of 2; 2 is of a
 *                     membership of hers that was dropped; 3 replaces 1
 *   SPECIMEN          2 is a specimen
 *   POST_ONLY         2 is Bob's, and for post alone
 *   JUDGED            0 has whatever kind and standing is tried: 1 replaces it, 2 lists it
 *                     with 1, and 3 replaces 1
 *
 *   voter(p)          the voter number of pack p
 *   person(p)         whose it is: 0 Ann, 1 Bob
 *   owner(v)          whose the voter number is
 *   replaces(q, p)    pack q replaces pack p
 *   lists(q, k, p)    the register of q has a pair: k is kept, activating q cancels p
 *   decided(q)        q was made when it was known whose the numbers are
 *   specimen(p), post_only(p)
 */
#if defined(DROPPED_AGAIN) || defined(DROPPED_ON) || defined(REPLACED_AGAIN) || defined(RENUMBERED_AGAIN) || defined(JUDGED)
#define PACKS 4
#else
#define PACKS 3
#endif

#if defined(JUDGED)
bool is_other, is_specimen, is_post_only;
#define voter(p)  (p == 1 && is_other -> 1 : 0)
#elif defined(A_NUMBER_FOR_EACH_PACK)
#define voter(p)  p
#elif defined(DROPPED_ON)
#define voter(p)  (p == 2 -> 1 : (p == 3 -> 2 : 0))
#elif defined(SAME)
#define voter(p)  0
#elif defined(RENUMBERED)
#define voter(p)  (p == 1 -> 0 : 1)
#elif defined(RENUMBERED_AGAIN)
#define voter(p)  (p == 0 -> 1 : 0)
#else
#define voter(p)  (p == 2 -> 1 : 0)
#endif

#if defined(SAME) || defined(DROPPED) || defined(DROPPED_AGAIN) || defined(DROPPED_ON) || defined(TWO_KEPT) || defined(RENUMBERED) || defined(RENUMBERED_AGAIN)
#define person(p) 0
#else
#define person(p) (p == 2 -> 1 : 0)
#endif

#if defined(TWO_KEPT)
#define replaces(q, p)  false
#elif PACKS == 4 && !defined(DROPPED_ON)
#define replaces(q, p)  (q == 1 && p == 0 || q == 3 && p == 1)
#elif defined(RENUMBERED)
#define replaces(q, p)  (q == 1 && p == 0 || q == 0 && p == 2)
#else
#define replaces(q, p)  (q == 1 && p == 0)
#endif

/* A register lists every pair of a pack that the person keeps (one of its own, or one that
 * the book has under the same number and that it does not replace) and a pack that the book
 * has under any other number of theirs, or for a dropped membership, whichever run decided. */
#if defined(JUDGED)
#define lists(q, k, p)  (q == 2 && k == 1 && p == 0)
#elif defined(DROPPED_AGAIN) && defined(PAIRS_ARE_NOT_CARRIED_ON)
#define lists(q, k, p)  (q == 1 && k == 1 && p == 2)
#elif defined(DROPPED_AGAIN) && defined(KEPT_ARE_NEW_PACKS_ALONE)
#define lists(q, k, p)  ((q == 1 && k == 1 || q == 3 && k == 3) && p == 2)
#elif defined(DROPPED_AGAIN)
#define lists(q, k, p)  ((q == 1 && k == 1 || q == 3 && (k == 0 || k == 3)) && p == 2)
#elif defined(DROPPED_ON) && !defined(DROPPED_ALONE_ARE_LISTED)
#define lists(q, k, p)  (q == 1 && k == 1 && p == 2 || q == 3 && k == 3 && p != 3)
#elif defined(DROPPED_ON)
#define lists(q, k, p)  (q == 1 && k == 1 && p == 2 || q == 3 && k == 3 && p < 2)
#elif defined(DROPPED)
#define lists(q, k, p)  (q == 1 && k == 1 && p == 2)
#elif defined(TWO_KEPT)
#define lists(q, k, p)  (q == 1 && (k == 0 || k == 1) && p == 2)
#elif defined(RENUMBERED) && !defined(DROPPED_ALONE_ARE_LISTED)
#define lists(q, k, p)  (q == 1 && k == 1 && (p == 0 || p == 2))
#elif defined(RENUMBERED_AGAIN) && !defined(DROPPED_ALONE_ARE_LISTED)
#define lists(q, k, p)  ((q == 1 && k == 1 || q == 3 && k == 3) && (p == 0 || p == 2))
#elif defined(RENUMBERED_AGAIN)
#define lists(q, k, p)  ((q == 1 && k == 1 || q == 3 && k == 3) && p == 2)
#else
#define lists(q, k, p)  false
#endif

#define decided(q)  (q == 1 || q == 3)

#if defined(JUDGED)
#define specimen(p)   (p == 0 && is_specimen)
#define post_only(p)  (p == 0 && is_post_only)
#elif defined(SPECIMEN)
#define specimen(p)   (p == 2)
#define post_only(p)  false
#elif defined(POST_ONLY)
#define specimen(p)   false
#define post_only(p)  (p == 2)
#else
#define specimen(p)   false
#define post_only(p)  false
#endif

#if defined(A_NUMBER_FOR_EACH_PACK)
#define VOTERS PACKS
#define owner(v)  person(v)
#elif defined(DROPPED_ON)
#define VOTERS 3
#define owner(v)  0
#else
#define VOTERS 2
#define owner(v)  (v == 0 -> 0 : person(2))
#endif
