import Counterfoil
import PollingDesk
import TestSupport

// What desks say, in the words of the specification and with numbers of ours.

extension Outcome {
    var told: String {
        switch self {
        case .refused(.wrongAnswers(let left)): "\(name), \(left) left"
        case .refused(.badAnswer(let questions)): "\(name): \(questions.joined(separator: ", "))"
        case .good(_, let expires): "\(name) until \(expires.seconds)"
        case .refused(.badRequest(let fault)): "\(name): \(fault.text)"
        default: name
        }
    }
}

extension PostOutcome {
    var told: String {
        switch self {
        case .scannedBefore(let moment, let officer): "\(name) at \(moment.seconds) by \(officer)"
        case .alreadyVoted(let channel, let at): "\(name) \(channel) at \(at.seconds)"
        case .setAside(let standing): "\(name) \(standing)"
        default: name
        }
    }
}

extension ActOutcome {
    var told: String {
        switch self {
        case .done: "done"
        case .refused(let why): why.rawValue
        }
    }
}

extension Entry {
    /// The event, and the officer who is named for it.
    func told(_ world: World) -> String {
        let officer = note.officer.isEmpty ? "" : " by \(note.officer)"
        let reason = note.reason.map { " for \($0) \(note.reference)" } ?? ""
        return event.told(world) + officer + reason
    }
}

extension Event {
    func told(_ world: World) -> String {
        let of = pack.map { " \(world.numbers[$0] ?? -1)" } ?? ""
        let what =
            switch self {
            case .batchActivated(let batch, let reconciled):
                " \(batch)" + (reconciled ? "" : " unreconciled")
            case .batchReconciled(let batch, let missing): " \(batch), \(missing) missing"
            case .batchWithdrawn(let batch): " \(batch)"
            case .ballotOpened(let closes, let grace):
                " until \(closes.map { "\($0.seconds)" } ?? "-"), grace \(grace / 1000)"
            case .ballotExtended(let moment): " until \(moment.seconds)"
            case .ballotClosed(let moment): " at \(moment.seconds)"
            case .postSetAside(_, let why, let scan, let voted):
                " \(why.told), nonce \(scan.number)\(voted.map { ", voted at \($0.seconds)" } ?? "")"
            case .postReceived(_, _, let scan), .postAnnulled(_, _, let scan): ", nonce \(scan.number)"
            case .packCancelled(_, let why): " \(why)"
            default: ""
            }
        return type.name + of + what + (shows(world) ? "" : ", not opened by its code")
    }

    /// Whether it shows of the pack's code what it must show, and nothing deeper.
    private func shows(_ world: World) -> Bool {
        guard let values = pack.flatMap({ world.numbers[$0] }).flatMap({ world.chains[$0] }) else {
            return true
        }
        return switch self {
        case .voteCast(_, _, _, let opening): opening.bytes == values.opening.bytes
        case .wrongAnswers(_, _, let trial): trial.bytes == values.trial.bytes
        case .secondAttempt(_, let second): second.bytes == values.second.bytes
        default: true
        }
    }
}

extension SetAside {
    var told: String {
        switch self {
        case .votedOnline: "already voted online"
        case .votedByPost: "already voted by post"
        case .scannedBefore: "scanned again"
        default: "\(self)"
        }
    }
}

extension Moment {
    /// Since the moment that tests begin at.
    var seconds: Int { Int(milliseconds - Moment.test(0).milliseconds) / 1000 }
}
