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

            A batch that was begun and cannot be finished, because its roll is lost, is given up \
            with --unfinished: its voters can then be issued again. Delete what the run left in its \
            --out folder. If its manifest is there, do not give it up: the printer may have its \
            packs, and its voters would get a second one. Run the same `issue` again; that \
            finishes it.
            """)

    @Option(help: ArgumentHelp("The folder of the issuing room.", valueName: "DIR"))
    var keys: String

    @Argument(help: ArgumentHelp("The batch.", valueName: "BATCH"))
    var batch: BatchArgument

    @Flag(help: "Give up a batch that was begun and not finished.")
    var unfinished = false

    @OptionGroup var passphrases: PassphraseOptions

    func run() throws {
        let folder = try KeyFolder(keys, .issuing)
        let key = try folder.issuingKey(passphrases)
        let (shelf, lock) = try folder.book()
        defer { withExtendedLifetime(lock) {} }
        let book = BatchBook(in: shelf, of: folder.election)
        let outcome: DestroyOutcome
        do { outcome = try book.destroy(batch.name, unfinished: unfinished, key) } catch {
            throw Stop.couldNot(error)
        }
        switch outcome {
        case .destroyed: try Terminal.say("The key of batch \(batch.name) is destroyed.")
        case .alreadyDestroyed: try Terminal.say("The key of batch \(batch.name) was destroyed before.")
        case .unfinished:
            throw Stop.refused(IssueError.unfinished(batch.name).sentence)
        case .noSuchBatch: throw Stop.refused("there is no batch \(batch.name) in the book")
        }
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
