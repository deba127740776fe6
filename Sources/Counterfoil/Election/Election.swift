/// How long a code is.
public enum CodeLength: Int, Sendable, CaseIterable {
    /// 85 secret bits: up to a million and a half packs.
    case twenty = 20
    /// 105 secret bits: any electorate there is.
    case twentyFour = 24
    /// 125 secret bits.
    case twentyEight = 28

    /// Symbols, check symbols included.
    public var symbols: Int { rawValue }
    /// Symbols without the three check symbols, five secret bits each.
    public var dataSymbols: Int { rawValue - 3 }
    public var secretBits: Int { dataSymbols * 5 }
    public var groups: Int { rawValue / 4 }
    /// Bytes when printed: groups of four joined by hyphens.
    public var printedCount: Int { Alphabet.printedCount(rawValue) }
}

/// What an online voter is asked besides the code.
public struct Question: Sendable, Equatable {
    /// How an answer is read before it is hashed; vectors/README.md, section 10.
    public enum Kind: Sendable, Equatable {
        /// A date. `latestYear` is the last year that two digits can mean.
        case date(DateOrder, latestYear: Int)
        /// A number such as a membership number; zero means up to 32 digits.
        case digits(atMost: Int)
        case postcode
        case text
    }

    public enum DateOrder: String, Sendable, CaseIterable { case dmy, mdy, ymd }

    /// 1 to 64 bytes; what the roll's column is given to by `--answer`, and
    /// the member of `answers` in a request.
    public let name: String
    public let kind: Kind

    public init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }
}

/// What all rooms know of an election, and everybody may know: `election.json`.
///
/// vectors/README.md, section 3. The digest covers every field, and is in every
/// key file, register and manifest. So nothing of one election is ever taken for
/// another's.
public struct Election: Sendable {
    public let id: ElectionID
    /// 1 to 200 bytes, no control characters.
    public let name: String
    public let codeLength: CodeLength
    /// At most eight, in the order in which answers are hashed.
    public let questions: [Question]
    /// Wrong answers that lock a pack until an officer unlocks it.
    public let lockAfter: Int
    /// Wrong answers that lock a pack for good.
    public let lifetimeLimit: Int
    /// How ids of voters are compared.
    public let voterIDs: VoterIDs
    /// The digest of the list of refused words.
    public let refusedWords: Bytes<32>
    /// The digest of the table by which letters lose case and accents.
    public let textFold: Bytes<32>
    /// Ed25519 public keys: what registers, manifests, receipts and checkpoints are signed with.
    public let registerKey: Bytes<32>
    public let manifestKey: Bytes<32>
    public let receiptKey: Bytes<32>
    public let checkpointKey: Bytes<32>

    /// 32 bytes over all of the above.
    public let digest: Bytes<32>
    /// What every check symbol carries.
    package let constant: ElectionConstant

    /// Throws where a field is out of its range.
    package init(
        id: ElectionID, name: String, codeLength: CodeLength, questions: [Question],
        lockAfter: Int = 5, lifetimeLimit: Int = 15, voterIDs: VoterIDs = .anyCase,
        registerKey: Bytes<32>, manifestKey: Bytes<32>, receiptKey: Bytes<32>, checkpointKey: Bytes<32>
    ) throws(ElectionError) {
        try self.init(
            id: id, name: name, codeLength: codeLength, questions: questions, lockAfter: lockAfter,
            lifetimeLimit: lifetimeLimit, voterIDs: voterIDs, refusedWords: RefusedWords.digest,
            textFold: TextFold.digest, registerKey: registerKey, manifestKey: manifestKey,
            receiptKey: receiptKey, checkpointKey: checkpointKey)
    }

    /// With the tables that the file names, which must be ours.
    init(
        id: ElectionID, name: String, codeLength: CodeLength, questions: [Question], lockAfter: Int,
        lifetimeLimit: Int, voterIDs: VoterIDs, refusedWords: Bytes<32>, textFold: Bytes<32>,
        registerKey: Bytes<32>, manifestKey: Bytes<32>, receiptKey: Bytes<32>, checkpointKey: Bytes<32>
    ) throws(ElectionError) {
        guard Self.isFit(name, atMost: 200) else {
            throw .field(.name)
        }
        guard questions.count <= 8 else { throw .field(.questions(questions.count)) }
        for (i, question) in questions.enumerated() {
            guard Self.isFit(question.name, atMost: 64) else {
                throw .field(.question)
            }
            guard !questions[..<i].contains(where: { $0.name.isByteForByte(question.name) }) else {
                throw .field(.repeatedQuestion(question.name))
            }
            switch question.kind {
            case .date(_, let year) where !(1900...2199).contains(year):
                throw .field(.latestYear(year))
            case .digits(let most) where !(0...32).contains(most):
                throw .field(.digits(most))
            default: break
            }
        }
        guard (1...100).contains(lockAfter), (lockAfter...200).contains(lifetimeLimit) else {
            throw .field(.limits)
        }
        guard refusedWords == RefusedWords.digest else { throw .otherRefusedWords }
        guard textFold == TextFold.digest else { throw .otherTextFold }

        var e: [UInt8] = []
        e.append(id.bytes)
        e.appendWithLength(Array(name.utf8))
        e.append(UInt8(codeLength.rawValue))
        e.append(UInt8(questions.count))
        for question in questions {
            e.appendWithLength(Array(question.name.utf8))
            let (kind, order, limit) = question.kind.numbers
            e.append(kind)
            e.append(order)
            e.appendBigEndian(limit)
        }
        e.append(UInt8(lockAfter))
        e.append(UInt8(lifetimeLimit))
        e.append(voterIDs.rawValue)
        for field in [refusedWords, textFold, registerKey, manifestKey, receiptKey, checkpointKey] {
            e.append(field)
        }
        self.init(
            unjudged: id, name: name, codeLength: codeLength, questions: questions,
            lockAfter: lockAfter, lifetimeLimit: lifetimeLimit, voterIDs: voterIDs,
            refusedWords: refusedWords, textFold: textFold, registerKey: registerKey,
            manifestKey: manifestKey, receiptKey: receiptKey, checkpointKey: checkpointKey,
            digest: e.withBytes { id.hash(.election, $0) })
    }

    /// Takes the fields as they are: somebody else has judged and hashed them.
    /// A register, for example, names its election by id and digest alone.
    package init(
        unjudged id: ElectionID, name: String, codeLength: CodeLength, questions: [Question],
        lockAfter: Int, lifetimeLimit: Int, voterIDs: VoterIDs, refusedWords: Bytes<32>,
        textFold: Bytes<32>, registerKey: Bytes<32>, manifestKey: Bytes<32>, receiptKey: Bytes<32>,
        checkpointKey: Bytes<32>, digest: Bytes<32>
    ) {
        self.id = id
        self.name = name
        self.codeLength = codeLength
        self.questions = questions
        self.lockAfter = lockAfter
        self.lifetimeLimit = lifetimeLimit
        self.voterIDs = voterIDs
        self.refusedWords = refusedWords
        self.textFold = textFold
        self.registerKey = registerKey
        self.manifestKey = manifestKey
        self.receiptKey = receiptKey
        self.checkpointKey = checkpointKey
        self.digest = digest
        self.constant = ElectionConstant(id)
    }

    private static func isFit(_ text: String, atMost limit: Int) -> Bool {
        (1...limit).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    }
}

extension Question.Kind {
    /// Kind, order and limit as section 3 numbers them.
    fileprivate var numbers: (UInt8, UInt8, UInt16) {
        switch self {
        case .date(.dmy, let year): (1, 1, UInt16(year))
        case .date(.mdy, let year): (1, 2, UInt16(year))
        case .date(.ymd, let year): (1, 3, UInt16(year))
        case .digits(let most): (2, 0, UInt16(most))
        case .postcode: (3, 0, 0)
        case .text: (4, 0, 0)
        }
    }
}
