internal import Counterfoil
internal import CounterfoilFiles
internal import Glibc
internal import PollingDesk
internal import Synchronization

/// The file that `--witness` names: a checkpoint that lies elsewhere than the
/// ledger, and knows how far the log has come. It shows whether the ledger was
/// replaced by an older copy of itself, log and all.
///
/// It may be older than the ledger, and is never newer: it is replaced after the
/// commit, while nobody writes, and only by a later one of the same log. If the log goes
/// back, or is another one, the desk stops, and the witness stays as it is. Anyone who can
/// write to the witness can put an older one there before a desk is opened.
final class Witness: Sendable {
    private let path: String
    private let election: Election
    /// What it is known to say, and that the ledger's log goes on from it.
    private let known = Mutex<TreeHead?>(nil)

    /// - Parameter path: a link is followed now, and not again: a witness that lies on
    ///   another disk is replaced there, and not by a file in the place of the link.
    init(_ path: String, _ election: Election) {
        self.path = PrivateFile.resolved(path)
        self.election = election
    }

    /// What it has seen.
    func seen() throws -> TreeHead {
        guard PrivateFile.exists(path) else {
            throw Stop.couldNot(
                "there is no witness at \(shown(path)); if it was lost, find out why. `counterfoil checkpoint … > \(shown(path))` starts one"
            )
        }
        return try attempt { () throws(StreamError) in try read() }.head
    }

    /// Whether one has been started.
    var exists: Bool { PrivateFile.exists(path) }

    /// What came of showing it the log.
    enum Look {
        case shown
        /// It could not be written, for this reason.
        case failed(String)
        /// The log is not the one that it has seen. The desk takes nothing more.
        case contradicted(String)
    }

    /// Shows it the log as it is now.
    func show(_ desk: Desk) -> Look {
        // Another process on this ledger may show it a later log at any moment.
        for _ in 0..<100 {
            do throws(LedgerError) {
                if exists {
                    let head: TreeHead
                    do throws(StreamError) { head = try read().head } catch { return .failed(error.sentence) }
                    if known.withLock({ $0 }) != head {
                        try desk.expectNow(head)
                        known.withLock { $0 = head }
                    }
                }
                if let look = try replaced(desk) { return look }
            } catch {
                switch error {
                case .olderCopy, .otherLog: return .contradicted(error.sentence)
                default: return .failed(error.sentence)
                }
            }
        }
        return .failed("\(shown(path)) changes all the time")
    }

    /// Nil where it does not say what it did when it was compared.
    private func replaced(_ desk: Desk) throws(LedgerError) -> Look? {
        try desk.checkpoint(after: known.withLock { $0 }) { checkpoint -> Look? in
            do throws(StreamError) {
                // One that was there and is not any more may come back, and be older.
                if known.withLock({ $0 }) != nil, !exists {
                    return .failed("\(shown(path)) is gone; put it back, or find out why")
                }
                if exists {
                    let head = try read().head
                    guard known.withLock({ $0 }) == head else { return nil }
                    if head == checkpoint.head { return .shown }
                }
                try PrivateFile.replace(path, Array(checkpoint.text.utf8))
                known.withLock { $0 = checkpoint.head }
                return .shown
            } catch { return .failed(error.sentence) }
        }
    }

    /// Runs `body`, and shows it the log once a second meanwhile. This is not
    /// done with each vote: signing and syncing take as long as a few dozen of
    /// them. And it does not need a vote: while a desk waits for its next voter,
    /// its witness must not get old.
    func keepingUp<R>(_ desk: Desk, _ body: () throws -> R) throws -> R {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else {
            throw Stop.couldNot("no pipe could be made to keep the witness up with")
        }
        let (end, bell) = (ends[0], ends[1])
        let worker = Worker { [self] in
            var isTold = false
            while true {
                // Ready when `body` has ended.
                var wait = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
                let ready = unsafe poll(&wait, 1, 1000)
                if ready > 0 { return }
                guard ready == 0 else { continue }
                switch show(desk) {
                case .shown: break
                // The reason why it could not be written may pass: somebody keeps
                // the ledger locked, a server restarts, a disk is full.
                case .failed(let why):
                    if !isTold {
                        Terminal.note(
                            "The witness was not written: \(why). It is tried again every second.")
                    }
                    isTold = true
                // This one does not. What is still asked is not answered any more,
                // and the end of the program tells why.
                case .contradicted: return Termination.endReading()
                }
            }
        }
        defer {
            close(bell)
            worker.join()
            close(end)
        }
        return try body()
    }

    private func read() throws(StreamError) -> Checkpoint {
        // To open a pipe would wait for somebody who writes to it.
        guard PrivateFile.isFile(path) else { throw StreamError(.read, path, .notRegular) }
        let bytes = try PrivateFile.read(path, atMost: 1 << 17)
        do { return try Checkpoint(bytes, election: election) } catch {
            throw StreamError(.read, path, .other(error.sentence))
        }
    }
}
