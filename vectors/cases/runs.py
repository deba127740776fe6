"""Section 16: runs of the issuing room with members who may be one person, in doubles.json."""

from builder import ELECTION, fixed, unhex, word
from counterfoil import sections as ref

VOTER_KEY = fixed("voter key")


def evaluate_run(t):
    number = lambda text: ref.number(bytes.fromhex(text))
    batches = [ref.IssuedBatch(
        batch["batchKind"],
        [(*unhex(row, "voterNumber"), number(row["pack"]), *unhex(row, "foldedNumber")) for row in batch["rows"]],
        [(*unhex(row, "own", "foldedNumber", "carried"), number(row["pack"])) for row in batch["doubles"]])
        for batch in t["book"]]
    run = ref.Run(*unhex(t, "electionId", "voterKey"), t["voterIDs"], t["batchKind"], t["skipIssued"], t["roll"],
                  [(row["group"], row["voterId"], row["decision"]) for row in t["decisions"]],
                  [number(pack) for pack in t["listed"]], batches)
    packs, doubles, pairs = ref.plan_run(run)
    text = lambda pack: pack and ref.u64(pack).hex()
    return {"packs": [{"voterId": pack.voter_id, "carried": pack.carried.hex(), "replaces": ref.u64(pack.replaces).hex()}
                      for pack in packs],
            "doubles": [{"own": own.hex(), "foldedNumber": folded.hex(), "carried": carried.hex(), "ordinal": ordinal}
                        for own, folded, carried, ordinal in doubles],
            "pairs": [{"kept": text(kept), "keptOrdinal": ordinal, "cancelled": text(cancelled)}
                      for kept, ordinal, cancelled in pairs]}


class History:
    """A book that grows by runs."""

    def __init__(self, f, voter_ids="any-case"):
        self.f, self.voter_ids, self.batches, self.packs = f, voter_ids, [], {}

    def own(self, member):
        return ref.voter_number(ELECTION, VOTER_KEY, member)

    def inputs(self, roll, decisions=(), listed=(), skip=False, kind=None):
        """`decisions` as `group id decision`, `listed` by the names that packs have here."""
        kind = kind or (ref.REPLACEMENTS if listed else ref.MEMBERS)
        return {"operation": "run", "electionId": ELECTION.hex(), "voterKey": VOTER_KEY.hex(), "voterIDs": self.voter_ids,
                "batchKind": kind, "skipIssued": skip, "roll": list(roll),
                "decisions": [dict(zip(("group", "voterId", "decision"), row)) for row in decisions],
                "listed": [ref.u64(self.packs.get(name) or name).hex() for name in listed],
                "book": [{"batchKind": batch.kind, "rows": [
                    {"voterNumber": voter.hex(), "pack": ref.u64(pack).hex(), "foldedNumber": folded.hex()}
                    for voter, pack, folded in sorted(batch.rows)], "doubles": [
                    {"own": own.hex(), "foldedNumber": folded.hex(), "carried": carried.hex(), "pack": ref.u64(pack).hex()}
                    for own, folded, carried, pack in batch.doubles]} for batch in self.batches]}

    def issue(self, names, roll, *rest, kind=None, **facts):
        """A run that is done: its packs are called so, in the order of their ordinals."""
        run = evaluate_run(self.inputs(roll, *rest, kind=kind, **facts))
        names = names.split()
        assert len(names) == len(run["packs"])
        numbers = [ref.pack_number(word(12, f"run pack {name}")) for name in names]
        self.packs |= dict(zip(names, numbers))
        folded = lambda member: self.own(ref.folded_id(member, self.voter_ids))
        self.batches.append(ref.IssuedBatch(kind or (ref.REPLACEMENTS if rest[1:] else ref.MEMBERS), [
            (bytes.fromhex(pack["carried"]), number, folded(pack["voterId"])) for pack, number in zip(run["packs"], numbers)], [
            (*unhex(row, "own", "foldedNumber", "carried"), numbers[row["ordinal"] - 1] if row["ordinal"] else 0)
            for row in run["doubles"]]))
        return self

    def specimens(self, count):
        self.batches.append(ref.IssuedBatch(ref.SPECIMENS, [
            (number, ref.pack_number(word(12, f"run specimen {i}")), number) for i in range(1, count + 1)
            for number in [self.own(ref.specimen_voter_id("proof", i))]], []))
        return self

    def run(self, comment, flags, roll, *rest, packs=None, doubles=None, pairs=None, reason=None, **facts):
        """`packs` as {id: id of the number that it carries}, `doubles` as {id: (id of the number, ordinal or None)},
        `pairs` as `kept cancelled`, by names or ordinals."""
        inputs = self.inputs(roll, *rest, **facts)
        self.f.add(comment, f"run {flags}", inputs, **({"reason": reason} if reason else {}))
        if reason:
            return
        done, name = self.f.tests[-1], {ref.u64(number).hex(): name for name, number in self.packs.items()}
        assert [(pack["voterId"], pack["carried"]) for pack in done["packs"]] == [
            (member, self.own(of).hex()) for member, of in packs.items()], (comment, done)
        assert {row["own"]: (row["carried"], row["ordinal"]) for row in done["doubles"]} == {
            self.own(member).hex(): (self.own(of).hex(), ordinal) for member, (of, ordinal) in (doubles or {}).items()}, comment
        found = {(pair["keptOrdinal"] or name[pair["kept"]], name[pair["cancelled"]]) for pair in done["pairs"]}
        assert found == set(pairs or ()), (comment, found)


def add_runs(f):
    of_members(f)
    of_replacements(f)
    of_coinciding_ids(f)


def plain(*members):
    return {member: member for member in members}


SAME_DROP = [("1", "100", "same"), ("1", "200", "drop")]
BOTH_SAME = [("1", "100", "same"), ("1", "200", "same")]


def of_members(f):
    new = History(f)
    new.run("nobody is decided upon", "members", ["100", "200"], packs=plain("100", "200"))
    new.run("two are one person", "members", ["200", "100", "300"], BOTH_SAME, packs={"200": "100", "100": "100", "300": "300"},
            doubles={"200": ("100", 1)})
    new.run("one of them is dropped", "members", ["100", "200", "300"], SAME_DROP, packs=plain("100", "300"),
            doubles={"200": ("100", None)})
    new.run("the dropped one has the lowest id", "members", ["100", "200"], [("1", "200", "same"), ("1", "100", "drop")],
            packs={"200": "100"}, doubles={"200": ("100", 1), "100": ("100", None)})
    new.run("two are different", "members", ["100", "200"], [("1", "100", "different"), ("1", "200", "different")],
            packs=plain("100", "200"))
    new.run("two groups", "members", ["100", "200", "300", "400"], [*SAME_DROP, ("2", "300", "drop"), ("2", "400", "same")],
            packs={"100": "100", "400": "300"}, doubles={"200": ("100", None), "300": ("300", None), "400": ("300", 2)})
    new.run("dropped, and neither on the roll nor issued", "members refused", ["100"], SAME_DROP, reason="decided-unknown")
    new.run("same, and neither on the roll nor issued", "members refused", ["200", "300"], BOTH_SAME, reason="decided-unknown")
    new.run("nobody is left", "members refused", [], reason="nobody")
    new.run("the roll has a member twice", "members refused", ["100", "100"], reason="repeated-voter")
    new.run("the roll has a dropped member twice", "members refused", ["100", "200", "200"], SAME_DROP, reason="repeated-voter")
    new.run("a group of one", "members refused", ["100", "200"], [("1", "100", "same")], reason="incomplete-group")
    new.run("a group in which all are dropped", "members refused", ["100", "200"], [("1", "100", "drop"), ("1", "200", "drop")],
            reason="incomplete-group")

    one = History(f).specimens(2).issue("a", ["100"])
    one.run("one was issued before", "members issued refused", ["100", "200"], reason="already-issued")
    one.run("one was issued before, and is left out", "members issued", ["100", "200"], skip=True, packs=plain("200"))
    one.run("one was issued before, is left out, and is on the roll twice", "members issued", ["100", "200", "100"], skip=True,
            packs=plain("200"))
    one.run("all were issued before, and are left out", "members issued refused", ["100"], skip=True, reason="nobody")
    one.run("one of two was issued before, and is left out", "members issued", ["100", "200"], BOTH_SAME, skip=True,
            packs={"200": "100"}, doubles={"200": ("100", 1)})
    one.run("one of two was issued before, and is not left out", "members issued refused", ["100", "200"], BOTH_SAME,
            reason="already-issued")
    one.run("one of two was issued before, and is not on the roll", "members issued", ["200"], BOTH_SAME, packs={"200": "100"},
            doubles={"200": ("100", 1)})
    one.run("the dropped one was issued before: a pair", "members issued pairs", ["100", "200"],
            [("1", "100", "drop"), ("1", "200", "same")], packs={"200": "100"},
            doubles={"200": ("100", 1), "100": ("100", None)}, pairs=[(1, "a")])
    one.run("the dropped one was issued before, and is not on the roll: a pair", "members issued pairs", ["200"],
            [("1", "100", "drop"), ("1", "200", "same")], packs={"200": "100"},
            doubles={"200": ("100", 1), "100": ("100", None)}, pairs=[(1, "a")])
    one.run("the dropped one was issued before, two are kept", "members issued pairs", ["200", "300"],
            [("1", "100", "drop"), ("1", "200", "same"), ("1", "300", "same")], packs={"200": "100", "300": "100"},
            doubles={"200": ("100", 1), "300": ("100", 2), "100": ("100", None)}, pairs=[(1, "a"), (2, "a")])

    two = History(f).issue("a b", ["100", "200"])
    two.run("two were issued under different numbers", "members issued refused", ["100", "200", "300"], BOTH_SAME, skip=True,
            reason="two-numbers")
    two.run("one of them is dropped, in a run of others: a pair of packs of the book", "members issued pairs",
            ["100", "200", "300"], SAME_DROP, skip=True, packs=plain("300"), doubles={"200": ("100", None)}, pairs=[("a", "b")])
    two.run("one of them is dropped, and a third is new", "members issued pairs", ["300"], [*SAME_DROP, ("1", "300", "same")],
            packs={"300": "100"}, doubles={"300": ("100", 1), "200": ("100", None)}, pairs=[("a", "b"), (1, "b")])
    two.run("both are dropped, and a third is new", "members issued pairs", ["300"],
            [("1", "200", "drop"), ("1", "100", "drop"), ("1", "300", "same")], packs={"300": "200"},
            doubles={"300": ("200", 1), "100": ("200", None), "200": ("200", None)}, pairs=[(1, "a"), (1, "b")])
    two.run("two groups with a pair each", "members issued pairs", ["300", "400"],
            [("1", "100", "drop"), ("1", "300", "same"), ("2", "200", "drop"), ("2", "400", "same")],
            packs={"300": "100", "400": "200"}, doubles={"300": ("100", 1), "400": ("200", 2), "100": ("100", None), "200": ("200", None)},
            pairs=[(1, "a"), (2, "b")])

    merged = History(f).issue("a b", ["100", "200"], BOTH_SAME)
    merged.run("one of two that carry one number is dropped: the pack that its row names", "members issued pairs", ["300"],
               SAME_DROP, packs=plain("300"), doubles={"200": ("100", None)}, pairs=[("a", "b")])
    merged.run("the one whose number both carry is dropped: the pack that no other member's row claims",
               "members issued pairs", ["300"], [("1", "100", "drop"), ("1", "200", "same")], packs=plain("300"),
               doubles={"100": ("100", None)}, pairs=[("b", "a")])

    dropped = History(f).issue("a", ["100", "200"], SAME_DROP)
    dropped.run("one was dropped before", "members issued refused", ["200", "300"], reason="already-issued")
    dropped.run("one was dropped before, and is left out", "members issued", ["200", "300"], skip=True, packs=plain("300"))
    dropped.run("one was dropped before, and again: no pack of theirs, no pair", "members issued", ["200", "300"], SAME_DROP,
                packs=plain("300"), doubles={"200": ("100", None)})
    dropped.run("one was dropped before and never had a pack, and is same", "members issued refused", ["200", "300"],
                [("1", "200", "same"), ("1", "300", "same")], skip=True, reason="same-without-pack")
    again = History(f).issue("a b", ["100", "200"]).issue("c", ["300"], SAME_DROP)
    again.run("dropped before, the person gets another pack: the pair again, and one with the new pack", "members issued pairs",
              ["400"], [("1", "100", "same"), ("1", "400", "same")], packs={"400": "100"}, doubles={"400": ("100", 1)},
              pairs=[("a", "b"), (1, "b")])
    again.run("dropped again: the same pair again", "members issued pairs", ["400"], SAME_DROP, packs=plain("400"),
              doubles={"200": ("100", None)}, pairs=[("a", "b")])


def of_replacements(f):
    two = History(f).issue("a b", ["100", "200"])
    two.run("one is replaced", "replacements issued", ["100", "200", "300"], (), ["b"], packs=plain("200"))
    two.run("A same, B drop, and A's pack is replaced: A's new pack and B's old one are a pair",
            "replacements issued pairs", ["100", "200"], SAME_DROP, ["a"], packs=plain("100"),
            doubles={"200": ("100", None)}, pairs=[(1, "b")])
    two.run("the same, and B is not on the roll", "replacements issued pairs", ["100"], SAME_DROP, ["a"], packs=plain("100"),
            doubles={"200": ("100", None)}, pairs=[(1, "b")])
    two.run("dropped, and its pack is listed", "replacements refused", ["100", "200"], SAME_DROP, ["b"], reason="drop-listed")
    two.run("dropped, and its pack is listed with another's", "replacements refused", ["100", "200"], SAME_DROP, ["a", "b"],
            reason="drop-listed")
    two.run("a pack of no batch", "replacements refused", ["100", "200"], (), [ref.pack_number(word(12, "run pack none"))],
            reason="unknown-pack")
    two.run("a listed pack's member is not on the roll", "replacements refused", ["100"], (), ["a", "b"], reason="voter-missing")
    two.run("same, not listed and never issued", "replacements refused", ["100", "300"], [("1", "100", "same"), ("1", "300", "same")],
            ["a"], reason="same-without-pack")
    two.run("dropped, on the roll and never issued", "replacements issued", ["100", "300"],
            [("1", "100", "same"), ("1", "300", "drop")], ["a"], packs=plain("100"), doubles={"300": ("100", None)})
    three = History(f).issue("a b c", ["100", "200", "300"])
    three.run("A same, B drop, and another member's pack is replaced", "replacements issued pairs", ["100", "200", "300"],
              SAME_DROP, ["c"], packs=plain("300"), doubles={"200": ("100", None)}, pairs=[("a", "b")])
    specimens = History(f).specimens(1).issue("a", ["100"])
    specimens.packs["s"] = specimens.batches[0].rows[0][1]
    specimens.run("a specimen is listed", "replacements refused", ["100"], (), ["s"], reason="unknown-pack")

    merged = History(f).issue("a b", ["100", "200"], BOTH_SAME)
    merged.run("a replacement carries the number of the pack that it replaces", "replacements issued", ["100", "200"], (), ["b"],
               packs={"200": "100"}, doubles={"200": ("100", 1)})
    merged.run("both packs of one number are replaced", "replacements issued", ["200", "100"], (), ["a", "b"],
               packs={"200": "100", "100": "100"}, doubles={"200": ("100", 1)})
    merged.run("one is dropped, the other one's pack is replaced", "replacements issued pairs", ["100", "200"], SAME_DROP, ["a"],
               packs=plain("100"), doubles={"200": ("100", None)}, pairs=[(1, "b")])

    changed = History(f).issue("a b", ["100", "200"]).issue("c", ["300"], SAME_DROP)
    changed.run("a member who was dropped before, and whose pack is listed", "replacements refused", ["100", "200"], (), ["b"],
                reason="drop-listed")
    changed.run("another membership was dropped before: the pair again", "replacements issued pairs", ["100", "200"], (), ["a"],
                packs=plain("100"), pairs=[(1, "b")])
    changed.run("dropped before, and the person gets no pack", "replacements issued", ["100", "200", "300"], (), ["c"],
                packs=plain("300"))
    changed.run("dropped before, and same now", "replacements issued pairs", ["100", "200"],
                [("1", "200", "same"), ("1", "100", "drop")], ["b"], packs={"200": "100"},
                doubles={"200": ("100", 1), "100": ("100", None)}, pairs=[(1, "a"), (1, "b")])
    changed.run("dropped before, same now, and only with the pack from before that", "replacements refused",
                ["100", "200", "300"], [("1", "200", "same"), ("1", "100", "drop")], ["c"], reason="same-without-pack")
    changed.issue("d", ["100", "200"], [("1", "200", "same"), ("1", "100", "drop")], ["b"])
    changed.run("the book has meanwhile recorded another number for the member", "replacements refused", ["100", "200"], (), ["b"],
                reason="number-changed")
    changed.run("the same, and decisions name the member", "replacements issued pairs", ["100", "200"],
                [("1", "200", "same"), ("1", "100", "drop")], ["b"], packs={"200": "100"},
                doubles={"200": ("100", 1), "100": ("100", None)},
                pairs=[(1, "a"), ("d", "a"), (1, "b"), ("d", "b")])

    on = History(f).issue("a b", ["100", "200"]).issue("c", ["300"], SAME_DROP)
    on.run("a membership was dropped for one that is dropped now", "members issued pairs", ["400"],
           [("1", "300", "same"), ("1", "100", "drop")], packs=plain("400"), doubles={"100": ("300", None)},
           pairs=[("c", "a"), ("c", "b")])
    renumbered = History(f).issue("a b", ["100", "200"]).issue("r", ["100", "200"], (), ["b"]).issue("c", ["300"], SAME_DROP)
    renumbered.run("another number, and what the replaced pack replaced", "replacements issued pairs", ["100", "200"],
                   [("1", "200", "same"), ("1", "100", "drop")], ["r"], packs={"200": "100"},
                   doubles={"200": ("100", 1), "100": ("100", None)}, pairs=[(1, "a"), (1, "b"), (1, "r")])

    long = History(f).issue("a b", ["100", "200"]).issue("c", ["100", "200"], (), ["a"]).issue("d", ["100", "200"], (), ["b"])
    long.run("both have two packs: all that is kept, and all that goes", "replacements issued pairs", ["100", "200"], SAME_DROP,
             ["c"], packs=plain("100"), doubles={"200": ("100", None)}, pairs=[(1, "b"), (1, "d"), ("a", "b"), ("a", "d")])
    long.run("two packs of one member are listed", "replacements refused", ["100", "200"], (), ["a", "c"], reason="pack-twice")


def of_coinciding_ids(f):
    def named(*decisions):
        return [("1", member, decision) for member, decision in decisions]

    new = History(f)
    new.run("ids that coincide", "coinciding refused", ["17", "0017"], reason="coinciding")
    new.run("ids that coincide, and one is named", "coinciding refused", ["17", "0017"], named(("17", "different")),
            reason="coinciding")
    new.run("ids that coincide, and both are different", "coinciding", ["17", "0017"],
            named(("17", "different"), ("0017", "different")), packs=plain("17", "0017"))
    new.run("ids that coincide, and both are same", "coinciding", ["17", "0017"], named(("17", "same"), ("0017", "same")),
            packs={"17": "0017", "0017": "0017"}, doubles={"17": ("0017", 1)})
    new.run("ids that coincide, and one is dropped", "coinciding", ["17", "0017"], named(("17", "same"), ("0017", "drop")),
            packs={"17": "0017"}, doubles={"17": ("0017", 1), "0017": ("0017", None)})
    new.run("three ids that coincide, and two are named", "coinciding refused", ["17", "0017", "17.0"],
            named(("17", "different"), ("0017", "different")), reason="coinciding")
    for first, second in (("M12a", "M12A"), ("caf\u00e9", "cafe\u0301"), ("caf\u00e9", "cafe")):
        new.run(f"{first} and {second}, case does not count", "coinciding refused", [first, second], reason="coinciding")
        History(f, "exact-case").run(f"{first} and {second}, case counts", "coinciding", [first, second],
                                     packs=plain(first, second))
    for first, second in (("17", "17\u00a0"), ("17", "\uff11\uff17"), ("17", "17.0"), ("17", "'17"), ("x\u200b7", "x7"),
                          ("a-1", "a\u20131"), ("cafe\u0301", "cafe")):
        for voter_ids in ("any-case", "exact-case"):
            History(f, voter_ids).run(f"{first!a} and {second!a}, {voter_ids}", "coinciding refused", [first, second],
                                      reason="coinciding")

    one = History(f).specimens(1).issue("a", ["17"])
    one.run("an id that coincides with one of the book", "coinciding issued refused", ["0017"], reason="coinciding")
    one.run("the same, and packs of the book are left out", "coinciding issued refused", ["0017", "18"], skip=True,
            reason="coinciding")
    one.run("the same id as in the book is no coincidence", "coinciding issued", ["17", "18"], skip=True, packs=plain("18"))
    one.run("it is different", "coinciding issued", ["0017"], named(("0017", "different")), packs=plain("0017"))
    one.run("it is the same member: the number of the book", "coinciding issued", ["0017"], named(("17", "same"), ("0017", "same")),
            packs={"0017": "17"}, doubles={"0017": ("17", 1)})
    one.run("it is the same member, and the old one is dropped", "coinciding issued pairs", ["0017"],
            named(("17", "drop"), ("0017", "same")), packs={"0017": "17"}, doubles={"0017": ("17", 1), "17": ("17", None)},
            pairs=[(1, "a")])
    one.run("in a run of replacements", "coinciding issued refused", ["17", "0017"], (), ["a"], reason="coinciding")
    one.run("in a run of replacements, both named", "coinciding issued", ["17", "0017"],
            named(("17", "different"), ("0017", "different")), ["a"], packs=plain("17"))
    History(f).issue("a", ["0017"]).run("an id that is its own folded form", "coinciding issued refused", ["17"],
                                        reason="coinciding")
    History(f).issue("a", ["0017"]).run("neither is its own folded form", "coinciding issued refused", ["017"],
                                        reason="coinciding")
    carrying = History(f).issue("a b", ["100", "0200"], [("1", "100", "same"), ("1", "0200", "same")])
    carrying.run("an id that coincides with one whose pack carries another number", "coinciding issued refused", ["200"],
                 reason="coinciding")
    carrying.run("the id whose pack carries another number", "coinciding issued", ["0200", "300"], skip=True, packs=plain("300"))
    dropped = History(f).issue("a", ["100", "0200"], [("1", "100", "same"), ("1", "0200", "drop")])
    dropped.run("an id that coincides with one that was dropped", "coinciding issued refused", ["200"], reason="coinciding")
    both = History(f).issue("a b", ["17", "0017"], named(("17", "different"), ("0017", "different")))
    both.run("decided before, and not in this run", "coinciding issued", ["17", "0017"], (), ["a"], packs=plain("17"))
    both.run("decided before, and left out", "coinciding issued", ["17", "0017", "18"], (), skip=True, packs=plain("18"))
    both.run("decided before, and in this run", "coinciding issued", ["17", "0017"],
             named(("17", "different"), ("0017", "different")), ["a"], packs=plain("17"))
    both.run("a third that coincides with both", "coinciding issued refused", ["17.0"], reason="coinciding")
