internal import Counterfoil
internal import CounterfoilFiles
internal import Glibc
internal import PollingDesk
internal import Synchronization

/// Keeps the nonces of scans that were asked and not answered, also across a
/// restart: a scan that is asked again must have its nonce, or an envelope that
/// counts would be called one that was scanned before.
///
/// Each process has a file of its own. A line says that a scan is about to be
/// asked, and is on the disk before it is; another says that it was answered.
final class ScanMemory: Sendable {
    private struct State {
        /// Scans without an answer, which nobody is asking now.
        var unanswered: [PackNumber: [ScanNonce]] = [:]
        var asked: Set<Asked> = []
    }

    private struct Asked: Hashable {
        let pack: PackNumber
        let nonce: ScanNonce
    }

    private let file: JournalFile
    private let state = Mutex(State())

    /// - Parameter place: what the names of the files begin with.
    init(at place: String, _ election: Election) throws(StreamError) {
        var asked: Set<Asked> = []
        let left = try JournalFile.adopt(place)
        for file in left { Self.read(try file.contents(), election, into: &asked) }
        file = try JournalFile.create(place)
        var text: [UInt8] = []
        for scan in asked { text += Self.line(scan, isAnswered: false) }
        if !asked.isEmpty { try file.append(durably: text) }
        for file in left { file.remove() }
        let unanswered = Dictionary(grouping: asked, by: \.pack).mapValues { $0.map(\.nonce) }
        state.withLock { $0.unanswered = unanswered }
    }

    deinit { if state.withLock({ $0.unanswered.isEmpty && $0.asked.isEmpty }) { file.remove() } }

    /// For a scan of this pack: the nonce of one that was never answered, or a new
    /// one. It is not asked before `willAsk` has returned.
    func nonce(for pack: PackNumber) -> ScanNonce {
        state.withLock { state in
            let known = state.unanswered[pack]?.popLast()
            if state.unanswered[pack]?.isEmpty ?? false { state.unanswered[pack] = nil }
            let nonce = known ?? .random()
            state.asked.insert(Asked(pack: pack, nonce: nonce))
            return nonce
        }
    }

    /// Nothing was asked where this throws: the desk is told as it is of its ledger,
    /// beside which the file lies.
    func willAsk(_ scans: [Scan]) throws(LedgerError) {
        var text: [UInt8] = []
        for scan in scans { text += Self.line(Asked(pack: scan.pack, nonce: scan.nonce), isAnswered: false) }
        do throws(StreamError) { try file.append(durably: text) } catch {
            func fault(_ number: Int32) -> LedgerFault {
                LedgerFault(.file(error.name), .system(.write, errno: number))
            }
            switch error.reason {
            case .noRoom: throw .diskFull(fault(ENOSPC))
            case .diskError: throw .diskFailed(fault(EIO))
            case .system(let number): throw .noAccess(fault(number))
            default: throw .noAccess(fault(EACCES))
            }
        }
    }

    /// The scan has its answer; nil where it was undecided, and is asked again.
    func took(_ outcome: PostOutcome?, of scan: Scan) {
        let asked = Asked(pack: scan.pack, nonce: scan.nonce)
        state.withLock { state in
            state.asked.remove(asked)
            if outcome == nil { state.unanswered[scan.pack, default: []].append(scan.nonce) }
        }
        // If this is lost, a later scan of the same pack gets this answer again.
        if outcome != nil { try? file.append(Self.line(asked, isAnswered: true)) }
    }

    // MARK: Lines

    private static func line(_ scan: Asked, isAnswered: Bool) -> [UInt8] {
        Array("\(isAnswered ? "-" : "+")\(scan.pack) \(scan.nonce.bytes.hex)\n".utf8)
    }

    /// A line that a power cut has left half written says nothing: its scan was
    /// not asked.
    private static func read(_ text: [UInt8], _ election: Election, into asked: inout Set<Asked>) {
        for line in text.split(separator: 0x0A) {
            let words = line.dropFirst().split(separator: 0x20)
            guard words.count == 2,
                case .success(let pack) = Array(words[0]).withBytes({
                    PackNumber.read($0, constant: election.constant)
                }), let nonce = Bytes<16>(hex: String(decoding: words[1], as: UTF8.self))
            else { continue }
            let scan = Asked(pack: pack, nonce: ScanNonce(nonce))
            if line.first == 0x2B { asked.insert(scan) } else { asked.remove(scan) }
        }
    }
}
