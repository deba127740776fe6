// A program for valgrind's memcheck: it marks secrets as undefined memory, and
// every branch and every address that depends on one is reported.
//
// `script/constant-time` builds and runs it. With the argument `good` it goes
// the way of a real code, through the library as released; each other argument
// is a planted leak that memcheck must report, or the check itself is broken.

#if COUNTERFOIL_TAINT
internal import CSodium
internal import Counterfoil
internal import IssuingRoom
internal import PollingDesk

switch CommandLine.arguments.dropFirst().first {
case "good": Good.run()
case "table": Planted.table()
case "early-return": Planted.earlyReturn()
case "equal": Planted.equal()
case "switch": Planted.switching()
case "string": Planted.string()
default: fatalError("usage: good | table | early-return | equal | switch | string")
}
print("ended")

/// Marks bytes as secret.
func taint(_ bytes: borrowing RawSpan) {
    unsafe bytes.withUnsafeBytes { unsafe counterfoil_taint($0.baseAddress, $0.count) }
}

/// Stops the program unless the bytes carry a taint: a check that follows
/// nothing finds nothing.
func mustBeTainted(_ bytes: borrowing RawSpan, _ what: String) {
    let count = unsafe bytes.withUnsafeBytes { unsafe counterfoil_tainted($0.baseAddress, $0.count) }
    guard count > 0 else { fatalError("the taint did not reach \(what)") }
}

enum Good {
    static func run() {
        let election = try! Election(
            id: .random(), name: "Check", codeLength: .twenty,
            questions: [Question(name: "Date of birth", kind: .date(.dmy, latestYear: 2012))],
            registerKey: Bytes(), manifestKey: Bytes(), receiptKey: Bytes(), checkpointKey: Bytes())
        let ledgerKey = LedgerKey(SecretBytes.random(count: 32))
        let batchKey = SecretBytes.random(count: 32)
        ledgerKey.bytes.withBytes { taint($0) }
        batchKey.withBytes { taint($0) }

        // Issuing: a code comes into being, is checked, hashed and printed.
        var printed = SecretScratch(count: 32)
        var stored: Lookup?
        var maker = PackMaker(election)
        for ordinal in 1...200 {
            _ = maker.make(ordinal: ordinal, key: batchKey)
            printed.withMutableBytes { maker.printCode(into: &$0, at: 0) }
            stored = maker.slot.lookup(ledgerKey)
        }
        printed.withBytes { mustBeTainted($0.extracting(0..<24), "the printed code") }
        stored!.tag.bytes.withBytes { mustBeTainted($0, "the stored tag") }

        // At the desk: the same code is typed, read, hashed and compared.
        var slot = CodeSlot(election)
        let reading = printed.withBytes { slot.read($0.extracting(0..<24)) }
        guard reading == .wellFormed else { fatalError("the code does not read: \(reading)") }
        slot.symbols.withBytes { mustBeTainted($0.extracting(0..<20), "the symbols") }
        let lookup = slot.lookup(ledgerKey)
        guard lookup.id == stored!.id, lookup.tag.matches(stored!.tag) else {
            fatalError("the code is not found again")
        }

        // A slip of the pen: located, without touching the symbols.
        printed.withMutableBytes { bytes in bytes.put(bytes.bytes.byte(3) ^ 1, at: 3) }
        _ = printed.withBytes { slot.read($0.extracting(0..<24)) }
        _ = printed.withBytes { slot.read($0.extracting(0..<23)) }

        // Answers: normalised (which looks at them, by design), hashed, compared.
        slot.deriveSecrets(ledgerKey)
        var sheet = AnswerSheet(election)
        guard Array("2 March 1979".utf8).withBytes({ sheet.set(0, $0) }) else { fatalError("unread") }
        let tag = sheet.withMessage { message in
            taint(message)
            return slot.answerTag(message)
        }
        let again = sheet.withMessage { slot.answerTag($0) }
        guard tag.matches(again), !tag.matches(.none) else { fatalError("the answers do not fit") }
        let key = SecretBytes.random(count: 32)
        // Spending: the stored fingerprint is compared, the receipt's number made.
        slot.withSpendingSecret { secret in
            mustBeTainted(secret, "the spending secret")
            key.withBytes { key in
                let fingerprint = Spending.fingerprint(secret, key, in: election.id)
                guard fingerprint.matches(Spending.fingerprint(secret, key, in: election.id)) else {
                    fatalError("a fingerprint differs from itself")
                }
                let number = Spending.receiptNumber(secret, key, in: election.id)
                number.withBytes { mustBeTainted($0, "the receipt's number") }
            }
        }
    }
}

/// Each of these is how one would write it without thinking.
enum Planted {
    static func secret() -> [UInt8] {
        let bytes = Array("7K3M9QXP2F4THW8CNB6R".utf8)
        bytes.withBytes { taint($0) }
        return bytes
    }

    static func table() {
        var values = [UInt8](repeating: 0, count: 256)
        for (i, symbol) in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8.enumerated() {
            values[Int(symbol)] = UInt8(i)
        }
        var sum = 0
        for byte in secret() { sum &+= Int(values[Int(byte)]) }
        keep(sum)
    }

    static func earlyReturn() {
        let wanted = Array("7K3M9QXP2F4THW8CNB6S".utf8)
        func same(_ a: [UInt8], _ b: [UInt8]) -> Bool {
            for i in a.indices where a[i] != b[i] { return false }
            return true
        }
        keep(same(secret(), wanted) ? 1 : 0)
    }

    static func equal() { keep(secret() == Array("7K3M9QXP2F4THW8CNB6S".utf8) ? 1 : 0) }

    static func switching() {
        var sum = 0
        for byte in secret() {
            switch byte {
            case 0x30...0x39: sum &+= 3
            case 0x41...0x5A: sum &*= 5
            default: sum &-= 7
            }
        }
        keep(sum)
    }

    static func string() { keep(String(decoding: secret(), as: UTF8.self).uppercased().count) }

    @inline(never)
    static func keep(_ value: Int) {
        var value = value
        unsafe withUnsafeBytes(of: &value) { unsafe counterfoil_declassify($0.baseAddress, $0.count) }
        print("kept", value)
    }
}
#else
print("Built without its instrument: run script/constant-time.")
#endif
