"""Section 19: audit.json, by the rules of section 16."""

from builder import ELECTION, VectorFile, fixed, unhex, word
from cases.entries import AUTUMN
from counterfoil import sections as ref
from counterfoil.sections import Event


def evaluate(t):
    registers = [(register["batchKind"], [
        (ref.number(bytes.fromhex(row["pack"])), bytes.fromhex(row["voterNumber"]), row["kind"],
         ref.number(bytes.fromhex(row["replaces"]))) for row in register["rows"]]) for register in t["registers"]]
    election, digest = unhex(t, "electionId", "electionDigest")
    online, by_post = ref.audit_rules([bytes.fromhex(entry) for entry in t["entries"]], registers, digest,
                                      ref.election_constant(election), (t["lock"], t["lifetime"]))
    return {"votesOnline": online, "votesByPost": by_post}


# Packs by numbers of ours: 1 to 5 in the first batch, of which 5 is for post alone and 2 has the voter of 1; 6 in the
# second; the specimen 7; 8, which replaces 4; 9, which replaces 8, and 10, which replaces 3 and carries the number of 6.
TOWN = [(1, [1, 2, 3, 4, 5]), (1, [6]), (2, [7]), (3, [8]), (3, [9, 10])]
VOTERS, KINDS, REPLACED = {2: 1, 8: 4, 9: 4, 10: 6}, {5: 2, 7: 3}, {8: 4, 9: 8, 10: 3}


def build():
    f = VectorFile(
        "audit.json",
        "Section 19, an audit, point 2 and the first of point 1: registers in the order of loading, by their batch kind "
        "and of each row what the rules ask for, and the entries of a log. It follows the rules and holds so many votes, "
        "or `entry` is the number of the first entry that does not. Register digests are for point 4, and those here are "
        "of nothing.",
        {"clean": "a log that a desk could have written", "created": "the first entry, and no other", "online": "votes and "
         "attempts", "post": "envelopes", "officers": "what officers do to packs", "batches": "batches and returns",
         "ballot": "opening, closing, the end", "boundary": "the moment itself, and the one beside it",
         "breaks-a-rule": "reason: an entry that does not follow the rules"},
        evaluate)
    number = {n: ref.pack_number(word(12, f"audit pack {n}")) for n in (*range(1, 11), 99)}
    voter = {n: fixed(f"audit voter {VOTERS.get(n, n)}", 16) for n in number}
    registers = [{"batchKind": kind, "rows": [
        {"pack": ref.u64(number[n]).hex(), "voterNumber": voter[n].hex(), "kind": KINDS.get(n, 1),
         "replaces": ref.u64(number.get(REPLACED.get(n), 0)).hex()} for n in packs]} for kind, packs in TOWN]
    at = lambda second: AUTUMN + 1000 * second
    digest = fixed("election digest")
    created = Event("created", at(0), detail=digest)
    loaded = [Event("register-loaded", at(1), batch=n, count=len(packs), detail=fixed(f"register {n}") * 2)
              for n, (_, packs) in enumerate(TOWN, 1)]
    activated = [Event("batch-activated", at(2), batch=n, count=count) for n, count in ((1, 0), (3, 1), (4, 0))]
    # Open from 3 until 1,000, with 60 seconds of grace.
    opened = Event("ballot-opened", at(3), count=60_000, detail=ref.u64(at(1000)))
    ready = [created, Event("desk-opened", at(0)), *loaded, *activated, opened]

    def log(comment, flags, entries, **expected):
        f.add(comment, flags, {"operation": "follow", "electionId": ELECTION.hex(), "electionDigest": digest.hex(),
                               "lock": 3, "lifetime": 5, "registers": registers,
                               "entries": [entry.encoded().hex() for entry in entries]}, **expected)

    def timed(events, second):
        """Events of which each has its own time, or is a second after the one before."""
        return [event if event.at else Event(event.type, at(second + i), event.pack, event.voter, event.batch, event.count,
                                             event.detail) for i, event in enumerate(events)]

    def fine(comment, flags, *events, second=10, before=ready, **expected):
        log(comment, "clean " + flags, [*before, *timed(events, second)], **expected)

    def bad(comment, flags, *events, second=10, before=ready):
        """The last event breaks a rule. Without it the log is clean, which is the control."""
        entries = [*before, *timed(events, second)]
        log(comment, flags, entries, reason="breaks-a-rule", entry=len(entries) - 1)
        control = f.run({**f.tests[-1], "entries": f.tests[-1]["entries"][:-1]})
        assert control["result"] == "valid" or entries[-2].detail[:1] == b"\3", comment

    def vote(n, of=None, **more):
        return Event("vote-cast", more.get("at", 0), number[n], voter[of or n], detail=fixed("fingerprint", 16))

    def about(type, n, detail=b"", **more):
        return Event(type, more.get("at", 0), number[n], detail=detail)

    post = lambda n, of=None: Event("post-received", 0, number[n], voter[of or n])
    annul = lambda n, of=None: Event("post-annulled", 0, number[n], voter[of or n])
    wrong = lambda n, tag, at=0: Event("wrong-answers", at, number[n], detail=fixed(f"tag {tag}", 16))
    second = lambda n: about("second-attempt", n)
    aside = lambda n, why: about("post-set-aside", n, ref.u8(ref.SET_ASIDE[why]))
    cancel, missing, unlock = (lambda n: about("pack-cancelled", n, b"\2"), lambda n: about("pack-cancelled", n, b"\3"),
                               lambda n: about("pack-unlocked", n))
    activate = lambda n, count: Event("batch-activated", 0, batch=n, count=count)
    withdraw, reconcile = (lambda n: Event("batch-withdrawn", 0, batch=n),
                           lambda n, count: Event("batch-reconciled", 0, batch=n, count=count))
    closed = lambda second, own=0: Event("ballot-closed", own, detail=ref.u64(at(second)))
    extended = lambda second: Event("ballot-extended", 0, detail=ref.u64(at(second)))
    desk, final = Event("desk-opened", 0), Event("ballot-final", 0)

    fine("created, and nothing else", "created", before=[created], votesOnline=0)
    fine("ready", "", votesOnline=0, votesByPost=0)
    fine("a bit of everything", "", vote(1), second(2), post(5), annul(5), post(5), aside(5, "scanned-before"),
         aside(1, "voted-online"), aside(6, "inactive"), aside(7, "specimen"), aside(4, "superseded"), wrong(3, 1), wrong(3, 2),
         wrong(3, 3), unlock(3), wrong(3, 3), wrong(3, 2), cancel(6), activate(2, 0), closed(28), extended(2000), vote(8),
         closed(31), post(3), final, votesOnline=2, votesByPost=2)
    log("nothing created", "created", ready[1:], reason="breaks-a-rule", entry=0)
    log("created in another election", "created", [Event("created", at(0), detail=fixed("another digest")), *ready[1:]],
        reason="breaks-a-rule", entry=0)
    bad("created again", "created", Event("created", at(9), detail=digest))
    bad("an event that is none: superseded by an entry of its own", "created", about("pack-cancelled", 3, b"\1"))

    for n, why in ((6, "inactive"), (7, "a specimen"), (5, "for post alone"), (4, "superseded")):
        bad(f"a vote: {why}", "online", vote(n))
        if n != 5:
            bad(f"received: {why}", "post", post(n))
        if n != 4:
            bad(f"wrong answers: {why}", "online", wrong(n, 1))
    bad("a vote: cancelled", "online", cancel(3), vote(3))
    bad("a vote: withdrawn", "online", withdraw(1), vote(3))
    bad("a vote: missing at the print house", "online", missing(3), reconcile(1, 1), vote(3))
    bad("a vote: a pack of no register", "online", vote(99))
    bad("a vote: of another voter", "online", vote(3, 1))
    bad("a vote: the voter's second, same pack", "online", vote(1), vote(1))
    bad("a vote: the voter's second, another pack", "online", vote(1), vote(2))
    bad("a vote: the voter voted by post", "online", post(3), vote(3))
    bad("a vote: the voter voted by post with another pack", "online", post(1), vote(2))
    bad("a vote: after an annulled one, and then another", "online", post(3), annul(3), vote(3), vote(3))
    fine("a vote after an annulled one", "online", post(3), annul(3), vote(3), votesOnline=1, votesByPost=0)
    fine("a vote with a locked pack, which a pass allows", "online", wrong(3, 1), wrong(3, 2), wrong(3, 3), vote(3), votesOnline=1)
    fine("a vote, closed, the last moment of the grace", "online boundary", closed(10), vote(3, at=at(70) - 1), votesOnline=1)
    bad("a vote, closed, the end of the grace", "online boundary", closed(10), vote(3, at=at(70)))
    fine("a vote, the last moment before the closing time", "online boundary", vote(3, at=at(1000) - 1), votesOnline=1)
    bad("a vote at the closing time, and no close before it", "online boundary", vote(3, at=at(1000)))
    fine("a vote at the closing time, behind the close", "online boundary", closed(1000, at(1000)), vote(3, at=at(1000)),
         votesOnline=1)
    unopened = ready[:-1]
    for comment, event in (("a vote", vote(3)), ("wrong answers", wrong(3, 1)), ("received", post(3)),
                           ("set aside", aside(6, "inactive"))):
        bad(f"{comment}: before", "online" if event.type != "post-received" else "post", event, before=unopened)

    locking = [wrong(3, 1), wrong(3, 2), wrong(3, 3)]
    fine("wrong answers: the same again, but not the last", "online", wrong(3, 1), wrong(3, 2), wrong(3, 1))
    bad("wrong answers: the same as the last", "online", wrong(3, 1), wrong(3, 1))
    fine("wrong answers: the same as the last before the unlock", "online", *locking, unlock(3), wrong(3, 3))
    bad("wrong answers: locked", "online", *locking, wrong(3, 4))
    bad("wrong answers: the lifetime is used up", "online", *locking, unlock(3), wrong(3, 4), wrong(3, 5), wrong(3, 6))
    bad("wrong answers: closed, in the grace", "online", closed(10), wrong(3, 1))
    fine("wrong answers: cancelled, and the voter has voted", "online", vote(3), cancel(3), wrong(3, 1))
    bad("a second attempt: no vote", "online", second(3))
    bad("a second attempt: the vote was annulled", "online", post(3), annul(3), second(3))
    bad("a second attempt: cancelled since", "online", vote(3), cancel(3), second(3))
    bad("a second attempt: with a pack for post alone", "online", post(5), second(5))
    fine("a second attempt: the twentieth, with either pack", "online boundary", vote(1), *[second(1)] * 20, *[second(2)] * 20)
    bad("a second attempt: the one after the twentieth", "online boundary", vote(1), *[second(1)] * 21)
    fine("a second attempt: closed, in the grace", "online", vote(3), closed(11), second(3))
    bad("a second attempt: closed, behind the grace", "online", vote(3), closed(11), about("second-attempt", 3, at=at(71)))

    bad("received: of another voter", "post", post(3, 1))
    bad("received: the voter voted online", "post", vote(3), post(3))
    bad("received: the voter voted by post", "post", post(1), post(2))
    bad("received: a pack of no register", "post", post(99))
    fine("received: locked", "post", *locking, post(3), votesByPost=1)
    fine("received: closed", "post", closed(10), post(3), votesByPost=1)
    bad("received: past the closing time, and no close before it", "post", post(3), second=1000)
    bad("received: final", "post", closed(10), final, post(3))
    for why in ref.SET_ASIDE:
        bad(f"set aside, live: {why}", "post", aside(3, why))
    for before, right in (((vote(3),), "voted-online"), ((post(3),), "scanned-before"), ((cancel(3),), "cancelled"),
                          ((withdraw(1),), "withdrawn"), ((cancel(3), withdraw(1)), "withdrawn"),
                          ((vote(3), cancel(3)), "voted-online"), ((post(3), withdraw(1)), "scanned-before")):
        done = " and ".join(event.type for event in before)
        fine(f"set aside after {done}: {right}", "post", *before, aside(3, right))
        bad(f"set aside after {done}: live, as another", "post", *before, aside(
            3, "cancelled" if right != "cancelled" else "withdrawn"))
    fine("set aside: voted by post with another pack", "post", post(1), aside(2, "voted-by-post"))
    bad("set aside: scanned before, with another pack", "post", post(1), aside(2, "scanned-before"))
    bad("set aside: superseded, as cancelled", "post", aside(4, "cancelled"))
    fine("set aside: superseded, the replacement's batch withdrawn since", "post", withdraw(4), aside(4, "superseded"))
    fine("set aside: superseded, the replacement replaced in turn", "post", activate(5, 0), aside(8, "superseded"),
         aside(4, "superseded"), post(9), votesByPost=1)
    fine("set aside: superseded by a pack that carries another number", "post", activate(5, 0), aside(3, "superseded"),
         post(10), votesByPost=1)
    fine("received, and superseded since by a pack that carries another number", "post", post(3), activate(5, 0),
         aside(3, "scanned-before"), vote(10), votesByPost=1, votesOnline=1)
    bad("received: superseded by a pack that carries another number", "post", activate(5, 0), post(3))
    bad("a vote: superseded by a pack that carries another number", "online", activate(5, 0), vote(3))
    bad("a vote: with the pack that carries another number, whose voter has voted", "online", activate(2, 0), activate(5, 0),
        vote(6), vote(10))
    bad("annulled: no vote", "post", annul(3))
    bad("annulled: an online vote", "post", vote(3), annul(3))
    bad("annulled: twice", "post", post(3), annul(3), annul(3))
    bad("annulled: with another pack", "post", post(1), annul(2))
    bad("annulled: of another voter", "post", post(3), annul(3, 1))
    fine("annulled: closed and cancelled since", "post", post(3), closed(11), cancel(3), annul(3), votesByPost=0)
    bad("annulled: final", "post", post(3), closed(11), final, annul(3))

    bad("cancelled: twice", "officers", cancel(3), cancel(3))
    for comment, n, before in (("superseded", 4, ()), ("a specimen", 7, ()), ("withdrawn", 3, (withdraw(1),)), ("of no register", 99, ()),
                               ("missing before", 3, (missing(3), reconcile(1, 1)))):
        bad(f"cancelled: {comment}", "officers", *before, cancel(n))
    fine("cancelled: inactive, locked, and with a vote", "officers", cancel(6), *locking, vote(1), cancel(3), cancel(1))
    bad("unlocked: not locked", "officers", unlock(3))
    bad("unlocked: two wrong answers", "officers", wrong(3, 1), wrong(3, 2), unlock(3))
    bad("unlocked: twice", "officers", *locking, unlock(3), unlock(3))
    bad("unlocked: the lifetime is used up", "officers", *locking, unlock(3), wrong(3, 4), wrong(3, 5), unlock(3))
    fine("unlocked: closed and cancelled", "officers", *locking, cancel(3), closed(14), unlock(3))
    for comment, event in (("cancelled", cancel(3)), ("activated", activate(2, 0)), ("withdrawn", withdraw(1)),
                           ("opened", Event("ballot-opened", 0, detail=bytes(8))), ("extended", extended(2000)), ("final", final)):
        bad(f"{comment}: past the closing time, and no close before it", "officers boundary", event, second=1000)
    fine("a desk opened, and a register loaded, past the closing time", "ballot boundary", Event("desk-opened", at(1001)),
         Event("register-loaded", at(1002), batch=5, count=2, detail=bytes(64)), closed(1000, at(1003)),
         before=[event for event in ready if event is not loaded[4]])

    bad("activated: twice", "batches", activate(1, 0))
    bad("activated: withdrawn", "batches", withdraw(2), activate(2, 0))
    for n in (0, 6, 2**32 - 1):
        bad(f"activated: batch {n}", "batches", activate(n, 0))
        bad(f"withdrawn: batch {n}", "batches", withdraw(n))
        bad(f"reconciled: batch {n}", "batches", reconcile(n, 0))
    bad("activated as reconciled, and was not", "batches", activate(2, 1))
    bad("activated as not reconciled, and was", "batches", reconcile(2, 0), activate(2, 0))
    bad("specimens activated as not reconciled", "batches", activate(3, 0), before=[e for e in ready if e is not activated[1]])
    fine("specimens reconciled, and activated", "batches", reconcile(3, 0), activate(3, 1),
         before=[e for e in ready if e is not activated[1]])
    fine("reconciled and activated", "batches", reconcile(2, 0), activate(2, 1), vote(6), votesOnline=1)
    fine("activated, and reconciled since", "batches", activate(2, 0), missing(6), reconcile(2, 1), aside(6, "cancelled"))
    bad("withdrawn: twice", "batches", withdraw(1), withdraw(1))
    bad("reconciled: twice", "batches", reconcile(1, 0), reconcile(1, 0))
    bad("reconciled: one missing, and none was cancelled", "batches", reconcile(2, 1))
    bad("reconciled: none missing, and one was cancelled", "batches", missing(6), reconcile(2, 0))
    bad("reconciled: two missing, and one was cancelled", "batches", missing(1), reconcile(1, 2))
    bad("missing, and then something else", "batches", missing(1), vote(3))
    bad("missing, and then a cancelling by an officer", "batches", missing(1), cancel(3))
    bad("missing, and then a desk is opened", "batches", missing(1), desk)
    fine("missing: cancelled before, superseded, and two more", "batches", cancel(3), missing(3), missing(4), missing(1), missing(2),
         reconcile(1, 4), aside(3, "cancelled"), aside(4, "superseded"))
    bad("missing, and the end of the log", "batches", missing(1))
    bad("missing: of no register", "batches", missing(99))
    bad("loaded: the wrong batch", "batches", Event("register-loaded", at(1), batch=3, count=1, detail=bytes(64)), before=ready[:3])
    bad("loaded: a batch again", "batches", Event("register-loaded", at(1), batch=1, count=5, detail=bytes(64)), before=ready[:3])
    bad("loaded: batch 0", "batches", Event("register-loaded", at(1), detail=bytes(64)), before=ready[:2])
    bad("loaded: final", "batches", closed(10), final, Event("register-loaded", 0, batch=5, count=1, detail=bytes(64)),
        before=[e for e in ready if e is not loaded[4]])
    late = [created, *loaded[:3], Event("batch-activated", at(2), batch=1), opened]
    bad("about a pack whose register comes later", "batches", aside(8, "inactive"), before=late)
    fine("loaded while open, and activated: the pack that it replaces is superseded", "batches", vote(3), Event(
        "register-loaded", 0, batch=4, count=1, detail=bytes(64)), activate(4, 0), aside(4, "superseded"), vote(8), before=late,
        votesOnline=2)

    bad("opened: twice", "ballot", Event("ballot-opened", 0, detail=bytes(8)))
    bad("opened: closed", "ballot", closed(10), Event("ballot-opened", 0, detail=bytes(8)))
    for closes in (1, 0):
        bad(f"opened: closing {closes} before now", "ballot boundary", Event("ballot-opened", at(9), detail=ref.u64(at(9) - closes)),
            before=unopened)
    fine("opened: closing in a moment", "ballot boundary", Event("ballot-opened", at(9), detail=ref.u64(at(9) + 1)), before=unopened)
    fine("opened: a grace of 24 hours", "ballot boundary", Event("ballot-opened", at(9), count=86_400_000, detail=bytes(8)),
         before=unopened)
    bad("opened: a grace above 24 hours", "ballot boundary", Event("ballot-opened", at(9), count=86_400_001, detail=bytes(8)),
        before=unopened)
    bad("extended: before", "ballot", extended(2000), before=unopened)
    bad("extended: until now", "ballot boundary", extended(10))
    fine("extended: closed, and a vote", "ballot", closed(10), extended(2000), vote(3), votesOnline=1)
    fine("extended: to an earlier time", "ballot", extended(12), closed(12, at(13)))
    bad("closed: before", "ballot", closed(10), before=unopened)
    bad("closed: twice", "ballot", closed(10), closed(11))
    for second in (9, 11, 1000):
        bad(f"closed: at {second}, written at 10", "ballot boundary", closed(second))
    fine("closed: past the closing time, at that", "ballot", closed(1000, at(1200)))
    bad("closed: past the closing time, at its own", "ballot boundary", closed(1200, at(1200)))
    bad("final: open", "ballot", final)
    bad("final: before", "ballot", final, before=unopened)
    for event in (desk, final, closed(12), extended(2000)):
        bad(f"final, and then {event.type}", "ballot", closed(10), final, event)
    return f
