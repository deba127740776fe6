#if PostgreSQL
import Counterfoil
import Glibc
import PollingDesk
import PostgresLedger
import TestSupport
import Testing

/// A client of the database that lies. It makes every call that a role may make, with
/// each argument made wrong in turn. Whatever it says, an audit finds nothing
/// afterwards, and the log has nothing new that the role does not write honestly.
///
/// The functions and their arguments come from the server's own list. So a function
/// without an honest call here, or an argument of a type without lies, fails a test.
@Suite struct HostileClientTests {
    /// What each role writes honestly.
    private static let written: [String: [EventType]] = [
        "loader": [.deskOpened, .registerLoaded],
        "desk": [.deskOpened, .voteCast, .wrongAnswers, .secondAttempt, .ballotClosed],
        "officer": [
            .deskOpened, .batchActivated, .ballotOpened, .postReceived, .postSetAside, .postAnnulled,
            .packCancelled, .packUnlocked, .batchReconciled, .batchWithdrawn, .ballotExtended,
            .ballotClosed, .ballotFinal,
        ],
        "auditor": [],
    ]

    private static func allowed(_ role: String) -> Set<Int> {
        Set(written[role]!.map { Int($0.rawValue) })
    }

    private static func attacks(_ role: String, _ target: Target) throws -> [Attack] {
        switch role {
        case "loader": try loading(target) + common(target)
        case "desk": online(target) + gathering(target) + common(target)
        case "officer": officers(target) + gathering(target) + common(target)
        default: [Attack(function: "first_loss", name: "what is lost") { (target, { _ in [] }) }]
        }
    }

    @Test(arguments: ["loader", "desk", "officer", "auditor"])
    func doesNothingByLying(_ role: String) throws {
        let target = try Target()
        let client = try HostileClient(role, target)
        try client.run(try Self.attacks(role, target), allowed: Self.allowed(role))
        #expect(client.faults == [])
        print("\(role): \(client.calls) calls, \(client.taken) of them taken")
    }

    // MARK: Controls

    /// A function that nobody thought of is noticed.
    @Test func aNewFunctionIsNoticed() throws {
        let target = try Target(packs: 4)
        #expect(
            target.owner.run(
                """
                CREATE FUNCTION unheard(_what jsonb) RETURNS void LANGUAGE sql AS '';
                GRANT EXECUTE ON FUNCTION unheard TO counterfoil_\(target.precinct.database.name)_auditor
                """) == nil)
        let client = try HostileClient("auditor", target)
        try client.run(try Self.attacks("auditor", target), allowed: [])
        // An audit refuses such a ledger besides.
        #expect(client.faults.contains("auditor may call unheard, and there is no honest call of it here"))
        // Nor does it help to name it, as long as nobody knows what to say wrongly.
        let again = try HostileClient("auditor", target)
        try again.run(
            try Self.attacks("auditor", target)
                + [Attack(function: "unheard", name: "unheard") { (target, { _ in ["'{}'"] }) }], allowed: [])
        #expect(again.faults.contains("no lie is known for _what of unheard, a jsonb"))
    }

    /// Without one of its protections, the database is lied to.
    static let protections: [(role: String, call: String, function: String, line: String, instead: String)] =
        [
            ("desk", "votes", "must_be_now", "IF _at IS NULL OR", "IF false AND"),
            ("desk", "votes", "apply_votes", " AND p.voter = entry_voter(e.entry)", ""),
            ("desk", "votes", "apply_votes", " AND p.tag = entry_tag(e.entry)", ""),
            ("desk", "votes", "apply_votes", "WHERE c.pack IS NULL\n          AND", "WHERE"),
            (
                "desk", "votes", "write_entries", "bool_and(entry_is_whole(e.entry, e.reason))", "true"
            ),
            ("desk", "wrong answers", "write_entries", "_found <@ _types", "true"),
            ("desk", "votes", "record_votes", "b.closes <= _at", "true"),
            (
                "officer", "an activation", "apply_act",
                "AND (entry_count(_entry) = 1) = (reconciled IS NOT NULL OR kind = 2)", ""
            ),
            (
                "officer", "a return from the print house", "must_be_a_return",
                "count(*) = entry_count(_last)", "true"
            ),
            (
                "officer", "set aside", "check_set_aside",
                "AND entry_aside_voted(e.entry) = coalesce(v.at, 0)", ""
            ),
            (
                "officer", "an annulled return", "apply_act",
                " AND channel = 2 AND under = entry_mark(_entry)", ""
            ),
            ("officer", "a later close", "apply_act", "AND entry_moment(_entry) > _at", ""),
            (
                "officer", "a close", "apply_act",
                "AND entry_moment(_entry) = CASE WHEN closes <= _at THEN closes ELSE _at END", ""
            ),
        ]

    @Test(arguments: protections)
    func aMissingProtectionIsNoticed(
        _ role: String, call: String, function: String, line: String, instead: String
    ) throws {
        let target = try Target()
        try target.precinct.without(line, in: function, instead: instead)
        let client = try HostileClient(role, target)
        let known = Set(client.functions().keys)
        let attacks = try Self.attacks(role, target).filter { $0.name == call }
        try #require(attacks.count == 1)
        // What is not tried here counts for nothing.
        try client.run(attacks, allowed: Self.allowed(role))
        let faults = client.faults.filter { !$0.contains("there is no honest call of it here") }
        #expect(!faults.isEmpty)
        #expect(known.contains(attacks[0].function))
    }

    /// Any ledger that is not made for tests compares times with the server's clock.
    @Test(arguments: [(0, true), (-40, true), (40, true), (-80, false), (80, false), (-100_000_000, false)])
    func aTimeMayBeAMinuteOff(seconds: Int, isTaken: Bool) throws {
        let database = TestServer.Database()
        try PostgresLedger.create(at: database.address(), election: Rehearsal().election).close()
        database.grantRoles()
        let desk = TestServer.Session(database.address(user: "test_desk"))
        let moment = Moment(milliseconds: Moment.now.milliseconds + Int64(seconds) * 1000)
        let words = desk.run(Event.deskOpened.recording(by: "record_opening", at: moment))
        #expect(
            isTaken ? words == nil : words?.contains("they may differ by a minute") == true, "\(words ?? "")")
    }

    /// Arrays are refused for their shape, before anything is made of them.
    @Test(arguments: ["record_opening", "record_votes", "record_acts"])
    func arraysAreRowsOfOneTable(_ function: String) throws {
        let target = try Target(packs: 6)
        let shell = target.precinct.shell(as: function == "record_acts" ? "test_officer" : "test_desk")
        let events: [Event] =
            switch function {
            case "record_votes":
                [target.rehearsal.cast(try target.pack()), target.rehearsal.cast(try target.pack())]
            case "record_acts":
                [
                    .packCancelled(pack: try target.pack().number, .byOfficer),
                    .packCancelled(pack: try target.pack().number, .byOfficer),
                ]
            default: [.deskOpened, .deskOpened]
            }
        let types = ["", "uuid", "bytea", "text", "text", "text"]
        for place in 1..<types.count {
            for shape in Lie.shapes where shape.name != "backwards" {
                var values = Self.values(events, at: .now)
                values[place] = shape.make("(\(values[place]))::\(types[place])[]", of: types[place])
                let typed = zip(values, ["bigint"] + types.dropFirst().map { "\($0)[]" }).map {
                    "(\($0))::\($1)"
                }
                let words = shell.run("SELECT \(function)(\(typed.joined(separator: ", ")))")
                #expect(
                    words?.contains("arrays that are not rows of one table") == true,
                    "\(place), \(shape.name): \(words ?? "done")")
            }
        }
        // The control.
        #expect(shell.run(events.recording(by: function, at: .now)) == nil)
        #expect(try target.precinct.audit() == nil)
    }

    // MARK: Honest calls

    /// The arguments of the functions that record.
    fileprivate static func values(_ events: [Event], at moment: Moment) -> [String] {
        let texts = "ARRAY[\(events.map { _ in "''" }.joined(separator: ", "))]"
        let ids = events.map { _ in "gen_random_uuid()" }.joined(separator: ", ")
        let entries = events.map { "decode('\(Entry($0, at: moment).encoded.hex)', 'hex')" }
        return [
            "\(moment.milliseconds)", "ARRAY[\(ids)]", "ARRAY[\(entries.joined(separator: ", "))]", texts,
            texts,
            texts,
        ]
    }

    private static func record(
        _ function: String, _ name: String, _ target: Target,
        _ subject: @escaping () throws -> (Moment) -> [Event]
    ) -> Attack {
        Attack(function: function, name: name) {
            let events = try subject()
            return (target, { values(events($0), at: $0) })
        }
    }

    /// What only an officer's role writes; all of it could be honest.
    private static func onlyOfOfficers(_ others: Target.Others, at moment: Moment) -> [Event] {
        [
            .packCancelled(pack: others.inactive.number, .byOfficer),
            .postSetAside(pack: others.specimen.number, .specimen, .random(), voted: nil),
            .batchActivated(batch: 3, reconciled: false), .batchReconciled(batch: 3, missing: 0),
            .batchWithdrawn(batch: 3), .ballotClosed(moment),
            .ballotExtended(until: Moment(milliseconds: moment.milliseconds + 3_600_000)),
        ]
    }

    /// What only a desk's role writes.
    private static func onlyOfDesks(_ others: Target.Others, _ rehearsal: Rehearsal) -> [Event] {
        let chain = rehearsal.chain(of: others.voted)
        return [
            .wrongAnswers(pack: others.voted.number, AnswerTag(Bytes()), chain.trial),
            .secondAttempt(pack: others.voted.number, chain.second),
        ]
    }

    /// For all who write.
    private static func common(_ target: Target) -> [Attack] {
        [
            Attack(function: "place", name: "places") { (target, { _ in [] }) },
            Attack(function: "first_loss", name: "what is lost") { (target, { _ in [] }) },
            Attack(function: "server_now", name: "the time") { (target, { _ in [] }) },
            Attack(function: "place_if_free", name: "places, if nobody waits") { (target, { _ in [] }) },
            Attack(function: "hold_places", name: "the head is held") { (target, { _ in [] }) },
            record("record_opening", "an opening", target) { { _ in [.deskOpened, .deskOpened] } }.refusing {
                others, moment in onlyOfOfficers(others, at: moment) + onlyOfDesks(others, target.rehearsal)
            },
        ]
    }

    private static func gathering(_ target: Target) -> [Attack] {
        [
            Attack(function: "gather", name: "packs are looked up") {
                let packs = [try target.pack(), try target.pack()]
                let ids = target.rehearsal.rows(of: packs).map { "'\($0.lookup.id.bytes.hex)'" }
                return (
                    target,
                    { _ in
                        [
                            "ARRAY[\(ids.joined(separator: ", "))]",
                            "ARRAY[\(packs.map { "\($0.number.value)" }.joined(separator: ", "))]", "false",
                        ]
                    }
                )
            }
        ]
    }

    private static func online(_ target: Target) -> [Attack] {
        let rehearsal = target.rehearsal
        return [
            record("record_votes", "votes", target) {
                let packs = [try target.pack(), try target.pack()]
                return { _ in packs.map { rehearsal.cast($0) } }
            }.refusing { others, moment in
                others.all.map { rehearsal.cast($0) } + onlyOfOfficers(others, at: moment)
            },
            record("record_votes", "wrong answers", target) {
                let packs = [try target.pack(), try target.pack()]
                return { _ in
                    packs.map {
                        .wrongAnswers(pack: $0.number, AnswerTag(Bytes()), rehearsal.chain(of: $0).trial)
                    }
                }
            }.refusing { others, moment in
                [others.specimen, others.inactive, others.unknown].map {
                    .wrongAnswers(pack: $0.number, AnswerTag(Bytes()), rehearsal.chain(of: $0).trial)
                } + [
                    // The answers were right.
                    .wrongAnswers(
                        pack: others.voted.number,
                        rehearsal.answerTag(others.voted, others.voted.answers),
                        rehearsal.chain(of: others.voted).trial)
                ] + onlyOfOfficers(others, at: moment)
            },
            record("record_votes", "second attempts", target) {
                let packs = [try target.pack(), try target.pack()]
                for pack in packs { _ = try target.vote(pack) }
                return { _ in packs.map { .secondAttempt(pack: $0.number, rehearsal.chain(of: $0).second) } }
            }.refusing { others, _ in
                [others.cancelled, others.specimen, others.inactive, others.unknown].map {
                    .secondAttempt(pack: $0.number, rehearsal.chain(of: $0).second)
                }
            },
            record("record_votes", "the announced close", target) {
                let closes = Moment(milliseconds: Moment.now.milliseconds + 20)
                _ = try target.desk.extend(until: closes, .none, at: .now)
                usleep(25_000)
                return { _ in [.ballotClosed(closes)] }
            },
        ]
    }

    private static func officers(_ target: Target) -> [Attack] {
        let soon = { (moment: Moment) in Moment(milliseconds: moment.milliseconds + 3_600_000) }
        return [
            Attack(function: "gather_scans", name: "scans are looked up") {
                let pack = try target.pack()
                let nonce = ScanNonce.random()
                _ = try target.desk.receive([pack.scan(nonce)], at: .now)
                return (target, { _ in ["ARRAY[\(pack.number.value)]", "ARRAY['\(nonce.bytes.hex)']"] })
            },
            Attack(function: "hold_ballot", name: "the ballot is held") { (target, { _ in [] }) },
            record("record_acts", "returns by post", target) {
                let packs = [try target.pack(), try target.pack()]
                return { _ in packs.map { .postReceived(pack: $0.number, voter: $0.voter, .random()) } }
            }.refusing { others, _ in
                others.all.map { .postReceived(pack: $0.number, voter: $0.voter, .random()) }
                    + onlyOfDesks(others, target.rehearsal)
            },
            record("record_acts", "set aside", target) {
                let voted = try target.pack()
                _ = try target.vote(voted)
                let time = target.owner.ask("SELECT at FROM votes WHERE pack = \(voted.number.value)")!
                return { _ in
                    [
                        .postSetAside(
                            pack: voted.number, .votedOnline, .random(),
                            voted: Moment(milliseconds: Int64(time)!)),
                        .postSetAside(pack: target.specimen.number, .specimen, .random(), voted: nil),
                    ]
                }
            }.refusing { others, _ in
                [
                    .postSetAside(pack: others.voted.number, .votedOnline, .random(), voted: .test(1)),
                    .postSetAside(pack: others.voted.number, .cancelled, .random(), voted: nil),
                    .postSetAside(pack: others.cancelled.number, .withdrawn, .random(), voted: nil),
                    .postSetAside(pack: others.unknown.number, .cancelled, .random(), voted: nil),
                ]
            },
            record("record_acts", "an annulled return", target) {
                let (pack, nonce) = (try target.pack(), ScanNonce.random())
                _ = try target.desk.receive([pack.scan(nonce)], at: .now)
                return { _ in [.postAnnulled(pack: pack.number, voter: pack.voter, nonce)] }
            }.refusing { others, _ in
                others.all.map { .postAnnulled(pack: $0.number, voter: $0.voter, .random()) }
            },
            record("record_acts", "cancelled packs", target) {
                let packs = [try target.pack(), try target.pack()]
                return { _ in packs.map { .packCancelled(pack: $0.number, .byOfficer) } }
            }.refusing { others, _ in
                [others.cancelled, others.specimen, others.unknown].map {
                    .packCancelled(pack: $0.number, .byOfficer)
                } + [.packCancelled(pack: others.voted.number, .missing)]
            },
            record("record_acts", "an unlocked pack", target) {
                let pack = try target.pack()
                for n in 1...5 { _ = try target.vote(pack, answers: ["1/1/1970", "\(n)"]) }
                return { _ in [.packUnlocked(pack: pack.number)] }
            }.refusing { others, _ in others.all.map { .packUnlocked(pack: $0.number) } },
            record("record_acts", "an activation", target) {
                let batch = try target.batch()
                return { _ in [.batchActivated(batch: batch.number, reconciled: false)] }
            }.refusing { _, _ in
                [
                    .batchActivated(batch: 1, reconciled: false),
                    .batchActivated(batch: 3, reconciled: true),
                    .batchActivated(batch: 9999, reconciled: false),
                ]
            },
            record("record_acts", "a return from the print house", target) {
                let batch = try target.batch()
                return { _ in
                    [
                        .packCancelled(pack: batch.packs[0].number, .missing),
                        .batchReconciled(batch: batch.number, missing: 1),
                    ]
                }
            }.refusing { _, _ in
                [.batchReconciled(batch: 3, missing: 1), .batchReconciled(batch: 9999, missing: 0)]
            },
            record("record_acts", "a withdrawal", target) {
                let batch = try target.batch()
                return { _ in [.batchWithdrawn(batch: batch.number)] }
            }.refusing { _, _ in [.batchWithdrawn(batch: 9999)] },
            record("record_acts", "a later close", target) {
                _ = try target.desk.extend(until: soon(.now), .none, at: .now)
                return { [.ballotExtended(until: soon($0))] }
            }.refusing { _, _ in [.ballotExtended(until: .test(0))] },
            record("record_acts", "a close", target) {
                _ = try target.desk.extend(until: soon(.now), .none, at: .now)
                return { [.ballotClosed($0)] }
            }.refusing { _, _ in
                [
                    .ballotClosed(.test(0)), .ballotClosed(soon(.now)), .ballotFinal,
                    .ballotOpened(closes: nil, grace: 0),
                ]
            },
            Attack(function: "record_acts", name: "the opening of the ballot", isOnce: true) {
                let target = try Target(packs: 4, isOpen: false)
                return (target, { values([.ballotOpened(closes: soon($0), grace: 600_000)], at: $0) })
            },
            Attack(function: "record_acts", name: "the end", isOnce: true) {
                let target = try Target(packs: 4)
                return (target, { values([.ballotClosed($0), .ballotFinal], at: $0) })
            },
        ]
    }

    /// Whatever a loader loads, no officer's program activates it unless it was signed,
    /// and votes go on.
    private static func loading(_ target: Target) throws -> [Attack] {
        let rehearsal = target.rehearsal
        let packs = [rehearsal.pack(910), rehearsal.pack(911)]
        let file = rehearsal.register("more", packs, pairs: [(packs[0], rehearsal.pack(1))])
        let register = try RegisterReader(file, election: rehearsal.election)
        let name = "more"
        let digest = "decode('\(register.digest.bytes.hex)', 'hex')"
        let header = "decode('\(Hex.encode(register.header.bytes))', 'hex')"
        let signature = "decode('\(register.signature.hex)', 'hex')"
        let rows = rehearsal.rows(of: packs).map {
            "('\($0.lookup.id.bytes.hex)', \($0.pack.value), '\($0.voter.bytes.hex)', '\($0.answers.bytes.hex)', 0, 1, decode('\($0.lookup.tag.bytes.hex)', 'hex'))"
        }.joined(separator: ", ")
        let staging = [
            "SELECT begin_load(\(digest), '\(name)')", "INSERT INTO staged VALUES \(rows)",
            "INSERT INTO staged_pairs VALUES (\(packs[0].number.value), \(rehearsal.pack(1).number.value))",
        ]
        let event = Event.registerLoaded(batch: 4, count: 2, register.digest)
        return [
            Attack(function: "begin_load", name: "a load begins") {
                (target, { _ in [digest, "'\(name)'"] })
            },
            Attack(function: "is_as_staged", name: "a batch is compared", before: Array(staging.dropFirst()))
            {
                (target, { _ in ["'\(name)'", "1", "2", header, signature, digest] })
            },
            Attack(
                function: "finish_load", name: "a load ends", before: staging, isOnce: true,
                judge: faultOfLoading(in:)
            ) {
                let target = try Target(packs: 8)
                return (
                    target,
                    {
                        [
                            "\($0.milliseconds)", "'\(name)'", "1", "2", "1", header, signature, digest, "4",
                            "gen_random_uuid()", "decode('\(Entry(event, at: $0).encoded.hex)', 'hex')",
                        ]
                    }
                )
            },
        ]
    }

    /// Nil if what was loaded is the register, or if nobody can use it.
    static func faultOfLoading(in target: Target) throws -> String? {
        guard try target.vote(try target.pack()).name == "accepted" else { return "nobody can vote any more" }
        let difference: String?
        do { difference = try target.precinct.audit() } catch { difference = "\(error)" }
        guard difference != nil else { return nil }
        let text = target.owner.ask("SELECT name FROM batches WHERE number = 4") ?? ""
        guard let name = BatchName(text) else { return "a batch has the name \(text)" }
        do throws(LedgerError) {
            let outcome = try target.desk.activate(name, unreconciled: true, at: .now)
            return "\(outcome), though \(difference!)"
        } catch {
            switch error {
            case .unsignedBatch, .damaged: return nil
            default: return "\(error)"
            }
        }
    }
}

extension Attack {
    /// What no such call may say, at a time.
    fileprivate func refusing(_ wrong: @escaping (Target.Others, Moment) -> [Event]) -> Attack {
        var attack = self
        attack.wrong = { others in
            wrong(others, .now).enumerated().map { place, event in
                let name = "\(event.type) \(event.pack.map { "of \($0)" } ?? "")"
                return (name, { HostileClientTests.values([wrong(others, $0)[place]], at: $0) })
            }
        }
        return attack
    }
}
#endif
