import Counterfoil
import Testing

@testable import CounterfoilTool
@testable import IssuingRoom

private let batch = BatchName("B01")!

/// What the errors of the issuing room say to the person who runs the command.
@Suite struct IssuingSentenceTests {
    // MARK: Rolls

    static let kinds: [RollFault.Kind] = [
        .unreadable(StreamError(.read, "roll.csv", .diskError)), .empty, .noRows, .workbook, .utf16,
        .markOfUTF8, .blankHeader, .noName, .repeatedName("name"), .tooManyColumns, .notUTF8(0xE9),
        .notWindows1252(0x81), .nul, .strayReturn, .strayQuote,
        .textAfterQuote(openedLine: 12, openedColumn: 34), .unclosedQuote,
        .fields(found: 13, expected: 14), .blankLine, .rowTooLong,
    ]

    @Test(arguments: kinds)
    func aFaultIsOneLine(_ kind: RollFault.Kind) {
        let sentence = RollFault(line: 7, column: 3, kind).sentence
        #expect(!sentence.contains { $0.isNewline } && sentence.utf8.count < 200)
    }

    @Test func aFaultBeginsWithItsPlace() {
        #expect(
            RollFault(line: 7, column: 3, .strayQuote).sentence
                == "line 7, column 3: a quote inside a value that does not begin with one; put the whole value in quotes and double the quotes inside"
        )
        #expect(
            RollFault(line: 7, column: 1, .fields(found: 1, expected: 14)).sentence
                == "line 7: 1 field instead of 14; look for a separator or a line break inside a value without quotes"
        )
        let failed = StreamError(.read, "roll.csv", .diskError)
        #expect(RollFault(line: 7, .unreadable(failed)).sentence == failed.sentence)
    }

    /// A name of a roll cannot move the cursor, or fill the terminal.
    @Test func aNameIsShownHarmlessly() {
        let name = "x\n\u{1B}[2J" + String(repeating: "y", count: 80) + "z"
        let sentence = RollFault(line: 1, column: 1, .repeatedName(name)).sentence
        #expect(sentence.contains("“x\\u{A}\\u{1B}[2Jy"), "\(sentence)")
        #expect(sentence.contains("y…y") && sentence.contains("yz”") && sentence.count < 160, "\(sentence)")
    }

    @Test func aColumnThatIsNotThere() {
        let error = RollColumnError.unknown("surnme", nearest: "Surname", columns: ["id", "Surname"])
        #expect(
            error.sentence
                == "the roll has no column “surnme”; did you mean “Surname”? Its columns: “id”, “Surname”")
        #expect(IssueError.roll(.column(error)).sentence == error.sentence)
    }

    // MARK: Batches

    @Test(arguments: [
        (
            IssueError.alreadyIssued(voter: "100", line: 2, batch: batch),
            ["line 2", "voter 100", "--skip-issued"]
        ),
        (.repeatedVoter(firstLine: 3, secondLine: 5), ["lines 3 and 5", "same voter id", "remove one"]),
        (.twoNumbers("100", "200"), ["voters 100 and 200", "mark one of them `drop`"]),
        // What nobody sees is shown.
        (.twoNumbers("M1", "M1\u{A0}"), ["voters M1 and M1\\u{A0} were"]),
        (
            .alreadyIssued(voter: "M\u{200B}\u{E0041}1", line: 2, batch: batch),
            ["voter M\\u{200B}\\u{E0041}1 has"]
        ),
        (.sameWithoutPack("100", count: 1), ["voter 100 is `same`", "mark them `drop`"]),
        (.sameWithoutPack("100", count: 3), ["3 voters, 100 among them, are `same`"]),
        (
            .alikeVoters(firstLine: 3, secondLine: 5, count: 2),
            ["lines 3 and 5", "2 rows in all", "correct the roll", "--doubles", "--decided"]
        ),
        (
            .alikeIssued(line: 3, batch: batch, count: 1),
            ["line 3: this", "one of batch B01, written differently (case", "nobody sees);", "`different`"]
        ),
        (
            .droppedReplaced(voter: "100", PackNumber(unchecked: 0)),
            ["voter 100 is dropped", "out of the list"]
        ),
        (
            .numberChanged(voter: "100", line: 4, PackNumber(unchecked: 0)),
            ["line 4: voter 100", "leave the pack out", "--decided"]
        ),
        (.nobody, ["nobody is left", "cancelled at the desk"]),
        (.decidedUnknown("2000", count: 1), ["voter 2000 is decided upon"]),
        (.decidedUnknown("1000", count: 2), ["2 voters, 1000 among them"]),
        (.unfinished(batch), ["B01 was begun and not finished", "B01.manifest.json", "do not give it up"]),
        (.halfGivenUp(batch), ["B01 is given up", "counterfoil destroy --give-up B01"]),
        (.complete(batch), ["B01.manifest.json exists"]),
        (.inTheWay("B01.csv"), ["B01.csv exists"]),
        (.batchName(batch, ending: "packs"), ["another batch name", ".packs"]),
        (.link(.noFragment), ["--link", "#"]), (.link(.needsEscapes), ["--link", "%22"]),
        (.otherRoll(batch), ["batch B01 was begun with another roll"]),
        (.printedAnswer("born"), ["“born” answers a question", "--allow-printed-answers"]),
        (.roll(.unasked(question: "Age", asked: ["Born", "Town"])), ["“Age”", "Born, Town"]),
        (.book(.damaged(page: "B01.batch")), ["page of B01.batch is damaged"]),
        (.book(.damaged(page: nil)), ["page is damaged"]),
        (.output(StreamError(.write, "B01.csv", .noRoom)), ["cannot write to B01.csv", "the disk is full"]),
    ])
    func saysWhatIsWrongAndWhatToDo(_ error: IssueError, _ words: [String]) {
        for word in words { #expect(error.sentence.contains(word), "\(error.sentence)") }
    }

    @Test(arguments: [
        (ListError.unknownDecision(line: 2), ["line 2", "same, drop or different"]),
        (.unknownChannel(line: 2), ["line 2", "online or post"]),
        (.incompleteGroup("1", line: 2), ["line 2", "at least two rows", "one that is same"]),
        (
            .decidedTwice(voter: "100", line: 3),
            ["line 3", "voter 100 is decided twice", "a spreadsheet may have changed", "as text"]
        ),
        (.noPackNumber(line: 3), ["line 3 of the list"]), (.noHeader, ["line 1 of the list", "`pack`"]),
        (.ownColumn("voter"), ["“voter”", "rename it"]), (.comparedTwice("name"), ["“name”", "twice"]),
    ])
    func saysWhatIsWrongWithAList(_ error: ListError, _ words: [String]) {
        for word in words { #expect(error.sentence.contains(word), "\(error.sentence)") }
    }

    /// A secret key is not shown a second time.
    @Test func aSecretKeyIsNotRepeated() throws {
        let key = "AGE-SECRET-KEY-1QQQ"
        let error = #expect(throws: AgeRecipientError.self) { try AgeRecipient(key) }
        #expect(error == .secretKey && error?.sentence.contains("QQQ") == false)
    }

    // MARK: Files

    @Test(arguments: [
        (StreamError(.read, "a.csv", .missing), "cannot read a.csv: there is no such file or folder"),
        (StreamError(.create, "a.csv", .exists), "cannot create a.csv: it exists already"),
        (StreamError(.createInside, "out", .readOnly), "cannot create a file in out: the disk is read-only"),
        (
            StreamError(.read, "k", .readableByOthers),
            "k can be read by others; make it yours alone: chmod 600 k"
        ),
        (
            StreamError(.read, "k", .ownedByAnother),
            "k belongs to another user, who could have made it; find out who, and use one that is yours or root's"
        ),
        (
            StreamError(.read, "f/k", .folderOpenToOthers("/f")),
            "others can put something else in the place of f/k, since the folder /f is theirs, or they can write to it; move it to a folder of yours, or close that one: chmod go-w /f"
        ),
        (
            StreamError(.makeTree, ".f.partial", .foreignFiles),
            ".f.partial holds files that no broken-off run of this command has left; find out whose they are, and move the folder away"
        ),
        (
            StreamError(.makeTree, "ballot", .inUse),
            "ballot is being made by another run of counterfoil; wait until it has ended"
        ),
        (StreamError(.read, "a.csv", .changedMeanwhile), "a.csv was changed while it was read; run it again"),
        (StreamError(.sync, "out", .system(110)), "cannot make sure of out: Connection timed out"),
        (StreamError(.write, "upload", .other("the server is gone")), "upload: the server is gone"),
    ])
    func saysWhatFailed(_ error: StreamError, _ sentence: String) {
        #expect(error.sentence == sentence)
    }

    // MARK: Costs

    /// 2ᵇ/N tries, 2³³ a second.
    static let costs: [(CodeLength, Int, String)] = [
        (.twenty, 172_437, "828 years with one processor, 302 days with a thousand"),
        (.twenty, 50_000_000, "2.9 years with one processor, 25 hours with a thousand"),
        (.twenty, 1, "1.4×10^8 years with one processor, 142,710 years with a thousand"),
        (.twentyFour, 172_437, "8.7×10^8 years with one processor, 867,811 years with a thousand"),
        (.twentyFour, 50_000_000, "3.0×10^6 years with one processor, 2,993 years with a thousand"),
        (.twentyEight, 172_437, "9.1×10^14 years with one processor, 9.1×10^11 years with a thousand"),
        (.twentyEight, 50_000_000, "3.1×10^12 years with one processor, 3.1×10^9 years with a thousand"),
    ]

    @Test(arguments: costs)
    func saysACost(_ length: CodeLength, _ codes: Int, _ expected: String) {
        #expect(AttackCost(length, codes: codes).words == expected)
    }
}
