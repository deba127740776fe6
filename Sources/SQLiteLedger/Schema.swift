/// The tables of a ledger file.
///
/// The names are those of the field. The database keeps by itself the rules
/// that it can keep: the primary key of `votes` refuses a second vote of a
/// voter, whatever the program above believes. Every table is STRICT. Every
/// column is NOT NULL unless its absence means something (SQLite lets NULLs
/// repeat in a unique column). Every blob has its length.
///
/// The triggers guard against a slip in this program or in somebody's SQL
/// shell. They do not guard against an owner of the file who means harm: they
/// can drop them, or say INSERT OR REPLACE. Against such an owner there is the
/// log, and what others keep of it. The triggers cost an INSERT nothing. A
/// trigger before each INSERT, to refuse a gap in the log, took a sixth of all
/// instructions and was given up.
enum Schema {
    /// In the file's header: "CFLG", a Counterfoil ledger. `file` names it so.
    static let applicationID: Int64 = 0x4346_4C47
    /// Raised with every change below.
    static let version: Int64 = 1
    /// In bytes.
    static let pageSize = 4096

    static let sql = """
        -- The election that the ledger is for, and whether votes are taken: one row.
        -- Times are milliseconds since 1970-01-01 00:00 UTC, here and everywhere.
        CREATE TABLE ballot (
            only      INTEGER PRIMARY KEY CHECK (only = 1),
            election  BLOB NOT NULL,        -- election.json, as it was at creation
            opened    INTEGER,
            closes    INTEGER,              -- the announced time
            grace     INTEGER NOT NULL DEFAULT 0 CHECK (grace >= 0),  -- milliseconds
            closed    INTEGER,
            final     INTEGER,
            CHECK (closed IS NULL OR opened IS NOT NULL),
            CHECK (final IS NULL OR closed IS NOT NULL)
        ) STRICT;

        -- Whether a desk has the ledger open, or had it open and did not close it: one
        -- row. Set before the first change of a desk, cleared by the last one that closes.
        CREATE TABLE desks (
            only      INTEGER PRIMARY KEY CHECK (only = 1),
            open      INTEGER NOT NULL CHECK (open IN (0, 1))
        ) STRICT;

        -- The registers that were loaded, with what it takes to rebuild and
        -- verify their bytes from the rows of packs.
        CREATE TABLE batches (
            number    INTEGER PRIMARY KEY CHECK (number > 0),  -- from 1, without gaps
            name      TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 31),
            kind      INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),
            count     INTEGER NOT NULL CHECK (count > 0),
            loaded    INTEGER NOT NULL,
            activated INTEGER,
            reconciled INTEGER,
            withdrawn INTEGER,
            header    BLOB NOT NULL CHECK (length(header) = 128),
            signature BLOB NOT NULL CHECK (length(signature) = 64),
            digest    BLOB NOT NULL UNIQUE CHECK (length(digest) = 64)
        ) STRICT;

        -- The rows of all registers, as they were signed. Nothing that happens
        -- to a pack is written here: it is in the tables below.
        CREATE TABLE packs (
            id        BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
            tag       BLOB NOT NULL CHECK (length(tag) = 32),
            pack      INTEGER NOT NULL CHECK (pack BETWEEN 0 AND 0xFFFFFFFFFFFFFFF),
            voter     BLOB NOT NULL CHECK (length(voter) = 16),
            answers   BLOB NOT NULL CHECK (length(answers) = 16),
            kind      INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),
            replaced  INTEGER NOT NULL,     -- a pack number, or 0 for none
            batch     INTEGER NOT NULL CHECK (batch > 0)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX packs_by_number ON packs (pack);

        -- The pairs of all registers: activating the batch cancels one pack of a
        -- person, who keeps the other.
        CREATE TABLE pairs (
            batch     INTEGER NOT NULL CHECK (batch > 0),
            cancelled INTEGER NOT NULL,
            kept      INTEGER NOT NULL CHECK (kept <> cancelled),
            PRIMARY KEY (batch, cancelled, kept)
        ) STRICT, WITHOUT ROWID;

        -- Packs that can vote no longer. A pack may be here before its own register
        -- is loaded: it then arrives cancelled.
        CREATE TABLE cancelled (
            pack      INTEGER PRIMARY KEY,
            why       INTEGER NOT NULL CHECK (why BETWEEN 1 AND 4)  -- superseded, officer, missing, listed
        ) STRICT;

        -- One voter, one vote.
        CREATE TABLE votes (
            voter       BLOB PRIMARY KEY NOT NULL CHECK (length(voter) = 16),
            pack        INTEGER NOT NULL,
            channel     INTEGER NOT NULL CHECK (channel IN (1, 2)),  -- online, by post
            at          INTEGER NOT NULL,
            -- Online: the fingerprint of the idempotency key. By post: the nonce of the scan.
            under       BLOB NOT NULL CHECK (length(under) = 16)
        ) STRICT, WITHOUT ROWID;

        -- The scans of envelopes that are on the record: a scan that is asked again
        -- gets its first answer again.
        CREATE TABLE scans (
            pack      INTEGER NOT NULL,
            nonce     BLOB NOT NULL CHECK (length(nonce) = 16),
            number    INTEGER NOT NULL,                              -- of the entry in the log
            PRIMARY KEY (pack, nonce)
        ) STRICT, WITHOUT ROWID;

        -- What was tried on a pack; a pack without a row was never tried.
        CREATE TABLE attempts (
            pack      INTEGER PRIMARY KEY,
            wrong     INTEGER NOT NULL CHECK (wrong BETWEEN 0 AND lifetime),
            lifetime  INTEGER NOT NULL CHECK (lifetime >= 0),
            last      BLOB CHECK (length(last) = 16),                -- NULL: none yet
            second    INTEGER NOT NULL CHECK (second >= 0)
        ) STRICT;

        -- Every change of the tables above, in order: replayed, the log gives
        -- them exactly. There is no index by pack: it would touch another page
        -- with every vote, for a question that is asked a few times a day.
        CREATE TABLE log (
            number    INTEGER PRIMARY KEY,                           -- from 0, without gaps
            at        INTEGER NOT NULL,
            type      INTEGER NOT NULL CHECK (type BETWEEN 1 AND 255),
            entry     BLOB NOT NULL CHECK (length(entry) = 106),
            pack      INTEGER,                                       -- as in the entry, to look up
            reason    TEXT NOT NULL,
            reference TEXT NOT NULL,
            officer   TEXT NOT NULL,
            id        BLOB NOT NULL CHECK (length(id) = 16),         -- random: blinds the leaf
            -- Of the tree over the log: the hash of this leaf, then those of
            -- the subtrees that it completes, the smallest first.
            hashes    BLOB NOT NULL CHECK (length(hashes) >= 32 AND length(hashes) % 32 = 0)
        ) STRICT;

        CREATE TRIGGER log_never_changes BEFORE UPDATE ON log
            BEGIN SELECT RAISE(ABORT, 'the log never changes'); END;
        CREATE TRIGGER log_never_shrinks BEFORE DELETE ON log
            BEGIN SELECT RAISE(ABORT, 'the log never shrinks'); END;

        CREATE TRIGGER packs_never_change BEFORE UPDATE ON packs
            BEGIN SELECT RAISE(ABORT, 'packs never change'); END;
        CREATE TRIGGER packs_stay BEFORE DELETE ON packs
            BEGIN SELECT RAISE(ABORT, 'packs are never deleted'); END;

        CREATE TRIGGER batches_never_change
            BEFORE UPDATE OF number, name, kind, count, loaded, header, signature, digest ON batches
            BEGIN SELECT RAISE(ABORT, 'a batch never changes'); END;
        CREATE TRIGGER batches_are_activated_once BEFORE UPDATE OF activated ON batches
            WHEN OLD.activated IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'a batch is activated once'); END;
        CREATE TRIGGER batches_stay BEFORE DELETE ON batches
            BEGIN SELECT RAISE(ABORT, 'batches are never deleted'); END;

        CREATE TRIGGER batches_are_reconciled_once BEFORE UPDATE OF reconciled ON batches
            WHEN OLD.reconciled IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'a batch is reconciled once'); END;
        CREATE TRIGGER batches_are_withdrawn_once BEFORE UPDATE OF withdrawn ON batches
            WHEN OLD.withdrawn IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'a withdrawal is final'); END;

        CREATE TRIGGER pairs_never_change BEFORE UPDATE ON pairs
            BEGIN SELECT RAISE(ABORT, 'pairs never change'); END;
        CREATE TRIGGER pairs_stay BEFORE DELETE ON pairs
            BEGIN SELECT RAISE(ABORT, 'pairs are never deleted'); END;
        CREATE TRIGGER scans_never_change BEFORE UPDATE ON scans
            BEGIN SELECT RAISE(ABORT, 'a scan never changes'); END;
        CREATE TRIGGER scans_stay BEFORE DELETE ON scans
            BEGIN SELECT RAISE(ABORT, 'a scan is never forgotten'); END;

        -- That a pack was replaced is told before any other reason.
        CREATE TRIGGER cancelled_never_changes BEFORE UPDATE ON cancelled
            WHEN NEW.why <> 1 OR NEW.pack <> OLD.pack
            BEGIN SELECT RAISE(ABORT, 'cancelling is final'); END;
        CREATE TRIGGER cancelled_stays BEFORE DELETE ON cancelled
            BEGIN SELECT RAISE(ABORT, 'cancelling is final'); END;

        CREATE TRIGGER votes_never_change BEFORE UPDATE ON votes
            BEGIN SELECT RAISE(ABORT, 'a vote never changes'); END;
        CREATE TRIGGER votes_online_stay BEFORE DELETE ON votes WHEN OLD.channel = 1
            BEGIN SELECT RAISE(ABORT, 'an online vote is never annulled'); END;

        CREATE TRIGGER ballot_never_changes BEFORE UPDATE OF only, election ON ballot
            BEGIN SELECT RAISE(ABORT, 'a ledger is for one election'); END;
        CREATE TRIGGER ballot_ends_once BEFORE UPDATE ON ballot WHEN OLD.final IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'the ballot is final'); END;
        CREATE TRIGGER ballot_stays BEFORE DELETE ON ballot
            BEGIN SELECT RAISE(ABORT, 'a ledger is for one election'); END;
        """
}
