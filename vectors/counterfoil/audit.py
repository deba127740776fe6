"""Section 21: an audit. Point 2, and of point 1 what entries say of themselves."""

from counterfoil.log import EVENTS, read_event, tag_shown
from counterfoil.notation import Refused, number, require
from counterfoil.register import NORMAL, SPECIMEN, SPECIMENS
from counterfoil.rules import LONGEST_GRACE, SECOND_ATTEMPTS_RECORDED, SET_ASIDE, is_locked, standing

ANY_TIME = ("created", "desk-opened", "register-loaded", "ballot-closed")


def audit_rules(entries, registers, election_digest, constant, limits):
    """Section 21, an audit: the votes online and by post, or Refused("breaks-a-rule", entry=n) for the
    first entry that does not follow the rules. `registers` are those that are loaded, in order: (batch
    kind, rows of (pack, voter, tag, pack kind, replaced pack or 0), pairs of (kept, cancelled))."""
    log = AuditedLog(registers, limits)
    for n, data in enumerate(entries):
        try:
            event = read_event(data, constant)
            require((n == 0) == (event.type == "created"), "creation")
            require(event.type != "created" or event.detail == election_digest, "other-election")
            log.add(event, n)
        except Refused as refusal:
            raise Refused("breaks-a-rule", entry=refusal.details.get("entry", n))
    require(not log.missing, "breaks-a-rule", entry=len(entries) - 1)
    return [sum(vote["channel"] == channel for vote in log.votes.values()) for channel in ("online", "post")]


class AuditedLog:
    """What the entries so far have made of ballot, batches and packs."""

    def __init__(self, registers, limits):
        self.registers, self.limits = registers, limits
        self.ballot = {"phase": "before", "closes": None, "closed": None, "grace": 0}
        self.batches, self.packs, self.votes, self.cancelled = [], {}, {}, {}
        self.pairs = []             # (batch, pack that its activation cancels)
        self.scans = set()          # (pack, nonce)
        self.missing = []           # (entry, pack): cancelled as missing, directly before this entry

    def add(self, e, n):
        ballot, now = self.ballot, e.at
        rule = lambda condition: require(condition, "rule")
        rule(ballot["phase"] != "final")
        due = ballot["phase"] == "open" and ballot["closes"] is not None and ballot["closes"] <= now
        rule(not due or e.type in ANY_TIME)
        is_missing = e.type == "pack-cancelled" and e.detail[0] == 3
        rule(not self.missing or is_missing or e.type == "batch-reconciled")
        if "pack" in EVENTS[e.type][1]:
            rule(e.pack in self.packs)
            self.add_to_pack(e, n, rule, self.packs[e.pack])
        elif "batch" in EVENTS[e.type][1]:
            if e.type == "register-loaded":
                return self.load(e, rule)
            rule(1 <= e.batch <= len(self.batches))
            self.add_to_batch(e, rule, self.batches[e.batch - 1])
        elif e.type == "ballot-opened":
            closes = number(e.detail) or None
            rule(ballot["phase"] == "before" and (closes is None or closes > now) and e.count <= LONGEST_GRACE * 1000)
            ballot |= {"phase": "open", "closes": closes, "grace": e.count}
        elif e.type == "ballot-extended":
            rule(ballot["phase"] != "before" and number(e.detail) > now)
            ballot |= {"phase": "open", "closes": number(e.detail), "closed": None}
        elif e.type == "ballot-closed":
            rule(ballot["phase"] == "open" and number(e.detail) == (ballot["closes"] if due else now))
            ballot |= {"phase": "closed", "closed": number(e.detail)}
        elif e.type == "ballot-final":
            rule(ballot["phase"] == "closed")
            ballot["phase"] = "final"

    def load(self, e, rule):
        rule(e.batch == len(self.batches) + 1 <= len(self.registers))
        kind, rows, pairs = self.registers[e.batch - 1]
        batch = {"kind": kind, "activated": False, "withdrawn": False, "reconciled": False}
        self.batches.append(batch)
        for pack, voter, tag, pack_kind, replaced in rows:
            self.packs[pack] = {"voter": voter, "tag": tag, "kind": pack_kind, "batch": e.batch, "replaces": replaced,
                                "wrong": 0, "lifetime": 0, "last": None, "secondAttempts": 0}
        self.pairs += [(batch, cancelled) for _, cancelled in pairs]

    def standing(self, pack):
        p = self.packs[pack]
        replacing = [self.batches[q["batch"] - 1] for q in self.packs.values() if q["replaces"] == pack]
        listing = [batch for batch, cancelled in self.pairs if cancelled == pack]
        return standing({"kind": "specimen" if p["kind"] == SPECIMEN else "other", "replacements": replacing,
                         "lists": listing, "batch": self.batches[p["batch"] - 1],
                         "cancelled": self.cancelled.get(pack)})

    def add_to_batch(self, e, rule, batch):
        if e.type == "batch-activated":
            rule(not batch["withdrawn"] and not batch["activated"])
            rule(e.count == int(batch["reconciled"] or batch["kind"] == SPECIMENS))
            batch["activated"] = True
        elif e.type == "batch-withdrawn":
            rule(not batch["withdrawn"])
            batch["withdrawn"] = True
        elif e.type == "batch-reconciled":
            rule(not batch["reconciled"] and e.count == len(self.missing))
            for n, pack in self.missing:
                require(self.packs[pack]["batch"] == e.batch, "rule", entry=n)
            batch["reconciled"], self.missing = True, []

    def add_to_pack(self, e, n, rule, pack):
        ballot, vote, stands = self.ballot, self.votes.get(pack["voter"]), self.standing(e.pack)
        is_open, is_closed = ballot["phase"] == "open", ballot["phase"] == "closed"
        in_grace = is_closed and ballot["grace"] > 0 and e.at < ballot["closed"] + ballot["grace"]
        by_post_with_it = bool(vote) and vote["channel"] == "post" and vote["pack"] == e.pack
        rule("voter" not in EVENTS[e.type][1] or e.voter == pack["voter"])
        rule(tag_shown(e) in (None, pack["tag"]))
        if e.type == "vote-cast":
            rule(not vote and stands == "live" and pack["kind"] == NORMAL and (is_open or in_grace))
            self.votes[pack["voter"]] = {"channel": "online", "pack": e.pack, "at": e.at}
        elif e.type == "wrong-answers":
            answers = e.detail[:16]
            rule(stands != "inactive" and pack["kind"] == NORMAL and (is_open or is_closed))
            rule(not is_locked(pack, *self.limits) and answers != pack["last"])
            pack |= {"wrong": pack["wrong"] + 1, "lifetime": pack["lifetime"] + 1, "last": answers}
        elif e.type == "second-attempt":
            rule(vote and stands == "live" and pack["kind"] == NORMAL and (is_open or in_grace))
            rule(pack["secondAttempts"] < SECOND_ATTEMPTS_RECORDED)
            pack["secondAttempts"] += 1
        elif e.type == "post-received":
            rule(not vote and stands == "live" and (is_open or is_closed))
            self.add_scan(e.pack, e.detail, rule)
            self.votes[pack["voter"]] = {"channel": "post", "pack": e.pack, "at": e.at, "nonce": e.detail}
        elif e.type == "post-set-aside":
            why, nonce, voted = e.detail[0], e.detail[1:17], number(e.detail[17:])
            rule(is_open or is_closed)
            self.add_scan(e.pack, nonce, rule)
            reason = stands if not vote else "scanned-before" if by_post_with_it else \
                "voted-online" if vote["channel"] == "online" else "voted-by-post"
            rule(reason != "live" and why == SET_ASIDE[reason])
            rule(voted == (vote["at"] if vote else 0))
        elif e.type == "post-annulled":
            rule(by_post_with_it and vote["nonce"] == e.detail)
            del self.votes[pack["voter"]]
        elif e.type == "pack-cancelled":
            if e.detail[0] == 3:
                self.missing.append((n, e.pack))
            else:
                rule(stands in ("inactive", "live"))
            self.cancelled.setdefault(e.pack, e.detail[0])
        elif e.type == "pack-unlocked":
            rule(is_locked(pack, *self.limits) and pack["lifetime"] < self.limits[1])
            pack |= {"wrong": 0, "last": None}

    def add_scan(self, pack, nonce, rule):
        """Section 21: a nonce has one entry a pack."""
        rule((pack, nonce) not in self.scans)
        self.scans.add((pack, nonce))
