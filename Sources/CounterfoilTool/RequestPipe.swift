internal import Counterfoil
internal import CounterfoilFiles
internal import PollingDesk
internal import Synchronization

/// Reads lines, asks the desk, and writes the answers: in the order of their
/// lines, each after its change is durable.
///
/// One thread reads, and another writes. A line that comes alone is asked and
/// answered by the thread that read it.
final class RequestPipe<Request: Sendable, Reply: Sendable>: Sendable {
    /// What a line came to.
    enum Line: Sendable {
        case answered(String)
        /// `told` is called once what `tell` says is written.
        case ask(
            Request, tell: @Sendable (Result<Reply, LedgerError>) -> String,
            told: (@Sendable (Result<Reply, LedgerError>) -> Void)? = nil)
    }

    /// Why it ended before its input did, or did not answer everything.
    struct Ending {
        /// Why a request was undecided: the first reason.
        var failure: LedgerError?
        /// Why nothing more could be read.
        var unread: StreamError?
        /// Why answers could not be given.
        var unheard: StreamError?
    }

    /// How the desk is asked.
    struct Asking: Sendable {
        /// Hands requests over, and waits while the desk's line is full.
        let submit: @Sendable ([Waiting<Request, Reply>]) throws(LedgerError) -> Void
        /// Answers one request on this thread; nil where it is to be handed over.
        let alone: @Sendable (Request) throws(LedgerError) -> Reply?
    }

    private let asking: Asking
    /// In the order of their lines.
    private let promises = BlockingQueue<Promise>(capacity: 16)
    /// Lines that were read and are not answered yet.
    private let pending = Atomic(0)
    private let isUnheard = Atomic(false)
    private let ending = Mutex(Ending())
    private let output = Mutex(StandardOutput())

    init(_ asking: Asking) { self.asking = asking }

    /// Runs until standard input ends, or the program is told to end. What was
    /// read by then is still answered.
    func run(longest: Int, tooLong: String, _ read: (inout MutableRawSpan) -> Line) -> Ending {
        Termination.endReadingOnly()
        let writer = Worker { [self] in write() }
        do throws(StreamError) { try readAll(longest: longest, tooLong: tooLong, read) } catch {
            ending.withLock { $0.unread = error }
        }
        promises.close()
        writer.join()
        return ending.withLock { $0 }
    }

    // MARK: Reading

    private func readAll(
        longest: Int, tooLong: String, _ read: (inout MutableRawSpan) -> Line
    ) throws(StreamError) {
        var lines = SecretLines(longest: longest)
        var batch: [Line] = []
        defer { handOver(batch) }
        while !isUnheard.load(ordering: .acquiring) {
            switch try lines.next(read) {
            case .line(let line): batch.append(line)
            case .tooLong: batch.append(.answered(tooLong))
            case .end: return
            }
            // Handing over costs a lock: what came in one read goes in one piece.
            if batch.count == Self.most || !lines.hasWholeLine() {
                if batch.count > 1 || !answerAlone(batch[0]) { handOver(batch) }
                batch.removeAll(keepingCapacity: true)
            }
        }
    }

    private static var most: Int { 256 }

    private func handOver(_ batch: [Line]) {
        guard !batch.isEmpty else { return }
        let promise = Promise(batch)
        pending.add(batch.count, ordering: .relaxed)
        guard promises.put(promise) else { return }
        let waiting = batch.enumerated().compactMap { place, line -> Waiting<Request, Reply>? in
            guard case .ask(let request, _, _) = line else { return nil }
            return Waiting(request) { promise.keep($0, at: place) }
        }
        guard !waiting.isEmpty else { return }
        do throws(LedgerError) { try asking.submit(waiting) } catch {
            for (place, line) in batch.enumerated() {
                if case .ask = line { promise.keep(.failure(error), at: place) }
            }
        }
    }

    /// False where answers to earlier lines are still to come.
    private func answerAlone(_ line: Line) -> Bool {
        guard pending.load(ordering: .acquiring) == 0 else { return false }
        switch line {
        case .answered(let text): write(text + "\n")
        case .ask(let request, let tell, let told):
            let result: Result<Reply, LedgerError>
            do throws(LedgerError) {
                guard let reply = try asking.alone(request) else { return false }
                result = .success(reply)
            } catch { result = .failure(error) }
            note(result)
            if write(tell(result) + "\n") { told?(result) }
        }
        return true
    }

    // MARK: Writing

    private func write() {
        while let promise = promises.take() {
            var text = ""
            let results = promise.wait()
            for (line, result) in zip(promise.lines, results) {
                switch line {
                case .answered(let answer): text += answer
                case .ask(_, let tell, _):
                    note(result!)
                    text += tell(result!)
                }
                text += "\n"
            }
            if write(text) {
                for (line, result) in zip(promise.lines, results) {
                    if case .ask(_, _, let told?) = line { told(result!) }
                }
            }
            pending.subtract(results.count, ordering: .releasing)
        }
    }

    private func note(_ result: Result<Reply, LedgerError>) {
        if case .failure(let error) = result { ending.withLock { $0.failure = $0.failure ?? error } }
    }

    /// False where nobody hears it.
    @discardableResult
    private func write(_ text: String) -> Bool {
        guard !isUnheard.load(ordering: .acquiring) else { return false }
        do {
            try Array(text.utf8).withBytes { (bytes) throws(StreamError) in
                try output.withLock { (output) throws(StreamError) in try output.write(bytes) }
            }
            return true
        } catch {
            ending.withLock { $0.unheard = $0.unheard ?? error }
            isUnheard.store(true, ordering: .releasing)
            // The thread that reads may be waiting for a request that nobody sends.
            Termination.endReading()
            return false
        }
    }

    /// The answers to lines that were read together.
    private final class Promise: Sendable {
        let lines: [Line]
        private let results: Mutex<[Result<Reply, LedgerError>?]>
        private let missing: Atomic<Int>
        private let isKept: Monitor<Bool>

        init(_ lines: [Line]) {
            let missing = lines.count { if case .ask = $0 { true } else { false } }
            self.lines = lines
            self.missing = Atomic(missing)
            results = Mutex([Result<Reply, LedgerError>?](repeating: nil, count: lines.count))
            isKept = Monitor(missing == 0)
        }

        /// Each once; the last one wakes the thread that writes.
        func keep(_ result: Result<Reply, LedgerError>, at place: Int) {
            results.withLock { $0[place] = result }
            if missing.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
                isKept.withLock { $0 = true }
            }
        }

        /// Lines that needed no answer have nothing in their places.
        func wait() -> [Result<Reply, LedgerError>?] {
            isKept.wait { $0 ? () : nil }
            return results.withLock { $0 }
        }
    }
}

extension RequestPipe.Ending {
    /// Exit 3 where something could not be answered.
    func orStop(_ askAgain: String) throws {
        if let unheard {
            throw Stop.couldNot("\(unheard.sentence); requests without an answer are undecided: \(askAgain)")
        }
        if let failure { throw Stop.couldNot("\(failure.sentence); start again, and \(askAgain)") }
        if let unread { throw Stop.couldNot(unread) }
    }
}
