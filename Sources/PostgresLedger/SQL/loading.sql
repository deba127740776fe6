-- Takes a register. Its rows come by COPY into `staged` and its pairs into
-- `staged_pairs`, and are moved when all of them are there. There is one loader at
-- a time. Voters wait only at the end, while the batch is written down.

-- Says whether a register of this digest and name can be loaded: ready, or why not.
CREATE FUNCTION begin_load(_digest bytea, _name text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = counterfoil, pg_temp AS $$
BEGIN
    PERFORM commit_to_disk();
    LOCK TABLE loading_gate IN EXCLUSIVE MODE;
    TRUNCATE staged, staged_pairs;
    IF EXISTS (SELECT FROM batches WHERE digest = _digest) THEN RETURN 'loaded'; END IF;
    IF (SELECT final IS NOT NULL FROM ballot) THEN RETURN 'final'; END IF;
    IF EXISTS (SELECT FROM batches WHERE name = _name) THEN RETURN 'other'; END IF;
    RETURN 'ready';
END $$;

-- Whether the batch with this digest is what lies in the staging tables, under this
-- header and signature. A batch of that digest may be a thief's: the database cannot
-- compute a digest. So a loader who has the register brings it once more.
CREATE FUNCTION is_as_staged(
    _name text, _kind smallint, _count integer, _header bytea, _signature bytea, _digest bytea
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = counterfoil, pg_temp AS $$
DECLARE
    _number integer;
    _same boolean;
BEGIN
    SELECT number INTO _number FROM batches
    WHERE digest = _digest AND name = _name AND kind = _kind AND count = _count
        AND header = _header AND signature = _signature;
    IF _number IS NULL THEN RETURN false; END IF;
    SELECT NOT EXISTS (
               (SELECT id, pack, voter, answers, replaced, kind, tag FROM packs WHERE batch = _number
                EXCEPT ALL SELECT id, pack, voter, answers, replaced, kind, tag FROM staged)
               UNION ALL
               (SELECT id, pack, voter, answers, replaced, kind, tag FROM staged
                EXCEPT ALL SELECT id, pack, voter, answers, replaced, kind, tag FROM packs WHERE batch = _number))
           AND NOT EXISTS (
               (SELECT cancelled, kept FROM pairs WHERE batch = _number
                EXCEPT ALL SELECT cancelled, kept FROM staged_pairs)
               UNION ALL
               (SELECT cancelled, kept FROM staged_pairs
                EXCEPT ALL SELECT cancelled, kept FROM pairs WHERE batch = _number))
    INTO _same;
    TRUNCATE staged, staged_pairs;
    RETURN _same;
END $$;

-- Moves the rows and the pairs, and writes batch and entry. Returns whether it was in time.
CREATE FUNCTION finish_load(
    _at bigint, _name text, _kind smallint, _count integer, _pairs bigint, _header bytea,
    _signature bytea, _digest bytea, _number integer, _id uuid, _entry bytea
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = counterfoil, pg_temp AS $$
DECLARE
    _done bigint;
BEGIN
    -- The time is that of the beginning, and there may be millions of rows.
    PERFORM must_be_now(_at, transaction_timestamp());
    -- Whoever has not begun is not alone, and waits here.
    LOCK TABLE loading_gate IN EXCLUSIVE MODE;
    INSERT INTO packs (id, pack, voter, answers, replaced, batch, kind, tag)
    SELECT id, pack, voter, answers, replaced, _number, kind, tag FROM staged;
    GET DIAGNOSTICS _done = ROW_COUNT;
    PERFORM must(_done = _count, 'not as many packs as the register says');
    INSERT INTO pairs (batch, cancelled, kept) SELECT _number, cancelled, kept FROM staged_pairs;
    GET DIAGNOSTICS _done = ROW_COUNT;
    PERFORM must(_done = _pairs, 'not as many pairs as the register says');
    TRUNCATE staged, staged_pairs;
    ANALYZE packs;
    PERFORM enter(true);
    IF (SELECT final IS NOT NULL FROM ballot) THEN RETURN false; END IF;
    PERFORM must(_number = 1 + (SELECT count(*) FROM batches), 'a batch out of its order');
    PERFORM must(
        entry_type(_entry) = ${register-loaded} AND entry_batch(_entry) = _number
            AND entry_count(_entry) = _count AND entry_detail(_entry) = _digest
            AND is_zero(substr(_entry, ${pack.position}, ${batch.position} - ${pack.position})),
        'an entry that is not that of the register');
    INSERT INTO batches (number, name, kind, count, loaded, header, signature, digest)
    VALUES (_number, _name, _kind, _count, _at, _header, _signature, _digest);
    INSERT INTO log (turn, xact, at, id, type, entry, reason, reference, officer)
    VALUES (nextval('turns'), pg_current_xact_id(), _at, _id, ${register-loaded}, _entry, '', '', '');
    RETURN true;
END $$;
