import Foundation
import Synchronization

/// Runs `body` in so many threads at once, and returns what each returned.
/// Threads, not tasks: these wait for programs and for locks, and the pool of
/// tasks has no more threads than the machine has cores.
func together<R: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) throws -> R) throws -> [R] {
    let results = Mutex<[Int: Result<R, any Error>]>([:])
    let group = DispatchGroup()
    for place in 0..<count {
        group.enter()
        Thread.detachNewThread {
            let result = Result { try body(place) }
            results.withLock { $0[place] = result }
            group.leave()
        }
    }
    group.wait()
    return try results.withLock { results in try (0..<count).map { try results[$0]!.get() } }
}
