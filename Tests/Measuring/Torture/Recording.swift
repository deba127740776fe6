import Foundation
import TestSupport

/// Lets desks work on a simulated disk, one after the other or at once.
struct Recorder {
    private let hall: Hall
    private let folder: String
    private let record = TemporaryFolder.quick()
    private let before: SimulatedDisk
    private var asked: Set<Request>
    private let heard: [Promise]
    private var requests: [UInt32: [Request]] = [:]

    /// - Parameter heard: what was promised before.
    init(_ hall: Hall, _ folder: String, heard: [Promise] = []) throws {
        self.hall = hall
        self.folder = folder
        self.heard = heard
        asked = Set(heard.map(\.request))
        before = try SimulatedDisk(folder)
    }

    /// - Parameter disk: settings of disk.c for each of the desks.
    mutating func run(
        _ clients: [Client], _ removals: [Removal], disk: [[String: String]] = []
    ) throws -> [Client.Story] {
        let environments = try clients.indices.map { desk in
            let more = disk.isEmpty ? [:] : disk[desk]
            let log = ["DISK_FOLDER": folder, "DISK_LOG": record.file("log")]
            return try Removal.environment(removals, disk: log.merging(more) { $1 })
        }
        let (hall, path) = (hall, "\(folder)/ledger")
        let stories = try together(clients.count) {
            try clients[$0].run(in: hall, on: path, environments[$0])
        }
        for (client, story) in zip(clients, stories) {
            requests[UInt32(story.process)] = client.requests
            asked.formUnion(client.requests)
        }
        return stories
    }

    /// Throws if the simulation does not come to the files that are there.
    func finish() throws -> Recording {
        let recording = Recording(
            hall: hall, before: before, log: try DiskLog(record.file("log")), asked: asked, heard: heard,
            requests: requests)
        var disk = before
        for step in recording.log.steps { try disk.apply(step) }
        var dice = Dice(0)
        let simulated = disk.cut(.all, dice: &dice)
        for name in ["ledger", "ledger-wal"] {
            let real = try? Files.read("\(folder)/\(name)")
            guard simulated[name] == real else { throw TortureError("\(name) is not as it was simulated") }
        }
        return recording
    }
}

/// What desks did to a ledger on a simulated disk.
struct Recording {
    fileprivate let hall: Hall
    fileprivate let before: SimulatedDisk
    fileprivate let log: DiskLog
    fileprivate let asked: Set<Request>
    fileprivate let heard: [Promise]
    /// What each desk was asked, in the order in which it answers.
    fileprivate let requests: [UInt32: [Request]]

    /// Some step.
    func place(_ dice: inout Dice) -> Int { dice.roll(log.steps.count + 1) }

    /// Some step at which the ledger itself, not its log, has unsynced changes.
    func placeInCheckpoint(_ dice: inout Dice) -> Int {
        let writes = log.steps.indices.filter {
            log.steps[$0].kind == .write && before.isNamed("ledger", log.steps[$0].file)
        }
        return writes.isEmpty ? place(&dice) : dice.pick(writes) + 1
    }

    /// Of the steps that can fail, counted from 1, those that write to the
    /// ledger itself after the desk has begun to answer: a checkpoint at work.
    /// The count leaves out the shared memory, and so comes a little early.
    var failableInCheckpoint: [Int] {
        var (count, hasAnswered) = (0, false)
        var found: [Int] = []
        for step in log.steps {
            switch step.kind {
            case .said: hasAnswered = true
            case .endSync, .fault: break
            default:
                count += 1
                if hasAnswered && before.isNamed("ledger", step.file) { found.append(count) }
            }
        }
        return found
    }

    var hasFault: Bool { log.steps.contains { $0.kind == .fault } }

    var isFaultInSync: Bool {
        guard let fault = log.steps.firstIndex(where: { $0.kind == .fault }) else { return false }
        return log.steps[fault...].dropFirst().first?.kind == .failedSync
    }

    /// Whether the first fault hit a checkpoint, after the first answer.
    var wasFaultInCheckpoint: Bool {
        get throws {
            guard let fault = log.steps.firstIndex(where: { $0.kind == .fault }) else { return false }
            var disk = before
            for step in log.steps[..<fault] { try disk.apply(step) }
            return log.steps[..<fault].contains { $0.kind == .said }
                && (disk.isPending("ledger") || disk.isNamed("ledger", log.steps[fault].file))
        }
    }

    /// Whether all that was in the write-ahead log at the beginning was written once
    /// more, from its first byte to its last, and synced after that, before anything
    /// was written to the ledger itself.
    func isLogRewritten(of size: Int) -> Bool {
        var (place, isSyncing, isSynced) = (0, false, false)
        for step in log.steps {
            if before.isNamed("ledger", step.file), step.kind == .write { break }
            guard before.isNamed("ledger-wal", step.file) else { continue }
            switch step.kind {
            case .write where step.offset == place: place += step.bytes.count
            case .beginSync where place >= size: isSyncing = true
            case .endSync where isSyncing: isSynced = true
            default: break
            }
        }
        return isSynced
    }

    /// Some step after the first fault.
    func placeBehindFault(_ dice: inout Dice) -> Int {
        let fault = log.steps.firstIndex { $0.kind == .fault } ?? 0
        return fault + 1 + dice.roll(log.steps.count - fault)
    }

    /// Some step after the first fault, within a checkpoint, if there is one.
    func placeInCheckpointBehindFault(_ dice: inout Dice) -> Int {
        let fault = log.steps.firstIndex { $0.kind == .fault } ?? 0
        let writes = log.steps.indices[fault...].filter {
            log.steps[$0].kind == .write && before.isNamed("ledger", log.steps[$0].file)
        }
        return writes.isEmpty ? placeBehindFault(&dice) : dice.pick(writes) + 1
    }

    struct Cut {
        let promises: Int
        let wasCheckpoint: Bool
        /// Within a checkpoint, and not the first nor the last that its desk did.
        let wasAtWork: Bool
        let violations: [String]
    }

    /// The power goes after so many steps.
    func cut(at place: Int, dice: inout Dice) throws -> Cut {
        var disk = before
        var said: [UInt32: [UInt8]] = [:]
        for step in log.steps[..<place] {
            try disk.apply(step)
            if step.kind == .said { said[step.process, default: []] += step.bytes }
        }
        var inspection = Inspection(hall)
        inspection.asked = asked
        inspection.heard = heard
        for (process, text) in said {
            let lines = text.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
            for (request, line) in zip(requests[process]!, lines) {
                let promise = try Promise(request, line: line)
                if !promise.isUndecided { inspection.heard.append(promise) }
            }
        }
        let folder = TemporaryFolder.quick()
        let mercy = dice.pick(SimulatedDisk.Mercy.allCases)
        for (name, bytes) in disk.cut(mercy, dice: &dice) { try Files.write(folder.file(name), bytes) }
        // Of the shared memory nothing need survive: it may hold anything.
        if dice.oneIn(2) {
            let anything = (0..<32768).map { _ in UInt8(truncatingIfNeeded: dice.roll(256)) }
            try Files.write(folder.file("ledger-shm"), anything)
        }
        let writer = place > 0 ? log.steps[place - 1].process : 0
        let goesOn = log.steps[place...].contains { $0.kind == .said && $0.process == writer }
        let wasCheckpoint = disk.isPending("ledger")
        let violations = inspection.violations(of: folder.file("ledger")).map { "\(mercy) left: \($0)" }
        return withExtendedLifetime(folder) {
            Cut(
                promises: inspection.heard.count, wasCheckpoint: wasCheckpoint,
                wasAtWork: wasCheckpoint && said[writer] != nil && goesOn,
                violations: violations)
        }
    }
}
