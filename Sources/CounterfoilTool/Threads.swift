internal import CCounterfoilSystem
internal import Glibc

/// A thread of its own, for work that blocks on a disk or a pipe: Swift's
/// cooperative pool must not be blocked.
final class Worker {
    private var thread = pthread_t()

    init(_ body: @escaping @Sendable () -> Void) {
        let start = unsafe Unmanaged.passRetained(Start(body)).toOpaque()
        let status = unsafe pthread_create(
            &thread, nil,
            { argument in
                unsafe Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, start)
        guard status == 0 else { fatalError("no thread could be started") }
    }

    /// Waits until it has ended. Once.
    func join() { pthread_join(thread, nil) }

    /// Keeps it on the processor that the caller is running on just now.
    ///
    /// For work to be done while the caller waits for a disk. A sleeping
    /// processor takes longer to wake than a signature takes to make, and this
    /// one is awake. Where it cannot be kept, nothing is lost but time.
    func stayHere() {
        let processor = counterfoil_processor()
        guard processor >= 0, processor != self.processor else { return }
        self.processor = processor
        _ = counterfoil_keep_on(thread, processor)
    }

    /// For the thread itself: being woken, it leaves the processor to its waker.
    static func standBack() { _ = counterfoil_stand_back() }

    private var processor: Int32 = -1

    private final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}

/// Runs asynchronous work and waits for it.
///
/// The command's own thread waits, so that it stays an ordinary one: tools that
/// watch a process (valgrind) know nothing of an asynchronous `main`.
func blocking<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) -> Result {
    let queue = Queue<Result>(capacity: 1)
    Task.detached { queue.put([await body()]) }
    return queue.take(upTo: 1)[0]
}

/// A queue between two threads. Putting waits while it is full, taking waits
/// while it is empty.
@safe final class Queue<Element: Sendable>: @unchecked Sendable {
    // Unchecked because of the pointers; every access to `elements` holds `mutex`.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var elements: [Element] = []
    private var isClosed = false
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(changed, nil)
    }

    func put(_ new: [Element]) {
        locked {
            while elements.count >= capacity && !isClosed { unsafe pthread_cond_wait(changed, mutex) }
            elements += new
        }
    }

    /// Everything that is waiting, up to `limit`; empty when the queue is closed
    /// and drained.
    func take(upTo limit: Int) -> [Element] {
        locked {
            while elements.isEmpty && !isClosed { unsafe pthread_cond_wait(changed, mutex) }
            let taken = Array(elements.prefix(limit))
            elements.removeFirst(taken.count)
            return taken
        }
    }

    /// No more will be put; takers get what is left.
    func close() { locked { isClosed = true } }

    private func locked<R>(_ body: () -> R) -> R {
        unsafe pthread_mutex_lock(mutex)
        defer {
            // In this order, or who is woken finds the mutex taken and sleeps again.
            unsafe pthread_mutex_unlock(mutex)
            unsafe pthread_cond_broadcast(changed)
        }
        return body()
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe pthread_cond_destroy(changed)
        unsafe mutex.deallocate()
        unsafe changed.deallocate()
    }
}

/// Lets threads that work side by side hand on their results in the order in
/// which they took their work.
@safe final class Turns: @unchecked Sendable {
    // Unchecked because of the pointers; every access to `served` holds `mutex`,
    // and to `taken` `taking`.
    private let taking = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var taken = 0
    private var served = 0

    init() {
        unsafe pthread_mutex_init(taking, nil)
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(changed, nil)
    }

    /// Takes work, one thread at a time, and draws its number.
    func next<Work>(_ take: () -> Work) -> (Work, turn: Int) {
        unsafe pthread_mutex_lock(taking)
        defer { unsafe pthread_mutex_unlock(taking) }
        let work = take()
        defer { taken += 1 }
        return (work, taken)
    }

    /// Waits for all with lower numbers, then hands on. Each number once.
    func inTurn(_ turn: Int, _ handOn: () -> Void) {
        unsafe pthread_mutex_lock(mutex)
        while served != turn { unsafe pthread_cond_wait(changed, mutex) }
        handOn()
        served += 1
        unsafe pthread_mutex_unlock(mutex)
        unsafe pthread_cond_broadcast(changed)
    }

    deinit {
        unsafe pthread_mutex_destroy(taking)
        unsafe pthread_mutex_destroy(mutex)
        unsafe pthread_cond_destroy(changed)
        unsafe taking.deallocate()
        unsafe mutex.deallocate()
        unsafe changed.deallocate()
    }
}
