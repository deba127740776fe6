-- The order of the log.
--
-- Many transactions write entries at the same time. Nobody knows beforehand
-- which of them commits first. But the log has one order, without gaps, and
-- hashes that depend on it. So an entry is written without a place. It gets its
-- place after its commit, from an integrator. There is one integrator at a time.
--
-- Entries that have no place yet get places in order of their turns. This is
-- why that is an order that the rules could have given. Let B depend on A: both
-- are about one voter, or one of them is about the ballot or a batch. Then they
-- were written under locks that exclude each other, B after A's transaction had
-- ended. So A's turn is lower than B's. And anyone who can see B can see A:
-- PostgreSQL makes a transaction visible to all before it lets go of its locks.
-- So what an integrator sees is complete in itself, and gets its places in order
-- of turns. What it cannot see yet depends on nothing that it missed.
--
-- An entry may be written before an integrator looks, and committed after. The
-- next integrator finds it, because it has no place. A mark up to which all is
-- done would skip it. The horizon limits how far back an integrator must look:
-- a transaction older than the horizon has ended, and what it wrote was seen
-- and placed. So every entry older than the horizon has a place.
CREATE VIEW waiting AS
SELECT l.* FROM log l
WHERE l.xact >= (SELECT horizon FROM integration)
  AND NOT EXISTS (SELECT FROM places p WHERE p.turn = l.turn);

-- A new server counts transactions from the beginning. So a ledger that was
-- restored into one may find its horizon in the future. The first program that
-- writes there takes the horizon back. That need not be a desk that opens: one
-- that was open all the time opens nothing. Then an integrator looks at all
-- entries, until places are given.
CREATE FUNCTION write_before_no_horizon() RETURNS trigger LANGUAGE plpgsql
SET search_path = counterfoil, pg_temp AS $$
BEGIN
    UPDATE integration SET horizon = '0' WHERE horizon > pg_current_xact_id();
    RETURN NULL;
END $$;
CREATE TRIGGER log_is_not_behind_the_horizon BEFORE INSERT ON log EXECUTE FUNCTION write_before_no_horizon();

-- All entries with their places. An entry that has none yet comes with the
-- place that it would get now.
CREATE VIEW numbered AS
SELECT p.number, l.*, p.hashes FROM places p JOIN log l ON l.turn = p.turn
UNION ALL
SELECT (SELECT size FROM integration) + row_number() OVER (ORDER BY w.turn) - 1, w.*, NULL FROM waiting w;

-- Gives entries their places. For one integrator at a time. If there are two,
-- the size, or else the keys, make one of them fail.
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
