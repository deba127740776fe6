// Times secrets, as dudect does (Reparaz, Balasch, Verbauwhede, 2017): the same
// work over one fixed secret and over random ones, in random order, and Welch's
// t over what both took. Raw times show nothing on a machine that does other
// things too; so t is also computed over the fastest part of them, for several
// such parts, and the largest |t| counts.
//
// memcheck sees every branch and address, and no instruction that takes longer
// for some values; this sees any difference that is large enough, and no small
// one. `script/constant-time` runs both.

internal import Counterfoil
internal import IssuingRoom

/// Beyond this in each of three rounds, something depends on the secret. The
/// good ways stayed below 3 on a machine with four times the load that it could
/// carry; the leaks below are a thousand times as loud.
let limit = 25.0
let rounds = 3

var failed = false
for way in Way.all(Bench()) {
    var largest: [Double] = []
    while largest.count < rounds {
        largest.append(measure(way))
        // One quiet round is enough: noise comes and goes, a leak stays.
        if (largest.last! <= limit) != way.leaks { break }
    }
    let t = way.leaks ? largest.max()! : largest.min()!
    let isRight = (t > limit) == way.leaks
    if !isRight { failed = true }
    let wanted = way.leaks ? "wanted: more than" : "wanted: at most"
    print("\(way.name): |t| = \(rounded(t)) (\(wanted) \(rounded(limit)))\(isRight ? "" : "  WRONG")")
}
if failed { fatalError("not as wanted") }

/// The largest |t| of one round.
func measure(_ way: Way) -> Double {
    let count = 60_000
    var classes: [Bool] = []
    var inputs: [[UInt8]] = []
    // Prepared beforehand, and copied from alike for both classes.
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<count {
        let isFixed = Bool.random(using: &generator)
        classes.append(isFixed)
        inputs.append(way.input(isFixed))
    }
    var work = [UInt8](repeating: 0, count: inputs[0].count)
    var times: [Double] = []
    times.reserveCapacity(count)
    let clock = ContinuousClock()
    for input in inputs {
        for i in work.indices { work[i] = input[i] }
        let start = clock.now
        for _ in 0..<way.times { way.run(work) }
        let taken = clock.now - start
        times.append(Double(taken.components.attoseconds) / 1e9)
    }
    // The first ones warm caches and branch predictors.
    times.removeFirst(count / 10)
    classes.removeFirst(count / 10)
    let sorted = times.sorted()
    var largest = 0.0
    for part in [0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 1] {
        let bound = sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))]
        largest = max(largest, abs(welch(times, classes, below: bound)))
    }
    return largest
}

/// Welch's t of the two classes' times up to `bound`.
func welch(_ times: [Double], _ classes: [Bool], below bound: Double) -> Double {
    var sums = [(n: 0.0, sum: 0.0, squares: 0.0), (n: 0.0, sum: 0.0, squares: 0.0)]
    for (time, isFixed) in zip(times, classes) where time <= bound {
        sums[isFixed ? 1 : 0].n += 1
        sums[isFixed ? 1 : 0].sum += time
        sums[isFixed ? 1 : 0].squares += time * time
    }
    guard sums[0].n > 100, sums[1].n > 100 else {
        // Only one class is among the fastest: that is no t any more, and no
        // difference could be plainer.
        return abs(sums[0].n - sums[1].n)
    }
    let means = sums.map { $0.sum / $0.n }
    let errors = sums.map { max(0, $0.squares / $0.n - ($0.sum / $0.n) * ($0.sum / $0.n)) / $0.n }
    return (means[0] - means[1]) / max(1e-9, (errors[0] + errors[1]).squareRoot())
}

func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
