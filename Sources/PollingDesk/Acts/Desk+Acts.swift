package import Counterfoil

extension Desk {
    /// Judges an act in a transaction of its own; nothing is done to a ballot
    /// that is final.
    func act(
        on subjects: [Subject], at moment: Moment, _ judge: (inout Scene) -> ActOutcome
    ) throws(LedgerError) -> ActOutcome {
        try ledger.write(subjects, at: moment) { scene in
            scene.closeIfDue()
            guard scene.ballot.phase != .final else { return .refused(.final) }
            return judge(&scene)
        }
    }

    // MARK: Packs

    /// Cancels a pack: lost, spoiled, stolen. A vote that was cast stays.
    package func cancel(
        _ number: PackNumber, _ note: Note, at moment: Moment
    ) throws(LedgerError) -> ActOutcome {
        try act(on: [.pack(number)], at: moment) { scene in
            guard let pack = scene.pack(number) else { return .refused(.noSuchPack) }
            switch scene.standing(of: pack) {
            case .specimen: return .refused(.specimen)
            case .superseded, .withdrawn, .cancelled: return .refused(.alreadyCancelled)
            case .inactive, .live: break
            }
            scene.record(.packCancelled(pack: number, .byOfficer), note: note)
            return .done
        }
    }

    /// Lets a voter try again after too many wrong answers. Not beyond the
    /// limit of a pack's lifetime: then post is the way.
    package func unlock(
        _ number: PackNumber, _ note: Note, at moment: Moment
    ) throws(LedgerError) -> ActOutcome {
        try act(on: [.pack(number)], at: moment) { scene in
            guard let pack = scene.pack(number) else { return .refused(.noSuchPack) }
            guard pack.isLocked(in: scene.election) else { return .refused(.notLocked) }
            guard pack.attempts.lifetime < scene.election.lifetimeLimit else {
                return .refused(.lockedForGood)
            }
            scene.record(.packUnlocked(pack: number), note: note)
            return .done
        }
    }

    /// Takes back a return that was scanned in error. It is the only way back from
    /// a vote; an officer does it, on the record. An online vote is never annulled.
    ///
    /// It names the scan. So an officer who repeats an act whose answer was lost
    /// does not take back a return that came in between.
    package func annul(
        _ number: PackNumber, scan nonce: ScanNonce, _ note: Note, at moment: Moment
    ) throws(LedgerError) -> ActOutcome {
        try act(on: [.scan(number, nonce)], at: moment) { scene in
            guard let pack = scene.pack(number) else { return .refused(.noSuchPack) }
            let vote = scene.vote(of: pack.row.voter)
            guard vote?.isOfScan(nonce, with: number) ?? false else {
                let wasReceived = scene.scan(number, nonce).map { $0.setAside == nil } ?? false
                return .refused(wasReceived ? .alreadyAnnulled : .nothingToAnnul)
            }
            scene.record(.postAnnulled(pack: number, voter: pack.row.voter, nonce), note: note)
            return .done
        }
    }

    // MARK: Batches

    /// Activates a batch: its packs can vote, and those that they replace no
    /// longer, in the same transaction. `unreconciled`: although the print
    /// house's return was not taken.
    ///
    /// A pack that the person keeps may carry another voter number than one that
    /// the activation cancels: two members were found to be one person. If that one
    /// has voted by then, the same person could vote again under the other number.
    /// So the pack that they would keep must be cancelled first.
    ///
    /// Throws ``LedgerError/unsignedBatch(_:)`` for a batch that is not of a register
    /// that the issuing room signed.
    package func activate(
        _ name: BatchName, unreconciled: Bool = false, _ note: Note = .none, at moment: Moment
    ) throws(LedgerError) -> ActOutcome {
        // What registers say never changes, and of packs that are not loaded yet all pairs
        // are there; what was voted is read when nobody votes.
        // A register that comes in between is not looked at: its batch is there for the
        // next who ask, and the packs in it for these pairs.
        let loaded = try ledger.write([], at: moment) { $0.batch(named: name) }
        let isLoaded = loaded != nil
        // A database cannot verify a signature, so somebody with the right to load may
        // have loaded what nobody signed. The rows of a batch never change.
        if let loaded, loaded.activated == nil, loaded.withdrawn == nil, try !ledger.isSigned(name) {
            throw .unsignedBatch(name)
        }
        let pairs = isLoaded ? try ledger.pairsOfOtherVoters(inBatch: name) : []
        let subjects = pairs.flatMap { [Subject.pack($0.kept), .pack($0.cancelled)] }
        return try act(on: subjects, at: moment) { scene in
            guard isLoaded, let batch = scene.batch(named: name) else { return .refused(.noSuchBatch) }
            guard batch.withdrawn == nil else { return .refused(.withdrawn) }
            guard batch.activated == nil else { return .refused(.alreadyActive) }
            // Nobody packs specimens, so nobody returns them.
            let reconciled = batch.reconciled != nil || batch.kind == .specimens
            guard reconciled || unreconciled else { return .refused(.notReconciled) }
            guard !pairs.contains(where: scene.couldVoteTwice) else { return .refused(.replacedVoted) }
            scene.record(.batchActivated(batch: batch.number, reconciled: reconciled), note: note)
            return .done
        }
    }

    /// Withdraws a batch: none of its packs can vote any longer. Votes that
    /// were cast stay.
    package func withdraw(
        _ name: BatchName, _ note: Note, at moment: Moment
    ) throws(LedgerError) -> ActOutcome {
        try act(on: [], at: moment) { scene in
            guard let batch = scene.batch(named: name) else { return .refused(.noSuchBatch) }
            guard batch.withdrawn == nil else { return .refused(.alreadyWithdrawn) }
            scene.record(.batchWithdrawn(batch: batch.number), note: note)
            return .done
        }
    }

    /// Takes the print house's return: cancels the missing packs. Whether its
    /// numbers add up is for `PrintReturn` to say, beforehand.
    package func reconcile(
        _ name: BatchName, missing: [PackNumber], _ note: Note, at moment: Moment
    ) throws(LedgerError) -> ActOutcome {
        try act(on: missing.map(Subject.pack), at: moment) { scene in
            guard let batch = scene.batch(named: name) else { return .refused(.noSuchBatch) }
            guard batch.reconciled == nil else { return .refused(.alreadyReconciled) }
            guard missing.allSatisfy({ scene.pack($0)?.batch == batch.number }) else {
                return .refused(.otherPacks)
            }
            // Each once, however often it is in the list.
            var cancelled: Set<PackNumber> = []
            for pack in missing where cancelled.insert(pack).inserted {
                scene.record(.packCancelled(pack: pack, .missing), note: note)
            }
            scene.record(.batchReconciled(batch: batch.number, missing: cancelled.count), note: note)
            return .done
        }
    }

    // MARK: The ballot

    /// The longest grace, in milliseconds: 24 hours.
    package static var longestGrace: Int { 86_400_000 }

    /// Opens the ballot, until `closes` if a time is given. A pass given before
    /// the close is good for `grace` milliseconds after it, at most for
    /// `longestGrace`.
    package func open(
        closes: Moment? = nil, grace: Int = 600_000, _ note: Note = .none, at moment: Moment
    ) throws(LedgerError) -> ActOutcome {
        try act(on: [], at: moment) { scene in
            switch scene.ballot.phase {
            case .before: break
            case .open: return .refused(.alreadyOpen)
            case .closed, .final: return .refused(.closed)
            }
            if let closes, closes <= moment { return .refused(.inThePast) }
            guard (0...Self.longestGrace).contains(grace) else { return .refused(.badGrace) }
            scene.record(.ballotOpened(closes: closes, grace: grace), note: note)
            return .done
        }
    }

    /// Keeps the ballot open until then, or opens it again.
    ///
    /// - Parameter earlier: whether it may be a time before the announced one. Somebody
    ///   who means to extend a ballot and types another day would end it too soon.
    package func extend(
        until closes: Moment, earlier: Bool = false, _ note: Note, at moment: Moment
    ) throws(LedgerError) -> ActOutcome {
        try act(on: [], at: moment) { scene in
            guard scene.ballot.phase != .before else { return .refused(.notOpen) }
            guard closes > moment else { return .refused(.inThePast) }
            if !earlier, scene.ballot.phase == .open, let announced = scene.ballot.closes, closes < announced
            {
                return .refused(.earlier)
            }
            scene.record(.ballotExtended(until: closes), note: note)
            return .done
        }
    }

    /// Closes the ballot for online votes, now. Post is scanned until it is final.
    package func close(_ note: Note, at moment: Moment) throws(LedgerError) -> ActOutcome {
        try act(on: [], at: moment) { scene in
            switch scene.ballot.phase {
            case .before: return .refused(.notOpen)
            case .closed, .final: return .refused(.alreadyClosed)
            case .open: break
            }
            scene.record(.ballotClosed(moment), note: note)
            return .done
        }
    }

    /// Ends the ballot: closes it if it is open, and writes the last entry.
    /// Nothing is written afterwards.
    package func finish(_ note: Note, at moment: Moment) throws(LedgerError) -> ActOutcome {
        try act(on: [], at: moment) { scene in
            if scene.ballot.phase == .before { return .refused(.notOpen) }
            if scene.ballot.phase == .open { scene.record(.ballotClosed(moment), note: note) }
            scene.record(.ballotFinal, note: note)
            return .done
        }
    }
}

extension Scene {
    /// Whether the pack to be cancelled has a voter who has voted, while the one
    /// that the same person keeps can still vote, now or later.
    fileprivate func couldVoteTwice(_ pair: PackPair) -> Bool {
        guard let cancelled = pack(pair.cancelled), vote(of: cancelled.row.voter) != nil else {
            return false
        }
        // Its register may come later, and then it could vote.
        guard let kept = pack(pair.kept) else { return true }
        guard kept.row.voter != cancelled.row.voter else { return false }
        return switch standing(of: kept) {
        case .live, .inactive: true
        case .specimen, .superseded, .withdrawn, .cancelled: false
        }
    }
}
