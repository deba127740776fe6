-- The order of the log.
--
-- Many transactions write entries at the same time, and which of them commits
-- first nobody knows beforehand; but the log has one order, without gaps, and
-- hashes that depend on it. So an entry is written without a place, and gets
-- one when it is committed, by one integrator at a time.
--
-- Why the order by turn, of whatever has no place yet, is one that the rules
-- would have given. Let B depend on A: both are about one voter, or one of them
-- is about the ballot or a batch. Then they were written under locks that
-- exclude each other, B's after A's transaction had ended; so A's turn is lower
-- than B's, and whoever can see B can see A: PostgreSQL makes a transaction
-- visible to all before it lets go of its locks. Whatever an integrator sees is
-- thus complete in itself, what it sees gets its places in order of turns, and
-- what it cannot see yet depends on nothing that it missed.
--
-- An entry that was written before, but committed after, an integrator looked
-- is found by the next one: not by a mark up to which all is done, which would
-- skip it, but because it has no place. To look no further back than needed
-- there is the horizon: a transaction older than it has ended, and what it
-- wrote was seen and placed. So no entry without a place lies behind it.
CREATE VIEW waiting AS
SELECT l.* FROM log l
WHERE l.xact >= (SELECT horizon FROM integration)
  AND NOT EXISTS (SELECT FROM places p WHERE p.turn = l.turn);

-- A ledger restored into a new server, whose transactions count from the
-- beginning, may find its horizon in the future. The first to write there takes
-- it back, whoever that is: a desk that was open all the time opens nothing.
-- Then all is looked at, until places are given.
CREATE FUNCTION write_before_no_horizon() RETURNS trigger LANGUAGE plpgsql
SET search_path = counterfoil, pg_temp AS $$
BEGIN
    UPDATE integration SET horizon = '0' WHERE horizon > pg_current_xact_id();
    RETURN NULL;
END $$;
CREATE TRIGGER log_is_not_behind_the_horizon BEFORE INSERT ON log EXECUTE FUNCTION write_before_no_horizon();

-- All entries with their places; where they have none yet, those that they
-- would get now.
CREATE VIEW numbered AS
SELECT p.number, l.*, p.hashes FROM places p JOIN log l ON l.turn = p.turn
UNION ALL
SELECT (SELECT size FROM integration) + row_number() OVER (ORDER BY w.turn) - 1, w.*, NULL FROM waiting w;

-- Gives entries their places. For one integrator at a time; should there be
-- two, the size, or else the keys, make one of them fail.
CREATE FUNCTION place(_first bigint, _turns bigint[], _hashes bytea[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = counterfoil, pg_temp AS $$
DECLARE
    _done bigint;
BEGIN
    UPDATE integration SET size = size + cardinality(_turns) WHERE size = _first;
    GET DIAGNOSTICS _done = ROW_COUNT;
    PERFORM must(_done = 1, 'somebody else gives places');
    INSERT INTO places (number, turn, hashes)
    SELECT _first + e.n - 1, l.turn, e.hashes
    FROM unnest(_turns, _hashes) WITH ORDINALITY e (turn, hashes, n) JOIN log l ON l.turn = e.turn;
    GET DIAGNOSTICS _done = ROW_COUNT;
    PERFORM must(_done = cardinality(_turns), 'a place for an entry that is not there');
    -- One statement, so one moment: what was written before xmin is all visible.
    UPDATE integration SET horizon = pg_snapshot_xmin(pg_current_snapshot())
    WHERE NOT EXISTS (SELECT FROM waiting w WHERE w.xact < pg_snapshot_xmin(pg_current_snapshot()));
END $$;
