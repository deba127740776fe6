#if COUNTERFOIL_TAINT
internal import Counterfoil
internal import IssuingRoom

/// A secret code is typed: read, located where it has a slip, hashed, and
/// compared with a stored tag that is secret too; and so are its answers,
/// and the fingerprint of its vote.
enum Typing {
    static func run(_ length: CodeLength) {
        let election = election(length)
        let ledgerKey = LedgerKey(SecretBytes.random(count: 32))
        ledgerKey.bytes.withBytes { taint($0) }
        var maker = PackMaker(election)
        _ = maker.make(ordinal: 7, key: SecretBytes.random(count: 32))
        var typed = SecretScratch(count: length.printedCount)
        typed.withMutableBytes { maker.printCode(into: &$0, at: 0) }
        let stored = maker.slot.lookup(ledgerKey)

        // Typed in lower case, which is folded.
        typed.withMutableBytes { bytes in
            for i in 0..<bytes.byteCount { bytes.put(bytes.bytes.byte(i) | 0x20, at: i) }
        }
        typed.withBytes { taint($0) }
        var slot = CodeSlot(election)
        let reading = typed.withBytes { slot.read($0) }
        guard reading == .wellFormed else { fatalError("the code does not read: \(reading)") }
        slot.symbols.withBytes { mustBeTainted($0.extracting(0..<length.symbols), "the symbols") }
        let lookup = slot.lookup(ledgerKey)
        lookup.tag.bytes.withBytes { mustBeTainted($0, "the tag") }
        guard lookup.id == stored.id, lookup.tag.matches(stored.tag) else {
            fatalError("the code is not found again")
        }

        var sheet = AnswerSheet(election)
        guard Array("2 March 1979".utf8).withBytes({ sheet.set(0, $0) }) else { fatalError("unread") }
        let tag = sheet.withMessage { message in
            taint(message)
            return slot.answerTag(message)
        }
        let again = sheet.withMessage { slot.answerTag($0) }
        guard tag.matches(again), !tag.matches(.none) else { fatalError("the answers do not fit") }

        slot.withChain { chain in
            for (place, what) in [(16, "second"), (64, "opening"), (112, "trial")] {
                mustBeTainted(chain.extracting(place..<place + 32), what)
            }
        }

        let key = SecretBytes.random(count: 32).withBytes { tainted($0) }
        slot.withSpendingSecret { secret in
            mustBeTainted(secret, "the spending secret")
            key.withBytes { key in
                let fingerprint = Spending.fingerprint(secret, key, in: election.id)
                fingerprint.bytes.withBytes { mustBeTainted($0, "the fingerprint") }
                guard fingerprint.matches(Spending.fingerprint(secret, key, in: election.id)) else {
                    fatalError("a fingerprint differs from itself")
                }
                let number = Spending.receiptNumber(secret, key, in: election.id)
                number.withBytes { mustBeTainted($0, "the receipt's number") }
            }
        }

        // Slips of the pen, which are located without touching the symbols:
        // another symbol, two that changed places, one too few, one foreign.
        typed.withMutableBytes { bytes in bytes.put(bytes.bytes.byte(3) ^ 1, at: 3) }
        _ = typed.withBytes { slot.read($0) }
        typed.withMutableBytes { bytes in
            let (a, b) = (bytes.bytes.byte(7), bytes.bytes.byte(8))
            bytes.put(b, at: 7)
            bytes.put(a, at: 8)
        }
        _ = typed.withBytes { slot.read($0) }
        _ = typed.withBytes { slot.read($0.extracting(0..<$0.byteCount - 1)) }
        typed.withMutableBytes { bytes in bytes.put(0xC3 as UInt8, at: 11) }
        _ = typed.withBytes { slot.read($0) }
    }
}
#endif
