internal import CCounterfoilSystem
internal import Glibc
internal import Synchronization

/// A thread of its own, for work that waits for a disk, a pipe or a lock:
/// Swift's own pool of threads must never wait.
package final class Worker: Sendable {
    private let thread: Mutex<pthread_t>
    /// The processor that it is kept on, or -1.
    private let processor = Atomic<Int32>(-1)

    package init(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let start = unsafe Unmanaged.passRetained(Start(body)).toOpaque()
        let status = unsafe pthread_create(
            &thread, nil,
            { argument in
                unsafe Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, start)
        guard status == 0 else { fatalError("no thread could be started") }
        self.thread = Mutex(thread)
    }

    /// Waits until it has ended. Once.
    package func join() { pthread_join(thread.withLock { $0 }, nil) }

    /// Lets it go: nobody will wait for it.
    package func detach() { pthread_detach(thread.withLock { $0 }) }

    /// Keeps it on the processor that the caller is running on just now.
    ///
    /// For work to be done while the caller waits for a disk. A sleeping
    /// processor takes longer to wake than a signature takes to make, and this
    /// one is awake. Where it cannot be kept, nothing is lost but time.
    func stayHere() {
        let here = counterfoil_processor()
        guard here >= 0, here != processor.load(ordering: .relaxed) else { return }
        processor.store(here, ordering: .relaxed)
        _ = counterfoil_keep_on(thread.withLock { $0 }, here)
    }

    /// For the thread itself: being woken, it leaves the processor to its waker.
    static func standBack() { _ = counterfoil_stand_back() }

    private final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
