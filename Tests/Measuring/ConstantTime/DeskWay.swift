#if COUNTERFOIL_TAINT
internal import Counterfoil
internal import IssuingRoom
internal import PollingDesk

/// The whole of a request at the desk, in its guarded form: a secret code
/// under secret desk keys is checked, redeemed, asked again, and redeemed
/// with the pass; wrong answers are counted. The receipt's signing key, and
/// the key of passes, are made from a secret and used.
enum DeskWay {
    static func run() {
        let id = ElectionID.random()
        let ledgerKey = SecretBytes.random(count: 32)
        let secret = SecretBytes.random(count: 32)
        var registerKey = Bytes<32>()
        let signer = Sodium.ed25519Expand(seed: SecretBytes.random(count: 32), publicKey: &registerKey)
        let keys = DeskKey(election: id, ledgerKey: ledgerKey.slice(0..<32), secret: secret)
        let election = election(
            .twenty, id: id, registerKey: registerKey, receiptKey: keys.receiptPublicKey,
            checkpointKey: keys.checkpointPublicKey)

        // Two packs, in the open: their register is public to the desk.
        var maker = PackMaker(election)
        let batchKey = SecretBytes.random(count: 32)
        let open = LedgerKey(ledgerKey.slice(0..<32))
        let firstRow = pack(1, &maker, batchKey, open, election)
        let first = printed(maker)
        let secondRow = pack(2, &maker, batchKey, open, election)
        let second = printed(maker)
        let rows = [firstRow, secondRow].sorted { $0.lookup.id < $1.lookup.id }
        let ledger = MemoryLedger(election: election, at: Moment(milliseconds: 1))
        let clerk = try! Desk(key: keys, ledger: ledger)
        _ = try! clerk.load(Register.signed(rows, election, signer), at: Moment(milliseconds: 2))
        _ = try! clerk.activate(BatchName("B01")!, unreconciled: true, at: Moment(milliseconds: 3))
        _ = try! clerk.open(at: Moment(milliseconds: 4))

        // From here on the keys are secret, and what is typed.
        let now = Moment(milliseconds: 10)
        let desk = try! Desk(
            key: DeskKey(
                election: id, ledgerKey: ledgerKey.withBytes { tainted($0) },
                secret: secret.withBytes { tainted($0) }), ledger: ledger as any Ledger
        ) { now }
        var form = try! desk.makeForm()
        let press = SecretBytes.random(count: 32).withBytes { tainted($0) }
        func fill(_ form: inout RedemptionForm, _ code: borrowing SecretBytes, born: String, key: Bool) {
            code.withBytes { form.setCode($0) }
            Array(born.utf8).withBytes { form.setAnswer("Date of birth", $0) }
            if key { press.withBytes { form.setKey($0) } }
        }
        let secretCode = first.withBytes { tainted($0) }
        let otherCode = second.withBytes { tainted($0) }

        fill(&form, secretCode, born: "3 March 1979", key: true)
        expect(try! desk.redeem(&form), "wrong-answers")
        fill(&form, secretCode, born: "3 March 1979", key: true)
        expect(try! desk.redeem(&form), "wrong-answers")
        fill(&form, secretCode, born: "2 March 1979", key: true)
        let accepted = try! desk.redeem(&form)
        expect(accepted, "accepted")
        mustBeSecret(accepted)
        fill(&form, secretCode, born: "2 March 1979", key: true)
        expect(try! desk.redeem(&form), "repeated")

        fill(&form, otherCode, born: "2 March 1979", key: false)
        let good = try! desk.check(&form)
        guard case .good(let pass, _) = good else { fatalError("no pass") }
        // What is inside of it stays secret, and comes out secret.
        Array(pass.text.utf8).withBytes { form.setPass($0) }
        press.withBytes { form.setKey($0) }
        let byPass = try! desk.redeem(&form)
        expect(byPass, "accepted")
        mustBeSecret(byPass)
    }

    private static func mustBeSecret(_ outcome: RedeemOutcome) {
        guard case .accepted(let receipt) = outcome else { fatalError("no receipt") }
        receipt.number.withBytes { mustBeTainted($0, "the receipt's number") }
        receipt.signature.withBytes { mustBeTainted($0, "the receipt's signature") }
    }

    private static func pack(
        _ ordinal: Int, _ maker: inout PackMaker, _ batchKey: borrowing SecretBytes,
        _ key: borrowing LedgerKey, _ election: Election
    ) -> RegisterRow {
        let (number, _) = maker.make(ordinal: ordinal, key: batchKey)
        let lookup = maker.slot.lookup(key)
        var sheet = AnswerSheet(election)
        _ = Array("2 March 1979".utf8).withBytes { sheet.set(0, $0) }
        let answers = sheet.withMessage { maker.slot.answerTag($0) }
        var voter = Bytes<16>()
        voter[0] = UInt8(ordinal)
        return RegisterRow(
            lookup: lookup, pack: number, voter: VoterNumber(voter), answers: answers,
            kind: .normal, replaced: nil)
    }

    private static func printed(_ maker: borrowing PackMaker) -> SecretBytes {
        SecretBytes(count: 24) { maker.printCode(into: &$0, at: 0) }
    }

    private static func expect(_ outcome: RedeemOutcome, _ name: String) {
        let found =
            switch outcome {
            case .accepted: "accepted"
            case .repeated: "repeated"
            case .refused(let refusal): refusal.name
            case .badPass, .passExpired: "another"
            }
        guard found == name else { fatalError("\(found), not \(name)") }
    }
}

extension Register {
    /// The register of a batch with these rows.
    fileprivate static func signed(
        _ rows: [RegisterRow], _ election: Election, _ signer: borrowing SecretBytes
    ) -> Memory {
        let header = RegisterHeader(
            election: election, batch: BatchName("B01")!, kind: .members, count: rows.count, pairs: 0)
        var file = header.bytes
        var digest = Register.digest(of: header, election)
        for row in rows {
            var bytes = Bytes<97>()
            bytes.withMutableBytes { row.write(into: &$0) }
            bytes.withBytes { digest.update($0) }
            file += bytes.array
        }
        let signature = Register.finish(&digest).bytes.withBytes {
            Signed.sign($0, as: .register, with: signer)
        }
        return Memory(bytes: file + signature.array)
    }
}

private struct Memory: RandomAccessBytes {
    let bytes: [UInt8]
    var byteCount: Int { bytes.count }
    func read(at offset: Int, into: inout MutableRawSpan) throws(StreamError) {
        let count = into.byteCount
        bytes.withBytes { into.copy($0.extracting(offset..<offset + count)) }
    }
}
#endif
