#if PostgreSQL
import Counterfoil
import Glibc
import PollingDesk
import PostgresLedger
import TestSupport

// The parts of script/failover: a ballot, a desk, an inspection.
//
//   prepare ADDRESS PACKS        makes the ledger, loads the packs, opens the ballot
//   desk ADDRESS FROM TO         redeems these packs, group by group; says which were answered
//   inspect ADDRESS FILE…        what desks said, against the ledger

let rehearsal = Rehearsal()
let arguments = CommandLine.arguments
let address = arguments[2]

func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    guard unsafe bytes.withUnsafeBytes({ unsafe write(1, $0.baseAddress, $0.count) }) == bytes.count else {
        fatalError("standard output")
    }
}

func prepare(_ count: Int) throws {
    let ledger = try PostgresLedger.create(
        at: address, election: rehearsal.election, at: .test(0), clock: .none)
    let booth = try Booth(rehearsal, ledger)
    try booth.begin((0..<count).lazy.map { rehearsal.pack($0) })
}

/// As a voting site does: the same key until there is an answer. What it has
/// said on standard output, it has told its voters.
func redeem(_ packs: Range<Int>) throws {
    let booth = try Booth(
        rehearsal, try PostgresLedger(opening: address, election: rehearsal.election, clock: .none))
    var form = try booth.desk.makeForm()
    for start in stride(from: packs.lowerBound, to: packs.upperBound, by: 16) {
        let numbers = start..<min(start + 16, packs.upperBound)
        let group = numbers.map { number -> Redemption in
            guard case .ready(let request) = booth.prepare(rehearsal.pack(number), key: number, &form) else {
                fatalError("a request that is none")
            }
            return request
        }
        while true {
            guard let outcomes = try answers(to: group, booth) else {
                say("undecided \(start)")
                continue
            }
            say(zip(outcomes, numbers).map { "\($0.name) \($1)" }.joined(separator: "\n"))
            break
        }
    }
}

/// Nil if nobody knows.
func answers(to group: [Redemption], _ booth: Booth) throws -> [Outcome]? {
    do { return try booth.desk.redeem(group, at: .test(10)) } catch {
        guard case .undecided = error else { throw error }
        return nil
    }
}

/// Exit status 1 if an acknowledged vote is not there.
func inspect(_ files: ArraySlice<String>) throws -> Int32 {
    var accepted: [Int: Int] = [:]
    var repeated: Set<Int> = []
    var undecided = 0
    var others = 0
    for file in files {
        for line in try Tool.lines(of: file) {
            let words = line.split(separator: " ")
            guard words.count == 2, let number = Int(words[1]) else { continue }
            switch words[0] {
            case "accepted": accepted[number, default: 0] += 1
            case "repeated": repeated.insert(number)
            case "undecided": undecided += 1
            default: others += 1
            }
        }
    }
    let ledger = try PostgresLedger(reading: address, clock: .none)
    let voted = Set(try ledger.report().voted.map(\.pack))
    let answered = Set(accepted.keys).union(repeated)
    let lost = answered.count { !voted.contains(rehearsal.pack($0).number) }
    let twice = accepted.count { $0.value > 1 }
    let audit = Audit(election: rehearsal.election)
    let difference = try ledger.snapshot(long: true) { (snapshot) throws(LedgerError) in
        try audit.run(on: snapshot)
    }.difference
    say("answered: \(answered.count), of these repeated: \(repeated.count); undecided groups: \(undecided)")
    say("votes: \(voted.count)")
    say("LOST: \(lost)")
    say("TWICE: \(twice)")
    say("OTHER ANSWERS: \(others)")
    say("AUDIT: \(difference ?? "clean")")
    return lost == 0 && twice == 0 && others == 0 && difference == nil ? 0 : 1
}

switch arguments[1] {
case "prepare": try prepare(Int(arguments[3])!)
case "desk": try redeem(Int(arguments[3])!..<Int(arguments[4])!)
case "inspect": exit(try inspect(arguments[3...]))
default: exit(2)
}
#endif
