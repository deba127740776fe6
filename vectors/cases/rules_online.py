"""Section 16, online: the first table of rules.json."""

from cases.facts import (BEFORE, CLOSED, DEAD_PACKS, FINAL, LOCKED, LOCKED_FOR_GOOD, a_ballot, a_pack, a_pass,
                         a_vote)


def rules_with_a_code(column, online):
    """The rows of the first table for `redeem` and `check`."""
    def cell(comment, *rest, **facts):
        online(f"{column}: {comment}", column, *rest, **facts)

    good, event = ("good", []) if column == "check" else ("accepted", ["vote-cast"])
    cell("no such pack", 1, "no-such-code", pack=None)
    cell("no such pack, and no ballot yet", 1, "no-such-code", flags="order", pack=None, ballot=BEFORE)
    cell("a pack for post alone", 2, "no-such-code", pack=a_pack(kind="post-only"))
    cell("a pack for post alone with which the voter voted", 2, "no-such-code", flags="order",
         pack=a_pack(kind="post-only"), vote=a_vote("post"))
    cell("a specimen", 3, "specimen", pack=a_pack("specimen"))
    for ballot in (BEFORE, CLOSED, FINAL):
        cell(f"a specimen, {ballot['phase']}", 3, "specimen", flags="order", pack=a_pack("specimen"), ballot=ballot)
    cell("inactive", 6, "not-active", pack=a_pack("inactive"))
    cell("inactive, wrong answers", 6, "not-active", flags="order", pack=a_pack("inactive"), answers="A")
    for ballot in (BEFORE, CLOSED, FINAL):
        cell(f"inactive, {ballot['phase']}", 6, "not-active", flags="order", pack=a_pack("inactive"), ballot=ballot)
    cell("before", 7, "not-open", ballot=BEFORE)
    cell("before, wrong answers", 7, "not-open", flags="order", ballot=BEFORE, answers="A")
    cell("before, cancelled", 7, "not-open", flags="order", ballot=BEFORE, pack=a_pack("cancelled"))
    for ballot in (CLOSED, FINAL):
        phase = ballot["phase"]
        cell(phase, 8, "closed", ballot=ballot)
        cell(f"{phase}, locked", 8, "closed", flags="order", ballot=ballot, pack=LOCKED)
        cell(f"{phase}, wrong answers", 8, "closed", flags="order", ballot=ballot, answers="A")
        cell(f"{phase}, and the voter has voted", 8, "closed", flags="order", ballot=ballot, vote=a_vote())
        cell(f"{phase}, cancelled", 8, "closed", flags="order", ballot=ballot, pack=a_pack("cancelled"))
    for answers in ("right", "B", "unreadable"):
        cell(f"locked, {answers} answers", 9, "locked", pack=LOCKED, answers=answers)
    cell("locked for good", 9, "locked", pack=LOCKED_FOR_GOOD)
    cell("locked, cancelled", 9, "locked", flags="order", pack=a_pack("cancelled", wrong=3))
    cell("locked, and the voter has voted", 9, "locked", flags="order", pack=LOCKED, vote=a_vote("post"))
    cell("unreadable", 10, "bad-answer", answers="unreadable")
    cell("unreadable, one attempt left", 10, "bad-answer", pack=a_pack(wrong=2), answers="unreadable")
    cell("unreadable, withdrawn", 10, "bad-answer", flags="order", pack=a_pack("withdrawn"), answers="unreadable")
    cell("wrong answers, the first", 11, "wrong-answers", ["wrong-answers"], answers="A", left=2)
    cell("wrong answers, the second", 11, "wrong-answers", ["wrong-answers"], pack=a_pack(wrong=1), answers="B", left=1)
    cell("wrong answers, the last before the lock", 11, "locked", ["wrong-answers"], pack=a_pack(wrong=2), answers="B")
    cell("the same wrong answers again", 11, "wrong-answers", pack=a_pack(wrong=2), answers="A", left=1)
    cell("wrong answers since unlocked, the lifetime nearer", 11, "wrong-answers", ["wrong-answers"],
         pack=a_pack(wrong=0, lifetime=3), answers="A", left=1)
    cell("the lifetime's last", 11, "locked", ["wrong-answers"], pack=a_pack(wrong=1, lifetime=4), answers="B")
    for pack in DEAD_PACKS:
        cell(f"{pack['standing']}, wrong answers", 11, "wrong-answers", ["wrong-answers"], flags="order", pack=pack,
             answers="B", left=2)
    cell("wrong answers, and the voter has voted", 11, "wrong-answers", ["wrong-answers"], flags="order",
         vote=a_vote(), answers="B", left=2)
    for pack in DEAD_PACKS:
        cell(pack["standing"], 12, "cancelled", pack=pack)
        cell(f"{pack['standing']}, and the voter has voted with this pack", 12, "cancelled", flags="order", pack=pack,
             vote=a_vote())
        cell(f"{pack['standing']}, and the voter has voted with another pack", 12, "cancelled", flags="order", pack=pack,
             vote=a_vote("post", "another"))
    second = [] if column == "check" else ["second-attempt"]
    for channel in ("online", "post"):
        for which in ("this", "another"):
            cell(f"the voter has voted, {channel}, with {which} pack", 13, "already-voted", second,
                 vote=a_vote(channel, which))
    cell("the twentieth second attempt", 13, "already-voted", second, flags="boundary", pack=a_pack(second=19),
         vote=a_vote())
    cell("the one after the twentieth", 13, "already-voted", flags="boundary", pack=a_pack(second=20), vote=a_vote())
    cell("all is right", 14, good, event)
    cell("all is right, one attempt left", 14, good, event, pack=a_pack(wrong=2))
    cell("all is right, after an unlocking", 14, good, event, pack=a_pack(wrong=0, lifetime=3))
    cell("one moment before the closing time", 14, good, event, flags="boundary", ballot=a_ballot(closes=1001))
    cell("at the closing time", 8, "closed", ["ballot-closed at 1000"], flags="boundary due", ballot=a_ballot(closes=1000))
    late = a_ballot(closes=950)
    cell("past the closing time", 8, "closed", ["ballot-closed at 950"], flags="due", ballot=late)
    cell("past the closing time, no such pack", 1, "no-such-code", ["ballot-closed at 950"], flags="due", ballot=late,
         pack=None)
    cell("past the closing time, a specimen", 3, "specimen", ["ballot-closed at 950"], flags="due", ballot=late,
         pack=a_pack("specimen"))
    cell("closed, and the clock set back before it", 8, "closed", flags="boundary", now=800,
         ballot=a_ballot("closed", closes=900), vote=None)


def rules_of_a_replay(online):
    """Rule 4."""
    mine = a_vote(key="K")
    for column in ("redeem", "pass"):
        online(f"{column}: the same request again", column, 4, "repeated", vote=mine)
        for pack in (LOCKED, LOCKED_FOR_GOOD, *DEAD_PACKS):
            state = "locked" if pack["wrong"] else pack["standing"]
            online(f"{column}: the same request again, {state}, {pack['lifetime']} wrong answers in its lifetime", column,
                   4, "repeated", flags="order", vote=mine, pack=pack)
        for ballot in (CLOSED, FINAL):
            online(f"{column}: the same request again, {ballot['phase']}", column, 4, "repeated", flags="order", vote=mine,
                   ballot=ballot)
        online(f"{column}: the same request again, past the closing time", column, 4, "repeated", ["ballot-closed at 950"],
               flags="due order", vote=mine, ballot=a_ballot(closes=950))
        online(f"{column}: the key of a vote with the voter's other pack", column, 13, "already-voted",
               ["second-attempt"], vote=a_vote("online", "another", key="K"))
    online("pass: the same request again with a pass that has expired", "pass", 4, "repeated", flags="order", vote=mine,
           given=a_pass(400, 900))
    for answers in ("A", "unreadable"):
        online(f"redeem: the key of the vote, {answers} answers", "redeem", 4, "key-reused", vote=mine, answers=answers)
    online("redeem: the key of the vote, the wrong answers given last", "redeem", 4, "key-reused", vote=mine, answers="A",
           pack=a_pack(wrong=1))
    online("redeem: the key of the vote, wrong answers, final", "redeem", 4, "key-reused", flags="order", vote=mine,
           answers="A", ballot=FINAL)
    online("check: the voter has voted with this pack, wrong answers", "check", 11, "wrong-answers", ["wrong-answers"],
           vote=mine, answers="A", left=2)


def rules_with_a_pass(online):
    """The last column of the first table."""
    def cell(comment, *rest, **facts):
        online(f"pass: {comment}", "pass", *rest, **facts)

    cell("it does not open", 1, "bad-pass", given=a_pass(opens=False))
    cell("it does not open, past the closing time", 1, "bad-pass", flags="order", given=a_pass(opens=False),
         ballot=a_ballot(closes=950))
    cell("no such pack", 1, "no-such-code", pack=None)
    cell("no such pack, before", 1, "no-such-code", flags="order", pack=None, ballot=BEFORE)
    cell("no such pack, expired", 1, "no-such-code", flags="order", pack=None, given=a_pass(400, 900))
    cell("a pack for post alone", 2, "no-such-code", pack=a_pack(kind="post-only"))
    cell("a pack for post alone, expired", 2, "no-such-code", flags="order", pack=a_pack(kind="post-only"),
         given=a_pass(400, 900))
    cell("a specimen", 3, "specimen", pack=a_pack("specimen"))
    cell("a specimen, expired", 3, "specimen", flags="order", pack=a_pack("specimen"), given=a_pass(400, 900))
    cell("no such pack, past the closing time", 1, "no-such-code", ["ballot-closed at 950"], flags="due", pack=None,
         ballot=a_ballot(closes=950))
    cell("it has expired", 5, "pass-expired", given=a_pass(400, 900))
    cell("it expires now", 5, "pass-expired", flags="boundary", given=a_pass(400, 1000))
    cell("it expires in a moment", 14, "accepted", ["vote-cast"], flags="boundary", given=a_pass(400, 1001))
    for ballot in (BEFORE, CLOSED, FINAL):
        cell(f"it has expired, {ballot['phase']}", 5, "pass-expired", flags="order", given=a_pass(400, 900), ballot=ballot)
    cell("it has expired, inactive", 5, "pass-expired", flags="order", given=a_pass(400, 900), pack=a_pack("inactive"))
    cell("it has expired, cancelled", 5, "pass-expired", flags="order", given=a_pass(400, 900), pack=a_pack("cancelled"))
    cell("inactive", 6, "not-active", pack=a_pack("inactive"))
    cell("inactive, before", 6, "not-active", flags="order", pack=a_pack("inactive"), ballot=BEFORE)
    cell("before", 7, "not-open", ballot=BEFORE)
    near = a_ballot("closed", closed=950)
    cell("closed, given before, in the grace", 14, "accepted", ["vote-cast"], ballot=near)
    cell("closed, given one moment before", 14, "accepted", ["vote-cast"], flags="boundary", ballot=near,
         given=a_pass(949))
    cell("closed, given at the close", 8, "closed", flags="boundary", ballot=near, given=a_pass(950))
    cell("closed, the last moment of the grace", 14, "accepted", ["vote-cast"], flags="boundary", ballot=near, now=1009)
    cell("closed, the end of the grace", 8, "closed", flags="boundary", ballot=near, now=1010)
    cell("closed, no grace", 8, "closed", flags="boundary", ballot=a_ballot("closed", closed=950, grace=0))
    cell("closed long ago", 8, "closed", ballot=CLOSED)
    cell("closed, in the grace, the clock set back before the close", 14, "accepted", ["vote-cast"], flags="boundary",
         ballot=near, now=900)
    cell("final, as soon after the close", 8, "closed", ballot=a_ballot("final", closed=950))
    cell("past the closing time, in the grace", 14, "accepted", ["ballot-closed at 950", "vote-cast"], flags="due",
         ballot=a_ballot(closes=950))
    cell("past the closing time, the grace over", 8, "closed", ["ballot-closed at 900"], flags="due",
         ballot=a_ballot(closes=900))
    for pack in (LOCKED, LOCKED_FOR_GOOD):
        cell(f"locked since, {pack['lifetime']} wrong answers in its lifetime", 14, "accepted", ["vote-cast"], pack=pack)
    cell("locked since, closed, in the grace", 14, "accepted", ["vote-cast"], pack=LOCKED, ballot=near)
    for pack in DEAD_PACKS:
        cell(f"{pack['standing']} since", 12, "cancelled", pack=pack)
        cell(f"{pack['standing']} since, closed, in the grace", 12, "cancelled", pack=pack, ballot=near)
        cell(f"{pack['standing']} since, and the voter has voted", 12, "cancelled", flags="order", pack=pack,
             vote=a_vote("post"))
    for channel in ("online", "post"):
        for which in ("this", "another"):
            cell(f"the voter has voted since, {channel}, with {which} pack, under another key", 13, "already-voted",
                 ["second-attempt"], key="L", vote=a_vote(channel, which))
    cell("the voter has voted since, closed, in the grace", 13, "already-voted", ["second-attempt"], vote=a_vote("post"),
         ballot=near)
    cell("the twentieth second attempt", 13, "already-voted", ["second-attempt"], flags="boundary",
         pack=a_pack(second=19), vote=a_vote())
    cell("the one after the twentieth", 13, "already-voted", flags="boundary", pack=a_pack(second=20), vote=a_vote())
    cell("all is right", 14, "accepted", ["vote-cast"])
