internal import Counterfoil
internal import PollingDesk

/// Writing what was judged.
extension Writer {
    /// Writes events and their effects.
    func apply(_ entries: [Entry]) throws(Failure) {
        var frontier = try frontier()
        for (entry, id) in zip(entries, EntryID.random(count: entries.count)) {
            try apply(entry, number: frontier.size)
            let hashes = frontier.append(MerkleTree.leaf(entry.leaf(id: id)))
            try append(entry, number: frontier.size - 1, id, hashes)
            known.next = (frontier.size, hashes[0])
        }
        known.frontier = frontier
    }

    private func append(
        _ entry: Entry, number: Int, _ id: EntryID, _ hashes: [Bytes<32>]
    ) throws(Failure) {
        try sql.append.bind(1, Int64(number))
        try sql.append.bind(2, entry.at)
        try sql.append.bind(3, Int64(entry.event.type.rawValue))
        try sql.append.bind(4, entry.encoded)
        if let pack = entry.event.pack {
            try sql.append.bind(5, pack)
        } else {
            try sql.append.bindNull(5)
        }
        try sql.append.bind(6, text: entry.note.reason?.rawValue ?? "")
        try sql.append.bind(7, text: entry.note.reference)
        try sql.append.bind(8, text: entry.note.officer)
        try sql.append.bind(9, id.bytes)
        var together: [UInt8] = []
        for hash in hashes { together.append(hash) }
        try sql.append.bind(10, together)
        try sql.append.run()
    }

    private func apply(_ entry: Entry, number: Int) throws(Failure) {
        switch entry.event {
        case .created, .deskOpened: break
        case .registerLoaded: known.batches = nil
        case .ballotOpened, .ballotExtended, .ballotClosed, .ballotFinal: try applyToBallot(entry)
        case .batchActivated(let batch, _):
            try mark(batch, sql.activate, entry.at)
            // The packs that the batch replaces can vote no longer, also those
            // whose register comes later.
            try sql.supersede.bind(1, Int64(batch))
            try sql.supersede.run()
            try sql.cancelListed.bind(1, Int64(batch))
            try sql.cancelListed.run()
        case .batchReconciled(let batch, _): try mark(batch, sql.reconcile, entry.at)
        case .batchWithdrawn(let batch): try mark(batch, sql.withdraw, entry.at)
        case .voteCast(let pack, let voter, let fingerprint, _):
            try sql.castVote.bind(1, voter.bytes)
            try sql.castVote.bind(2, pack)
            try sql.castVote.bind(3, entry.at)
            try sql.castVote.bind(4, fingerprint.bytes)
            try sql.castVote.run()
        case .postReceived(let pack, let voter, let scan):
            try sql.receivePost.bind(1, voter.bytes)
            try sql.receivePost.bind(2, pack)
            try sql.receivePost.bind(3, entry.at)
            try sql.receivePost.bind(4, scan.bytes)
            try sql.receivePost.run()
            try record(scan, of: pack, entry: number)
        case .postSetAside(let pack, _, let scan, _): try record(scan, of: pack, entry: number)
        case .postAnnulled(let pack, let voter, let scan):
            try sql.annulPost.bind(1, voter.bytes)
            try sql.annulPost.bind(2, pack)
            try sql.annulPost.bind(3, scan.bytes)
            try sql.annulPost.run()
            try oneRow()
        case .wrongAnswers(let pack, let answers, _):
            try sql.countWrong.bind(1, pack)
            try sql.countWrong.bind(2, answers.bytes)
            try sql.countWrong.run()
        case .secondAttempt(let pack, _): try with(pack, sql.countSecond)
        case .packUnlocked(let pack): try with(pack, sql.unlock)
        case .packCancelled(let pack, let why):
            try sql.cancel.bind(1, pack)
            try sql.cancel.bind(2, Int64(why.rawValue))
            try sql.cancel.run()
        }
    }

    private func record(_ scan: ScanNonce, of pack: PackNumber, entry: Int) throws(Failure) {
        try sql.recordScan.bind(1, pack)
        try sql.recordScan.bind(2, scan.bytes)
        try sql.recordScan.bind(3, Int64(entry))
        try sql.recordScan.run()
    }

    private func applyToBallot(_ entry: Entry) throws(Failure) {
        var ballot = try ballotState()
        ballot.apply(entry.event, at: entry.at)
        let times = [ballot.opened, ballot.closes, ballot.closed, ballot.final]
        for (index, time) in zip([1, 2, 4, 5] as [Int32], times) {
            if let time { try sql.setBallot.bind(index, time) } else { try sql.setBallot.bindNull(index) }
        }
        try sql.setBallot.bind(3, Int64(ballot.grace))
        try sql.setBallot.run()
        known.ballot = nil
        try oneRow()
    }

    private func mark(_ batch: Int, _ statement: Statement, _ moment: Moment) throws(Failure) {
        try statement.bind(1, Int64(batch))
        try statement.bind(2, moment)
        try statement.run()
        known.batches = nil
        try oneRow()
    }

    private func with(_ pack: PackNumber, _ statement: Statement) throws(Failure) {
        try statement.bind(1, pack)
        try statement.run()
    }

    private func oneRow() throws(Failure) {
        guard database.changes == 1 else { throw .damaged(.changedBefore) }
    }
}
