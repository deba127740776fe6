internal import Counterfoil
internal import CounterfoilFiles
internal import PollingDesk
internal import Synchronization

/// Requests in, answers out, by threads: one reads and hashes, one
/// commits whatever is waiting, one signs and writes while the next group is on
/// its way to the disk. Where a ledger takes several groups at a time, several
/// threads commit. A request that comes alone stays with the first, since
/// handing it on would take as long as a commit does; a fourth signs its
/// receipt while the first waits for the disk.
///
/// An answer is written only after its group is durable, and answers keep the
/// order of their requests.
final class RedeemPipe: Sendable {
    /// The most requests that are committed together.
    private static let group = 256

    private let desk: OpenDesk
    /// Nil to redeem; else to check, and how long a pass is good, in milliseconds.
    private let passes: Int64?
    private let prepared = Queue<Preparation>(capacity: 4 * group)
    private let judged = Queue<Answer>(capacity: 4 * group)
    /// What a lone request needs signed, and the answer to it.
    private let unsigned = Queue<Judged>(capacity: 1)
    private let signed = Queue<[UInt8]>(capacity: 1)
    private let order = Turns()
    private let failure = Mutex<String?>(nil)
    private let unheard = Mutex<String?>(nil)
    private let isUnheard = Atomic(false)
    /// Once a commit has failed nothing is known any more, and what was
    /// malformed waits with the others for a fresh start.
    private let isUndecided = Atomic(false)
    /// Requests handed over and not answered yet.
    private let underway = Atomic(0)
    private let output = Mutex(StandardOutput())

    private enum Answer: Sendable {
        case judged(Judged)
        case plain(Outcome)
    }

    struct Ending {
        /// Why everything from some request on was undecided, or nil.
        let failure: String?
        /// Why answers could not be given, or nil.
        let unheard: String?
    }

    init(_ desk: OpenDesk, passesGoodFor passes: Int64? = nil) {
        self.desk = desk
        self.passes = passes
    }

    /// Until standard input ends.
    func run() -> Ending {
        let committers = (0..<desk.ledger.concurrency).map { _ in Worker { [self] in commit() } }
        let writer = Worker { [self] in write() }
        let signer = Worker { [self] in sign() }
        read(signer)
        prepared.close()
        unsigned.close()
        for committer in committers { committer.join() }
        judged.close()
        writer.join()
        signer.join()
        return Ending(failure: failure.withLock { $0 }, unheard: unheard.withLock { $0 })
    }

    // MARK: First thread: read and hash

    private func read(_ signer: Worker) {
        var form = desk.form()
        var lines = SecretLines(longest: RequestLine.longest)
        var batch: [Preparation] = []
        while !isUnheard.load(ordering: .acquiring) {
            do {
                let next = try lines.next { line in
                    RequestLine.fill(&form, from: &line)
                    guard let passes else { return desk.prepare(&form) }
                    let now = Clock.now
                    return desk.prepareToCheck(
                        &form, at: now, expires: Moment(milliseconds: now.milliseconds + passes))
                }
                switch next {
                case .line(let preparation): batch.append(preparation)
                case .tooLong:
                    batch.append(
                        .refused(.badRequest("the line is longer than \(RequestLine.longest) bytes")))
                case .end:
                    handOver(batch)
                    return
                }
            } catch {
                handOver(batch)
                failure.withLock { $0 = $0 ?? error.description }
                return
            }
            // Handing over costs a lock: what came in one read goes in one piece.
            if batch.count == Self.group || !lines.hasWholeLine() {
                if batch.count == 1, underway.load(ordering: .acquiring) == 0 {
                    answerAlone(batch[0], signer)
                } else {
                    handOver(batch)
                }
                batch.removeAll(keepingCapacity: true)
            }
        }
    }

    private func handOver(_ batch: [Preparation]) {
        underway.add(batch.count, ordering: .relaxed)
        prepared.put(batch)
    }

    // MARK: A lone request: the first thread, and one that signs meanwhile

    /// The receipt is signed while the disk is at work, and told, or thrown
    /// away, when that is done.
    private func answerAlone(_ preparation: Preparation, _ signer: Worker) {
        guard case .ready(let request) = preparation else { return answer(judge([preparation])) }
        var isSigning = false
        let verdicts = verdicts(on: [request]) { judged in
            // A ledger may judge again: what was signed before is void.
            if isSigning { _ = signed.take(upTo: 1) }
            isSigning = judged[0].hasReceipt
            guard isSigning else { return }
            signer.stayHere()
            unsigned.put(judged)
        }
        let answer = isSigning ? signed.take(upTo: 1)[0] : nil
        guard let verdicts else { return self.answer([.plain(.undecided)]) }
        if let answer { write(answer) } else { self.answer([.judged(verdicts[0])]) }
    }

    private func sign() {
        Worker.standBack()
        while let judged = unsigned.take(upTo: 1).first {
            signed.put([Array("\(desk.sign(judged).json)\n".utf8)])
        }
    }

    // MARK: Second thread: judge and commit

    private func commit() {
        while true {
            let (group, turn) = order.next { prepared.take(upTo: Self.group) }
            guard !group.isEmpty else { return }
            let answers = judge(group)
            order.inTurn(turn) { judged.put(answers) }
        }
    }

    /// Judges requests, and returns when their votes are on the disk.
    private func judge(_ group: [Preparation]) -> [Answer] {
        let requests = group.compactMap { preparation -> Redemption? in
            if case .ready(let request) = preparation { request } else { nil }
        }
        guard let verdicts = verdicts(on: requests) else { return group.map { _ in .plain(.undecided) } }
        var next = 0
        return group.map { preparation in
            switch preparation {
            case .refused(let outcome): return .plain(outcome)
            case .ready:
                defer { next += 1 }
                return .judged(verdicts[next])
            }
        }
    }

    private func verdicts(
        on requests: [Redemption], committing: ([Judged]) -> Void = { _ in }
    ) -> [Judged]? {
        guard !isUndecided.load(ordering: .acquiring) else { return nil }
        do {
            return requests.isEmpty
                ? [] : try desk.judge(requests, at: Clock.now, committing: committing)
        } catch {
            if !desk.ledger.goesOnAfterUndecided { isUndecided.store(true, ordering: .releasing) }
            failure.withLock { $0 = $0 ?? error.sentence }
            return nil
        }
    }

    // MARK: Third thread: sign and answer

    private func write() {
        while true {
            let answers = judged.take(upTo: Self.group)
            guard !answers.isEmpty else { return }
            answer(answers)
            underway.subtract(answers.count, ordering: .releasing)
        }
    }

    private func answer(_ answers: [Answer]) {
        var text = ""
        for answer in answers {
            switch answer {
            case .judged(let judged): text += desk.sign(judged).json
            case .plain(let outcome): text += outcome.json
            }
            text += "\n"
        }
        write(Array(text.utf8))
    }

    private func write(_ text: [UInt8]) {
        guard !isUnheard.load(ordering: .acquiring) else { return }
        do {
            try text.withBytes { (bytes) throws(StreamError) in
                try output.withLock { (output) throws(StreamError) in try output.write(bytes) }
            }
        } catch {
            unheard.withLock { $0 = $0 ?? error.description }
            isUnheard.store(true, ordering: .releasing)
        }
    }
}
