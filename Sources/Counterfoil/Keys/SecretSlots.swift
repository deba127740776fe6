internal import Synchronization

/// Guarded memory in many small pieces of one size, lent and taken back: for
/// secrets that go with a request from thread to thread. A piece of its own for
/// each would cost a page of locked memory and 30 µs.
@safe package final class SecretSlots: @unchecked Sendable {
    /// In bytes.
    package let size: Int
    private let state = Mutex(State())

    /// Sendable is unchecked because of the pointers: an address is in this list
    /// or in one slot, and never in both.
    @safe private struct State: @unchecked Sendable {
        var slabs: [UnsafeMutableRawPointer] = unsafe []
        var free: [UnsafeMutableRawPointer] = unsafe []
    }

    private static var slabSize: Int { 4096 }

    package init(size: Int) {
        precondition(size > 0 && size <= Self.slabSize)
        self.size = size
    }

    /// A slot that the closure has filled; it finds zero bytes.
    package func fill<R>(_ body: (inout MutableRawSpan) -> R) -> (SecretSlot, R) {
        let memory = unsafe take()
        var span = unsafe MutableRawSpan(_unsafeStart: memory, byteCount: size)
        let result = body(&span)
        return (unsafe SecretSlot(memory, of: self), result)
    }

    private func take() -> UnsafeMutableRawPointer {
        unsafe state.withLock { state in
            if unsafe state.free.isEmpty {
                let slab = unsafe Sodium.allocate(Self.slabSize)
                unsafe slab.initializeMemory(as: UInt8.self, repeating: 0, count: Self.slabSize)
                unsafe state.slabs.append(slab)
                for place in stride(from: 0, through: Self.slabSize - size, by: size) {
                    unsafe state.free.append(slab + place)
                }
            }
            return unsafe state.free.removeLast()
        }
    }

    fileprivate func takeBack(_ memory: UnsafeMutableRawPointer) {
        var span = unsafe MutableRawSpan(_unsafeStart: memory, byteCount: size)
        Sodium.wipe(&span)
        state.withLock { state in unsafe state.free.append(memory) }
    }

    deinit {
        state.withLock { state in for unsafe slab in unsafe state.slabs { unsafe Sodium.free(slab) } }
    }
}

/// A piece of guarded memory, wiped when the last reference to it goes.
///
/// Sendable is unchecked because of the pointer: once it is filled nobody writes
/// through it until it is wiped.
@safe package final class SecretSlot: @unchecked Sendable {
    private let memory: UnsafeMutableRawPointer
    private let slots: SecretSlots

    fileprivate init(_ memory: UnsafeMutableRawPointer, of slots: SecretSlots) {
        unsafe self.memory = memory
        self.slots = slots
    }

    /// Lends the bytes for the time of the call.
    package func withBytes<R>(_ body: (borrowing RawSpan) -> R) -> R {
        body(unsafe RawSpan(_unsafeStart: memory, byteCount: slots.size))
    }

    deinit { unsafe slots.takeBack(memory) }
}
