import Foundation
import PollingDesk
import TestSupport

/// One press of a voter's button.
struct Request: Hashable, Sendable, CustomStringConvertible {
    /// The place of the pack in the hall.
    let pack: Int
    let key: Int
    /// Whether the answers are wrong: always the same wrong ones for a pack.
    var isWrong = false

    var description: String { "request \(key) with pack \(pack)\(isWrong ? ", answered wrong" : "")" }

    func line(in hall: Hall) -> String {
        let pack = hall.packs[pack]
        return pack.line(key: key, answers: isWrong ? pack.wrongAnswers : nil, of: hall.election) + "\n"
    }
}

extension TestPack {
    var wrongAnswers: [String] { [answers[0], "12345678"] }
}

/// What somebody was told: a promise that must be kept.
struct Promise: Sendable {
    let request: Request
    let outcome: String
    let receipt: String?

    init(_ request: Request, line: String) throws {
        struct Answer: Decodable {
            let outcome: String
            let receipt: String?
        }
        let answer = try JSONDecoder().decode(Answer.self, from: Data(line.utf8))
        self.request = request
        outcome = answer.outcome
        receipt = answer.receipt
    }

    var isCounted: Bool { outcome == "accepted" || outcome == "repeated" }
    var isUndecided: Bool { outcome == "undecided" }
}

/// A voting site that speaks to one `counterfoil redeem`, and notes down what
/// it heard.
struct Client: Sendable {
    enum Pace: Sendable {
        /// All requests at once: they are committed in large groups.
        case flood
        /// So many at a time at most, and waits for their answers.
        case bursts(upTo: Int)
    }

    let requests: [Request]
    let pace: Pace
    /// How long after its start the program is killed, in seconds.
    var killedAfter: Double?
    var dice: Dice

    struct Story: Sendable {
        var heard: [Promise] = []
        var ended: Ended
        let process: pid_t
        var wasKilled: Bool { ended.status == -SIGKILL }
    }

    /// One story from beginning to end.
    func run(in hall: Hall, on path: String, _ environment: [String: String] = [:]) throws -> Story {
        let lines = requests.map { $0.line(in: hall) }
        let child = try hall.start(["redeem"], on: path, environment)
        let end = killedAfter.map { ContinuousClock.now + .seconds($0) }
        var heard: [Promise] = []
        var dice = dice
        func listen(_ count: Int) throws -> Bool {
            for _ in 0..<count {
                let left = end.map { ($0 - ContinuousClock.now) / .seconds(1) } ?? 120
                guard left > 0, let line = child.line(within: left) else { return false }
                heard.append(try Promise(requests[heard.count], line: line))
            }
            return true
        }
        switch pace {
        case .flood:
            child.feed(lines.joined())
            _ = try listen(requests.count)
        case .bursts(let most):
            while heard.count < requests.count {
                let next = lines[heard.count...].prefix(1 + dice.roll(most))
                child.write(next.joined())
                guard try listen(next.count) else { break }
            }
        }
        if end != nil {
            child.signal(SIGKILL)
            // What it had said before it died was said, but for a line cut off.
            while heard.count < requests.count, let line = child.line(),
                let promise = try? Promise(requests[heard.count], line: line)
            {
                heard.append(promise)
            }
        }
        return Story(heard: heard, ended: child.finish(), process: child.id)
    }
}
