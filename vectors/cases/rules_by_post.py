"""Section 20, by post: the second table of rules.json."""

from cases.facts import BEFORE, CLOSED, DEAD_PACKS, FINAL, LOCKED, LOCKED_FOR_GOOD, a_ballot, a_pack, a_vote


def rules_by_post(judge):
    """The second table."""
    def cell(comment, rule, answer, recorded=(), flags="cell", pack=a_pack(), **facts):
        judge(f"post: {comment}", "post " + flags, "post", answer, recorded, pack=pack, rule=rule, **facts)

    for ballot in (BEFORE, a_ballot(), CLOSED, FINAL):
        cell(f"no such pack, {ballot['phase']}", 1, "no-such-pack", pack=None, ballot=ballot)
    scans_again(cell)
    cell("final", 3, "final", ballot=FINAL)
    cell("final, a specimen", 3, "final", flags="order", ballot=FINAL, pack=a_pack("specimen"))
    for vote in (a_vote("post"), a_vote()):
        cell(f"final, and the voter has voted, {vote['channel']}", 3, "final", flags="order", ballot=FINAL, vote=vote)
    cell("before", 4, "not-open", ballot=BEFORE)
    for pack in (a_pack("specimen"), a_pack("inactive"), *DEAD_PACKS):
        cell(f"before, {pack['standing']}", 4, "not-open", flags="order", ballot=BEFORE, pack=pack)
    for ballot in (a_ballot(), CLOSED):
        phase = ballot["phase"]
        cell(f"another scan of the pack, {phase}", 5, "scanned-before", ["post-set-aside scanned-before"], ballot=ballot,
             vote=a_vote("post", at=700), details={"at": 700, "table": "Table 1"})
        cell(f"another scan at the same table, {phase}", 5, "scanned-before", ["post-set-aside scanned-before"], ballot=ballot,
             vote=a_vote("post", table="Table 2", at=700), details={"at": 700, "table": "Table 2"})
        cell(f"the voter voted online with this pack, {phase}", 6, "already-voted",
             ["post-set-aside voted-online"], ballot=ballot, vote=a_vote(at=700),
             details={"channel": "online", "at": 700})
        cell(f"the voter voted online with another pack, {phase}", 6, "already-voted",
             ["post-set-aside voted-online"], ballot=ballot, vote=a_vote("online", "another"),
             details={"channel": "online", "at": 500})
        cell(f"the voter voted by post with another pack, {phase}", 6, "already-voted",
             ["post-set-aside voted-by-post"], ballot=ballot, vote=a_vote("post", "another"),
             details={"channel": "post", "at": 500})
        cell(f"the voter voted by post with another pack, by a scan of the same nonce, {phase}", 6, "already-voted",
             ["post-set-aside voted-by-post"], ballot=ballot, vote=a_vote("post", "another", nonce="N"),
             details={"channel": "post", "at": 500})
        for pack in (a_pack("specimen"), a_pack("inactive"), *DEAD_PACKS):
            standing = pack["standing"]
            cell(f"{standing}, {phase}", 7, "set-aside", [f"post-set-aside {standing}"], ballot=ballot, pack=pack,
                 details={"standing": standing})
        cell(f"live, {phase}", 8, "received", ["post-received"], ballot=ballot)
        cell(f"for post alone, {phase}", 8, "received", ["post-received"], ballot=ballot, pack=a_pack(kind="post-only"))
        cell(f"locked, {phase}", 8, "received", ["post-received"], ballot=ballot, pack=LOCKED)
        cell(f"locked for good, {phase}", 8, "received", ["post-received"], ballot=ballot, pack=LOCKED_FOR_GOOD)
    for pack in DEAD_PACKS:
        standing = pack["standing"]
        cell(f"another scan of the pack, {standing} since", 5, "scanned-before", ["post-set-aside scanned-before"],
             flags="order", pack=pack, vote=a_vote("post"), details={"at": 500})
        cell(f"{standing}, and the voter voted online with another pack", 6, "already-voted",
             ["post-set-aside voted-online"], flags="order", pack=pack, vote=a_vote("online", "another"),
             details={"channel": "online"})
    cell("inactive, and the voter voted by post with another pack", 6, "already-voted",
         ["post-set-aside voted-by-post"], flags="order", pack=a_pack("inactive"), vote=a_vote("post", "another"),
         details={"channel": "post"})
    late = a_ballot(closes=950)
    cell("past the closing time", 8, "received", ["ballot-closed at 950", "post-received"], flags="due", ballot=late)
    cell("past the closing time, no such pack", 1, "no-such-pack", ["ballot-closed at 950"], flags="due", ballot=late,
         pack=None)
    cell("past the closing time, another scan of the pack", 5, "scanned-before",
         ["ballot-closed at 950", "post-set-aside scanned-before"], flags="due", ballot=late, vote=a_vote("post"),
         details={"at": 500})


def scans_again(cell):
    """Rule 2: the same nonce, of the same pack."""
    mine, received = a_vote("post", nonce="N"), {"answer": "received"}
    before = {"answer": "scanned-before", "at": 500, "table": "Table 1"}
    online, post = ({"answer": "already-voted", "channel": channel, "at": 600} for channel in ("online", "post"))
    aside = {"answer": "set-aside", "standing": "inactive"}

    def again(comment, first, answer=None, recorded=(), flags="cell", **facts):
        """As it was answered first, or otherwise."""
        details = {name: value for name, value in first.items() if name != "answer"} if answer is None else {}
        cell(f"the same scan again: {comment}", 2, answer or first["answer"], recorded, flags, scan=first, details=details,
             **facts)

    for ballot in (a_ballot(), CLOSED, FINAL):
        phase = ballot["phase"]
        again(f"received, {phase}", received, ballot=ballot, vote=mine)
        again(f"received, and annulled since, {phase}", received, "annulled", ballot=ballot)
        again(f"received, annulled since, and another scan received, {phase}", received, "annulled", ballot=ballot,
              vote=a_vote("post", at=700))
        again(f"received, annulled since, and voted online, {phase}", received, "annulled", ballot=ballot,
              vote=a_vote(at=700))
        again(f"scanned before, {phase}", before, ballot=ballot, vote=a_vote("post"))
        again(f"scanned before, and the return annulled since, {phase}", before, ballot=ballot)
        for first in (online, post):
            again(f"already voted, {first['channel']}, {phase}", first, ballot=ballot,
                  vote=a_vote(first["channel"], "another", at=600))
        again(f"already voted by post with another pack, annulled since, {phase}", post, ballot=ballot)
        again(f"inactive, live since, {phase}", aside, ballot=ballot)
    for pack in DEAD_PACKS:
        again(f"received, {pack['standing']} since", received, flags="order", vote=mine, pack=pack)
    for standing in ("specimen", "inactive", "superseded", "withdrawn", "cancelled"):
        again(f"{standing}, as it still is", {"answer": "set-aside", "standing": standing}, pack=a_pack(standing))
    again("cancelled, and superseded since", {"answer": "set-aside", "standing": "cancelled"}, pack=a_pack("superseded"))
    again("inactive, live since, and another scan received", aside, vote=a_vote("post", at=700))
    again("received, past the closing time", received, recorded=["ballot-closed at 950"], flags="due",
          ballot=a_ballot(closes=950), vote=mine)
