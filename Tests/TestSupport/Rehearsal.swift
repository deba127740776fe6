package import Counterfoil
package import PollingDesk

/// An election with known keys, and packs made up by number: what the issuing
/// room would make, without the issuing room.
package struct Rehearsal: Sendable {
    package let election: Election
    private let seed: UInt64

    /// Another seed is another election. It asks two questions, or the first of them.
    package init(
        seed: UInt64 = 1, lockAfter: Int = 5, lifetimeLimit: Int = 15, questions: Int = 2
    ) {
        self.seed = seed
        let id = ElectionID(Numbers(seed).bytes())
        var registerKey = Bytes<32>()
        _ = Self.registerSigner(seed, publicKey: &registerKey)
        let desk = Self.deskKey(id, seed)
        election = try! Election(
            id: id, name: "Rehearsal \(seed)", codeLength: .twenty,
            questions: Array(
                [
                    Question(name: "Date of birth", kind: .date(.dmy, latestYear: 2010)),
                    Question(name: "Membership number", kind: .digits(atMost: 8)),
                ].prefix(questions)),
            lockAfter: lockAfter, lifetimeLimit: lifetimeLimit,
            registerKey: registerKey, manifestKey: Numbers(seed &+ 2).bytes(),
            receiptKey: desk.receiptPublicKey, checkpointKey: desk.checkpointPublicKey)
    }

    package func deskKey() -> DeskKey { Self.deskKey(election.id, seed) }

    /// The pack with this number of ours, for a voter with this number of ours.
    package func pack(
        _ number: Int, voter: Int? = nil, kind: PackKind = .normal, replacing old: TestPack? = nil
    ) -> TestPack {
        var numbers = Numbers(seed &* 0x1_0000_0001 &+ UInt64(number) &* 8)
        let constant = election.constant
        var code = Bytes<20>()
        for i in 0..<17 { code[i] = numbers.next() & 31 }
        code.withMutableBytes { CheckSymbols.append(to: &$0, count: 20, constant: constant) }
        var pack = Bytes<12>()
        for i in 0..<9 { pack[i] = numbers.next() & 31 }
        pack.withMutableBytes { CheckSymbols.append(to: &$0, count: 12, constant: constant) }
        return TestPack(
            code: code, number: pack.withBytes { PackNumber(symbols: $0) },
            voter: VoterNumber(Numbers(seed ^ 0x766F_7465 &+ UInt64(voter ?? number) << 20).bytes()),
            kind: kind, replaced: old?.number,
            answers: Array(
                [
                    "\(number % 28 + 1)/\(number % 12 + 1)/\(1940 + number % 60)",
                    "\(number % 90_000_000 + 1)",
                ].prefix(election.questions.count)))
    }

    /// A signed register of these packs.
    package func register(
        _ name: String, _ packs: some Sequence<TestPack>, pairs: [(kept: TestPack, cancelled: TestPack)] = [],
        as kind: BatchKind = .members
    ) -> MemoryBytes {
        register(
            name, rows: rows(of: packs),
            pairs: pairs.map { PackPair(kept: $0.kept.number, cancelled: $0.cancelled.number) }.sorted(),
            as: kind)
    }

    /// As their register has them, in its order.
    package func rows(of packs: some Sequence<TestPack>) -> [RegisterRow] {
        let desk = deskKey()
        var slot = CodeSlot(election)
        var sheet = AnswerSheet(election)
        var rows: [RegisterRow] = []
        for pack in packs { rows.append(pack.row(desk.ledgerKey, &slot, &sheet)) }
        return rows.sorted { $0.lookup.id < $1.lookup.id }
    }

    /// Of these answers to the questions, with the pack's code.
    package func answerTag(_ pack: TestPack, _ answers: [String]) -> AnswerTag {
        rows(of: [pack.answering(answers)])[0].answers
    }

    /// Of an idempotency key, with the pack's code.
    package func fingerprint(_ pack: TestPack, key: [UInt8]) -> Fingerprint {
        withSpendingSecret(of: pack) { secret in
            key.withBytes { Spending.fingerprint(secret, $0, in: election.id) }
        }
    }

    /// Of the pack's code.
    package func withSpendingSecret<R>(of pack: TestPack, _ body: (borrowing RawSpan) -> R) -> R {
        var slot = CodeSlot(election)
        pack.spell(into: &slot, deskKey().ledgerKey)
        return slot.withSpendingSecret(body)
    }

    /// What the log shows of a pack's code, for a test that makes an entry up.
    package func chain(
        of pack: TestPack
    ) -> (second: CodeChain.Second, opening: CodeChain.Opening, trial: CodeChain.Trial) {
        var slot = CodeSlot(election)
        pack.spell(into: &slot, deskKey().ledgerKey)
        return slot.withChain {
            (
                CodeChain.Second(revealing: $0), CodeChain.Opening(revealing: $0),
                CodeChain.Trial(revealing: $0)
            )
        }
    }

    /// A signed register of rows, and of pairs, that the caller made up, in order.
    package func register(
        _ name: String, rows: [RegisterRow], pairs: [PackPair] = [], as kind: BatchKind = .members
    ) -> MemoryBytes {
        let header = RegisterHeader(
            election: election, batch: BatchName(name)!, kind: kind, count: rows.count, pairs: pairs.count)
        var file = header.bytes
        file.reserveCapacity(Register.size(rows: rows.count, pairs: pairs.count))
        for row in rows {
            var bytes = Bytes<97>()
            bytes.withMutableBytes { row.write(into: &$0) }
            file.append(bytes)
        }
        for pair in pairs { file.append(pair.bytes) }
        return MemoryBytes(signed(file))
    }

    /// Whatever it is, with the signature of a register after it.
    package func signed(_ file: [UInt8]) -> [UInt8] {
        var digest = StreamingBLAKE2b(.register, key: RawSpan(), salt: election.id.bytes, size: 64)
        file.withBytes { digest.update($0) }
        var ignored = Bytes<32>()
        let signer = Self.registerSigner(seed, publicKey: &ignored)
        let signature = Register.finish(&digest).bytes.withBytes {
            Signed.sign($0, as: .register, with: signer)
        }
        return file + signature.array
    }

    private static func registerSigner(_ seed: UInt64, publicKey: inout Bytes<32>) -> SecretBytes {
        Sodium.ed25519Expand(seed: secret(seed &+ 3), publicKey: &publicKey)
    }

    /// What the desk's key file seals: ledger key and desk secret.
    package func deskSecrets() -> SecretBytes {
        SecretBytes(count: 64) { out in
            Self.secret(seed &+ 4).withBytes { out.copy($0) }
            Self.secret(seed &+ 5).withBytes { out.copy($0, at: 32) }
        }
    }

    /// Without a passphrase, or with one that is stretched as little as may be.
    package func deskKeyFile(passphrase: String? = nil) throws -> [UInt8] {
        let secrets = deskSecrets()
        let typed = passphrase.map { text in
            Array(text.utf8).withBytes { SecretBytes(copying: $0) }
        }
        return try KeyFile.seal(
            room: .desk, election: election, ledgerKey: secrets.slice(0..<32),
            secret: secrets.slice(32..<64), passphrase: typed,
            stretching: KeyFile.Stretching(passes: 1, memory: 8192))
    }

    /// The desk's keys by name, for a test that looks where they must not be.
    package func deskKeys() -> [(String, [UInt8])] {
        let secrets = deskSecrets()
        let secret = secrets.slice(32..<64)
        let id = election.id
        func derived(_ purpose: StaticString) -> [UInt8] {
            id.subkey(of: secret, purpose).withBytes { $0.array }
        }
        return [
            ("ledger key", secrets.withBytes { $0.extracting(0..<32).array }),
            ("desk secret", secret.withBytes { $0.array }),
            ("receipt seed", derived("receipt-signing")),
            ("checkpoint seed", derived("checkpoint-signing")), ("pass key", derived("passes")),
        ]
    }

    private static func deskKey(_ id: ElectionID, _ seed: UInt64) -> DeskKey {
        DeskKey(election: id, ledgerKey: secret(seed &+ 4), secret: secret(seed &+ 5))
    }

    private static func secret(_ seed: UInt64) -> SecretBytes {
        (Numbers(seed).bytes() as Bytes<32>).withBytes { SecretBytes(copying: $0) }
    }
}

/// One pack, with all that its holder knows.
package struct TestPack: Sendable {
    fileprivate let code: Bytes<20>
    package let number: PackNumber
    package let voter: VoterNumber
    package let kind: PackKind
    package let replaced: PackNumber?
    /// To the questions, in their order.
    package let answers: [String]

    /// The same pack for a voter who answers otherwise.
    package func answering(_ answers: [String]) -> TestPack {
        TestPack(
            code: code, number: number, voter: voter, kind: kind, replaced: replaced, answers: answers)
    }

    /// As printed.
    package var printedCode: [UInt8] {
        var text = [UInt8](repeating: 0, count: 24)
        var span = text.mutableSpan
        var bytes = unsafe span.mutableBytes
        code.withBytes { Alphabet.print($0, into: &bytes, at: 0) }
        return text
    }

    @discardableResult
    fileprivate func spell(into slot: inout CodeSlot, _ key: borrowing LedgerKey) -> Lookup {
        slot.symbols.withMutableBytes { out in code.withBytes { out.copy($0) } }
        return slot.lookup(key)
    }

    fileprivate func row(
        _ key: borrowing LedgerKey, _ slot: inout CodeSlot, _ sheet: inout AnswerSheet
    ) -> RegisterRow {
        let lookup = spell(into: &slot, key)
        for (i, answer) in answers.enumerated() {
            let readable = Array(answer.utf8).withBytes { sheet.set(i, $0) }
            precondition(readable)
        }
        let tag = sheet.withMessage { slot.answerTag($0) }
        return RegisterRow(
            lookup: lookup, pack: number, voter: voter, answers: tag, kind: kind,
            replaced: replaced)
    }
}

extension Rehearsal {
    /// What an audit finds, without anything from elsewhere.
    package func difference(in ledger: some Ledger, long: Bool = false) throws -> String? {
        try ledger.snapshot(long: long) { (snapshot) throws(LedgerError) in
            try Audit(election: election).run(on: snapshot).difference
        }
    }
}
