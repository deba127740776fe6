/// What programs did to a disk and said to the world, in order: the log that
/// Shims/disk.c writes.
struct DiskLog {
    struct Step {
        enum Kind: UInt32 {
            case create = 1
            case unlink, rename, link, write, truncate, beginSync, endSync, failedSync, said
            /// Something failed on purpose: only that it did.
            case fault
        }

        let kind: Kind
        /// Which of the programs.
        let process: UInt32
        /// The number of the file (its inode).
        let file: UInt64
        /// Where something is written, or the new length.
        let offset: Int
        /// What is written, said, or the names.
        let bytes: ArraySlice<UInt8>

        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    let steps: [Step]

    init(_ path: String) throws {
        let bytes = try Files.read(path)
        var steps: [Step] = []
        var place = 0
        func number(_ offset: Int, _ count: Int) -> UInt64 {
            (0..<count).reduce(0) { $0 | UInt64(bytes[place + offset + $1]) << (8 * UInt64($1)) }
        }
        while place + 32 <= bytes.count {
            let count = Int(number(24, 8))
            guard let kind = Step.Kind(rawValue: UInt32(number(0, 4))), place + 32 + count <= bytes.count
            else { throw TortureError("the log of the simulated disk is damaged") }
            steps.append(
                Step(
                    kind: kind, process: UInt32(number(4, 4)), file: number(8, 8),
                    offset: Int(number(16, 8)), bytes: bytes[place + 32..<place + 32 + count]))
            place += 32 + count
        }
        self.steps = steps
    }
}
