import Foundation
import TestSupport
import Testing

@Suite("What comes through the pipe")
struct PipeTests {
    @Test("A slip of the pen is told, and costs nothing")
    func malformed() throws {
        let ballot = try Ballot(members: 20)
        try ballot.prepare()
        let packs = try ballot.packs()
        let key = Counterfoil.newKey()
        var requests: [String] = []
        var expected: [[Int]] = []
        func type(_ code: String, _ groups: [Int]) {
            requests.append(Counterfoil.request(code: code, born: "1.1.1970", key: key))
            expected.append(groups)
        }
        for pack in packs {
            let symbols = Array(pack.code)
            for (place, symbol) in symbols.enumerated() where symbol != "-" {
                var slip = symbols
                slip[place] = symbol == "7" ? "3" : "7"
                type(String(slip), [place / 5 + 1])
            }
            for place in 0..<3 where symbols[place] != symbols[place + 1] {
                var slip = symbols
                slip.swapAt(place, place + 1)
                type(String(slip), [1])
            }
            type(String(symbols.dropLast()), [])
            type(String(symbols.dropLast()) + "?", [5])
            type("", [])
        }
        let answers = try ballot.redeem(requests)
        #expect(answers.allSatisfy { $0.outcome == "malformed" })
        #expect(answers.map(\.groups) == expected)

        // However somebody writes it.
        let spellings = [
            packs[0].code.lowercased(), packs[1].code.replacing("-", with: " "),
            packs[2].code.replacing("-", with: ""), "  \(packs[3].code) ",
            packs[4].code.replacing("0", with: "O").replacing("1", with: "l"),
        ]
        let accepted = try ballot.redeem(
            zip(packs, spellings).map { Counterfoil.request(code: $1, born: $0.born, key: key) })
        #expect(accepted.allSatisfy { $0.outcome == "accepted" }, "\(accepted)")
    }

    @Test("What is no request is a bad request, and the next one is none the worse")
    func badRequests() throws {
        let ballot = try Ballot(members: 100)
        try ballot.prepare()
        let packs = try ballot.packs()
        let (code, born, key) = (packs[0].code, packs[0].born, Counterfoil.newKey())
        let answers = #""answers": {"Date of birth": "\#(born)"}"#
        let bad: [(line: [UInt8], error: String)] = [
            (Array("hello".utf8), "not JSON"),
            (Array("[]".utf8), "no JSON object"),
            (Array(#"{"code": "\#(code)""#.utf8), "not JSON"),
            (Array("{}".utf8), "the code is missing"),
            (Array(#"{"code": "\#(code)", \#(answers)}"#.utf8), "the key is missing"),
            (Array(#"{"key": "\#(key)", \#(answers)}"#.utf8), "the code is missing"),
            (Array(#"{"code": "\#(code)", "key": "\#(key)"}"#.utf8), "Date of birth"),
            (Array(#"{"code": "\#(code)", "key": "short", \#(answers)}"#.utf8), "key"),
            (Array(#"{"code": "\#(code)", "key": "****************", \#(answers)}"#.utf8), "base64url"),
            (
                Array(
                    #"{"code": "\#(code)", "key": "\#(String(repeating: "A", count: 88))", \#(answers)}"#.utf8
                ),
                "16 to 64 bytes"
            ),
            (Array(#"{"code": 17, "key": "\#(key)", \#(answers)}"#.utf8), "code"),
            (Array(#"{"code": "\#(code)", "key": "\#(key)", "answers": []}"#.utf8), "answers"),
            (
                Array(#"{"code": "\#(code)", "key": "\#(key)", \#(answers), "vote": "A"}"#.utf8),
                "no request has"
            ),
            (
                Array(#"{"code": "\#(code)", "code": "\#(code)", "key": "\#(key)", \#(answers)}"#.utf8),
                "twice"
            ),
            (
                Array(
                    #"{"code": "\#(code)", "key": "\#(key)", "answers": {"Date of birth": "\#(born)", "Shoe size": "9"}}"#
                        .utf8), "does not ask"
            ),
            (
                Array(#"{"code": "\#(code)", "key": "\#(key)", "answers": {"Date of birth": 1970}}"#.utf8),
                "no string"
            ),
            (Array(#"{"code": "\#(code)", "key": "\#(key)", \#(answers)} more"#.utf8), "not JSON"),
            (Array(#"{"code": ""#.utf8) + [0xFF, 0xFE] + Array(#"", "key": "\#(key)"}"#.utf8), "UTF-8"),
            ([UInt8](repeating: 0, count: 40), "not JSON"),
            ([UInt8](repeating: 0x20, count: 20_000), "longer than 16384"),
            (
                Array("{\"code\": \"".utf8) + [UInt8](repeating: 0x41, count: 16_384) + Array("\"}".utf8),
                "longer than 16384"
            ),
            ([UInt8](repeating: 0x20, count: 20_000) + [0x7B], "longer than 16384"),
            ([UInt8](repeating: 0x7B, count: 700_000), "longer than 16384"),
            ([UInt8](repeating: 0x5B, count: 16_000), "no JSON object"),
        ]
        var input: [UInt8] = []
        for (i, request) in bad.enumerated() {
            input += request.line + [0x0A]
            // CRLF and blank lines are nothing to complain of.
            input += Array("\(packs[i].request(key))\r\n\n   \r\n".utf8)
        }
        // The last one without the end of a line.
        input += Array(packs[bad.count].request(key).utf8)
        let ended = try ballot.run(["redeem"] + Ballot.desk, input: .bytes(input))
        expectDone(ended)
        let answered = try ended.lines.map(Answer.init(line:))
        try #require(answered.count == 2 * bad.count + 1)
        for (i, request) in bad.enumerated() {
            #expect(answered[2 * i].outcome == "bad-request", "\(answered[2 * i])")
            #expect(answered[2 * i].error?.contains(request.error) == true, "\(answered[2 * i])")
            #expect(answered[2 * i + 1].outcome == "accepted", "after \(answered[2 * i])")
        }
        #expect(answered.last?.outcome == "accepted")
        for answer in answered {
            #expect(answer.error?.contains(code) != true && answer.error?.contains(born) != true)
        }
    }

    @Test("Told to end, it answers what it read, and ends", arguments: [SIGTERM, SIGINT])
    func told(signal: Int32) throws {
        let ballot = try Ballot(members: 30)
        try ballot.prepare()
        let packs = try ballot.packs()
        let redeem = try ballot.start(["redeem"] + Ballot.desk, input: .pipe, output: .pipe)
        redeem.write(packs[0].request(Counterfoil.newKey()) + "\n")
        #expect(redeem.line()?.contains("accepted") == true)
        let half = packs[29].request(Counterfoil.newKey())
        redeem.write(packs[1..<20].map { $0.request(Counterfoil.newKey()) + "\n" }.joined() + half)
        for _ in 1..<20 { #expect(redeem.line()?.contains("accepted") == true) }
        redeem.signal(signal)
        // Its output ends before its input does.
        #expect(redeem.line(within: 10) == nil)
        // Half a request is neither answered nor done.
        expectDone(redeem.finish())
        #expect(try ballot.status().votes.online == 20)
        #expect(try ballot.redeem([half]).map(\.outcome) == ["accepted"])
    }

    @Test("Where nobody hears the answers, it does not wait for more requests")
    func unheard() throws {
        let ballot = try Ballot(members: 5)
        try ballot.prepare()
        let requests = try ballot.packs().map { $0.request(Counterfoil.newKey()) + "\n" }
        // Together, so that they are not answered by the thread that reads.
        let redeem = try ballot.start(["redeem"] + Ballot.desk, input: .pipe, output: .unread, errors: .pipe)
        redeem.write(requests[0] + requests[1])
        // It ends before its input does.
        #expect(redeem.line(within: 10)?.contains("nobody reads") == true)
        #expect(redeem.finish().status == 3)
    }

    /// An answer in another's place would be taken for another voter's. Nobody reads at
    /// first, so that answers wait to be written when a request comes alone.
    @Test("Answers keep the order of their lines, also that of a line that comes alone")
    func order() throws {
        let ballot = try Ballot(members: 3)
        try ballot.prepare()
        let redeem = try ballot.start(["redeem"] + Ballot.desk, input: .pipe, output: .pipe)
        let many = 3000
        redeem.write(String(repeating: "{}\n", count: many))
        usleep(500_000)
        redeem.write("[]\n")
        usleep(500_000)
        let answers = try (0...many).map { _ in try Answer(line: try #require(redeem.line())) }
        let alone = answers.indices.filter { answers[$0].error?.contains("no JSON object") == true }
        #expect(alone == [many])
        #expect(answers.count { $0.error?.contains("the code is missing") == true } == many)
        expectDone(redeem.finish())
    }

    @Test("An answer does not wait for the next request")
    func answersAtOnce() throws {
        let ballot = try Ballot(members: 5)
        try ballot.prepare()
        let packs = try ballot.packs()
        let redeem = try ballot.start(["redeem"] + Ballot.desk, input: .pipe, output: .pipe)
        for (i, ending) in ["\n", "\r\n", "\n\n", "\r\n\r\n\n  \n"].enumerated() {
            redeem.write(packs[i].request(Counterfoil.newKey()) + ending)
            let answer = redeem.line(within: 5)
            #expect(answer?.contains("accepted") == true, "none after \(ending.debugDescription)")
        }
        // Half a request waits for its other half.
        let (first, second) = (packs[4].request(Counterfoil.newKey()).prefix(40), 40)
        redeem.write(String(first))
        #expect(redeem.line(within: 0.2) == nil)
        redeem.write(String(packs[4].request(Counterfoil.newKey()).dropFirst(second)) + "\n")
        #expect(redeem.line()?.contains("accepted") == true)
        expectDone(redeem.finish())
    }
}
