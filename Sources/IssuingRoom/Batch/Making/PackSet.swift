internal import Counterfoil

/// The pack numbers in use, eight bytes each: open addressing, since a set of
/// fifty million numbers should fit in a small machine's memory.
struct PackSet {
    private var slots: [UInt64]
    private let mask: Int
    private var count = 0

    /// Room for so many numbers.
    init(capacity: Int) {
        var size = 1024
        while size < capacity + capacity / 2 { size *= 2 }
        slots = [UInt64](repeating: 0, count: size)
        mask = size - 1
    }

    /// False where the number was in the set already. Zero means an empty
    /// slot: no pack number is zero, since check symbols carry the constant,
    /// which never is.
    mutating func insert(_ number: UInt64) -> Bool {
        precondition(number != 0 && count < slots.count - 1)
        // The upper 45 bits are pseudorandom; spread them once more all the same.
        var place = Int(truncatingIfNeeded: (number &* 0x9E37_79B9_7F4A_7C15) >> 20) & mask
        while slots[place] != 0 {
            if slots[place] == number { return false }
            place = (place + 1) & mask
        }
        slots[place] = number
        count += 1
        return true
    }
}
