internal import Counterfoil
internal import Synchronization

/// Guarded memory in small pieces of one size, lent and taken back: for secrets
/// that go with a request from thread to thread. A piece of its own for each would
/// cost a page of locked memory and 30 µs.
final class SecretSlots: Sendable {
    /// In bytes.
    let size: Int
    private let state = Mutex(State())

    /// One page of guarded memory, for several slots. Not a `SecretScratch`, which
    /// one thread at a time may write to: here each slot is another thread's.
    ///
    /// Sendable is unchecked because of the pointer: no two slots have a byte in
    /// common, and a slot is read only once it is filled.
    @safe fileprivate final class Page: @unchecked Sendable {
        private let memory = unsafe Sodium.allocate(SecretSlots.pageSize)

        init() { write(0..<SecretSlots.pageSize) { Sodium.wipe(&$0) } }

        func write<R>(_ bytes: Range<Int>, _ body: (inout MutableRawSpan) -> R) -> R {
            var span = unsafe MutableRawSpan(
                _unsafeStart: memory + bytes.lowerBound, byteCount: bytes.count)
            return body(&span)
        }

        func read<R>(_ bytes: Range<Int>, _ body: (borrowing RawSpan) -> R) -> R {
            body(unsafe RawSpan(_unsafeStart: memory + bytes.lowerBound, byteCount: bytes.count))
        }

        deinit { unsafe Sodium.free(memory) }
    }

    /// Where a slot is. Whoever has it, has it alone: it is in the list of free ones or
    /// in one slot.
    fileprivate struct Place: Sendable {
        let page: Page
        let bytes: Range<Int>
    }

    private struct State {
        var free: [Place] = []
    }

    fileprivate static let pageSize = 4096

    init(size: Int) {
        precondition(size > 0 && size <= Self.pageSize)
        self.size = size
    }

    /// A slot that the closure has filled; it finds zero bytes.
    func fill<R>(_ body: (inout MutableRawSpan) -> R) -> (SecretSlot, R) {
        let place = take()
        let result = place.page.write(place.bytes, body)
        return (SecretSlot(place, of: self), result)
    }

    private func take() -> Place {
        state.withLock { state in
            if state.free.isEmpty {
                let page = Page()
                for start in stride(from: 0, through: Self.pageSize - size, by: size) {
                    state.free.append(Place(page: page, bytes: start..<start + size))
                }
            }
            return state.free.removeLast()
        }
    }

    fileprivate func takeBack(_ place: Place) {
        place.page.write(place.bytes) { Sodium.wipe(&$0) }
        state.withLock { $0.free.append(place) }
    }
}

/// A piece of guarded memory, wiped when the last reference to it goes.
package final class SecretSlot: Sendable {
    private let place: SecretSlots.Place
    private let slots: SecretSlots

    fileprivate init(_ place: SecretSlots.Place, of slots: SecretSlots) {
        self.place = place
        self.slots = slots
    }

    /// Lends the bytes for the time of the call.
    func withBytes<R>(_ body: (borrowing RawSpan) -> R) -> R { place.page.read(place.bytes, body) }

    deinit { slots.takeBack(place) }
}
