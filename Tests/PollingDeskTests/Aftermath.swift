import Counterfoil
import PollingDesk
import TestSupport

// What a vector says is recorded, and how things are afterwards.

extension Arrangement {
    /// The entries that the vector expects, byte for byte.
    func expectedEvents() throws -> [Bytes<106>] {
        try facts.vectors("recorded").map { vector in
            guard let event = try event(vector) else { throw VectorError.noVectors }
            return Entry(event, at: .test(facts.number("now")!)).encoded
        }
    }

    private func event(_ vector: RuleVector) throws -> Event? {
        let count = vector.number("count") ?? 0
        func moment(_ name: String) -> Moment? { vector.number(name).map { .test($0) } }
        if vector.has("batch") {
            let name = BatchName(batch)!
            let number = try hall.desk.ledger.summary().batches.first { $0.name == name }!.number
            switch vector.text("type") {
            case "batch-activated": return .batchActivated(batch: number, reconciled: count == 1)
            case "batch-reconciled": return .batchReconciled(batch: number, missing: count)
            case "batch-withdrawn": return .batchWithdrawn(batch: number)
            default: return nil
            }
        }
        if let name = vector.text("pack") { return event(vector, about: hall.world.packs[number(name)]!) }
        switch vector.text("type") {
        case "ballot-opened": return .ballotOpened(closes: moment("closes"), grace: count * 1000)
        case "ballot-extended": return .ballotExtended(until: moment("closes")!)
        case "ballot-closed": return .ballotClosed(moment("closed")!)
        case "ballot-final": return .ballotFinal
        default: return nil
        }
    }

    private func event(_ vector: RuleVector, about pack: TestPack) -> Event? {
        let number = pack.number
        let values = hall.world.chains[hall.world.numbers[number]!]!
        // Where an event shows a value of the code, it is the pack's own.
        func shows(_ name: String) -> Bool { vector.text(name) == "its" }
        var scan: ScanNonce { ScanNonce(test: nonce(vector.text("nonce"))) }
        switch (vector.text("type"), vector.text("voter")) {
        case ("vote-cast", "its") where shows("opening"):
            return .voteCast(
                pack: number, voter: pack.voter, fingerprint(pack, vector.text("key")), values.opening)
        case ("wrong-answers", nil) where shows("trial"):
            return .wrongAnswers(pack: number, tag(pack, vector.text("answers")!), values.trial)
        case ("second-attempt", nil) where shows("second"):
            return .secondAttempt(pack: number, values.second)
        case ("post-received", "its"): return .postReceived(pack: number, voter: pack.voter, scan)
        case ("post-annulled", "its"): return .postAnnulled(pack: number, voter: pack.voter, scan)
        case ("pack-unlocked", nil): return .packUnlocked(pack: number)
        case ("post-set-aside", nil):
            let voted = vector.number("voted").map { Moment.test($0) }
            return SetAside(rawValue: UInt8(vector.number("why") ?? 0)).map {
                .postSetAside(pack: number, $0, scan, voted: voted)
            }
        case ("pack-cancelled", nil):
            return Cancellation(rawValue: UInt8(vector.number("detail") ?? 0)).map {
                .packCancelled(pack: number, $0)
            }
        default: return nil
        }
    }

    private func fingerprint(_ pack: TestPack, _ name: String?) -> Fingerprint {
        hall.world.rehearsal.fingerprint(pack, key: Clerk.bytes(ofKey: key(name)))
    }

    private func tag(_ pack: TestPack, _ answers: String) -> AnswerTag {
        hall.world.rehearsal.answerTag(pack, Clerk.text(Answer(vector: answers), of: pack))
    }

    // MARK: Afterwards

    /// What is not as the vector says. Each fact must be as it was, or as `after` has it.
    func differences() throws -> [String] {
        let after = facts.vector("after")
        func fact(_ name: String) -> RuleVector? {
            after?.has(name) == true ? after?.vector(name) : facts.vector(name)
        }
        let summary = try hall.desk.ledger.summary()
        var found: [String] = []
        let ballot = summary.ballot
        let isBallot = agrees(fact("ballot")!) { name in
            switch name {
            case "phase": .string("\(ballot.phase)")
            case "closes": ballot.closes.map { .integer($0.seconds) } ?? .null
            case "closed": ballot.closed.map { .integer($0.seconds) } ?? .null
            case "grace":
                // Before it is opened, a ballot has no grace.
                .integer(ballot.phase == .before ? fact("ballot")!.number("grace")! : ballot.grace / 1000)
            default: nil
            }
        }
        if !isBallot { found.append("the ballot is \(ballot)") }
        if let expected = fact("batch") {
            let batch = summary.batches.first { $0.name == BatchName(self.batch)! }!
            let isBatch = agrees(expected) { name in
                switch name {
                case "kind": .string("\(batch.kind)")
                case "activated": .bool(batch.activated != nil)
                case "reconciled": .bool(batch.reconciled != nil)
                case "withdrawn": .bool(batch.withdrawn != nil)
                default: nil
                }
            }
            if !isBatch { found.append("the batch is \(batch)") }
        }
        if let expected = fact("pack") {
            found += try differences(from: expected, vote: fact("vote"))
            if facts.has("scan") { found += try differences(fromScan: fact("scan"), vote: fact("vote")) }
        }
        return found
    }

    private func differences(from expected: RuleVector, vote expectedVote: RuleVector?) throws -> [String] {
        let number = hall.world.packs[pack]!.number
        guard let history = try hall.desk.ledger.history(of: number) else { return ["no such pack"] }
        let record = try hall.desk.ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
            try snapshot.pack(number)
        }
        let attempts = history.attempts
        var found: [String] = []
        let isPack = agrees(expected) { name in
            switch name {
            case "kind": .string(["normal", "post-only", "specimen"][Int(history.kind.rawValue) - 1])
            case "standing": .string("\(history.standing)")
            case "wrong": .integer(attempts.wrong)
            case "lifetime": .integer(attempts.lifetime)
            case "last": isLast(attempts.last, expected.text("last")) ? expected["last"] ?? .null : nil
            case "secondAttempts": .integer(attempts.second)
            default: nil
            }
        }
        if !isPack { found.append("the pack is \(history)") }
        let vote = record?.1
        guard let expectedVote else { return vote == nil ? found : found + ["there is a vote"] }
        let isVote = vote.map { vote in
            agrees(expectedVote) { name in
                switch name {
                case "channel": .string("\(vote.reportedChannel)")
                case "pack": .string(vote.pack == number ? "this" : "another")
                case "key": isKey(vote, expectedVote.text("key")) ? expectedVote["key"] ?? .null : nil
                case "nonce": isNonce(vote, expectedVote.text("nonce")) ? expectedVote["nonce"] ?? .null : nil
                case "table":
                    (try? table(of: vote)).flatMap { $0 }.map { .string("T\($0.dropFirst())") } ?? .null
                case "at": .integer(vote.at.seconds)
                default: nil
                }
            }
        }
        if isVote != true { found.append("the vote is \(vote, default: "none")") }
        return found
    }

    private func isLast(_ last: AnswerTag?, _ name: String?) -> Bool {
        guard let last, let name else { return (last == nil) == (name == nil) }
        return last.matches(tag(hall.world.packs[pack]!, name))
    }

    private func isKey(_ vote: Vote, _ name: String?) -> Bool {
        guard case .online(let fingerprint) = vote.channel else { return name == nil }
        let with = hall.world.packs[hall.world.numbers[vote.pack]!]!
        return name != nil && fingerprint.matches(self.fingerprint(with, name))
    }

    private func isNonce(_ vote: Vote, _ name: String?) -> Bool {
        guard case .post(let scan) = vote.channel else { return name == nil }
        return name != nil && scan.number == nonce(name)
    }

    /// That recorded the return.
    private func table(of vote: Vote) throws -> String? {
        guard case .post(let scan) = vote.channel else { return nil }
        return try hall.desk.ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
            guard let number = try snapshot.scans(of: vote.pack)[scan] else { return nil }
            return try snapshot.entry(number)?.officer
        }
    }

    /// Asked again, it is answered as it was; or it is not on the record.
    private func differences(fromScan expected: RuleVector?, vote: RuleVector?) throws -> [String] {
        let number = hall.world.packs[pack]!.number
        let scans = try hall.desk.ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
            try snapshot.scans(of: number)
        }
        let nonce = nonce(facts.text("nonce"))
        guard let expected else {
            return scans[ScanNonce(test: nonce)] == nil ? [] : ["there is a scan"]
        }
        let counts = vote?.text("pack") == "this" && vote?.text("nonce") == facts.text("nonce")
        let answer = expected.text("answer") == "received" && !counts ? "annulled" : told(expected)
        let found = try hall.perform(.scan(pack, nonce: nonce))
        return found == [answer] && hall.recorded().isEmpty ? [] : ["the scan is \(found)"]
    }

    /// Whether each member of the vector is what this says: a member that it
    /// does not know fails.
    private func agrees(_ expected: RuleVector, _ found: (String) -> JSONValue?) -> Bool {
        expected.names.allSatisfy { found($0) == (expected[$0] ?? .null) }
    }
}
