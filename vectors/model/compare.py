#!/usr/bin/env python3
"""Asks the reference implementation what the model says of every combination of facts.

Reads what spin prints of `every.pml`. Each line is judged anew by `counterfoil.rules`, which must give the same rule and
answer, record the same, and leave the same facts. What all of them answered must be what `order.json` has, no less: a
rule that nobody met would be a rule that nobody compared. And the tables of the specification must be that order.
"""
import collections
import itertools
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from counterfoil import rules  # noqa: E402

# The model's numbers. See rules.pml and every.pml.
LIMITS = (2, 3)
rules.SECOND_ATTEMPTS_RECORDED = 2
ANSWERS = ("unreadable", "A", "B", "right")
KEY, THIS_PACK = 1, 0
FACTS = ("specimen", "post_only", "loaded", "active", "withdrawn", "cancelled", "replaced", "listed", "phase", "wrong",
         "lifetime", "last", "second", "vote", "with", "under", "first")
EVENTS = {"nothing": [], "vote_cast": ["vote-cast"], "wrong_answers_given": ["wrong-answers"],
          "second_attempt": ["second-attempt"], "post_received": ["post-received"], "post_set_aside": ["post-set-aside"]}
# What the model leaves out: cryptography, times, and the print house's return.
LEFT_OUT = {"bad-pass", "in-the-past", "bad-grace", "not-reconciled"}
ACTS_LEFT_OUT = {"reconcile"}


def facts_of(words):
    facts = dict(zip(FACTS, words, strict=True))
    return {name: value if name in ("phase", "vote", "first") else int(value) for name, value in facts.items()}


def ballot_of(facts, closed=900):
    phase = facts["phase"].lower()
    return {"phase": phase, "closes": None, "closed": closed if phase in ("closed", "final") else None, "grace": 60}


def pack_of(facts):
    if not facts["loaded"]:
        return None
    made_of = {"kind": "specimen" if facts["specimen"] else "post-only" if facts["post_only"] else "normal",
               "replacements": [{"activated": bool(facts["replaced"])}], "lists": [{"activated": bool(facts["listed"])}],
               "batch": {"withdrawn": bool(facts["withdrawn"]), "activated": bool(facts["active"])},
               "cancelled": "officer" if facts["cancelled"] else None}
    return {"kind": made_of["kind"], "standing": rules.standing(made_of), "wrong": facts["wrong"], "lifetime": facts["lifetime"],
            "last": ANSWERS[facts["last"]] if facts["last"] else None, "secondAttempts": facts["second"]}


def vote_of(facts, at=500):
    if facts["vote"] == "NOT_VOTED":
        return None
    online = facts["vote"] == "ONLINE"
    return {"channel": "online" if online else "post", "pack": "this" if facts["with"] == THIS_PACK else "another", "at": at,
            "key": facts["under"] if online else None, "nonce": None if online else facts["under"],
            "table": None if online else "Table"}


def scan_of(facts):
    return None if facts["first"] == "silence" else {"answer": facts["first"].replace("_", "-")}


def batch_of(facts):
    return {"kind": "members", "activated": bool(facts["active"]), "reconciled": True,
            "withdrawn": bool(facts["withdrawn"])} if facts["loaded"] else None


def pair_of(facts, other, kept):
    """Of the packs 1, which is kept, and 0. `kept` says what makes the standing of 1 (every.pml, set_kept)."""
    loaded, active, withdrawn, cancelled, replaced = (kept >> i & 1 for i in range(5))
    standing = rules.standing({"kind": "normal", "replacements": [{"activated": bool(replaced)}], "lists": [],
                               "batch": {"withdrawn": bool(withdrawn), "activated": bool(active)},
                               "cancelled": "officer" if cancelled else None})
    return {"kept": {"standing": standing, "voter": "another" if other else "its"} if loaded else None,
            "cancelled": {"voted": facts["vote"] != "NOT_VOTED"} if facts["loaded"] else None}


def judge(asked, facts):
    """What the reference says: rule, answer, attempts left, types of events, and the facts afterwards."""
    operation, *given = asked
    given = [int(word) for word in given]
    now, recorded, by = 1000, [], "Table"
    ballot, pack, vote, scan, batch = ballot_of(facts), pack_of(facts), vote_of(facts), scan_of(facts), batch_of(facts)
    if operation in ("redeem", "check"):
        judged = rules.judge_online(operation, ballot, pack, vote, {"answers": ANSWERS[given[0]], "key": KEY}, LIMITS, now,
                                    recorded)
    elif operation == "pass":
        expired, in_time = given
        ballot = ballot_of(facts, closed=950 if in_time else 900)
        judged = rules.judge_online("pass", ballot, pack, vote,
                                    {"opens": True, "leads": True, "given": 800, "expires": 1000 if expired else 1001,
                                     "key": KEY}, LIMITS, now, recorded)
    elif operation == "post":
        judged = rules.judge_post(ballot, pack, vote, scan, {"nonce": THIS_PACK, "by": by}, now, recorded)
    else:
        act = {"finish": "close --final"}.get(operation, operation.split("-")[0])
        if operation == "activate-1":
            loaded, active, withdrawn, *_ = (given[1] >> i & 1 for i in range(5))
            batch = batch_of({"loaded": loaded, "active": active, "withdrawn": withdrawn})
        elif operation == "activate-2":
            batch = batch_of({"loaded": True, "active": False, "withdrawn": False})
        pairs = [pair_of(facts, *given)] if given else []
        judged = rules.judge_act(act, ballot, pack, vote, scan, batch,
                                 {"nonce": THIS_PACK, "insisted": False, "pairs": pairs, "closes": None, "grace": 60,
                                  "until": 2000}, LIMITS, now, recorded)
    answered = {name: value for name, value in judged.items() if name != "rule"}
    after = rules.state_after(recorded, now, by, answered, ballot, pack, vote, scan, batch, None)
    return judged, [event["type"] for event in recorded], after


def is_as_after(asked, after, facts):
    """Whether the model has the same facts afterwards."""
    seen = {"ballot": after["ballot"]["phase"] == facts["phase"].lower(), "pack": after["pack"] == pack_of(facts),
            "vote": without_time(after["vote"]) == without_time(vote_of(facts)),
            "scan": (after["scan"] or {}).get("answer") == (scan_of(facts) or {}).get("answer")}
    if asked[0] in ("activate", "withdraw"):
        # Of the pack's own batch. What becomes of its packs is looked at by the standing of the next line.
        seen |= {"pack": True, "batch": after["batch"] == batch_of(facts)}
    elif asked[0] in ("activate-1", "activate-2"):
        changed = "replaced" if asked[0] == "activate-1" else "listed"
        seen |= {"pack": True, "batch": not after["batch"] or after["batch"]["activated"] == bool(facts[changed])}
    return [name for name, same in seen.items() if not same]


def without_time(vote):
    return vote and {**vote, "at": None}


def compare(lines):
    met, different = collections.Counter(), []
    for line in lines:
        asked, before, outcome, after = (part.split() for part in line.split(":"))
        facts = facts_of(before)
        rule, said, wrote, attempts_left = outcome
        said, rule = said.replace("_", "-"), int(rule) or None
        judged, events, state = judge(asked, facts)
        met[asked[0], rule, said] += 1
        same = (judged["rule"], judged["answer"]) == (rule, said) and is_as_after(asked, state, facts_of(after)) == []
        # An act records one entry where it is done; the model names those of requests alone.
        same = same and (rule is None or events == EVENTS[wrote]) and (rule is not None or bool(events) == (said == "done"))
        same = same and judged.get("attemptsLeft", 0) == int(attempts_left)
        if not same:
            different.append(f"{line.strip()}\n    the reference: {judged}, {events}, {is_as_after(asked, state, facts_of(after))}")
    return met, different


def cells_of(order):
    """Every answer of the table: (what is asked, rule, answer)."""
    cells = {(column, row["rule"], answer) for row in order["online"] for column in ("redeem", "check", "pass")
             for answer in row[column]}
    cells |= {("post", row["rule"], answer) for row in order["post"] for answer in row["post"]}
    return cells | {(row["act"], None, answer) for row in order["officers"] for answer in row["answers"]}


def order_of_text(text):
    """The same, read from the tables of vectors/README.md. What is in backticks there is an answer."""
    order = {"online": {}, "post": {}, "officers": {}}
    table, rule, again = None, None, []
    for line in text.splitlines():
        row = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if row[1:] == ["rule", "`redeem` with a code", "`check`", "`redeem` with a pass"]:
            table = "online"
        elif row[1:] == ["rule", "answer", "recorded"]:
            table = "post"
        elif row == ["act", "refused", "otherwise recorded"]:
            table = "officers"
        elif not row:
            table = None
        elif table == "officers" and row[0].startswith("`"):
            act = re.match("`([^`]*)`", row[0])[1]
            order[table][act] = ["final", *re.findall("`([^`]*)`", row[1]), "done"]
        elif table in ("online", "post") and re.fullmatch("[0-9]*", row[0]):
            rule = int(row[0] or rule)
            columns = ("redeem", "check", "pass") if table == "online" else ("post",)
            cells = [row[2] if re.match("the same|as with a code", cell) else cell for cell in row[2:2 + len(columns)]]
            answers = order[table].setdefault(rule, {"rule": rule, **{column: [] for column in columns}})
            for column, cell in zip(columns, cells, strict=True):
                found = [answer for answer in re.findall("`([^`]*)`", cell) if answer != "malformed"]
                answers[column] += [answer for answer in found if answer not in answers[column]]
            if cells[0].startswith("its first answer again"):
                again = answers["post"]
            elif table == "post" and row[3]:
                again += answers["post"]
    return {"online": list(order["online"].values()), "post": list(order["post"].values()),
            "officers": [{"act": act, "answers": answers} for act, answers in order["officers"].items()]}


def main():
    order = json.loads((HERE / "order.json").read_text())
    met, different = compare(sys.stdin)
    for text in different[:10]:
        print(f"different: {text}")
    found = {({"finish": "close --final"}.get(asked, asked.split("-")[0]), rule, said) for asked, rule, said in met}
    wanted = {cell for cell in cells_of(order) if cell[2] not in LEFT_OUT and cell[0] not in ACTS_LEFT_OUT}
    for cell in sorted(map(str, wanted - found)):
        print(f"in order.json, and never met: {cell}")
    for cell in sorted(map(str, found - wanted)):
        print(f"met, and not in order.json: {cell}")
    text = order_of_text((HERE.parent / "README.md").read_text(encoding="utf-8"))
    apart = [(table, row, other) for table in text for row, other in itertools.zip_longest(text[table], order[table])
             if row != other]
    for table, row, other in apart:
        print(f"{table}: vectors/README.md has {row}, and order.json has {other}")
    print(f"{sum(met.values())} combinations of facts, {len(found)} answers of a rule or an act, {len(different)} differences")
    return bool(different or apart) or found != wanted


if __name__ == "__main__":
    sys.exit(main())
