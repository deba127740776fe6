#if COUNTERFOIL_TAINT
internal import Counterfoil
internal import IssuingRoom

/// A code comes into being under a secret batch key, is checked for words,
/// hashed under the secret ledger key, and printed.
enum Issuing {
    static func run(_ length: CodeLength) {
        let election = election(length)
        let ledgerKey = LedgerKey(SecretBytes.random(count: 32))
        let batchKey = SecretBytes.random(count: 32)
        ledgerKey.bytes.withBytes { taint($0) }
        batchKey.withBytes { taint($0) }

        var printed = SecretScratch(count: length.printedCount)
        var maker = PackMaker(election)
        var sheet = AnswerSheet(election)
        for ordinal in 1...200 {
            _ = maker.make(ordinal: ordinal, key: batchKey)
            printed.withMutableBytes { maker.printCode(into: &$0, at: 0) }
            let lookup = maker.slot.lookup(ledgerKey)
            lookup.tag.bytes.withBytes { mustBeTainted($0, "the stored tag") }

            // The answers of the roll: in normal form already, and secret now.
            guard Array("2 March 1979".utf8).withBytes({ sheet.set(0, $0) }) else { fatalError("unread") }
            let tag = sheet.withMessage { message in
                taint(message)
                return maker.slot.answerTag(message)
            }
            tag.bytes.withBytes { mustBeTainted($0, "the answer tag") }
            sheet.clear()
        }
        for group in 0..<length.groups {
            // The hyphens between the groups are in everybody's eyes.
            printed.withBytes {
                mustBeTainted($0.extracting(5 * group..<5 * group + 4), "the printed code")
            }
        }
    }
}
#endif
