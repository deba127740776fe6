import Counterfoil
import PollingDesk
import TestSupport
import Testing

/// What every ledger must do with registers, batches and kinds of packs.
@Suite struct RegisterContract {
    let rehearsal = Rehearsal()
    let wrong = ["1/1/1970", "99"]

    // MARK: Time and kinds

    @Test(arguments: Keeping.allCases)
    func nothingCountsBeforeActivationAndOpening(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let pack = rehearsal.pack(1)
            #expect(try booth.redeem(pack, key: 1).name == "no-such-code")
            try booth.load("main", [pack])
            #expect(try booth.redeem(pack, key: 1, answers: wrong).name == "not-active")
            _ = try booth.desk.open(at: .test(3))
            #expect(try booth.redeem(pack, key: 1).name == "not-active")
            try booth.activate("main")
            #expect(try booth.redeem(pack, key: 1).name == "accepted")
            #expect(try booth.desk.ledger.summary().balance[.locked] == 0)
        }
        try keeping.with { booth in
            let pack = rehearsal.pack(1)
            try booth.load("main", [pack])
            try booth.activate("main")
            #expect(try booth.redeem(pack, key: 1).name == "not-open")
        }
    }

    @Test(arguments: Keeping.allCases)
    func openingAndActivatingHappenOnce(_ keeping: Keeping) throws {
        try keeping.with { booth in
            try booth.begin([rehearsal.pack(1)])
            let entries = try booth.desk.ledger.summary().entries
            #expect(try booth.desk.open(at: .test(50)) == .refused(.alreadyOpen))
            #expect(try booth.activate("main") == .refused(.alreadyActive))
            #expect(try booth.activate("none") == .refused(.noSuchBatch))
            #expect(try booth.desk.ledger.summary().entries == entries)
        }
    }

    @Test(arguments: Keeping.allCases)
    func specimensNeverCount(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let pack = rehearsal.pack(1, kind: .specimen)
            try booth.load("test", [pack], as: .specimens)
            #expect(try booth.redeem(pack, key: 1).name == "specimen")
            try booth.begin([rehearsal.pack(2)])
            try booth.activate("test")
            #expect(try booth.redeem(pack, key: 1).name == "specimen")
            #expect(try booth.desk.ledger.summary().balance[.votedOnline] == 0)
        }
    }

    @Test(arguments: Keeping.allCases)
    func noCodeFindsAPackForPostAlone(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let pack = rehearsal.pack(1, kind: .postOnly)
            try booth.begin([pack])
            #expect(try booth.redeem(pack, key: 1).name == "no-such-code")
        }
    }

    @Test(arguments: Keeping.allCases)
    func theTagMustFitTheId(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let pack = rehearsal.pack(1)
            let row = rehearsal.rows(of: [pack])[0]
            let other = rehearsal.rows(of: [rehearsal.pack(2)])[0]
            let mixed = RegisterRow(
                lookup: Lookup(id: row.lookup.id, tag: other.lookup.tag), pack: row.pack,
                voter: row.voter, answers: row.answers, kind: row.kind, replaced: nil)
            _ = try booth.desk.load(rehearsal.register("main", rows: [mixed]), at: .test(1))
            try booth.activate("main")
            _ = try booth.desk.open(at: .test(3))
            #expect(try booth.redeem(pack, key: 1).name == "no-such-code")
        }
    }

    // MARK: Registers

    @Test(arguments: Keeping.allCases)
    func aRegisterIsLoadedOnce(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let packs = (1...5).map { rehearsal.pack($0) }
            #expect(try booth.load("main", packs) == .loaded)
            let entries = try booth.desk.ledger.summary().entries
            #expect(try booth.load("main", packs) == .alreadyLoaded)
            let summary = try booth.desk.ledger.summary()
            #expect(summary.entries == entries)
            #expect(summary.batches.map(\.count) == [5])
        }
    }

    @Test(arguments: Keeping.allCases)
    func aBatchHasOneVersion(_ keeping: Keeping) throws {
        try keeping.with { booth in
            try booth.load("main", [rehearsal.pack(1)])
            let name = BatchName("main")!
            #expect(throws: LedgerError.otherRegister(name)) {
                try booth.load("main", [rehearsal.pack(2)])
            }
            #expect(try booth.load("more", [rehearsal.pack(2)]) == .loaded)
        }
    }

    @Test(arguments: Keeping.allCases)
    func aPackIsLoadedOnce(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let packs = (1...5).map { rehearsal.pack($0) }
            try booth.begin(packs)
            let entries = try booth.desk.ledger.summary().entries
            let rows = rehearsal.rows(of: packs)
            let new = rehearsal.rows(of: [rehearsal.pack(9), rehearsal.pack(10)])
            // The same id, another number; the same number, another id; twice
            // in one register.
            let sameID = with(rows[2], number: rehearsal.pack(11).number)
            let sameNumber = with(new[1], number: rows[0].pack)
            let sameTwice = with(new[1], number: new[0].pack)
            for rows in [[sameID], [new[0], sameNumber], [new[0], sameTwice]] {
                #expect(throws: LedgerError.packTwice) {
                    try booth.desk.load(rehearsal.register("more", rows: rows), at: .test(4))
                }
            }
            let summary = try booth.desk.ledger.summary()
            #expect(summary.entries == entries)
            #expect(summary.batches.count == 1)
            #expect(try booth.redeem(rehearsal.pack(9), key: 1).name == "no-such-code")
            // And nothing is in the way of the good ones afterwards.
            #expect(try booth.load("more", [rehearsal.pack(9), rehearsal.pack(10)]) == .loaded)
            #expect(try booth.redeem(packs[2], key: 2).name == "accepted")
        }
    }

    /// Among its rows, or among its pairs, which come last.
    @Test(arguments: Keeping.allCases, [7, 10])
    func aRegisterThatChangesWhileItIsReadIsNotLoaded(_ keeping: Keeping, atRead read: Int) throws {
        try keeping.with { booth in
            let packs = (1...2000).map { rehearsal.pack($0) }
            let pairs = (0..<200).map { (kept: packs[$0], cancelled: rehearsal.pack(3000 + $0)) }
            let file = rehearsal.register("main", packs, pairs: pairs)
            #expect(throws: LedgerError.self) {
                try booth.desk.load(Changing(file: file, atRead: read), at: .test(1))
            }
            let summary = try booth.desk.ledger.summary()
            #expect(summary.batches.isEmpty)
            #expect(summary.entries == 1)
            #expect(try booth.load("main", packs, pairs: pairs) == .loaded)
        }
    }

    /// The rows are the same, and yet it is another register.
    @Test(arguments: Keeping.allCases)
    func aRegisterWithOtherPairsIsAnotherOne(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let packs = (1...3).map { rehearsal.pack($0) }
            try booth.load("main", packs, pairs: [(packs[0], packs[1])])
            for pairs in [[], [(kept: packs[0], cancelled: packs[2])]] {
                #expect(throws: LedgerError.otherRegister(BatchName("main")!)) {
                    try booth.load("main", packs, pairs: pairs)
                }
            }
            #expect(try booth.load("main", packs, pairs: [(packs[0], packs[1])]) == .alreadyLoaded)
            try booth.activate("main")
            #expect(try booth.desk.ledger.summary().balance[.cancelled] == 1)
        }
    }

    @Test(arguments: Keeping.allCases)
    func aReplacementCancelsTheOldPackWhenItIsActivated(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let (old, voted, other) = (rehearsal.pack(1), rehearsal.pack(2), rehearsal.pack(3))
            let new = rehearsal.pack(11, voter: 1, replacing: old)
            let late = rehearsal.pack(12, voter: 2, replacing: voted)
            try booth.begin([old, voted, other])
            #expect(try booth.redeem(voted, key: 1).name == "accepted")
            try booth.load("again", [new, late], as: .replacements)
            #expect(try booth.desk.ledger.summary().balance[.superseded] == 0)
            #expect(try booth.redeem(new, key: 2).name == "not-active")

            try booth.activate("again")
            #expect(try booth.redeem(old, key: 3).name == "cancelled")
            #expect(try booth.redeem(old, key: 3, answers: wrong).name == "wrong-answers")
            #expect(try booth.redeem(new, key: 4).name == "accepted")
            // A vote that was cast survives.
            #expect(try booth.redeem(late, key: 5).name == "already-voted")
            #expect(try booth.redeem(voted, key: 1).name == "repeated")
            #expect(try booth.redeem(other, key: 6).name == "accepted")
            // The pack with which the vote was cast counts as voted.
            let balance = try booth.desk.ledger.summary().balance
            #expect(balance[.superseded] == 1)
            #expect(balance[.votedOnline] == 3)
            #expect(balance.total == 5)
        }
    }

    @Test(arguments: Keeping.allCases)
    func aPackWhoseReplacementCameFirstArrivesCancelled(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let old = rehearsal.pack(1)
            try booth.load("again", [rehearsal.pack(11, voter: 1, replacing: old)], as: .replacements)
            try booth.activate("again")
            #expect(try booth.desk.ledger.summary().balance[.superseded] == 0)
            try booth.begin([old, rehearsal.pack(2)])
            #expect(try booth.redeem(old, key: 1).name == "cancelled")
            #expect(try booth.desk.ledger.summary().balance[.superseded] == 1)
        }
    }

    // MARK: The summary

    @Test(arguments: Keeping.allCases)
    func theSummaryCounts(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let packs = (1...20).map { rehearsal.pack($0) }
            try booth.begin(packs)
            try booth.load("test", [rehearsal.pack(30, kind: .specimen)], as: .specimens)
            for i in 0..<7 { #expect(try booth.redeem(packs[i], key: i).name == "accepted") }
            for i in 0..<3 { #expect(try booth.redeem(packs[i], key: 50 + i).name == "already-voted") }
            for attempt in 1...5 {
                _ = try booth.redeem(packs[9], key: 60, answers: ["1/1/1970", "\(attempt)"])
            }
            let summary = try booth.desk.ledger.summary()
            #expect(summary.election.digest == rehearsal.election.digest)
            #expect(summary.ballot == BallotState(opened: .test(3), grace: 600_000))
            #expect(
                summary.batches == [
                    Batch(
                        number: 1, name: BatchName("main")!, kind: .members, count: 20,
                        loaded: .test(1), activated: .test(2)),
                    Batch(
                        number: 2, name: BatchName("test")!, kind: .specimens, count: 1,
                        loaded: .test(1), activated: nil),
                ])
            #expect(summary.balance[.votedOnline] == 7)
            #expect(summary.balance[.votedByPost] == 0)
            #expect(summary.balance[.superseded] == 0)
            #expect(summary.balance[.locked] == 1)
            #expect(summary.secondAttempts == 3)
            #expect(summary.entries == 5 + 7 + 3 + 5)
        }
    }

    private func with(_ row: RegisterRow, number: PackNumber) -> RegisterRow {
        RegisterRow(
            lookup: row.lookup, pack: number, voter: row.voter, answers: row.answers, kind: row.kind,
            replaced: row.replaced)
    }
}

/// Bytes that somebody overwrites after the signature has been verified.
private struct Changing: RandomAccessBytes {
    let file: MemoryBytes
    private let read: Int
    private let reads = Reads()

    init(file: MemoryBytes, atRead read: Int) {
        self.file = file
        self.read = read
    }

    private final class Reads { var count = 0 }

    var byteCount: Int { file.byteCount }

    func read(at offset: Int, into: inout MutableRawSpan) throws(StreamError) {
        reads.count += 1
        try file.read(at: offset, into: &into)
        // The header, three pieces of rows and one of pairs, the signature; then both again.
        if reads.count == read { into.storeBytes(of: 0xFF, toByteOffset: 20, as: UInt8.self) }
    }
}
