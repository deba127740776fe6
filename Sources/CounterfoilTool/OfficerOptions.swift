internal import ArgumentParser
internal import Counterfoil
internal import PollingDesk

/// The officer who does it, and why. The log keeps both.
struct OfficerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The officer, for the record.", valueName: "NAME"))
    var by: String = ""

    @Option(
        help: ArgumentHelp(
            "A case number or the like, for the record; never a voter's name.", valueName: "TEXT"))
    var reference: String = ""

    func validate() throws {
        guard by.utf8.count <= 80, reference.utf8.count <= 80 else {
            throw ValidationError("--by and --reference take at most 80 bytes.")
        }
        // They are shown on terminals later.
        guard VisibleText.of(by) == by, VisibleText.of(reference) == reference else {
            throw ValidationError(
                "--by and --reference take no control characters, and none that nobody sees.")
        }
        // And they are in the log for good.
        guard !mayHoldCode(by), !mayHoldCode(reference) else {
            throw ValidationError(
                "--by or --reference may hold a voting code, which the log must not keep; give a case number."
            )
        }
    }

    func note(_ reason: Note.Reason? = nil) -> Note {
        Note(reason: reason, reference: reference, officer: by)
    }
}

struct ReasonArgument: ExpressibleByArgument {
    let reason: Note.Reason

    init?(argument: String) {
        guard let reason = Note.Reason(rawValue: argument) else { return nil }
        self.reason = reason
    }
}

struct ReasonOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Why: \(Note.Reason.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "REASON"))
    var reason: ReasonArgument
}

extension Desk {
    /// Reads pack numbers as somebody typed them.
    func packs(_ texts: [String]) throws(Stop) -> [PackNumber] {
        var packs: [PackNumber] = []
        for (i, text) in texts.enumerated() {
            packs.append(try PackNumber(typed: text, election, name: "PACK \(i + 1)"))
        }
        return packs
    }
}

extension PackNumber {
    /// - Parameter name: how an error names it. What was typed is not repeated: it
    ///   may be the better part of a code.
    init(typed text: String, _ election: Election, name: String = "PACK") throws(Stop) {
        switch Array(text.utf8).withBytes({ PackNumber.read($0, constant: election.constant) }) {
        case .success(let number): self = number
        case .failure where Array(text.utf8).withBytes({ PackNumber.mayBeCode($0) }):
            throw .couldNot(
                "\(name) is longer than a pack number, and may be a voting code; give the pack number")
        case .failure(let error): throw .couldNot("\(name) is \(error.sentence)")
        }
    }
}

extension ActOutcome {
    /// Ends the verb with exit 1 where the rules refuse.
    func orStop(_ what: String) throws {
        if case .refused(let why) = self { throw Stop.refused("\(what): \(why.sentence)") }
    }
}

extension ActRefusal {
    var sentence: String {
        switch self {
        case .final: "the ballot is final; nothing is written any more"
        case .noSuchPack: "there is no such pack in the ledger"
        case .nothingToAnnul:
            "this scan has no return that counts; `counterfoil show` has the scans of a pack, and an online vote is never annulled"
        case .alreadyAnnulled: "the return of this scan was annulled before"
        case .specimen: "a printer's test pack"
        case .alreadyCancelled: "cancelled, replaced or withdrawn before"
        case .notLocked: "not locked"
        case .lockedForGood:
            "locked for good: too many wrong answers in its lifetime; its voter can vote by post"
        case .noSuchBatch: "no such batch is loaded; see `counterfoil status`"
        case .withdrawn: "the batch was withdrawn"
        case .alreadyActive: "active already"
        case .alreadyWithdrawn: "withdrawn before"
        case .alreadyReconciled: "reconciled before"
        case .notReconciled:
            "not reconciled with the print house; `counterfoil reconcile` takes its return, --unreconciled activates all the same, on the record"
        case .replacedVoted:
            "members have voted with packs that it would cancel, and could vote again under another voter number with those that they keep; `counterfoil cancel` these first"
        case .otherPacks: "packs of another batch are among them"
        case .alreadyOpen: "open already; `counterfoil extend` sets another closing time, the grace stays"
        case .notOpen: "the ballot was not opened yet"
        case .closed: "closed; `counterfoil extend` opens it again"
        case .alreadyClosed: "closed already"
        case .inThePast: "that time is past"
        case .earlier:
            "another closing time was announced, which is later; --earlier closes it before that time"
        case .badGrace: "a grace is 0 milliseconds to 24 hours"
        }
    }
}
