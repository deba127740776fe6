-- The tables of a ledger in PostgreSQL, in a schema of its own.
--
-- The names are those of the field. The database keeps by itself the rules that
-- it can keep: the primary key of `votes` refuses a second vote of a voter,
-- whatever the program above believes. Values of 16 bytes are of type uuid
-- because that takes 16 bytes, and not because they are UUIDs.
-- Times are milliseconds since 1970-01-01 00:00 UTC, here and everywhere.
--
-- Names such as ${vote-cast} and ${pack.offset} are numbers: the first is a type
-- of entry, the second is where a field of an entry is. Swift has them all
-- (EntryLayout.swift in PollingDesk). It puts them in when it makes the schema,
-- each with its name beside it. A field has an .offset, counted from 0 as by
-- get_byte, a .position, counted from 1 as by substr, and a .size in bytes. A
-- name such as ${cf1.logentry} is a label: 16 bytes, with which what is hashed
-- begins (Labels.swift in Counterfoil). A name such as ${desk} is a role's.
--
-- The user who runs this owns all of it. No user of a desk may be that one.

CREATE SCHEMA counterfoil;
SET LOCAL search_path = counterfoil, pg_temp;

-- The log hashes the UTF-8 of its notes. In another encoding there are texts that
-- have none, and one such note would end the log.
DO $$ BEGIN
    IF current_setting('server_encoding') <> 'UTF8' THEN
        RAISE EXCEPTION 'the encoding of this database is %, and a ledger needs UTF8: make another one by CREATE DATABASE name ENCODING ''UTF8'' TEMPLATE template0',
            current_setting('server_encoding');
    END IF;
END $$;

-- What the schema is, and the election that the ledger is for: one row, which
-- never changes.
CREATE TABLE ledger (
    one       boolean PRIMARY KEY DEFAULT true CHECK (one),
    version   integer NOT NULL,
    election  bytea NOT NULL,         -- election.json, as it was at creation
    -- Two of its rules, for the functions.
    lock_after     integer NOT NULL,
    lifetime_limit integer NOT NULL,
    -- What the names of its roles begin with. They stay when the ledger is restored
    -- into a database of another name.
    roles     text COLLATE "C" NOT NULL
);

-- What is locked to be alone: see enter, begin_load and hold_places. They are empty,
-- and no role has a right on them, so only the functions can lock them. Nothing else
-- does: neither a dump nor a look at the table waits for them, or they for it.
CREATE TABLE ballot_gate ();
CREATE TABLE loading_gate ();
CREATE TABLE places_gate ();

-- Whether votes are taken: one row.
CREATE TABLE ballot (
    one       boolean PRIMARY KEY DEFAULT true CHECK (one),
    opened    bigint,
    closes    bigint,                 -- the announced time
    grace     bigint NOT NULL DEFAULT 0 CHECK (grace >= 0),
    closed    bigint,
    final     bigint,
    CHECK (closed IS NULL OR opened IS NOT NULL),
    CHECK (final IS NULL OR closed IS NOT NULL)
);

-- The registers that were loaded, with what it takes to rebuild and verify
-- their bytes from the rows of packs.
CREATE TABLE batches (
    number     integer PRIMARY KEY CHECK (number > 0),   -- from 1, without gaps
    -- As in a register. A name that no program reads would stop all of them.
    name       text COLLATE "C" NOT NULL UNIQUE CHECK (name ~ '^[0-9A-Za-z][0-9A-Za-z._-]{0,30}$'),
    kind       smallint NOT NULL CHECK (kind BETWEEN 1 AND 3),
    count      integer NOT NULL CHECK (count > 0),
    loaded     bigint NOT NULL,
    activated  bigint,
    reconciled bigint,
    withdrawn  bigint,
    header     bytea NOT NULL CHECK (octet_length(header) = 128),
    signature  bytea NOT NULL CHECK (octet_length(signature) = 64),
    digest     bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 64)
);

-- The rows of all registers, as they were signed. Nothing that happens to a
-- pack is written here: it is in the tables below. So a row can be read without a
-- lock: once it is there, it never changes.
CREATE TABLE packs (
    id        uuid PRIMARY KEY,
    pack      bigint NOT NULL UNIQUE CHECK (pack >= 0 AND pack < 1::bigint << 60),
    voter     uuid NOT NULL,
    answers   uuid NOT NULL,
    replaced  bigint NOT NULL,        -- a pack number, or 0 for none
    batch     integer NOT NULL CHECK (batch > 0),
    kind      smallint NOT NULL CHECK (kind BETWEEN 1 AND 3),  -- normal, post only, specimen
    tag       bytea NOT NULL CHECK (octet_length(tag) = 32)
);
-- To cancel what a batch replaces, without reading all packs.
CREATE INDEX packs_replacing ON packs (batch) WHERE replaced <> 0;

-- The pairs of all registers, as they were signed: of two packs of one person the
-- one that activating the batch cancels, and the one that the person keeps. The
-- order of the key is that of a register.
CREATE TABLE pairs (
    batch     integer NOT NULL CHECK (batch > 0),
    cancelled bigint NOT NULL,
    kept      bigint NOT NULL CHECK (kept <> cancelled),
    PRIMARY KEY (batch, cancelled, kept)
);

-- Where COPY puts the rows and the pairs of a register until they have been looked
-- at. Gone after a crash, and never sent to a standby: nothing here counts yet.
CREATE UNLOGGED TABLE staged (
    id        uuid NOT NULL,
    pack      bigint NOT NULL,
    voter     uuid NOT NULL,
    answers   uuid NOT NULL,
    replaced  bigint NOT NULL,
    kind      smallint NOT NULL,
    tag       bytea NOT NULL
);
CREATE UNLOGGED TABLE staged_pairs (
    kept      bigint NOT NULL,
    cancelled bigint NOT NULL
);

-- Packs that can vote no longer. A pack may be here before its own register is
-- loaded: it is then cancelled from the start.
CREATE TABLE cancelled (
    pack      bigint PRIMARY KEY,
    why       smallint NOT NULL CHECK (why BETWEEN 1 AND 4)    -- superseded, officer, missing, listed
);

-- One voter, one vote.
CREATE TABLE votes (
    voter     uuid PRIMARY KEY,
    pack      bigint NOT NULL,
    at        bigint NOT NULL,
    channel   smallint NOT NULL CHECK (channel IN (1, 2)),     -- online, by post
    -- Online: the fingerprint of the idempotency key. By post: the nonce of the scan.
    under     uuid NOT NULL
);

-- What was tried on a pack; a pack without a row was never tried.
CREATE TABLE attempts (
    pack      bigint PRIMARY KEY,
    wrong     integer NOT NULL CHECK (wrong BETWEEN 0 AND lifetime),
    lifetime  integer NOT NULL CHECK (lifetime >= 0),
    second    integer NOT NULL CHECK (second >= 0),
    last      uuid                                             -- NULL: none yet
);

-- Every change of the tables above. The transaction that makes the change writes
-- the entry, while many others do the same. The entry gets its place in the
-- log's order later: see log.sql. Until then its turn says what must come before
-- what.
CREATE SEQUENCE turns AS bigint NO CYCLE CACHE 1;
CREATE TABLE log (
    turn      bigint PRIMARY KEY,
    xact      xid8 NOT NULL,          -- the transaction that wrote it
    at        bigint NOT NULL,
    pack      bigint,                 -- as in the entry, to look up
    id        uuid NOT NULL,          -- random: blinds the leaf
    type      smallint NOT NULL,
    entry     bytea NOT NULL,
    -- None is longer than a leaf can be made of.
    reason    text COLLATE "C" NOT NULL CHECK (octet_length(reason) <= 80),
    reference text COLLATE "C" NOT NULL CHECK (octet_length(reference) <= 80),
    officer   text COLLATE "C" NOT NULL CHECK (octet_length(officer) <= 80),
    -- This does not use the functions in votes.sql: they would be planned anew
    -- with every INSERT here.
    CHECK (octet_length(entry) = ${entry.size}),
    CHECK (get_byte(entry, ${version.offset}) = ${entry.version} AND get_byte(entry, ${type.offset}) = type),
    CHECK (substr(entry, ${time.position}, ${time.size}) = int8send(at)),
    CHECK (substr(entry, ${pack.position}, ${pack.size}) = int8send(coalesce(pack, 0)))
);
CREATE INDEX log_by_transaction ON log (xact);

-- The scans of envelopes that are on the record, received or set aside, each with
-- its entry: a scan that is asked again gets its first answer again.
CREATE TABLE scans (
    pack      bigint NOT NULL,
    nonce     uuid NOT NULL,
    turn      bigint NOT NULL REFERENCES log,
    PRIMARY KEY (pack, nonce)
);

-- The log's order, from 0 and without gaps.
CREATE TABLE places (
    number    bigint PRIMARY KEY CHECK (number >= 0),
    turn      bigint NOT NULL UNIQUE,
    -- Of the tree over the log: the hash of this leaf, then those of the
    -- subtrees that it completes, the smallest first.
    hashes    bytea NOT NULL CHECK (octet_length(hashes) >= 32 AND octet_length(hashes) % 32 = 0)
);

-- How far giving places has come: one row. All that transactions older than the
-- horizon wrote has its place.
CREATE TABLE integration (
    one       boolean PRIMARY KEY DEFAULT true CHECK (one),
    size      bigint NOT NULL,
    horizon   xid8 NOT NULL
);
