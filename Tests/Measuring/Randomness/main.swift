// What the codes look like, for somebody who does not believe in hash functions:
// codes as they are derived, before any is refused for a word, under a key drawn
// for this run. `script/randomness` builds and runs it.
//
//   count N [biased]    frequencies, pairs and repeats of N codes
//   stream [biased]     their symbols as bits, for dieharder, until nobody reads
//
// `biased` is the control: where a byte of the derivation is 255, the symbol is
// 0 instead of 31, which the tests must notice.

internal import Counterfoil
internal import Glibc

let arguments = CommandLine.arguments.dropFirst()
let isBiased = arguments.last == "biased"
switch arguments.first {
case "count":
    guard arguments.count >= 2, let count = Int(arguments[2]) else { usage() }
    exit(Count(of: count).print() ? 0 : 1)
case "stream": stream()
default: usage()
}

func usage() -> Never {
    print("usage: Randomness count N [biased] | stream [biased]")
    exit(64)
}

/// Five bits a symbol, one after another, most significant first.
func stream() -> Never {
    // Nobody reads any more: that is how a stream ends.
    signal(SIGPIPE, SIG_IGN)
    var packs = Packs(isBiased: isBiased)
    var out: [UInt8] = []
    var word: UInt64 = 0
    var bits = 0
    while true {
        packs.next()
        for symbol in packs.symbols {
            word = word << 5 | UInt64(symbol)
            bits += 5
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: word >> UInt64(bits)))
            }
        }
        if out.count >= 1 << 16 {
            var rest = out[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes { unsafe write(1, $0.baseAddress, $0.count) }
                guard count > 0 else { exit(0) }
                rest = rest.dropFirst(count)
            }
            out.removeAll(keepingCapacity: true)
        }
    }
}
