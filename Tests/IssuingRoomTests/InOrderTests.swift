import Synchronization
import Testing

@testable import IssuingRoom

@Suite struct InOrderTests {
    private struct Stop: Error, Equatable { let at: Int }

    @Test(arguments: [1, 2, 3, 8])
    func keepsTheOrder(_ width: Int) async {
        var next = 0
        var taken: [Int] = []
        await inOrder(width: width) {
            defer { next += 1 }
            return next < 60 ? next : nil
        } work: { piece in
            // The first of each three is the slowest.
            let end = ContinuousClock.now + .milliseconds(piece % 3 == 0 ? 3 : 0)
            while ContinuousClock.now < end {}
            return piece * 2
        } take: {
            taken.append($0)
        }
        #expect(taken == (0..<60).map { $0 * 2 })
    }

    @Test func takesNothingOfNothing() async {
        var taken = 0
        await inOrder(width: 3, next: { nil as Int? }, work: { $0 }, take: { _ in taken += 1 })
        #expect(taken == 0)
    }

    /// No more pieces are under way than the width says.
    @Test func readsNoFurtherAhead() async {
        var next = 0
        var taken = 0
        var farthest = 0
        await inOrder(width: 3) {
            next += 1
            farthest = max(farthest, next - taken)
            return next <= 30 ? next : nil
        } work: {
            $0
        } take: { _ in
            taken += 1
        }
        #expect(taken == 30)
        #expect(farthest == 3)
    }

    @Test func passesOnAnErrorOfTheWork() async {
        var taken: [Int] = []
        let started = Mutex(0)
        var next = 0
        await #expect(throws: Stop(at: 7)) {
            try await inOrder(width: 3) {
                next += 1
                return next
            } work: { (piece: Int) in
                started.withLock { $0 += 1 }
                if piece >= 7 { throw Stop(at: piece) }
                return piece
            } take: {
                taken.append($0)
            }
        }
        #expect(taken == [1, 2, 3, 4, 5, 6], "all before it, and nothing after")
        #expect(started.withLock { $0 } <= 9)
    }

    @Test func passesOnAnErrorOfNextAndTake() async {
        await #expect(throws: Stop(at: 0)) {
            try await inOrder(
                width: 2, next: { () -> Int? in throw Stop(at: 0) }, work: { $0 }, take: { _ in })
        }
        await #expect(throws: Stop(at: 5)) {
            try await inOrder(width: 2, next: { 1 }, work: { $0 }, take: { _ in throw Stop(at: 5) })
        }
    }
}

@Suite struct PackSetTests {
    @Test func holdsEachNumberOnce() {
        var set = PackSet(capacity: 5000)
        let numbers = Set((0..<5000).map { _ in UInt64.random(in: 1..<1 << 60) })
        for number in numbers {
            let isNew = set.insert(number)
            #expect(isNew)
        }
        for number in numbers {
            let isNew = set.insert(number)
            #expect(!isNew)
        }
    }

    /// Full to the last number it has room for: many want a place that is taken.
    @Test func movesOverForOthers() {
        for capacity in [0, 1, 682, 683, 1365] {
            var set = PackSet(capacity: capacity)
            for pass in 0..<2 {
                for number in UInt64(1)..<UInt64(capacity) + 1 {
                    let isNew = set.insert(number)
                    #expect(isNew == (pass == 0))
                }
            }
        }
    }
}
