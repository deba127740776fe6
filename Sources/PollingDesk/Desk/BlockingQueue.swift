/// A queue between threads. Putting waits while it is full, taking waits while
/// it is empty.
package final class BlockingQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var isClosed = false
    }

    private let state = Monitor(State())
    private let capacity: Int

    package init(capacity: Int) { self.capacity = capacity }

    /// False if the queue is closed: then it does not take the element.
    package func put(_ element: Element) -> Bool {
        state.wait { state -> Bool? in
            if state.isClosed { return false }
            guard state.elements.count < capacity else { return nil }
            state.elements.append(element)
            return true
        }
    }

    /// The first one; nil when the queue is closed and empty.
    package func take() -> Element? {
        state.wait { state -> Element?? in
            if state.elements.isEmpty { return state.isClosed ? .some(nil) : nil }
            return state.elements.removeFirst()
        }
    }

    /// No more will be put; takers get what is left.
    package func close() { state.withLock { $0.isClosed = true } }
}
