internal import ArgumentParser
internal import Counterfoil
internal import IssuingRoom

struct Destroy: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Destroy a batch's key: this folder can make its codes no more.",
        discussion: """
            For when the packs are out. The batch's name and its voters stay in the book, so that \
            nobody is issued a second pack. The key is overwritten on the disk; what the disk may \
            keep beside that is sealed under the issuing key. So it is in copies of the folder that \
            were made before: destroy or replace them too, or the codes can still be made from them.

            Example:
              counterfoil destroy --keys ballot/issuing B01
              counterfoil destroy --keys ballot/issuing B01 --give-up --confirm

            A batch that is wrong, or that cannot be finished because its roll is lost, is given up \
            with --give-up: its voters can then be issued again. If a printer has its packs or a \
            desk its register, do not give it up: its voters would get a second pack. `issue \
            --replace` makes new packs for such a batch, and `issue` with the same arguments \
            finishes one that was broken off. Delete what the run left in its --out folder, and \
            issue the members again under the same name: a desk that has loaded the first batch of \
            a name refuses a second.
            """)

    @Option(help: ArgumentHelp("The folder of the issuing room.", valueName: "DIR"))
    var keys: String

    @Argument(help: ArgumentHelp("The batch.", valueName: "BATCH"))
    var batch: BatchArgument

    @Flag(help: "Give up a batch that no printer and no desk has: its voters can be issued again.")
    var giveUp = false

    @OptionGroup var confirmation: ConfirmOptions

    @OptionGroup var passphrases: PassphraseOptions

    func run() throws {
        let folder = try KeyFolder(keys, .issuing)
        let key = try folder.issuingKey(passphrases)
        let (shelf, lock) = try folder.book()
        defer { withExtendedLifetime(lock) {} }
        let book = BatchBook(in: shelf, of: folder.election)
        let page = try attempt { () throws(BookError) in
            try book.pages(key).first { $0.batch == batch.name }
        }
        guard let page else { throw Stop.refused("there is no batch \(batch.name) in the book") }
        if giveUp { return try giveUp(page, book, key) }
        guard page.isFinished else { throw Stop.refused(IssueError.unfinished(batch.name).sentence) }
        guard !page.keyIsDestroyed else {
            return try Terminal.say("The key of batch \(batch.name) was destroyed before.")
        }
        try confirmation.ask(
            "The key of batch \(batch.name), \(counted(page.count, "pack")), would be destroyed: its print file and its register could not be made again, and no printer could be sent them again. New packs for members are made by `issue --replace` all the same.",
            typing: "DESTROY")
        _ = try attempt { () throws(BookError) in try book.destroy(batch.name, key) }
        try Terminal.say("The key of batch \(batch.name) is destroyed.")
    }

    private func giveUp<Shelf>(
        _ page: BookPage, _ book: BatchBook<Shelf>, _ key: borrowing IssuingKey
    ) throws {
        try confirmation.ask(
            "Batch \(batch.name), \(counted(page.count, "pack")), \(page.isFinished ? "finished" : "begun and not finished"), would go out of the book, and its voters could be issued again. If a printer has its packs or a desk its register, they would get a second pack: do not give it up then.",
            typing: "GIVE UP")
        _ = try attempt { () throws(BookError) in try book.giveUp(batch.name, key) }
        try Terminal.say(
            "Batch \(batch.name) is given up. Delete what it left in its folder, and issue its members again under the same name: a desk that has loaded the first batch of a name refuses a second."
        )
    }
}

/// A batch's name on the command line.
struct BatchArgument: ExpressibleByArgument {
    let name: BatchName

    init?(argument: String) {
        // The name would be in file names, and in the log.
        guard let name = BatchName(argument), !mayHoldCode(argument) else { return nil }
        self.name = name
    }
}
