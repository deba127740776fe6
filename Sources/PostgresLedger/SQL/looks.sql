-- What is looked at before a ledger is believed, and with each commit.

-- A commit that returns is on the disk, and on that of the standby if the server has
-- one to wait for. A session says so when it begins. But what a session said can be
-- taken back, as a pooler does it, and an operator can have the server read its
-- settings again under desks that are open. So each transaction that writes looks.
CREATE FUNCTION commit_to_disk() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    _setting text;
BEGIN
    FOREACH _setting IN ARRAY ARRAY['fsync', 'full_page_writes'] LOOP
        IF current_setting(_setting) <> 'on' THEN
            RAISE EXCEPTION '% is switched off', _setting USING ERRCODE = 'CFDUR';
        END IF;
    END LOOP;
    -- To the end of the transaction, and no longer.
    IF current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
END $$;

-- The server's clock, with which a desk compares its own.
CREATE FUNCTION server_now() RETURNS bigint LANGUAGE sql SECURITY DEFINER
SET search_path = counterfoil, pg_temp AS
$$ SELECT server_clock(clock_timestamp()) $$;

-- Compares the last entries of the log with the tables that have their effects, and
-- says what it misses first: in which table, and of which entry. So a table that was
-- emptied, or restored without its rows, is found before anyone votes. Whether all is
-- there, an audit says.
CREATE FUNCTION first_loss(OUT _table text, OUT _entry bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = counterfoil, pg_temp
-- By the indexes: see gather.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
AS $$
DECLARE
    _behind boolean;
BEGIN
    -- Then the next entries would get turns that are taken, or that come too early.
    SELECT m.turn > t.last_value OR m.turn = t.last_value AND NOT t.is_called INTO _behind
    FROM turns t, (SELECT max(turn) AS turn FROM log) m;
    IF _behind THEN
        _table := 'turns';
        RETURN;
    END IF;
    SELECT 'places', i.size INTO _table, _entry FROM integration i
    WHERE i.size <> coalesce((SELECT max(number) + 1 FROM places), 0);
    IF FOUND THEN RETURN; END IF;
    -- What was activated has cancelled what it replaces. One pack shows it.
    SELECT 'cancelled' INTO _table FROM batches b
    WHERE b.activated IS NOT NULL AND EXISTS (
        SELECT FROM (
            (SELECT replaced FROM packs WHERE batch = b.number AND replaced <> 0 LIMIT 1)
            UNION ALL (SELECT q.cancelled FROM pairs q WHERE q.batch = b.number LIMIT 1)) r (pack)
        WHERE NOT EXISTS (SELECT FROM cancelled c WHERE c.pack = r.pack));
    IF FOUND THEN RETURN; END IF;
    WITH recent AS MATERIALIZED (SELECT * FROM log ORDER BY turn DESC LIMIT 4096),
    -- By its scan, and not by which came first: an entry may get its turn before another
    -- one that it has to wait for.
    annulled AS (SELECT DISTINCT pack, entry_mark(entry) AS mark FROM recent WHERE type = ${post-annulled}),
    lost AS (
        SELECT e.turn, CASE
            WHEN e.pack IS NOT NULL AND p.pack IS NULL THEN 'packs'
            WHEN e.type IN (${vote-cast}, ${post-received})
                 AND (a.mark IS NULL OR e.type = ${vote-cast})
                 AND (v.voter IS NULL OR v.pack <> e.pack OR v.under <> entry_mark(e.entry)
                      OR v.channel <> CASE e.type WHEN ${vote-cast} THEN 1 ELSE 2 END)
                THEN 'votes'
            WHEN e.type IN (${post-received}, ${post-set-aside}) AND s.turn IS NULL THEN 'scans'
            WHEN e.type = ${wrong-answers} AND coalesce(t.lifetime, 0) = 0 THEN 'attempts'
            WHEN e.type = ${second-attempt} AND coalesce(t.second, 0) = 0 THEN 'attempts'
            WHEN e.type = ${pack-cancelled} AND c.pack IS NULL THEN 'cancelled'
            WHEN e.type = ${register-loaded} AND b.number IS NULL
              OR e.type = ${batch-activated} AND b.activated IS NULL
              OR e.type = ${batch-reconciled} AND b.reconciled IS NULL
              OR e.type = ${batch-withdrawn} AND b.withdrawn IS NULL THEN 'batches'
            WHEN e.type = ${ballot-opened} AND o.opened IS NULL
              OR e.type = ${ballot-final} AND o.final IS NULL THEN 'ballot'
        END AS missing
        FROM recent e
        CROSS JOIN ballot o
        LEFT JOIN packs p ON p.pack = e.pack
        LEFT JOIN annulled a ON a.pack = e.pack AND a.mark = entry_mark(e.entry)
        LEFT JOIN votes v ON v.voter = entry_voter(e.entry)
        LEFT JOIN scans s ON s.pack = e.pack AND s.turn = e.turn
        LEFT JOIN attempts t ON t.pack = e.pack
        LEFT JOIN cancelled c ON c.pack = e.pack
        LEFT JOIN batches b ON b.number = entry_batch(e.entry)
    )
    SELECT l.missing, coalesce(n.number, i.size) INTO _table, _entry
    FROM lost l CROSS JOIN integration i LEFT JOIN places n ON n.turn = l.turn
    WHERE l.missing IS NOT NULL ORDER BY l.turn LIMIT 1;
END $$;
