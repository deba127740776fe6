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

-- The hashes of the log's tree: vectors/README.md, sections 18 and 19. Nothing that a
-- session may choose goes into them, such as its encoding.
CREATE FUNCTION with_length(_text text) RETURNS bytea LANGUAGE sql STABLE AS
$$ SELECT int4send(octet_length(convert_to(_text, 'UTF8'))) || convert_to(_text, 'UTF8') $$;
CREATE FUNCTION leaf_hash(_entry bytea, _id uuid, _reason text, _reference text, _officer text)
RETURNS bytea LANGUAGE sql STABLE AS
$$ SELECT sha256(decode('00', 'hex') || _entry || sha384(
       ${cf1.logentry} || uuid_send(_id)
           || with_length(_reason) || with_length(_reference) || with_length(_officer))) $$;
CREATE FUNCTION node_hash(_left bytea, _right bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT sha256(decode('01', 'hex') || _left || _right) $$;

-- Keeps all others from showing anybody a head of the log until the transaction ends:
-- so nobody is shown an older one after a newer one.
CREATE FUNCTION hold_places() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = counterfoil, pg_temp AS $$
BEGIN
    PERFORM see_the_latest();
    LOCK TABLE places_gate IN EXCLUSIVE MODE;
END $$;

-- Gives the next entries their places and hashes. It takes nothing from its caller:
-- so whatever program calls it, the order and the hashes are those of the log. Returns how
-- many entries have a place now, and whether more may wait for one.
--
-- It writes to the row of `integration`, even if nothing waits. So its commit waits
-- for the standby, and for all places that others gave before.
CREATE FUNCTION place(OUT _size bigint, OUT _is_more boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = counterfoil, pg_temp
-- By the indexes: a planner may believe that a third of the log waits. One that is
-- told not to scan tables thinks them so dear that it would compile the statement.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
AS $$
DECLARE
    -- All that waits is looked through for each portion. So few of them are better.
    _portion CONSTANT bigint := 65536;
    _first bigint;
    -- The roots of the complete subtrees at the right edge, by their level from 1.
    _roots bytea[] := '{}';
    _turns bigint[] := '{}';
    _hashes bytea[] := '{}';
    _leaf record;
    _hash bytea;
    _kept bytea;
    _level integer;
BEGIN
    PERFORM see_the_latest();
    PERFORM commit_to_disk();
    UPDATE integration SET horizon = '0' WHERE horizon > pg_current_xact_id();
    -- One at a time: the next one waits here, and sees then what this one placed.
    SELECT size INTO STRICT _first FROM integration FOR UPDATE;
    _size := _first;
    FOR _level IN 0 .. 62 LOOP
        IF (_size >> _level) & 1 = 1 THEN
            SELECT substr(hashes, 32 * _level + 1, 32) INTO _hash
            FROM places WHERE number = (_size >> _level << _level) - 1;
            PERFORM must(octet_length(_hash) = 32, 'hashes of the log are missing');
            _roots[_level + 1] := _hash;
        END IF;
    END LOOP;
    -- Which ones come first of all, and only then what they say. In one step, a
    -- planner may read the log from its beginning to find the lowest turn.
    FOR _leaf IN
        WITH waiting_turns AS MATERIALIZED (SELECT turn FROM waiting),
             first_turns AS MATERIALIZED (SELECT turn FROM waiting_turns ORDER BY turn LIMIT _portion)
        SELECT l.turn, leaf_hash(l.entry, l.id, l.reason, l.reference, l.officer) AS hash
        FROM first_turns f JOIN log l ON l.turn = f.turn ORDER BY f.turn
    LOOP
        _hash := _leaf.hash;
        _kept := _hash;
        _level := 1;
        -- The leaf completes one subtree for each 1 at the end of the size.
        WHILE (_size >> (_level - 1)) & 1 = 1 LOOP
            _hash := node_hash(_roots[_level], _hash);
            _kept := _kept || _hash;
            _level := _level + 1;
        END LOOP;
        _roots[_level] := _hash;
        _size := _size + 1;
        _turns[_size - _first] := _leaf.turn;
        _hashes[_size - _first] := _kept;
    END LOOP;
    INSERT INTO places (number, turn, hashes)
    SELECT _first + e.n - 1, e.turn, e.hashes FROM unnest(_turns, _hashes) WITH ORDINALITY e (turn, hashes, n);
    _is_more := _size - _first = _portion;
    -- One statement, so one moment: what was written before xmin is all visible.
    UPDATE integration
    SET size = _size,
        horizon = CASE WHEN EXISTS (
            SELECT FROM waiting w WHERE w.xact < pg_snapshot_xmin(pg_current_snapshot()))
            THEN horizon ELSE pg_snapshot_xmin(pg_current_snapshot()) END;
END $$;

-- The same, or nothing where somebody else gives places just now: _size is NULL then.
CREATE FUNCTION place_if_free(OUT _size bigint, OUT _is_more boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = counterfoil, pg_temp AS $$
BEGIN
    PERFORM see_the_latest();
    PERFORM FROM integration FOR UPDATE SKIP LOCKED;
    IF FOUND THEN
        SELECT p._size, p._is_more INTO _size, _is_more FROM place() p;
    END IF;
END $$;
