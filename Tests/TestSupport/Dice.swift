/// Chance that is the same every time: SplitMix64.
package struct Dice: Sendable {
    private var state: UInt64

    package init(_ seed: UInt64) { state = seed &* 0xD134_2543_DE82_EF95 }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z &>> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z &>> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z &>> 31
    }

    package mutating func roll(_ sides: Int) -> Int { Int(next() % UInt64(sides)) }

    package mutating func oneIn(_ sides: Int) -> Bool { roll(sides) == 0 }

    package mutating func pick<T>(_ things: [T]) -> T { things[roll(things.count)] }

    /// Each thing as often as its weight says.
    package mutating func pick<T>(weighted things: [(Int, T)]) -> T {
        var place = roll(things.reduce(0) { $0 + $1.0 })
        for (weight, thing) in things {
            if place < weight { return thing }
            place -= weight
        }
        return things[0].1
    }

    /// For dice of somebody else's.
    package mutating func seed() -> UInt64 { next() }

    package mutating func shuffled<T>(_ things: [T]) -> [T] {
        var things = things
        for place in things.indices.reversed() { things.swapAt(place, roll(place + 1)) }
        return things
    }
}
