internal import Counterfoil
internal import CounterfoilFiles

/// Lines of standard input in guarded memory, wiped as soon as they are used.
struct SecretLines: ~Copyable {
    enum Next<Result> {
        case line(Result)
        /// A line that is too long, which was passed over.
        case tooLong
        case end
    }

    private var input = StandardInput()
    private var buffer = SecretScratch(count: 1 << 18)
    private let longest: Int
    private var start = 0
    private var end = 0
    private var isOver = false

    init(longest: Int) { self.longest = longest }

    /// Lends the next line, without its end, to `body`. Blank lines are passed over.
    mutating func next<R>(_ body: (inout MutableRawSpan) -> R) throws(StreamError) -> Next<R> {
        while true {
            if let length = lineLength() {
                let range = start..<start + length
                start += length + 1
                guard length <= longest else {
                    // It may hold a code as well.
                    wipe(range)
                    return .tooLong
                }
                if isBlank(range) { continue }
                return .line(use(range, body))
            }
            if end - start > longest {
                try passOver()
                return .tooLong
            }
            if isOver {
                let range = start..<end
                start = end
                return isBlank(range) ? .end : .line(use(range, body))
            }
            try fill()
        }
    }

    /// Whether another line, whole and not blank, is there without waiting.
    mutating func hasWholeLine() -> Bool {
        while let length = lineLength() {
            guard length <= longest, isBlank(start..<start + length) else { return true }
            start += length + 1
        }
        return false
    }

    private mutating func use<R>(_ range: Range<Int>, _ body: (inout MutableRawSpan) -> R) -> R {
        buffer.withMutableBytes(in: range) { line in
            let result = body(&line)
            Sodium.wipe(&line)
            return result
        }
    }

    private mutating func wipe(_ range: Range<Int>) {
        buffer.withMutableBytes(in: range) { Sodium.wipe(&$0) }
    }

    private func lineLength() -> Int? {
        let (start, end) = (start, end)
        return buffer.withBytes { bytes in
            var i = start
            while i < end {
                if bytes.byte(i) == 0x0A { return i - start }
                i += 1
            }
            return nil
        }
    }

    /// Spaces, tabs and carriage returns alone. Everything else needs an answer.
    private func isBlank(_ range: Range<Int>) -> Bool {
        buffer.withBytes { bytes in range.allSatisfy { [0x20, 0x09, 0x0D].contains(bytes.byte($0)) } }
    }

    private mutating func fill() throws(StreamError) {
        guard Termination.waitForInput() else {
            // Half a line is no request: it is not answered, and not done. It is wiped
            // with the buffer.
            isOver = true
            start = 0
            end = 0
            return
        }
        if start > 0 {
            let (from, count) = (start, end - start)
            buffer.withMutableBytes { bytes in
                for i in 0..<count { bytes.put(bytes.bytes.byte(from + i), at: i) }
                var rest = bytes._mutatingExtracting(count..<from + count)
                Sodium.wipe(&rest)
            }
            start = 0
            end = count
        }
        let place = end
        let count = try buffer.withMutableBytes(in: place..<buffer.count) {
            (bytes) throws(StreamError) in try input.read(into: &bytes)
        }
        if count == 0 { isOver = true }
        end += count
    }

    /// To the end of the line, which is wiped like any other.
    private mutating func passOver() throws(StreamError) {
        while true {
            let length = lineLength()
            wipe(start..<start + (length ?? end - start))
            if let length {
                start += length + 1
                return
            }
            start = end
            if isOver { return }
            start = 0
            end = 0
            try fill()
        }
    }
}
