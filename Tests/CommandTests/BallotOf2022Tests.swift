import TestSupport
import Testing

/// The ballot of 2022 as its officers would have lived it with this command:
/// It has 17 members in place of 172,437. Read it from top to bottom.
@Suite("The ballot of 2022, from the keys to the electoral record")
struct BallotOf2022Tests {
    static let roll = """
        membership_no,forename,surname,address,date_of_birth,born_in
        1001,Ada,Ashby,1 Mill Lane,02/03/1979,Łódź
        1002,Ben,Barlow,2 Mill Lane,14/07/1951,King's Lynn
        1003,Chloë,Carter,3 Mill Lane,29/02/1960,Newcastle upon Tyne
        1004,Dan,O'Neill,4 Mill Lane,11/11/1944,Belfast
        1005,Eve,Ellis,5 Mill Lane,05/06/1988,Leeds
        1006,Finn,Fox,6 Mill Lane,01/01/1970,Hull
        1007,FINN,Fox ,"The Flat, 6 Mill Lane",01/01/1970,Hull
        1008,Zoë,Gray,8 Mill Lane,31/12/1933,Bath
        1009,Zoe,Gray,8 Mill Lane,31/12/1933,Bath
        1010,John,Smith,10 Mill Lane,12/05/1962,Derby
        1011,John,Smith,11 High Street,12/05/1962,York
        1012,Ines,Ivory,12 Mill Lane,23/04/1990,Porto
        1013,Jack,Jones,13 Mill Lane,09/09/1929,Cardiff
        1014,Kim,King,14 Mill Lane,,Perth
        1015,Liz,Long,15 Mill Lane,30/01/1966,Rome
        1016,Max,Moore,16 Mill Lane,17/03/1999,Dover
        1017,Nora,Nash,17 Mill Lane,08/08/1980,Oslo

        """

    /// What every run of `issue` has in common.
    static let issue = """
        issue --keys ballot/issuing --voter membership_no --print forename --print surname --print address \
        --answer "Date of birth=date_of_birth" --answer "Town of birth=born_in" --post-only-if-empty \
        $printer --out out
        """

    @Test func story() throws {
        let story = try Story()
        try keysAndRoll(story)
        try heldBackAndDoneAgain(story)
        let mail = try packsGoOut(story)
        try lostPacks(story, mail)
        try votesOnline(story, mail)
        try votesByPost(story, mail)
        try whoTriesTwice(story, mail)
        try theClose(story, mail)
        try theReport(story)
        try theElectoralRecord(story)
    }

    /// Online voters are asked two questions. Three groups of members look like
    /// one person each; the officer decides.
    private func keysAndRoll(_ story: Story) throws {
        try story.does(
            """
            keygen --election "Leadership ballot 2022" --out ballot --unprotected \
            --ask "Date of birth:date:dmy" --ask "Town of birth:text"
            """)
        try story.folder.write("roll.csv", Self.roll)
        // Kim King's date of birth is missing, so the roll is not fit as it is;
        // the officer lets her have a pack for post alone.
        let check = try story.run(
            """
            roll roll.csv --voter membership_no --answer "Date of birth=date_of_birth" \
            --same-person forename --same-person surname --same-person date_of_birth
            """)
        #expect(check.status == 1 && check.output.contains("--post-only-if-empty"), "\(check)")
        #expect(check.errors.contains("3 groups of suspected doubles, 6 members"), "\(check)")

        // Finn is one person and keeps both packs; Zoë is one person and gets
        // one pack; the two John Smiths are two.
        let decisions = [
            "1006": "same", "1007": "same", "1008": "same", "1009": "drop", "1010": "different",
            "1011": "different",
        ]
        var doubles = CSV.read(try story.folder.text("doubles.csv"))
        for i in doubles.indices.dropFirst() {
            doubles[i][doubles[i].count - 1] = try #require(decisions[doubles[i][2]])
        }
        try story.folder.write("doubles.csv", CSV.write(doubles))
    }

    /// B01 is made, and test packs for the printer. Then comes the advice to
    /// hold everything back, and all is made again as B02, with new codes.
    private func heldBackAndDoneAgain(_ story: Story) throws {
        let made = try story.does(
            "\(Self.issue) --roll roll.csv --decided doubles.csv --batch B01")
        #expect(made.hasPrefix("batch B01: 16 packs, 1 of them for post alone"))
        try story.does("\(Self.issue) --roll roll.csv --specimen 3 --batch PROOF")
        try story.does("load $desk --create out/B01.register")
        try story.does("load $desk out/PROOF.register")

        try story.does(
            "\(Self.issue) --roll roll.csv --replace out/B01.packs.csv --batch B02")
        try story.does("load $desk out/B02.register")
        let (old, new) = (try story.posted("B01"), try story.posted("B02"))
        #expect(old.count == 16 && new.count == 16)
        #expect(Set(old.values.map(\.code)).intersection(new.values.map(\.code)) == [""])
    }

    /// The print house could not find Jack's pack. Only when its return adds up
    /// is the batch activated, and then B01 is dead. The ballot opens.
    private func packsGoOut(_ story: Story) throws -> [String: Envelope] {
        let mail = try story.posted("B02")
        let statuses = mail.map { "\($0.value.pack),\($0.key == "1013" ? "missing" : "packed")" }
        try story.folder.write("return.csv", "pack,status\n" + statuses.joined(separator: "\n") + "\n")
        try story.isRefused("activate $desk B02", "not reconciled")
        // What cannot be taken back is shown first, and not done.
        let shown = try story.run("reconcile $desk B02 return.csv")
        #expect(shown.status == 1 && shown.output.contains("16 packs: 15 packed, 0 remade, 1 missing"))
        try story.does("reconcile $desk B02 return.csv --confirm --by \"A. Officer\"")
        let replacing = try story.run("activate $desk B02 --by \"A. Officer\"")
        #expect(replacing.status == 1, "\(replacing)")
        #expect(replacing.output.contains("16 packs of other batches could never vote again"), "\(replacing)")
        try story.does("activate $desk B02 --confirm --by \"A. Officer\"")

        #expect(try story.votes(with: mail["1001"], "2/3/79", "Lodz") == "not-open")
        let opened = try story.does(
            "open $desk --closes \"2099-09-02T17:00 Europe/London\" --by \"A. Officer\"")
        #expect(opened.contains("2099-09-02 17:00:00 +01:00 (2099-09-02T16:00:00Z)"))
        return mail
    }

    /// Dan lost his pack, Jack never got one: R01 is printed in the office. A
    /// member who joined late gets one too, until a court says that they came too
    /// late. Liz reports hers lost when no replacement can reach her any more.
    private func lostPacks(_ story: Story, _ mail: [String: Envelope]) throws {
        let (dan, jack, liz) = (mail["1004"]!.pack, mail["1013"]!.pack, mail["1015"]!.pack)
        try story.does("cancel $desk \(dan) --reason lost --by Helpline")
        #expect(try story.votes(with: mail["1004"], "11/11/1944", "belfast") == "cancelled")
        try story.folder.write("lost.csv", "\(dan)\n\(jack)\n")
        try story.does("\(Self.issue) --roll roll.csv --replace lost.csv --batch R01")
        try story.does("load $desk out/R01.register")
        let replaced = try story.posted("R01")
        let anew = "replaced by pack \(replaced["1013"]!.pack)"
        let before = try story.does("show $ledger \(jack)")
        #expect(before.contains("  when batch R01 is activated, to be \(anew)\n"), "\(before)")
        try story.does("activate $desk R01 --unreconciled --confirm --by \"A. Officer\"")
        let after = try story.does("show $ledger \(jack)")
        #expect(after.contains(": superseded\n  ") && after.contains("\n  \(anew)\n"), "\(after)")
        #expect(try story.votes(with: replaced["1004"], "11 Nov 1944", "BELFAST") == "accepted")

        try story.folder.write("later.csv", Self.roll + "1018,Omar,Oakes,18 Mill Lane,02/02/1992,Bonn\n")
        let late = try story.does(
            "\(Self.issue) --roll later.csv --skip-issued --decided doubles.csv --batch L01")
        #expect(late.hasPrefix("batch L01: 1 pack\n"))
        try story.does("load $desk out/L01.register")
        try story.does("activate $desk L01 --unreconciled")
        try story.does("withdraw $desk L01 --reason court --confirm --by \"A. Officer\"")
        #expect(try story.votes(with: story.posted("L01")["1018"], "2/2/92", "Bonn") == "cancelled")

        try story.does("cancel $desk \(liz) --reason lost --by Helpline")
        try story.folder.write("liz.csv", "\(liz)\n")
        try story.does("\(Self.issue) --roll roll.csv --replace liz.csv --batch R02")
        try story.does("load $desk out/R02.register")
    }

    /// People type what they like.
    private func votesOnline(_ story: Story, _ mail: [String: Envelope]) throws {
        #expect(try story.votes(with: mail["1001"], "2.3.79", "LODZ") == "accepted")
        #expect(try story.votes(with: mail["1006"], "1 January 1970", " hull ") == "accepted")
        #expect(try story.votes(with: mail["1008"], "31-12-33", "Bath") == "accepted")
        #expect(try story.votes(with: mail["1010"], "12 05 1962", "derby") == "accepted")

        // A test pack, a pack of B01, and Jack's, even if somebody found it, are dead.
        #expect(try story.votes(with: story.posted("B01")["1002"], "14/7/51", "Kings Lynn") == "cancelled")
        #expect(try story.votes(with: mail["1013"], "9/9/29", "Cardiff") == "cancelled")

        // Eve does not know what she told the party: locked, until she has rung up.
        #expect(try story.votes(with: mail["1005"], "the fifth of June", "Leeds") == "bad-answer")
        for (left, town) in [(4, "London"), (3, "Leads"), (2, "Lyon"), (1, "Lima")] {
            #expect(try story.votes(with: mail["1005"], "5/6/88", town) == "wrong-answers, \(left) left")
        }
        #expect(try story.votes(with: mail["1005"], "5/6/88", "Lima") == "wrong-answers, 1 left")
        #expect(try story.votes(with: mail["1005"], "5/6/88", "Linz") == "locked")
        #expect(try story.votes(with: mail["1005"], "5/6/88", "Leeds") == "locked")
        try story.does("unlock $desk \(mail["1005"]!.pack) --by Helpline")
        #expect(try story.votes(with: mail["1005"], "5/6/88", "Leeds") == "accepted")

        // Max and Nora do not ring up.
        for member in ["1016", "1017"] {
            for town in ["A", "B", "C", "D", "E"] {
                _ = try story.votes(with: mail[member], "1/1/1999", town)
            }
            #expect(try story.votes(with: mail[member], "1/1/1999", "F") == "locked")
        }
    }

    /// Envelopes come back. Max is locked online and votes by post; Ines's
    /// number was typed by hand, wrongly, for her neighbour's.
    private func votesByPost(_ story: Story, _ mail: [String: Envelope]) throws {
        let (replaced, late) = (try story.posted("R01"), try story.posted("L01"))
        let told = try story.scans(
            mail["1002"], mail["1011"], mail["1012"], mail["1016"], replaced["1013"], late["1018"])
        #expect(told.prefix(5) == ["received", "received", "received", "received", "received"])
        #expect(told[5] == "SET ASIDE: the pack is withdrawn")
        // Dan has found his old pack, and posts what he cast online.
        #expect(try story.scans(mail["1004"])[0].hasPrefix("SET ASIDE: this voter voted online, 20"))
        #expect(
            try story.scans(mail["1002"])[0].hasPrefix("scanned before: the envelope that was counted on 20"))

        #expect(try story.votes(with: mail["1012"], "23 April 1990", "Porto") == "already-voted")
        let scan = try story.scan(of: mail["1012"])
        try story.does(
            "annul $desk \(mail["1012"]!.pack) --scan \(scan) --reason mistake --by \"A. Officer\"")
        #expect(try story.votes(with: mail["1012"], "23 April 1990", "Porto") == "accepted")
        try story.isRefused(
            "annul $desk \(mail["1012"]!.pack) --scan \(scan) --reason mistake", "was annulled before")
    }

    /// Ada posts what she cast online, Ben casts what he posted, and Finn uses
    /// both of his packs. One vote each, and all of it on the record.
    private func whoTriesTwice(_ story: Story, _ mail: [String: Envelope]) throws {
        #expect(try story.scans(mail["1001"])[0].hasPrefix("SET ASIDE: this voter voted online, 20"))
        #expect(try story.votes(with: mail["1002"], "14 July 1951", "kings lynn") == "already-voted")
        #expect(try story.votes(with: mail["1007"], "1/1/1970", "Hull") == "already-voted")
        #expect(try story.scans(mail["1007"])[0].hasPrefix("SET ASIDE: this voter voted online, 20"))

        let shown = try story.does("show $ledger --zone Europe/London \(mail["1002"]!.pack)")
        for words in [
            "batch B02: live", "voted by post, 20", "scanned before, by Table 3", "attempt to vote again",
        ] {
            #expect(shown.contains(words), "\(shown)")
        }
    }

    /// The ballot is kept open two hours longer, then closed. Chloë had signed
    /// in before the close and finishes within the grace; Nora's neighbour was
    /// too late. Kim's envelope had come in time.
    private func theClose(_ story: Story, _ mail: [String: Envelope]) throws {
        try story.does("extend $desk \"2099-09-02T19:00 Europe/London\" --by \"A. Officer\"")
        let pass = try story.signsIn(with: mail["1003"], "29/2/1960", "newcastle-upon-tyne")
        try story.does("close $desk --by \"A. Officer\"")
        #expect(try story.signsIn(with: mail["1003"], "29/2/1960", "Newcastle upon Tyne") == "closed")
        #expect(try story.votes(with: mail["1003"], "29/2/1960", "Newcastle upon Tyne") == "closed")
        #expect(try story.votes(withPass: pass) == "accepted")
        #expect(try story.scans(mail["1014"]) == ["received"])

        try story.does("close $desk --final --confirm --by \"A. Officer\"")
        #expect(try story.votes(with: mail["1007"], "1/1/1970", "Hull") == "closed")
        #expect(try story.scans(mail["1015"]) == ["NOT RECORDED: the ballot is final"])
        try story.isRefused("extend $desk \"2099-09-03T19:00Z\"", "the ballot is final")
    }

    /// Counted by hand. 39 packs: PROOF 3, B01 16, B02 16, R01 2, L01 1, R02 1.
    ///
    ///     specimen      3  PROOF
    ///     online        8  Ada, Chloë, Dan (R01), Eve, Finn, Zoë, John of Derby, Ines
    ///     by post       5  Ben, John of York, Jack (R01), Kim, Max
    ///     superseded   18  B01, and Dan's and Jack's of B02
    ///     withdrawn     1  Omar's
    ///     cancelled     1  Liz's of B02
    ///     inactive      1  Liz's of R02
    ///     locked        1  Nora's
    ///     live          1  Finn's other one
    private func theReport(_ story: Story) throws {
        let report = try story.does("report $ledger --zone Europe/London --voted voted.csv")
        for line in [
            "Leadership ballot 2022\n13 of 15 voters voted (86.7%): 8 online, 5 by post\n",
            """
            every pack in one column, 39 in all:
                        3  specimens
                        8  voted online
                        5  voted by post
                       18  replaced by another pack
                        1  withdrawn
                        1  cancelled
                        1  not active
                        1  locked after wrong answers
                        1  live, not used

            """,
            // Ada's, Finn's, Dan's and Omar's envelopes, and Ben's the second time.
            "envelopes set aside: 4\nenvelopes scanned again: 1\n",
            // Ben's, Finn's with his other pack, and Ines's when she was taken to have posted:
            // an attempt is no offence.
            "attempts on a pack after its voter had voted: 3\n",
        ] {
            #expect(report.contains(line), "\(report)")
        }
    }

    /// Back in the issuing room: who voted. The John Smiths both did, and may.
    private func theElectoralRecord(_ story: Story) throws {
        let packs = ["B01", "B02", "R01", "L01", "R02"].map { "--packs out/\($0).packs.csv" }
        let who = "who-voted --keys ballot/issuing --voted voted.csv \(packs.joined(separator: " "))"
        let record = CSV.read(try story.does(who)).dropFirst().map { "\($0[0]) \($0[1])" }
        #expect(
            record.sorted() == [
                "1001 online", "1002 post", "1003 online", "1004 online", "1005 online", "1006 online",
                "1008 online", "1010 online", "1011 post", "1012 online", "1013 post", "1014 post",
                "1016 post",
            ])
        let twice = try story.does("\(who) --doubles doubles.csv")
        #expect(twice.hasPrefix("group 3: 1010 online") && twice.split(separator: "\n").count == 1)
    }
}
