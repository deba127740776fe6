internal import Counterfoil
internal import CounterfoilFiles
internal import Glibc
internal import PollingDesk

/// The file that `--witness` names: a checkpoint that lies elsewhere than the
/// ledger, and knows how far the log has come. It shows whether the ledger was
/// replaced by an older copy of itself, log and all.
///
/// It may be older than the ledger, and is never newer: it is replaced after the
/// commit, while nobody writes, and only by a later one.
final class Witness: Sendable {
    private let path: String
    private let election: Election

    init(_ path: String, _ election: Election) {
        self.path = path
        self.election = election
    }

    /// What it has seen.
    func seen() throws -> TreeHead {
        guard PrivateFile.exists(path) else {
            throw Stop.couldNot(
                "there is no witness at \(path); if it was lost, find out why. `counterfoil checkpoint … > \(path)` starts one"
            )
        }
        return try attempt { () throws(StreamError) in try read() }.head
    }

    /// Whether one has been started.
    var exists: Bool { PrivateFile.exists(path) }

    /// Shows it the log as it is now; returns why that could not be done.
    func show(_ desk: Desk) -> String? {
        do throws(LedgerError) { return try replaced(desk) } catch { return error.sentence }
    }

    private func replaced(_ desk: Desk) throws(LedgerError) -> String? {
        try desk.checkpoint { checkpoint -> String? in
            do throws(StreamError) {
                if exists {
                    let size = try read().head.size
                    guard size <= checkpoint.head.size else {
                        return
                            "\(path) has seen \(size) log entries, but the ledger has \(checkpoint.head.size): it is no longer the same ledger"
                    }
                    if size == checkpoint.head.size { return nil }
                }
                try PrivateFile.replace(path, Array(checkpoint.text.utf8))
                return nil
            } catch { return error.sentence }
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
                // The reason why it could not be written may pass: somebody keeps
                // the ledger locked, a server restarts, a disk is full.
                if let failure = show(desk), !isTold {
                    isTold = true
                    Terminal.note("The witness was not written: \(failure). It is tried again every second.")
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
        let bytes = try PrivateFile.read(path, atMost: 1 << 17)
        do { return try Checkpoint(bytes, election: election) } catch {
            throw StreamError(.read, path, .other(error.sentence))
        }
    }
}
