"""Section 16: what a run gives to whom, when members may be one person."""

import dataclasses

from counterfoil.notation import require
from counterfoil.register import REPLACEMENTS, SPECIMENS
from counterfoil.voters import folded_id, voter_number


def number_of_group(election_id, voter_key, same, drop, issued):
    """Section 16: the number that a group of memberships carries. `same` and `drop` are ids in the
    order of their rows, `issued` the numbers under which ids were issued before."""
    found = [issued[member] for member in same if member in issued]
    require(len(set(found)) < 2, "two-numbers")
    found += [issued[member] for member in drop if member in issued]
    if found:
        return found[0]
    return voter_number(election_id, voter_key, min(same + drop, key=str.encode))


@dataclasses.dataclass
class IssuedBatch:
    """What the book has of a batch: rows of its page, and of its doubles."""
    kind: int
    rows: list                  # of (voter number, pack, folded number)
    doubles: list               # of (own number, folded number, number carried, pack or 0)


class Book:
    """Section 16: the batches before a run, specimens aside, in the order in which they were begun."""

    def __init__(self, batches):
        self.batches = [batch for batch in batches if batch.kind != SPECIMENS]
        self.doubles = [row for batch in self.batches for row in batch.doubles]
        self.rows = [row for batch in self.batches for row in batch.rows]
        self.owner = {pack: own for own, _, _, pack in self.doubles if pack}
        self.last = {own: (carried, pack) for own, _, carried, pack in self.doubles}       # the last one counts
        self.of_pages = {voter for voter, _, _ in self.rows}
        self.folded = {folded for _, _, folded in self.rows} | {folded for _, folded, _, _ in self.doubles}

    def has(self, own):
        return own in self.last or own in self.of_pages

    def number_carried(self, own):
        return self.last[own][0] if own in self.last else own if own in self.of_pages else None

    def is_dropped(self, own):
        return own in self.last and not self.last[own][1]

    def has_pack(self, own, number):
        """Whether a member has a pack that carries a number."""
        return any(voter == number and pack in self.packs(own) for voter, pack, _ in self.rows)

    def packs(self, own):
        """The packs that the book has for a member: those of their doubles rows, and those under their own
        number that no other member's row claims."""
        return [pack for voter, pack, _ in self.rows
                if self.owner.get(pack) == own or voter == own and self.owner.get(pack, own) == own]


@dataclasses.dataclass
class Run:
    """What a run is asked for. `decisions` are (group, id, decision) in the order of their rows."""
    election_id: bytes
    voter_key: bytes
    voter_ids: str
    kind: int
    skip_issued: bool
    roll: list
    decisions: list
    listed: list                # packs to replace
    batches: list               # of IssuedBatch


@dataclasses.dataclass
class Issued:
    """A pack of the run: whose, under which number, in place of which."""
    voter_id: str
    carried: bytes
    replaces: int


def plan_run(run):
    """Section 16: packs in the order of the roll; rows of doubles, (own, folded, carried, ordinal or None);
    pairs, (pack of the book or None, ordinal or None, pack that is cancelled); or why it is refused."""
    own = lambda member: voter_number(run.election_id, run.voter_key, member)
    folded = lambda member: folded_id(member, run.voter_ids)
    book = Book(run.batches)
    refuse_coinciding(run, book, own, folded)
    carried, dropped = decided(run, book, own)
    for member in (*carried, *dropped):
        require(member in run.roll or book.has(own(member)), "decided-unknown")
    replaced = replaced_packs(run, book)
    packs = [pack for member in run.roll for pack in [pack_of(member, run, book, own, carried, dropped, replaced)] if pack]
    served = [pack.voter_id for pack in packs] + [member for member in run.roll if member in dropped]
    require(len(set(served)) == len(served), "repeated-voter")
    require(sorted(pack.replaces for pack in packs if pack.replaces) == sorted(run.listed), "voter-missing")
    require(packs, "nobody")
    for member in carried:
        require(any(pack.voter_id == member for pack in packs) or book.has_pack(own(member), carried[member]), "same-without-pack")
    rows = [(own(pack.voter_id), pack.carried, pack.voter_id, i) for i, pack in enumerate(packs, 1)
            if pack.carried != own(pack.voter_id)]
    rows += [(own(member), number, member, None) for member, number in dropped.items()]
    doubles = sorted(((number, own(folded(member)), other, i) for number, other, member, i in rows), key=lambda row: row[0])
    links = [(row[0], row[2]) for row in book.doubles] + [(number, other) for number, _, other, _ in doubles]
    numbers = {pack.carried for pack in packs} | set(carried.values()) | set(dropped.values())
    gone = {own(member) for member in dropped} | {
        member for member in book.last if book.is_dropped(member) and member not in {own(same) for same in carried}}
    return packs, doubles, pairs_of_run(packs, numbers, people(links), gone, book)


def refuse_coinciding(run, book, own, folded):
    """Section 16: ids that may be one member's wait for a decision. A member in the book was decided."""
    named = {member for _, member, _ in run.decisions}
    for member in run.roll:
        within = any(other != member and folded(other) == folded(member) for other in run.roll)
        earlier = own(folded(member)) in book.folded
        require(member in named or book.has(own(member)) or not (within or earlier), "coinciding")


def decided(run, book, own):
    """Section 16: the numbers that members who are `same` carry, and those who are `drop`."""
    groups = {}
    for group, member, decision in run.decisions:
        if decision != "different":
            groups.setdefault(group, {"same": [], "drop": []})[decision].append(member)
    carried, dropped = {}, {}
    for group in groups.values():
        require(group["same"] and len(group["same"] + group["drop"]) > 1, "incomplete-group")
        issued = {member: book.number_carried(own(member)) for member in group["same"] + group["drop"]
                  if book.has(own(member))}
        number = number_of_group(run.election_id, run.voter_key, group["same"], group["drop"], issued)
        carried |= dict.fromkeys(group["same"], number)
        dropped |= dict.fromkeys(group["drop"], number)
    return carried, dropped


def replaced_packs(run, book):
    """Of each member whose pack is listed, by own number: the pack and the number that it carries."""
    number_of = {pack: voter for voter, pack, _ in book.rows}
    found = {}
    for pack in run.listed:
        require(pack in number_of, "unknown-pack")
        member = book.owner.get(pack, number_of[pack])
        require(member not in found, "pack-twice")
        found[member] = pack, number_of[pack]
    return found


def pack_of(member, run, book, own, carried, dropped, replaced):
    """Section 16, the table: the pack that this row of the roll gets, or None."""
    number = own(member)
    if run.kind == REPLACEMENTS:
        if number not in replaced:
            return None
        require(member not in dropped and (member in carried or not book.is_dropped(number)), "drop-listed")
        pack, before = replaced[number]
        require(member in carried or book.number_carried(number) == before, "number-changed")
        return Issued(member, carried.get(member, before), pack)
    if member in dropped:
        return None
    if book.has(number):
        require(run.skip_issued, "already-issued")
        return None
    return Issued(member, carried.get(member, number), 0)


def people(links):
    """Section 16: which voter numbers are one person's, of links between two."""
    found = []
    for link in links:
        joined = [numbers for numbers in found if numbers & set(link)]
        found = [numbers for numbers in found if numbers not in joined] + [set(link).union(*joined)]
    return found


def pairs_of_run(packs, carried, people, gone, book):
    """Section 16, pairs: each pack that a person keeps, and each that must not vote beside it. `carried` has
    the numbers of this run, `gone` the own numbers of memberships that are dropped."""
    replaced = {pack.replaces for pack in packs}
    pairs = set()
    for numbers in people:
        for number in numbers & carried:
            under = [pack for voter, pack, _ in book.rows if voter == number]
            cancelled = {pack for voter, pack, _ in book.rows if voter in numbers - {number}}
            cancelled |= {pack for own in numbers & gone for pack in book.packs(own) if pack in under}
            kept = [(None, i) for i, pack in enumerate(packs, 1) if pack.carried == number]
            kept += [(pack, None) for pack in under if pack not in replaced and pack not in cancelled]
            pairs |= {(*keeps, pack) for keeps in kept for pack in cancelled}
    return sorted(pairs, key=lambda pair: (pair[2], pair[0] or 0, pair[1] or 0))
