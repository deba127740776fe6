import Glibc

/// Runs work on threads of its own, which may block.
public func concurrently(_ count: Int, _ work: @escaping @Sendable (Int) -> Void) {
    final class Start {
        let work: @Sendable () -> Void
        init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
    var threads = [pthread_t](repeating: pthread_t(), count: count)
    for i in 0..<count {
        let start = unsafe Unmanaged.passRetained(Start { work(i) }).toOpaque()
        let status = unsafe pthread_create(
            &threads[i], nil,
            { argument in
                unsafe Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue().work()
                return nil
            }, start)
        guard status == 0 else { fatalError("no thread") }
    }
    for thread in threads { pthread_join(thread, nil) }
}
