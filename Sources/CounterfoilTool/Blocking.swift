internal import PollingDesk

/// Runs asynchronous work and waits for it.
///
/// The command's own thread waits, so that it stays an ordinary one: tools that
/// watch a process (valgrind) know nothing of an asynchronous `main`.
func blocking<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) -> Result {
    let result = Monitor<Result?>(nil)
    Task.detached {
        let made = await body()
        result.withLock { $0 = made }
    }
    return result.wait { $0 }
}
