internal import ArgumentParser
internal import Counterfoil
internal import PollingDesk

struct DatabaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "database",
        abstract: "Make a ledger in a PostgreSQL database, for many desks and standbys.",
        discussion: """
            For the operator of the database, once: makes the schema `counterfoil` in an empty \
            database, and four roles to be granted to the users of the ballot's machines and people. \
            They are those of this ledger alone, and are named after its database. In the database \
            `ballot` they are:

              counterfoil_ballot_loader    takes registers (load)
              counterfoil_ballot_desk      votes online (redeem, check)
              counterfoil_ballot_officer   post, officers' acts and reports (all other verbs)
              counterfoil_ballot_auditor   reads (audit, prove, report, status)

            Nobody else can connect to the database any more. The user who runs this owns the \
            database and the tables, and should have no part in the ballot. All other \
            verbs take the same kind of address for --ledger: several hosts and TLS as libpq \
            understands them; TLS with a verified name is asked for unless the address says otherwise. \
            A password belongs in ~/.pgpass.

            Examples:
              counterfoil database --ledger postgresql://owner@db1/ballot \\
                --election ballot/public/election.json
              psql -c "GRANT counterfoil_ballot_desk TO site1" postgresql://owner@db1/ballot
              counterfoil redeem --ledger postgresql://site1@db1,db2/ballot \\
                --keys ballot/desk
            """)

    @Option(help: ArgumentHelp("The address of the database.", valueName: "postgresql://…"))
    var ledger: String

    @Option(help: ArgumentHelp("election.json, as the key ceremony made it.", valueName: "FILE"))
    var election: String

    func run() throws {
        let election = try KeyFolder.election(election)
        guard !NamedLedger.isFile(ledger) else {
            throw Stop.couldNot("--ledger is not the address of a database; `load --create` makes a file")
        }
        let roles = try NamedLedger.creatingInDatabase(ledger, election)
        try Terminal.say(
            "The ledger is made. Grant \(roles)_loader, \(roles)_desk, \(roles)_officer and \(roles)_auditor to those who need them."
        )
    }
}
