#if PostgreSQL
import Counterfoil
import Glibc
import PollingDesk
import PostgresLedger
import Synchronization
import TestSupport

// The Swift side of script/bench-postgres; each prints a figure.
//
//   prepare ADDRESS PACKS              makes the ledger and opens the ballot; seconds of the load
//   redeem ADDRESS FROM TO THREADS GROUP   redemptions a second, hashing and signing left out
//   place ADDRESS                      gives all that waits its place; seconds
//   openings ADDRESS FROM TO           of each pack its number and what opens a vote with it, a line each

let rehearsal = Rehearsal()
let arguments = CommandLine.arguments
let address = arguments[2]

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let begun = ContinuousClock.now
    try body()
    return (ContinuousClock.now - begun) / .seconds(1)
}

func prepare(_ count: Int) throws {
    let ledger = try PostgresLedger.create(
        at: address, election: rehearsal.election, at: .test(0), clock: .none)
    let booth = try Booth(rehearsal, ledger)
    let register = rehearsal.register("main", (0..<count).lazy.map { rehearsal.pack($0) })
    let time = try seconds { _ = try booth.desk.load(register, at: .test(1)) }
    try booth.activate("main")
    _ = try booth.desk.open(at: .test(3))
    print(time)
}

func redeem(_ packs: Range<Int>, threads: Int, group: Int) throws {
    let ledger = try PostgresLedger(
        opening: address, election: rehearsal.election, connections: threads, clock: .none)
    let booth = try Booth(rehearsal, ledger)
    // Made beforehand: what is measured is the ledger.
    var form = try booth.desk.makeForm()
    let groups = stride(from: packs.lowerBound, to: packs.upperBound, by: group).map { start in
        (start..<min(start + group, packs.upperBound)).map { number -> Redemption in
            guard case .ready(let request) = booth.prepare(rehearsal.pack(number), key: number, &form) else {
                fatalError("a request that is none")
            }
            return request
        }
    }
    let next = Atomic(0)
    let accepted = Atomic(0)
    // Each connection has prepared its statements before the clock starts.
    let warm = threads
    for i in 0..<min(warm, groups.count) { accepted.add(try judge(booth, groups[i]), ordering: .relaxed) }
    let time = seconds {
        concurrently(threads) { _ in
            while true {
                let i = warm + next.add(1, ordering: .relaxed).oldValue
                guard i < groups.count else { return }
                do { accepted.add(try judge(booth, groups[i]), ordering: .relaxed) } catch {
                    fatalError("\(error)")
                }
            }
        }
    }
    guard accepted.load(ordering: .relaxed) == packs.count else { fatalError("not all were accepted") }
    print(Int(Double(packs.count - min(warm, groups.count) * group) / time))
}

func place() throws {
    let ledger = try PostgresLedger(opening: address, election: rehearsal.election, clock: .none)
    // The connection, and its first statements.
    _ = try ledger.history(of: rehearsal.pack(1 << 40).number)
    print(try seconds { try ledger.withHead(after: nil) { _ in } })
}

func printOpenings(_ packs: Range<Int>) {
    for number in packs {
        let pack = rehearsal.pack(number)
        print("\(pack.number.value)\t\(rehearsal.chain(of: pack).opening.bytes.hex)")
    }
}

func judge(_ booth: Booth, _ group: [Redemption]) throws -> Int {
    try booth.desk.ledger.judge(group, at: .test(10)).count { $0.hasReceipt }
}

switch arguments[1] {
case "prepare": try prepare(Int(arguments[3])!)
case "redeem":
    try redeem(
        Int(arguments[3])!..<Int(arguments[4])!, threads: Int(arguments[5])!, group: Int(arguments[6])!)
case "place": try place()
case "openings": printOpenings(Int(arguments[3])!..<Int(arguments[4])!)
default: exit(2)
}
#endif
