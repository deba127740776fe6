internal import Counterfoil

extension RegisterError: Explained {
    var sentence: String {
        switch self {
        case .unreadable(let error): error.sentence
        case .notARegister: "this is not a Counterfoil register"
        case .wrongSize: "the register was cut off or added to; copy it again from the issuing room"
        case .otherElection: "this register belongs to another election"
        case .badSignature:
            "the register is not signed by this election's issuing room, or was altered; copy it again, and ask the issuing room if that does not help"
        case .content(let what): "the register holds \(what.phrase); it was not made by Counterfoil"
        case .changedWhileRead: "the register changed while it was read; copy it again"
        }
    }
}

extension RegisterError.Content {
    fileprivate var phrase: String {
        switch self {
        case .header: "a header that is no register's"
        case .order: "rows or pairs that are not in order"
        case .packKind: "a pack of a kind that does not belong into this batch"
        case .replacement: "a replaced pack where there can be none, or none where there must be one"
        case .pair: "a pair of packs that is none, or pairs where there can be none"
        case .packNumber: "a pack number whose check symbols are wrong"
        case .replacedNumber: "a replaced pack whose number's check symbols are wrong"
        }
    }
}
