import TestSupport
import Testing

@testable import Counterfoil
@testable import IssuingRoom

/// vectors/numbers.json: sections 2, 8 and 9.
@Suite struct NumbersVectorTests {
    static let file = VectorFile("numbers")
    static let subKeys = file.tests("sub-key")
    static let voters = file.tests("voter")
    static let specimens = file.tests("specimen")
    static let folded = file.tests("fold")
    static let codes = file.tests("code")

    /// Each purpose by the key that it is for.
    @Test(arguments: subKeys)
    func derivesWorkingKeys(_ test: VectorObject) throws {
        let id = try test.electionID()
        let issuing = IssuingKey(
            election: id, ledgerKey: .filled(0), secret: try test.secret("secret"))
        let desk = DeskKey(election: id, ledgerKey: .filled(0), secret: try test.secret("secret"))
        let subKey = try test.hex("subKey")
        // A signing key is known by its public key, and keeps its seed in front.
        var publicKey = Bytes<32>()
        let expanded = Sodium.ed25519Expand(seed: try test.secret("subKey"), publicKey: &publicKey)
        if test.has("publicKey") { #expect(publicKey == (try test.bytes("publicKey"))) }
        switch try test.string("purpose") {
        case "register-signing":
            #expect(issuing.registerPublicKey == publicKey)
            #expect(issuing.registerSigner.array == expanded.array)
            #expect(issuing.registerSigner.array.starts(with: subKey))
        case "manifest-signing":
            #expect(issuing.manifestPublicKey == publicKey)
            #expect(issuing.manifestSigner.array == expanded.array)
        case "voter-numbers": #expect(issuing.voterKey.array == subKey)
        case "batch-book": #expect(issuing.bookKey.array == subKey)
        case "receipt-signing": #expect(desk.receiptPublicKey == publicKey)
        case "checkpoint-signing": #expect(desk.checkpointPublicKey == publicKey)
        case "passes": #expect(desk.passKey.array == subKey)
        case let other: Issue.record("no key has the purpose \(other)")
        }
        #expect(test.unread == [])
    }

    @Test(arguments: voters)
    func numbersVoters(_ test: VectorObject) throws {
        let field = Array(try test.string("field").utf8)
        let chunk = RollChunk(
            firstRow: 1, count: 1, columns: 1, bytes: field, ends: [UInt32(field.count)], lines: [2])
        let id = Array(field[chunk.trimmedRange(0, 0)])
        #expect(id == Array(try test.string("voterId").utf8))
        try number(id, test)
    }

    @Test(arguments: specimens)
    func numbersSpecimens(_ test: VectorObject) throws {
        let id = RowPlanner.specimenID(try test.batchName(), try test.int("ordinal"))
        #expect(id == Array(try test.string("voterId").utf8))
        try number(id, test)
    }

    private func number(_ id: [UInt8], _ test: VectorObject) throws {
        let key = IssuingKey.standIn(voterKey: try test.secret("voterKey"))
        let election = try test.electionID()
        let number = id.withBytes { key.voterNumber($0, in: election) }
        #expect(number.bytes == (try test.bytes("voterNumber")))
        #expect(test.unread == [])
    }

    @Test(arguments: folded)
    func foldsIDs(_ test: VectorObject) throws {
        let key = IssuingKey.standIn(voterKey: try test.secret("voterKey"))
        let name = try test.string("voterIDs")
        let ids = try #require(VoterIDs(name: name))
        let election = Election.standIn(try test.electionID(), voterIDs: ids)
        let id = Array(try test.string("voterId").utf8)
        let form = Array(try test.string("foldedId").utf8)
        var folding = IDFolding()
        let folded = id.withBytes { folding.fold($0, as: ids) }
        #expect(folded == (form == id ? nil : form))
        let numbers = id.withBytes { key.numbers(of: $0, in: election, &folding) }
        #expect(numbers.own.bytes == (try test.bytes("voterNumber")))
        #expect(numbers.folded.bytes == (try test.bytes("foldedNumber")))
        #expect(test.unread == [])
    }

    @Test(arguments: codes)
    func hashesCodes(_ test: VectorObject) throws {
        let code = try test.string("code")
        let length = try #require(CodeLength(rawValue: code.utf8.count { $0 != 0x2D }))
        var slot = CodeSlot(.standIn(try test.electionID(), codeLength: length))
        let reading = Array(code.utf8).withBytes { slot.read($0) }
        #expect(reading == .wellFormed)
        let symbols = slot.symbols.withBytes { Array($0.array[..<length.symbols]) }
        #expect(symbols == (try test.hex("symbols")))

        let key = LedgerKey(try test.secret("ledgerKey"))
        let lookup = slot.lookup(key)
        #expect(lookup.id == LookupID(try test.bytes("lookupId")))
        #expect(lookup.id.bytes == (try test.bytes("lookupId")))
        #expect(lookup.tag.bytes == (try test.bytes("tag")))
        #expect(lookup.tag.matches(Tag(try test.bytes("tag"))))
        let secrets = slot.secrets.withBytes { $0.array }
        #expect(secrets == (try test.hex("answerKey") + test.hex("spendingSecret")))
        slot.withChain { chain in
            let second = CodeChain.Second(revealing: chain)
            #expect(second.bytes.array == (try? test.hex("second")))
            #expect(second.opening.bytes.array == (try? test.hex("opening")))
            #expect(second.opening.trial.bytes.array == (try? test.hex("trial")))
            #expect(CodeChain.Opening(revealing: chain).bytes == second.opening.bytes)
            #expect(CodeChain.Trial(revealing: chain).bytes == second.opening.trial.bytes)
            #expect(second.leads(to: lookup.tag))
        }
        #expect(test.unread == [])
    }

    @Test func allAreRun() {
        let run = [Self.subKeys, Self.voters, Self.specimens, Self.folded, Self.codes]
        #expect(run.map(\.count).reduce(0, +) == Self.file.count)
    }
}

extension IssuingKey {
    /// A room's keys of which a test needs one.
    static func standIn(
        registerSeed: consuming SecretBytes = .filled(1), manifestSeed: consuming SecretBytes = .filled(2),
        voterKey: consuming SecretBytes = .filled(3), bookKey: consuming SecretBytes = .filled(4)
    ) -> IssuingKey {
        IssuingKey(
            ledgerKey: .filled(0), registerSeed: registerSeed, manifestSeed: manifestSeed,
            voterKey: voterKey, bookKey: bookKey)
    }
}

extension SecretBytes {
    var array: [UInt8] { withBytes { $0.array } }
}
