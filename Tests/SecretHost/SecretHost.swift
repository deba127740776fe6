// A small voting site, for a test that looks into its memory. On standard input
// come requests, one a line: code, answers and key with tabs between them. It
// redeems or checks them, answers with the outcomes, and stays until its input ends.

internal import Counterfoil
internal import CounterfoilFiles
internal import Glibc
internal import PollingDesk

@main
enum SecretHost {
    static func main() throws {
        let (mode, folder) = (CommandLine.arguments[1], CommandLine.arguments[2])
        let election = try Election(json: PrivateFile.read("\(folder)/desk/election.json", atMost: 1 << 20))
        let key = try DeskKey.open(
            PrivateFile.readKey("\(folder)/desk/desk.key"), election: election, passphrase: nil)
        let now = Moment(milliseconds: 1_700_000_000_000)
        let desk = try Desk(key: key, ledger: MemoryLedger(election: election, at: now) as any Ledger) { now }
        let register = try ReadableFile("\(folder)/main.register")
        _ = try desk.load(register, at: now)
        _ = try desk.activate(BatchName("main")!, unreconciled: true, at: now)
        _ = try desk.open(at: now)
        var form = try desk.makeForm()
        switch mode {
        case "guarded":
            try Guarded.forEachLine { line in
                fill(&form, line)
                say(try desk.redeem(&form).word)
            }
        case "check":
            try Guarded.forEachLine { line in
                fill(&form, line, withKey: false)
                say(try desk.check(&form).word)
            }
        case "closed":
            _ = try desk.close(.none, at: now)
            try Guarded.forEachLine { line in
                fill(&form, line)
                say(try desk.redeem(&form).word)
            }
        case "unreadable":
            try Guarded.forEachLine { line in
                fill(&form, line)
                Array("no date".utf8).withBytes { form.setAnswer("Date of birth", $0) }
                say(try desk.redeem(&form).word)
            }
        case "readline":
            // How one would write it without thinking: the test must see it.
            while let line = line() {
                Array(line.utf8).withBytes { fill(&form, $0) }
                say(try desk.redeem(&form).word)
            }
        default: fatalError("no mode \(mode)")
        }
    }

    /// `readLine()` asks again after an interruption. It takes an old EINTR in
    /// `errno` for one: at the end of its input it would then ask for ever.
    private static func line() -> String? {
        errno = 0
        return readLine()
    }

    private static func fill(
        _ form: inout RedemptionForm, _ line: borrowing RawSpan, withKey: Bool = true
    ) {
        var start = 0
        for part in 0..<(withKey ? 4 : 3) {
            var end = start
            while end < line.byteCount, line.byte(end) != 0x09 { end += 1 }
            let text = line.extracting(start..<end)
            switch part {
            case 0: form.setCode(text)
            case 1: form.setAnswer("Date of birth", text)
            case 2: form.setAnswer("Membership number", text)
            default: form.setKey(text)
            }
            start = min(end + 1, line.byteCount)
        }
    }

    private static func say(_ outcome: String) {
        print(outcome)
        fflush(nil)
    }
}

extension RedeemOutcome {
    fileprivate var word: String {
        switch self {
        case .accepted: "accepted"
        case .repeated: "repeated"
        case .badPass: "bad-pass"
        case .passExpired: "pass-expired"
        case .refused(let refusal): refusal.name
        }
    }
}

extension CheckOutcome {
    fileprivate var word: String {
        switch self {
        case .good: "good"
        case .refused(let refusal): refusal.name
        }
    }
}

/// Standard input in guarded memory.
private enum Guarded {
    static func forEachLine(_ body: (borrowing RawSpan) throws -> Void) throws {
        var input = StandardInput()
        var memory = SecretScratch(count: 4096)
        var end = 0
        while true {
            let place = end
            let count = try memory.withMutableBytes(in: place..<4096) { try input.read(into: &$0) }
            guard count > 0 else { return }
            end += count
            // The test waits for each answer, so that a line comes alone.
            guard memory.withBytes({ $0.byte(end - 1) }) == 0x0A else { continue }
            let length = end - 1
            try memory.withBytes { try body($0.extracting(0..<length)) }
            memory.wipe()
            end = 0
        }
    }
}
