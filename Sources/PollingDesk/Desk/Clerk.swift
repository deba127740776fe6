internal import Synchronization

/// A thread of the desk's own for what is asked now and then: officers' acts,
/// registers, reports. One after the other.
final class Clerk: Sendable {
    private let tasks = BlockingQueue<@Sendable () -> Void>(capacity: .max)
    private let thread = Mutex<Worker?>(nil)

    /// Runs `body` on the thread, and waits for it as tasks do.
    func run<R: Sendable>(
        _ body: @escaping @Sendable () throws(LedgerError) -> R
    ) async throws(LedgerError) -> R {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<R, LedgerError>, Never>) in
            start()
            let isTaken = tasks.put {
                do throws(LedgerError) { continuation.resume(returning: .success(try body())) } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            if !isTaken { continuation.resume(returning: .failure(.closed)) }
        }
        return try result.get()
    }

    private func start() {
        thread.withLock { thread in
            if thread == nil { thread = Worker { [tasks] in while let task = tasks.take() { task() } } }
        }
    }

    /// Does what was asked, and ends the thread.
    func finish() {
        tasks.close()
        thread.withLock { thread in
            defer { thread = nil }
            return thread
        }?.join()
    }

    /// The same without waiting for it.
    func finishInBackground() {
        tasks.close()
        thread.withLock { thread in
            defer { thread = nil }
            return thread
        }?.detach()
    }
}
