// A program for valgrind's memcheck: it marks secrets as undefined memory, and
// every branch and every address that depends on one is reported.
//
// `script/constant-time` builds and runs it. Most arguments are ways that
// secrets go through the library as released; those of `Planted` are leaks that
// memcheck must report, or the check itself is broken.

#if COUNTERFOIL_TAINT
internal import CCounterfoilSodium
internal import Counterfoil

switch CommandLine.arguments.dropFirst().first {
case "issuing": for length in CodeLength.allCases { Issuing.run(length) }
case "typing": for length in CodeLength.allCases { Typing.run(length) }
case "desk": DeskWay.run()
case "table": Planted.table()
case "early-return": Planted.earlyReturn()
case "equal": Planted.equal()
case "switch": Planted.switching()
case "string": Planted.string()
default: fatalError("usage: issuing | typing | desk | table | early-return | equal | switch | string")
}
print("ended")

/// Marks bytes as secret.
func taint(_ bytes: borrowing RawSpan) {
    unsafe bytes.withUnsafeBytes { unsafe counterfoil_taint($0.baseAddress, $0.count) }
}

/// A copy of some bytes, marked as secret.
func tainted(_ bytes: borrowing RawSpan) -> SecretBytes {
    let copy = SecretBytes(copying: bytes)
    copy.withBytes { taint($0) }
    return copy
}

/// Stops the program unless every byte carries a taint: a check that follows
/// nothing finds nothing.
func mustBeTainted(_ bytes: borrowing RawSpan, _ what: String) {
    let count = unsafe bytes.withUnsafeBytes { unsafe counterfoil_tainted($0.baseAddress, $0.count) }
    guard count == min(bytes.byteCount, 64) else { fatalError("the taint did not reach \(what)") }
}

/// An election with a question, and these keys to verify with.
func election(
    _ length: CodeLength, id: ElectionID = .random(), registerKey: Bytes<32> = Bytes(),
    receiptKey: Bytes<32> = Bytes(), checkpointKey: Bytes<32> = Bytes()
) -> Election {
    try! Election(
        id: id, name: "Check", codeLength: length,
        questions: [Question(name: "Date of birth", kind: .date(.dmy, latestYear: 2012))],
        registerKey: registerKey, manifestKey: Bytes(), receiptKey: receiptKey,
        checkpointKey: checkpointKey)
}
#else
print("Built without its instrument: run script/constant-time.")
#endif
