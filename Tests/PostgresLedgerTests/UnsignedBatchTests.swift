#if PostgreSQL
import Counterfoil
import PollingDesk
import PostgresLedger
import TestSupport
import Testing

/// A stolen loader role can load what nobody signed. Then neither `load` nor `activate`
/// believes it.
@Suite struct UnsignedBatchTests {
    private let precinct: Precinct
    private let packs: [TestPack]
    private let file: MemoryBytes

    init() throws {
        precinct = try Precinct(packs: 3)
        packs = [precinct.rehearsal.pack(910), precinct.rehearsal.pack(911)]
        file = precinct.rehearsal.register("more", packs, pairs: [(packs[0], precinct.rehearsal.pack(1))])
    }

    /// What a thief makes of the staged rows. They have the register, and so its digest
    /// and its signature.
    static let forgeries: [(sql: String, isOther: Bool)] = [
        // The control.
        ("SELECT 1", false),
        // A tag of their own, and then a code of their own.
        ("UPDATE staged SET tag = sha256(tag)", true),
        ("UPDATE staged SET voter = gen_random_uuid()", true),
        ("UPDATE staged SET voter = (SELECT voter FROM packs LIMIT 1) WHERE pack = $1", true),
        ("UPDATE staged SET answers = gen_random_uuid()", true),
        ("UPDATE staged SET kind = 2", true),
        ("UPDATE staged SET replaced = (SELECT pack FROM packs LIMIT 1) WHERE pack = $1", true),
        ("UPDATE staged SET id = gen_random_uuid() WHERE pack = $1", true),
        ("UPDATE staged_pairs SET cancelled = (SELECT max(pack) FROM packs)", true),
    ]

    @Test(arguments: forgeries)
    func isNotBelieved(_ sql: String, isOther: Bool) throws {
        let (rehearsal, owner) = (precinct.rehearsal, precinct.owner)
        try load(changing: sql)

        let name = BatchName("more")!
        func activate() throws(LedgerError) -> ActOutcome {
            try owner.desk.activate(name, unreconciled: true, at: .test(20))
        }
        if isOther {
            // Both say so each time, and hold up nobody else.
            for _ in 0..<2 {
                #expect(throws: LedgerError.unsignedBatch(name)) { try owner.desk.load(file, at: .test(20)) }
                #expect(throws: LedgerError.unsignedBatch(name)) { try activate() }
            }
            #expect(try owner.redeem(packs[0], key: 1).name != "accepted")
            #expect(try owner.redeem(rehearsal.pack(2), key: 2).name == "accepted")
            #expect(precinct.shell().ask("SELECT count(*) FROM cancelled") == "0")
            #expect(precinct.shell().ask("SELECT count(*) FROM staged") == "0")
            #expect(try precinct.audit()?.contains("batch more") == true)
        } else {
            #expect(try owner.desk.load(file, at: .test(20)).outcome == .alreadyLoaded)
            #expect(try activate() == .done)
            #expect(try owner.redeem(packs[0], key: 1, at: .test(21)).name == "accepted")
            #expect(try precinct.audit() == nil)
        }
    }

    /// A signature of another register, or none, is not believed either.
    @Test(arguments: ["signature", "digest"])
    func norIsAnotherSignature(_ part: String) throws {
        try load(changing: "SELECT 1", spoiling: part)
        let name = BatchName("more")!
        #expect(throws: LedgerError.unsignedBatch(name)) {
            try precinct.owner.desk.activate(name, unreconciled: true, at: .test(20))
        }
        let expected: LedgerError = part == "digest" ? .otherRegister(name) : .unsignedBatch(name)
        #expect(throws: expected) {
            try precinct.owner.desk.load(file, at: .test(20))
        }
        #expect(try precinct.audit() != nil)
    }

    /// What our own program cannot prevent: a thief who has the officer's role as well
    /// activates by a program of their own. Their codes vote, and the audit names the batch.
    @Test func withAnOfficersRoleAThiefActivatesIt() throws {
        let (rehearsal, thief) = (precinct.rehearsal, precinct.rehearsal.pack(912))
        let forged = rehearsal.rows(of: [thief])[0]
        try load(
            changing: """
                UPDATE staged SET id = '\(forged.lookup.id.bytes.hex)', tag = decode('\(forged.lookup.tag.bytes.hex)', 'hex'),
                    voter = '\(thief.voter.bytes.hex)' WHERE pack = $1
                """)
        let officer = precinct.shell(as: "test_officer")
        #expect(
            officer.run(Event.batchActivated(batch: 2, reconciled: false).recording(by: "record_acts")) == nil
        )
        let vote = Event.voteCast(
            pack: packs[0].number, voter: thief.voter, Fingerprint(Bytes()),
            rehearsal.chain(of: thief).opening)
        #expect(precinct.shell(as: "test_desk").run(vote.recording(by: "record_votes")) == nil)
        #expect(try precinct.audit()?.contains("batch more") == true)
    }

    /// Looking at a signature may take long, and neither waits for voters nor holds them up.
    @Test func whoLooksAtASignatureWaitsForNobody() throws {
        let voter = precinct.shell(as: "test_desk")
        let number = precinct.rehearsal.pack(1).number
        #expect(voter.run("BEGIN; SELECT gather('{}', '{\(number.value)}', false)") == nil)
        #expect(try precinct.owner.desk.ledger.isSigned(BatchName("main")!))
        #expect(voter.run("COMMIT") == nil)
    }

    /// A batch with a name that no program reads would stop all of them.
    @Test(arguments: ["", "two words", "-x", String(repeating: "x", count: 32), "m\u{F6}re", "more\n"])
    func aNameThatIsNoneIsRefused(_ name: String) throws {
        #expect(throws: VectorError.self) { try load(changing: "SELECT 1", as: name) }
        #expect(try precinct.owner.redeem(precinct.rehearsal.pack(1), key: 1).name == "accepted")
    }

    /// Loads the register by the loader's role, in SQL, with something changed.
    private func load(
        changing sql: String, spoiling part: String = "", as name: String = "more"
    ) throws {
        let register = try RegisterReader(file, election: precinct.rehearsal.election)
        // A digest is in the entry as well.
        let digest = part == "digest" ? RegisterDigest(Bytes()) : register.digest
        let signature = part == "signature" ? Bytes<64>() : register.signature
        let rows = precinct.rehearsal.rows(of: packs).map {
            """
            ('\($0.lookup.id.bytes.hex)', \($0.pack.value), '\($0.voter.bytes.hex)', '\($0.answers.bytes.hex)',
             0, 1, decode('\($0.lookup.tag.bytes.hex)', 'hex'))
            """
        }
        let (loader, owner) = (precinct.shell(as: "test_loader"), precinct.shell())
        let entry = Entry(.registerLoaded(batch: 2, count: 2, digest), at: .test(10)).encoded
        // The loader's role may only insert. The owner makes the forged rows for it.
        let staged = [
            "CREATE TEMP TABLE staged (LIKE counterfoil.staged); CREATE TEMP TABLE staged_pairs (LIKE counterfoil.staged_pairs); SET search_path = pg_temp, counterfoil",
            "INSERT INTO staged VALUES \(rows.joined(separator: ", "))",
            "INSERT INTO staged_pairs VALUES (\(packs[0].number.value), \(precinct.rehearsal.pack(1).number.value))",
            sql.replacing("$1", with: "\(packs[0].number.value)"),
        ]
        for sql in staged {
            if let words = owner.run(sql) { throw VectorError(words) }
        }
        let forged = owner.ask(
            """
            SELECT string_agg(format('(%L, %s, %L, %L, %s, %s, %L::bytea)',
                                     id, pack, voter, answers, replaced, kind, tag::text), ', ') FROM staged
            """)!
        let pairs = owner.ask(
            "SELECT string_agg(format('(%s, %s)', kept, cancelled), ', ') FROM staged_pairs")!
        for sql in [
            "BEGIN", "SELECT begin_load(decode('\(digest.bytes.hex)', 'hex'), '\(name)')",
            "INSERT INTO staged VALUES \(forged)", "INSERT INTO staged_pairs VALUES \(pairs)",
            """
            SELECT finish_load(\(Moment.test(10).milliseconds), '\(name)', 1::smallint, 2, 1,
                decode('\(Hex.encode(register.header.bytes))', 'hex'), decode('\(signature.hex)', 'hex'),
                decode('\(digest.bytes.hex)', 'hex'), 2, gen_random_uuid(), decode('\(entry.hex)', 'hex'))
            """, "COMMIT",
        ] {
            if let words = loader.run(sql) { throw VectorError(words) }
        }
    }
}
#endif
