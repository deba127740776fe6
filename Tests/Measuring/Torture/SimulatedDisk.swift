import Foundation
import TestSupport

/// A disk after some steps of a log: what is surely on it, and what may be.
///
/// A power cut leaves the durable part. Of the rest it leaves whatever the disk
/// liked: each unsynced write whole, in part or not at all, in any order.
/// A sync makes durable what was written to that file before the sync began. A
/// name is durable when its folder was synced; names come in their order.
struct SimulatedDisk {
    private struct File {
        /// Up to the first change that may get lost.
        var bytes: [UInt8]
        var changes: [Change] = []
    }

    private struct Change {
        enum What {
            case write(at: Int, ArraySlice<UInt8>)
            case truncate(Int)
        }

        let step: Int
        let what: What
        var isDurable = false
        /// A sync failed after it. The system takes what could not be written
        /// for written, and no later sync tries again (Linux does so).
        var isForgotten = false
    }

    private enum Naming {
        case name(String, Int)
        case unname(String)
    }

    private var files: [File] = []
    /// By the number that the system gave.
    private var places: [UInt64: Int] = [:]
    private var names: [String: Int] = [:]
    private var pendingNames: [(step: Int, naming: Naming)] = []
    private var current: [String: Int] = [:]
    private let folder: UInt64
    private var begun: [Sync: Int] = [:]
    private var count = 0

    private struct Sync: Hashable {
        let process: UInt32
        let file: UInt64
    }

    /// A folder as it is, all of it durable.
    init(_ folder: String) throws {
        self.folder = try Self.number(folder)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where !name.hasSuffix("-shm")
        {
            let path = "\(folder)/\(name)"
            places[try Self.number(path)] = files.count
            names[name] = files.count
            files.append(File(bytes: try Files.read(path)))
        }
        current = names
    }

    private static func number(_ path: String) throws -> UInt64 {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        guard let number = attributes[.systemFileNumber] as? UInt64 else {
            throw TortureError("\(path) has no number")
        }
        return number
    }

    // MARK: Steps

    mutating func apply(_ step: DiskLog.Step) throws {
        count += 1
        switch step.kind {
        case .said, .fault: break
        case .create:
            places[step.file] = files.count
            rename(.name(step.text, files.count))
            files.append(File(bytes: []))
        case .unlink: rename(.unname(step.text))
        case .rename, .link:
            let both = step.text.split(separator: "/").map(String.init)
            guard both.count == 2, let file = current[both[0]] else {
                throw TortureError("a name of nothing: \(step.text)")
            }
            rename(.name(both[1], file))
            if step.kind == .rename { rename(.unname(both[0])) }
        case .write: try change(step, .write(at: step.offset, step.bytes))
        case .truncate: try change(step, .truncate(step.offset))
        case .beginSync: begun[Sync(process: step.process, file: step.file)] = count
        case .endSync:
            guard let before = begun.removeValue(forKey: Sync(process: step.process, file: step.file))
            else { throw TortureError("a sync that never began") }
            finish(step.file, before: before)
        case .failedSync:
            begun[Sync(process: step.process, file: step.file)] = nil
            guard let file = places[step.file] else { return }
            for place in files[file].changes.indices { files[file].changes[place].isForgotten = true }
        }
    }

    private mutating func rename(_ naming: Naming) {
        pendingNames.append((count, naming))
        Self.apply(naming, to: &current)
    }

    private static func apply(_ naming: Naming, to names: inout [String: Int]) {
        switch naming {
        case .name(let name, let file): names[name] = file
        case .unname(let name): names[name] = nil
        }
    }

    private mutating func change(_ step: DiskLog.Step, _ what: Change.What) throws {
        guard let file = places[step.file] else { throw TortureError("a write to an unknown file") }
        files[file].changes.append(Change(step: count, what: what))
    }

    private mutating func finish(_ number: UInt64, before: Int) {
        if number == folder {
            for (step, naming) in pendingNames where step < before { Self.apply(naming, to: &names) }
            pendingNames.removeAll { $0.step < before }
        } else if let file = places[number] {
            for place in files[file].changes.indices {
                let change = files[file].changes[place]
                if change.step < before && !change.isForgotten { files[file].changes[place].isDurable = true }
            }
            let first = files[file].changes.prefix { $0.isDurable }
            for change in first { Self.apply(change.what, to: &files[file].bytes) }
            files[file].changes.removeFirst(first.count)
        }
    }

    private static func apply(_ what: Change.What, to bytes: inout [UInt8]) {
        switch what {
        case .write(let offset, let new):
            let end = offset + new.count
            if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
            bytes.replaceSubrange(offset..<end, with: new)
        case .truncate(let length):
            if bytes.count > length {
                bytes.removeLast(bytes.count - length)
            } else {
                bytes += [UInt8](repeating: 0, count: length - bytes.count)
            }
        }
    }

    // MARK: The cut

    /// Whether a file has changes that a cut could take.
    func isPending(_ name: String) -> Bool {
        current[name].map { files[$0].changes.contains { !$0.isDurable } } ?? false
    }

    /// Whether the file of this number is the one of this name.
    func isNamed(_ name: String, _ number: UInt64) -> Bool { places[number] == current[name] }

    enum Mercy: CaseIterable {
        /// Nothing is left that was not synced.
        case none
        /// All is left, as after a kill.
        case all
        /// Sectors of 512 bytes, some of them.
        case sectors
        /// Pages of 4,096 bytes, some of them.
        case pages
        /// All up to some write, which may be torn.
        case untilThen
    }

    /// What the machine finds when the power is back.
    func cut(_ mercy: Mercy, dice: inout Dice) -> [String: [UInt8]] {
        var names = names
        let kept =
            switch mercy {
            case .none: 0
            case .all: pendingNames.count
            default: dice.roll(pendingNames.count + 1)
            }
        for (_, naming) in pendingNames.prefix(kept) { Self.apply(naming, to: &names) }
        return names.mapValues { place in
            let file = files[place]
            var bytes = file.bytes
            let end = dice.roll(file.changes.count + 1)
            let odds = 1 + dice.roll(9)
            for (number, change) in file.changes.enumerated() {
                switch mercy {
                case _ where change.isDurable: Self.apply(change.what, to: &bytes)
                case .none: break
                case .all: Self.apply(change.what, to: &bytes)
                case .sectors: Self.apply(change.what, to: &bytes, inPiecesOf: 512, odds, &dice)
                case .pages: Self.apply(change.what, to: &bytes, inPiecesOf: 4096, odds, &dice)
                case .untilThen where number < end: Self.apply(change.what, to: &bytes)
                case .untilThen where number == end:
                    Self.apply(change.what, to: &bytes, inPiecesOf: 512, 5, &dice)
                case .untilThen: break
                }
            }
            return bytes
        }
    }

    /// Each piece with odds of so many in ten.
    private static func apply(
        _ what: Change.What, to bytes: inout [UInt8], inPiecesOf size: Int, _ odds: Int, _ dice: inout Dice
    ) {
        guard case .write(let offset, let new) = what else {
            if dice.roll(10) < odds { apply(what, to: &bytes) }
            return
        }
        var start = offset
        while start < offset + new.count {
            let end = min(offset + new.count, (start / size + 1) * size)
            let first = new.startIndex - offset
            if dice.roll(10) < odds { apply(.write(at: start, new[first + start..<first + end]), to: &bytes) }
            start = end
        }
    }
}
