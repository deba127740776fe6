import Counterfoil
import CounterfoilFiles
import Foundation
import NIOPosix
import PollingDesk
import SQLiteLedger

/// Runs in a folder that holds `desk`, `ballot.ledger` and `codes`: a code and a
/// date of birth a line.
@main
enum Outside {
    static func main() async throws {
        switch CommandLine.arguments[1] {
        case "votes": try await votes(blocking: false)
        case "blocking": try await votes(blocking: true)
        case "sleep": await sleep()
        case "reasons": try await Reasons.tell()
        default: fatalError("no such mode")
        }
    }

    /// Every code, from 32 tasks, beside a heartbeat.
    static func votes(blocking: Bool) async throws {
        let codes = try String(contentsOfFile: "codes", encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: "\t").map { Array($0.utf8) } }
        let desk = try openDesk()
        // As the README has it: everybody signs in, and then casts with a pass.
        var passes: [Pass?] = []
        if !blocking {
            for code in codes { passes.append(try await signIn(desk, code: code[0], born: code[1])) }
        }
        let heartbeat = Heartbeat()
        // Open by now; and somebody may have been waiting to take the lock.
        print("open")
        fflush(nil)
        _ = readLine()
        let counted = try await withThrowingTaskGroup(of: Int.self) { [passes] tasks in
            for task in 0..<32 {
                tasks.addTask {
                    var counted = 0
                    for i in stride(from: task, to: codes.count, by: 32) {
                        let key = (0..<24).map { _ in UInt8.random(in: 0...255) }
                        let receipt =
                            blocking
                            ? try castVoteBlocking(desk, code: codes[i][0], born: codes[i][1], key: key)
                            : try await castVote(desk, pass: passes[i]!, key: key)
                        if receipt != nil { counted += 1 }
                    }
                    return counted
                }
            }
            return try await tasks.reduce(0, +)
        }
        print("counted \(counted)")
        print("late \(Int(await heartbeat.worst().rounded(.up)))")
        await desk.drain()
    }

    /// The same heartbeat beside nothing.
    static func sleep() async {
        let heartbeat = Heartbeat()
        try? await Task.sleep(for: .seconds(3))
        print("late \(Int(await heartbeat.worst().rounded(.up)))")
    }

    /// What one must not do in a task: the control.
    static func castVoteBlocking(
        _ desk: Desk, code: [UInt8], born: [UInt8], key: [UInt8]
    ) throws -> Receipt? {
        var form = try desk.makeForm()
        form.setCode(code.span.bytes)
        form.setAnswer("Date of birth", born.span.bytes)
        form.setKey(key.span.bytes)
        return try desk.redeem(&form).receipt
    }
}

/// A beat every 5 ms on Swift's own pool, and how late the latest one was.
final class Heartbeat: Sendable {
    private let task: Task<Double, Never>
    /// A thread of NIO's, to show that both live in one program.
    private let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    init() {
        task = Task.detached {
            var worst = 0.0
            let clock = ContinuousClock()
            while !Task.isCancelled {
                let start = clock.now
                try? await Task.sleep(for: .milliseconds(5))
                let late = (clock.now - start - .milliseconds(5)) / .milliseconds(1)
                worst = max(worst, late)
            }
            return worst
        }
    }

    /// In milliseconds.
    func worst() async -> Double {
        let now = try? await loops.next().submit { true }.get()
        precondition(now == true)
        task.cancel()
        let worst = await task.value
        try? await loops.shutdownGracefully()
        return worst
    }
}
