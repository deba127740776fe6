-- What desks and officers may do, one function each. The functions run with
-- their owner's rights, for roles that have no rights on the tables. So whatever
-- a role does, the change and its entry in the log come together, and by these
-- rules.
--
-- Locks, always taken in this order, so that no two transactions wait for each
-- other:
--
-- 1. The ballot. A transaction about packs shares this lock; one that changes
--    the ballot or a batch has it alone. It is held to the end of the
--    transaction.
-- 2. The voters of the packs, in order of a hash. All packs of a voter have one
--    lock, so siblings wait for each other, and post waits for online.
--
-- The first is a lock on an empty table, on which no role has a right (tables.sql).
-- So it can be taken by the functions here alone, and ends with the transaction.
--
-- The locks on voters are advisory locks and not locks on rows: those would write
-- to a page of every pack that is asked about. Anyone who can connect can take
-- them too, and hold up single voters for that long. If a group asks for more
-- locks than the server has room for, the server refuses it. The group is then run
-- alone, without any.
--
-- Every function here is VOLATILE, so that each of its statements sees what was
-- committed before it began: what is read after a lock is the latest there is.
-- That needs READ COMMITTED, and `see_the_latest` asks for it.
--
-- A program that gathers first has the ballot when it records. A user with the
-- right to record may have another program, which does not gather. Recording
-- then takes the ballot: so nobody writes while the ballot changes. But such a
-- program does not lock the voters. SECURITY.md says what that can do to the
-- log.

CREATE FUNCTION see_the_latest() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'a ledger is written to under READ COMMITTED' USING ERRCODE = 'invalid_transaction_state';
    END IF;
END $$;

CREATE FUNCTION enter(_alone boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM see_the_latest();
    PERFORM commit_to_disk();
    IF _alone THEN
        LOCK TABLE ballot_gate IN EXCLUSIVE MODE;
    ELSE
        LOCK TABLE ballot_gate IN ROW SHARE MODE;
    END IF;
END $$;

-- Holds the ballot until the transaction ends, so that a reader sees a whole log:
-- nobody writes meanwhile.
CREATE FUNCTION hold_ballot() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = counterfoil, pg_temp AS $$
BEGIN
    PERFORM enter(true);
END $$;

-- Locks the packs that a group is about, and says what is known of them.
CREATE FUNCTION gather(_ids uuid[], _packs bigint[], _alone boolean)
RETURNS TABLE (
    id uuid, tag bytea, pack bigint, voter uuid, answers uuid, kind smallint, replaced bigint,
    batch integer, why smallint, wrong integer, lifetime integer, last uuid, second integer,
    vote_pack bigint, channel smallint, vote_at bigint, under uuid
) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = counterfoil, pg_temp
-- Always by the indexes, even when the statistics are those of an empty table.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    _found bigint[];
    _locks bigint[];
BEGIN
    PERFORM enter(_alone);
    SELECT array_agg(f.pack), array_agg(DISTINCT uuid_hash_extended(f.voter, 0)
                                        ORDER BY uuid_hash_extended(f.voter, 0))
    INTO _found, _locks
    FROM (SELECT p.pack, p.voter FROM packs p WHERE p.id = ANY (_ids)
          UNION SELECT p.pack, p.voter FROM packs p WHERE p.pack = ANY (_packs)) f;
    IF NOT _alone THEN
        PERFORM pg_advisory_xact_lock(l) FROM unnest(_locks) l;
    END IF;
    RETURN QUERY
    SELECT p.id, p.tag, p.pack, p.voter, p.answers, p.kind, p.replaced, p.batch,
           c.why, a.wrong, a.lifetime, a.last, a.second, v.pack, v.channel, v.at, v.under
    FROM packs p
    LEFT JOIN cancelled c ON c.pack = p.pack
    LEFT JOIN attempts a ON a.pack = p.pack
    LEFT JOIN votes v ON v.voter = p.voter
    WHERE p.pack = ANY (_found);
END $$;

-- What is on the record about scans, each a pack with a nonce, of which `gather` has
-- locked the packs: the scan itself, the return of its pack that counts, and the
-- return that it was set aside for, if it was scanned before.
CREATE FUNCTION gather_scans(_packs bigint[], _nonces uuid[])
RETURNS TABLE (number bigint, entry bytea, officer text) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = counterfoil, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH asked AS (
        SELECT l.* FROM unnest(_packs, _nonces) q (pack, nonce)
        JOIN scans s ON s.pack = q.pack AND s.nonce = q.nonce
        JOIN log l ON l.turn = s.turn),
    found AS (
        SELECT turn FROM asked
        UNION
        SELECT s.turn FROM unnest(_packs) q (pack)
        JOIN packs p ON p.pack = q.pack
        JOIN votes v ON v.voter = p.voter AND v.pack = p.pack AND v.channel = 2
        JOIN scans s ON s.pack = v.pack AND s.nonce = v.under
        UNION
        SELECT l.turn FROM asked a
        JOIN scans s ON s.pack = a.pack
        JOIN log l ON l.turn = s.turn AND l.type = ${post-received} AND l.at = entry_aside_voted(a.entry)
        WHERE a.type = ${post-set-aside})
    -- One that has no place yet will have none before the size of the log.
    SELECT coalesce(n.number, (SELECT size FROM integration)), l.entry, l.officer
    FROM found f JOIN log l ON l.turn = f.turn LEFT JOIN places n ON n.turn = f.turn
    ORDER BY l.turn;
END $$;

-- The fields of an entry: vectors/README.md, section 18. The planner puts what
-- they do in place of the calls. The entry's type says which of them it has.
CREATE FUNCTION entry_type(_entry bytea) RETURNS integer LANGUAGE sql IMMUTABLE AS
$$ SELECT get_byte(_entry, ${type.offset}) $$;
CREATE FUNCTION entry_pack(_entry bytea) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT ('x' || encode(substr(_entry, ${pack.position}, ${pack.size}), 'hex'))::bit(64)::bigint $$;
CREATE FUNCTION entry_voter(_entry bytea) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT encode(substr(_entry, ${voter.position}, ${voter.size}), 'hex')::uuid $$;
CREATE FUNCTION entry_batch(_entry bytea) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT ('x' || encode(substr(_entry, ${batch.position}, ${batch.size}), 'hex'))::bit(32)::bigint $$;
CREATE FUNCTION entry_count(_entry bytea) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT ('x' || encode(substr(_entry, ${count.position}, ${count.size}), 'hex'))::bit(32)::bigint $$;
CREATE FUNCTION entry_detail(_entry bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT substr(_entry, ${detail.position}, ${detail.size}) $$;
CREATE FUNCTION entry_why(_entry bytea) RETURNS integer LANGUAGE sql IMMUTABLE AS
$$ SELECT get_byte(_entry, ${why.offset}) $$;
CREATE FUNCTION entry_moment(_entry bytea) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT ('x' || encode(substr(_entry, ${moment.position}, ${moment.size}), 'hex'))::bit(64)::bigint $$;
CREATE FUNCTION entry_mark(_entry bytea) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT encode(substr(_entry, ${mark.position}, ${mark.size}), 'hex')::uuid $$;
CREATE FUNCTION entry_chain(_entry bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT substr(_entry, ${chain.position}, ${chain.size}) $$;
CREATE FUNCTION entry_second(_entry bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT substr(_entry, ${second.position}, ${second.size}) $$;
CREATE FUNCTION entry_aside_nonce(_entry bytea) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT encode(substr(_entry, ${asideNonce.position}, ${asideNonce.size}), 'hex')::uuid $$;
CREATE FUNCTION entry_aside_voted(_entry bytea) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT ('x' || encode(substr(_entry, ${asideVoted.position}, ${asideVoted.size}), 'hex'))::bit(64)::bigint $$;

-- The chain of hashes that only a code opens: vectors/README.md, section 9. Nobody
-- can go the other way.
CREATE FUNCTION opening_of(_second bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT sha256(${cf1.code-open} || _second) $$;
CREATE FUNCTION trial_of(_opening bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT sha256(${cf1.code-try} || _opening) $$;
CREATE FUNCTION tag_of(_trial bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT sha256(${cf1.code-tag} || _trial) $$;

-- The tag of the code that an entry shows something of.
CREATE FUNCTION entry_tag(_entry bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE entry_type(_entry)
       WHEN ${vote-cast} THEN tag_of(trial_of(entry_chain(_entry)))
       WHEN ${wrong-answers} THEN tag_of(entry_chain(_entry))
       WHEN ${second-attempt} THEN tag_of(trial_of(opening_of(entry_second(_entry))))
   END $$;

-- Whether an entry has nothing but what its type has: a reader refuses any other, and
-- one such entry would end every audit. The rest of an entry is looked at by the
-- tables, and where its effect is written.
CREATE FUNCTION is_zero(_bytes bytea) RETURNS boolean LANGUAGE sql IMMUTABLE AS
$$ SELECT _bytes = decode(repeat('00', octet_length(_bytes)), 'hex') $$;
CREATE FUNCTION entry_is_whole(_entry bytea, _reason text) RETURNS boolean LANGUAGE sql IMMUTABLE AS
$$ SELECT _reason = ANY (${reasons}) AND CASE entry_type(_entry)
       WHEN ${desk-opened} THEN is_zero(substr(_entry, ${pack.position}))
       WHEN ${ballot-final} THEN is_zero(substr(_entry, ${pack.position}))
       WHEN ${vote-cast} THEN is_zero(substr(_entry, ${batch.position}, ${batch.size} + ${count.size}))
           AND is_zero(substr(_entry, ${chain.position} + ${chain.size}))
       WHEN ${wrong-answers} THEN is_zero(substr(_entry, ${voter.position}, ${detail.position} - ${voter.position}))
           AND is_zero(substr(_entry, ${chain.position} + ${chain.size}))
       WHEN ${second-attempt} THEN is_zero(substr(_entry, ${voter.position}, ${detail.position} - ${voter.position}))
           AND is_zero(substr(_entry, ${second.position} + ${second.size}))
       WHEN ${post-received} THEN is_zero(substr(_entry, ${batch.position}, ${batch.size} + ${count.size}))
           AND is_zero(substr(_entry, ${mark.position} + ${mark.size}))
       WHEN ${post-annulled} THEN is_zero(substr(_entry, ${batch.position}, ${batch.size} + ${count.size}))
           AND is_zero(substr(_entry, ${mark.position} + ${mark.size}))
       WHEN ${post-set-aside} THEN is_zero(substr(_entry, ${voter.position}, ${detail.position} - ${voter.position}))
           AND is_zero(substr(_entry, ${asideVoted.position} + ${asideVoted.size}))
           AND entry_why(_entry) BETWEEN 1 AND 8
       WHEN ${pack-cancelled} THEN is_zero(substr(_entry, ${voter.position}, ${detail.position} - ${voter.position}))
           AND is_zero(substr(_entry, ${why.position} + ${why.size}))
       WHEN ${pack-unlocked} THEN is_zero(substr(_entry, ${voter.position}))
       WHEN ${batch-activated} THEN is_zero(substr(_entry, ${pack.position}, ${batch.position} - ${pack.position}))
           AND is_zero(entry_detail(_entry)) AND entry_count(_entry) IN (0, 1)
       WHEN ${batch-reconciled} THEN is_zero(substr(_entry, ${pack.position}, ${batch.position} - ${pack.position}))
           AND is_zero(entry_detail(_entry))
       WHEN ${batch-withdrawn} THEN is_zero(substr(_entry, ${pack.position}, ${batch.position} - ${pack.position}))
           AND is_zero(substr(_entry, ${count.position}))
       WHEN ${ballot-opened} THEN is_zero(substr(_entry, ${pack.position}, ${count.position} - ${pack.position}))
           AND is_zero(substr(_entry, ${moment.position} + ${moment.size}))
       WHEN ${ballot-extended} THEN is_zero(substr(_entry, ${pack.position}, ${detail.position} - ${pack.position}))
           AND is_zero(substr(_entry, ${moment.position} + ${moment.size}))
       WHEN ${ballot-closed} THEN is_zero(substr(_entry, ${pack.position}, ${detail.position} - ${pack.position}))
           AND is_zero(substr(_entry, ${moment.position} + ${moment.size}))
       ELSE false
   END $$;

CREATE FUNCTION must(_what boolean, _else text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF _what IS NOT TRUE THEN
        RAISE EXCEPTION '%', _else USING ERRCODE = 'integrity_constraint_violation';
    END IF;
END $$;

-- A program's clock and the server's differ by a minute at most. So nobody dates a
-- vote back to before the close. What a long transaction says may be as old as the
-- transaction, which is what `_since` is for.
CREATE FUNCTION must_be_now(_at bigint, _since timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF _at IS NULL OR _at < server_clock(_since) - 60000 OR _at > server_clock(clock_timestamp()) + 60000 THEN
        RAISE EXCEPTION 'the time is given as % ms, and by the server''s clock it is % ms: they may differ by a minute',
            _at, server_clock(clock_timestamp()) USING ERRCODE = 'CFCLK';
    END IF;
END $$;

-- What is told of entries: arrays of one dimension that begin at 1, all of one
-- length, and no NULL in them. So what is told of an entry is told of it alone,
-- however the arrays are read.
CREATE FUNCTION must_be_rows(
    _ids uuid[], _entries bytea[], _reasons text[], _references text[], _officers text[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    _dims text := '[1:' || cardinality(_entries) || ']';
BEGIN
    PERFORM must(
        array_dims(_entries) = _dims AND array_dims(_ids) = _dims AND array_dims(_reasons) = _dims
            AND array_dims(_references) = _dims AND array_dims(_officers) = _dims
            AND array_position(_ids, NULL) IS NULL AND array_position(_entries, NULL) IS NULL
            AND array_position(_reasons, NULL) IS NULL AND array_position(_references, NULL) IS NULL
            AND array_position(_officers, NULL) IS NULL,
        'arrays that are not rows of one table');
END $$;

-- The ballot, where an entry that is judged can be written at this time. The first
-- one after the announced time writes the close, and comes after it.
CREATE FUNCTION ballot_at(_at bigint) RETURNS ballot LANGUAGE plpgsql AS $$
DECLARE
    _ballot ballot;
BEGIN
    SELECT * INTO STRICT _ballot FROM ballot;
    PERFORM must(_ballot.final IS NULL, 'the ballot is final');
    PERFORM must(
        _ballot.opened IS NULL OR _ballot.closed IS NOT NULL OR _ballot.closes IS NULL OR _at < _ballot.closes,
        'the close comes before it');
    RETURN _ballot;
END $$;

-- Says why entries about votes cannot be: that no code opens one, or else what the
-- caller knows.
CREATE FUNCTION refuse_entries(_entries bytea[], _else text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM must(p.tag = entry_tag(e.entry), 'an entry that the code of its pack does not open')
    FROM unnest(_entries) e (entry) LEFT JOIN packs p ON p.pack = entry_pack(e.entry)
    WHERE entry_type(e.entry) IN (${vote-cast}, ${wrong-answers}, ${second-attempt});
    PERFORM must(false, _else);
END $$;

-- Wrong answers: what `attempts` says of a pack, and what came before in the same
-- group, must leave room for them.
CREATE FUNCTION apply_wrong_answers(_entries bytea[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM must(
        p.tag = entry_tag(e.entry) AND p.kind = 1
            -- A pack that is not active yet cannot be tried.
            AND (b.activated IS NOT NULL OR b.withdrawn IS NOT NULL OR c.pack IS NOT NULL)
            AND e.mark <> p.answers AND e.mark IS DISTINCT FROM coalesce(e.before, a.last)
            AND coalesce(a.wrong, 0) + e.n <= l.lock_after
            AND coalesce(a.lifetime, 0) + e.n <= l.lifetime_limit,
        CASE WHEN p.tag = entry_tag(e.entry) THEN 'an attempt that cannot have been'
             ELSE 'an entry that the code of its pack does not open' END)
    FROM (SELECT f.entry, entry_pack(f.entry) AS pack, entry_mark(f.entry) AS mark,
                 lag(entry_mark(f.entry)) OVER w AS before, row_number() OVER w AS n
          FROM unnest(_entries) WITH ORDINALITY f (entry, place)
          WHERE entry_type(f.entry) = ${wrong-answers}
          WINDOW w AS (PARTITION BY entry_pack(f.entry) ORDER BY f.place)) e
    CROSS JOIN ledger l
    LEFT JOIN packs p ON p.pack = e.pack
    LEFT JOIN batches b ON b.number = p.batch
    LEFT JOIN cancelled c ON c.pack = e.pack
    LEFT JOIN attempts a ON a.pack = e.pack;
    INSERT INTO attempts AS a (pack, wrong, lifetime, second, last)
    SELECT entry_pack(e.entry), count(*), count(*), 0, (array_agg(entry_mark(e.entry) ORDER BY e.n DESC))[1]
    FROM unnest(_entries) WITH ORDINALITY e (entry, n)
    WHERE entry_type(e.entry) = ${wrong-answers}
    GROUP BY entry_pack(e.entry)
    ON CONFLICT (pack) DO UPDATE SET
        wrong = a.wrong + excluded.wrong, lifetime = a.lifetime + excluded.lifetime, last = excluded.last;
END $$;

-- Second attempts: their voter has voted, before this group or earlier in it.
CREATE FUNCTION apply_second_attempts(_entries bytea[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM must(
        p.tag = entry_tag(e.entry) AND p.kind = 1 AND b.activated IS NOT NULL AND b.withdrawn IS NULL
            AND c.pack IS NULL AND v.voter IS NOT NULL
            AND coalesce(a.second, 0) + e.n <= ${second-attempts.recorded}
            AND NOT EXISTS (
                SELECT FROM unnest(_entries) WITH ORDINALITY o (entry, place)
                WHERE entry_type(o.entry) = ${vote-cast} AND entry_voter(o.entry) = p.voter
                    AND o.place > e.place),
        CASE WHEN p.tag = entry_tag(e.entry) THEN 'an attempt that cannot have been'
             ELSE 'an entry that the code of its pack does not open' END)
    FROM (SELECT f.entry, f.place, entry_pack(f.entry) AS pack, row_number() OVER w AS n
          FROM unnest(_entries) WITH ORDINALITY f (entry, place)
          WHERE entry_type(f.entry) = ${second-attempt}
          WINDOW w AS (PARTITION BY entry_pack(f.entry) ORDER BY f.place)) e
    LEFT JOIN packs p ON p.pack = e.pack
    LEFT JOIN batches b ON b.number = p.batch
    LEFT JOIN cancelled c ON c.pack = e.pack
    LEFT JOIN attempts a ON a.pack = e.pack
    LEFT JOIN votes v ON v.voter = p.voter;
    INSERT INTO attempts AS a (pack, wrong, lifetime, second, last)
    SELECT entry_pack(e), 0, 0, count(*), NULL
    FROM unnest(_entries) e WHERE entry_type(e) = ${second-attempt}
    GROUP BY entry_pack(e)
    ON CONFLICT (pack) DO UPDATE SET second = a.second + excluded.second;
END $$;

-- Envelopes that were set aside: for the first reason that there is. A return that
-- is received in the same group came before them.
CREATE FUNCTION check_set_aside(_entries bytea[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM must(
        entry_why(e.entry) = CASE
            WHEN v.channel = 2 AND v.pack = p.pack THEN ${set-aside.scannedBefore}
            WHEN v.channel = 2 THEN ${set-aside.votedByPost}
            WHEN v.channel = 1 THEN ${set-aside.votedOnline}
            WHEN p.kind = 3 THEN ${set-aside.specimen}
            WHEN c.why = 1 THEN ${set-aside.superseded}
            WHEN b.withdrawn IS NOT NULL THEN ${set-aside.withdrawn}
            WHEN c.why IS NOT NULL THEN ${set-aside.cancelled}
            WHEN b.activated IS NULL THEN ${set-aside.inactive} END
        AND entry_aside_voted(e.entry) = coalesce(v.at, 0)
        AND NOT EXISTS (
            SELECT FROM unnest(_entries) WITH ORDINALITY o (entry, place)
            WHERE entry_type(o.entry) = ${post-received} AND entry_voter(o.entry) = p.voter
                AND o.place > e.place),
        'an envelope that had no reason to be set aside, or another one')
    FROM unnest(_entries) WITH ORDINALITY e (entry, place)
    LEFT JOIN packs p ON p.pack = entry_pack(e.entry)
    LEFT JOIN batches b ON b.number = p.batch
    LEFT JOIN cancelled c ON c.pack = p.pack
    LEFT JOIN votes v ON v.voter = p.voter
    WHERE entry_type(e.entry) = ${post-set-aside};
END $$;

-- Entries about votes and attempts to vote, in one group, and their effects.
CREATE FUNCTION apply_votes(_at bigint, _entries bytea[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    _ballot ballot;
    _online bigint;
    _post bigint;
    _wrong bigint;
    _second bigint;
    _aside bigint;
    _done bigint;
BEGIN
    SELECT count(*) FILTER (WHERE entry_type(e) = ${vote-cast}),
           count(*) FILTER (WHERE entry_type(e) = ${post-received}),
           count(*) FILTER (WHERE entry_type(e) = ${wrong-answers}),
           count(*) FILTER (WHERE entry_type(e) = ${second-attempt}),
           count(*) FILTER (WHERE entry_type(e) = ${post-set-aside})
    INTO _online, _post, _wrong, _second, _aside FROM unnest(_entries) e;
    _ballot := ballot_at(_at);
    PERFORM must(_ballot.opened IS NOT NULL, 'the ballot is not open');
    -- Without grace nothing comes after the close, whatever a clock says. Wrong
    -- answers count after the close as well.
    IF _online + _second > 0 THEN
        PERFORM must(
            _ballot.closed IS NULL OR _ballot.grace > 0 AND _at - _ballot.closed < _ballot.grace,
            'the ballot is closed');
    END IF;

    IF _online + _post > 0 THEN
        -- The desk judges the answers. Here it is checked once more that the pack
        -- can vote, and is this voter's, and that its code was there.
        INSERT INTO votes (voter, pack, at, channel, under)
        SELECT p.voter, p.pack, _at, CASE entry_type(e.entry) WHEN ${vote-cast} THEN 1 ELSE 2 END,
               entry_mark(e.entry)
        FROM unnest(_entries) e (entry)
        JOIN packs p ON p.pack = entry_pack(e.entry) AND p.voter = entry_voter(e.entry)
        JOIN batches b ON b.number = p.batch AND b.activated IS NOT NULL AND b.withdrawn IS NULL
        LEFT JOIN cancelled c ON c.pack = p.pack
        WHERE c.pack IS NULL
          AND (entry_type(e.entry) = ${vote-cast} AND p.kind = 1 AND p.tag = entry_tag(e.entry)
               OR entry_type(e.entry) = ${post-received} AND p.kind IN (1, 2));
        GET DIAGNOSTICS _done = ROW_COUNT;
        IF _done <> _online + _post THEN
            PERFORM refuse_entries(_entries, 'a pack that cannot vote');
        END IF;
    END IF;
    IF _wrong > 0 THEN PERFORM apply_wrong_answers(_entries); END IF;
    IF _second > 0 THEN PERFORM apply_second_attempts(_entries); END IF;
    IF _aside > 0 THEN PERFORM check_set_aside(_entries); END IF;
END $$;

-- A print house's return is all that its transaction writes, but for a close that
-- was due: first the missing packs of the batch, each once, and then their number.
CREATE FUNCTION must_be_a_return(_entries bytea[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    _last bytea := _entries[cardinality(_entries)];
BEGIN
    PERFORM must(
        entry_type(_last) = ${batch-reconciled} AND count(*) = entry_count(_last)
            AND count(DISTINCT p.pack) = count(*),
        'a return that does not add up')
    FROM unnest(_entries) e LEFT JOIN packs p ON p.pack = entry_pack(e) AND p.batch = entry_batch(_last)
    WHERE entry_type(e) = ${pack-cancelled} AND entry_why(e) = 3;
    PERFORM must(
        bool_and(CASE entry_type(e.entry)
            WHEN ${ballot-closed} THEN e.n = 1
            WHEN ${pack-cancelled} THEN entry_why(e.entry) = 3
            WHEN ${batch-reconciled} THEN e.n = cardinality(_entries)
            ELSE false END),
        'a return together with something else')
    FROM unnest(_entries) WITH ORDINALITY e (entry, n);
END $$;

-- Whether a person could vote twice if this batch were activated: one of the packs that
-- it cancels has a voter who has voted, and the pack that the same person keeps has
-- another voter and can still vote, or is not loaded yet: vectors/README.md, section 20.
CREATE FUNCTION could_vote_twice(_batch integer) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM (
            SELECT kept, cancelled FROM pairs WHERE batch = _batch
            UNION ALL SELECT pack, replaced FROM packs WHERE batch = _batch AND replaced <> 0) q
        JOIN packs p ON p.pack = q.cancelled
        JOIN votes v ON v.voter = p.voter
        LEFT JOIN packs k ON k.pack = q.kept
        LEFT JOIN batches b ON b.number = k.batch
        LEFT JOIN cancelled c ON c.pack = k.pack
        WHERE k.pack IS NULL
           OR k.voter <> p.voter AND k.kind <> 3 AND b.withdrawn IS NULL AND c.pack IS NULL);
END $$;

-- One entry of an officer's act, and its effect.
CREATE FUNCTION apply_act(_at bigint, _entry bytea) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    _pack CONSTANT bigint := entry_pack(_entry);
    _done bigint;
BEGIN
    IF entry_type(_entry) NOT IN (${desk-opened}, ${ballot-closed}) THEN PERFORM ballot_at(_at); END IF;
    CASE entry_type(_entry)
    WHEN ${desk-opened} THEN
        RETURN;                                        -- it changes nothing
    WHEN ${batch-activated} THEN
        PERFORM must(
            NOT could_vote_twice(entry_batch(_entry)::integer), 'a person could vote twice after it');
        -- It says whether somebody had to insist: nobody returns specimens.
        UPDATE batches SET activated = _at
        WHERE number = entry_batch(_entry) AND activated IS NULL AND withdrawn IS NULL
          AND (entry_count(_entry) = 1) = (reconciled IS NOT NULL OR kind = 2);
        GET DIAGNOSTICS _done = ROW_COUNT;
        -- The packs that the batch replaces can vote no longer, nor those that its
        -- pairs name, also where their register comes later. That a pack was
        -- replaced is told before any other reason.
        INSERT INTO cancelled (pack, why)
        SELECT DISTINCT replaced, 1 FROM packs WHERE batch = entry_batch(_entry) AND replaced <> 0
        ON CONFLICT (pack) DO UPDATE SET why = 1;
        INSERT INTO cancelled (pack, why)
        SELECT DISTINCT cancelled, 4 FROM pairs WHERE batch = entry_batch(_entry)
        ON CONFLICT (pack) DO NOTHING;
    WHEN ${ballot-opened} THEN
        UPDATE ballot
        SET opened = _at, closes = nullif(entry_moment(_entry), 0), grace = entry_count(_entry)
        WHERE opened IS NULL AND (entry_moment(_entry) = 0 OR entry_moment(_entry) > _at)
          AND entry_count(_entry) <= ${grace.longest};
        GET DIAGNOSTICS _done = ROW_COUNT;
    WHEN ${post-annulled} THEN
        DELETE FROM votes
        WHERE voter = entry_voter(_entry) AND pack = _pack AND channel = 2 AND under = entry_mark(_entry);
        GET DIAGNOSTICS _done = ROW_COUNT;
    WHEN ${pack-cancelled} THEN
        SELECT count(*) INTO _done
        FROM packs p JOIN batches b ON b.number = p.batch LEFT JOIN cancelled c ON c.pack = p.pack
        WHERE p.pack = _pack AND (
            -- The print house may miss a pack that an officer had cancelled.
            entry_why(_entry) = 3
            OR entry_why(_entry) = 2 AND p.kind <> 3 AND b.withdrawn IS NULL AND c.pack IS NULL);
        INSERT INTO cancelled (pack, why) VALUES (_pack, entry_why(_entry))
        ON CONFLICT (pack) DO NOTHING;
    WHEN ${pack-unlocked} THEN
        UPDATE attempts a SET wrong = 0, last = NULL
        FROM ledger l
        WHERE a.pack = _pack AND a.wrong >= l.lock_after AND a.lifetime < l.lifetime_limit;
        GET DIAGNOSTICS _done = ROW_COUNT;
    WHEN ${batch-reconciled} THEN
        UPDATE batches SET reconciled = _at WHERE number = entry_batch(_entry) AND reconciled IS NULL;
        GET DIAGNOSTICS _done = ROW_COUNT;
    WHEN ${batch-withdrawn} THEN
        UPDATE batches SET withdrawn = _at WHERE number = entry_batch(_entry) AND withdrawn IS NULL;
        GET DIAGNOSTICS _done = ROW_COUNT;
    WHEN ${ballot-extended} THEN
        UPDATE ballot SET closes = entry_moment(_entry), closed = NULL
        WHERE opened IS NOT NULL AND entry_moment(_entry) > _at;
        GET DIAGNOSTICS _done = ROW_COUNT;
    WHEN ${ballot-closed} THEN
        -- After the announced time the close has that time. Before it, an officer
        -- closes, and the close has the time of the act.
        UPDATE ballot SET closed = entry_moment(_entry)
        WHERE opened IS NOT NULL AND closed IS NULL
          AND entry_moment(_entry) = CASE WHEN closes <= _at THEN closes ELSE _at END;
        GET DIAGNOSTICS _done = ROW_COUNT;
    WHEN ${ballot-final} THEN
        UPDATE ballot SET final = _at WHERE closed IS NOT NULL AND final IS NULL;
        GET DIAGNOSTICS _done = ROW_COUNT;
    END CASE;
    PERFORM must(_done = 1, 'a change that had been made already, or cannot be');
END $$;

-- Writes what was judged: entries of these types, and their effects. An entry says by
-- itself what it is about: nothing is taken from beside it but who did it, and why.
CREATE FUNCTION write_entries(
    _types integer[], _at bigint, _ids uuid[], _entries bytea[],
    _reasons text[], _references text[], _officers text[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    -- What apply_votes is for; apply_act is for all others.
    _votes CONSTANT integer[] := ARRAY[
        ${vote-cast}, ${wrong-answers}, ${second-attempt}, ${post-received}, ${post-set-aside}];
    _found integer[];
    _entry bytea;
BEGIN
    PERFORM must_be_rows(_ids, _entries, _reasons, _references, _officers);
    PERFORM must(bool_and(octet_length(e) = ${entry.size}), 'an entry that no reader takes')
    FROM unnest(_entries) e;
    SELECT array_agg(DISTINCT entry_type(e)) INTO _found FROM unnest(_entries) e;
    PERFORM must(_found <@ _types, 'this role does not write such entries');
    PERFORM must(bool_and(entry_is_whole(e.entry, e.reason)), 'an entry that no reader takes')
    FROM unnest(_entries, _reasons) e (entry, reason);
    PERFORM must((SELECT final IS NULL FROM ballot), 'the ballot is final');
    -- The turn is drawn after the locks are taken: of two entries that depend
    -- on each other the later one has the higher turn.
    INSERT INTO log (turn, xact, at, pack, id, type, entry, reason, reference, officer)
    SELECT nextval('turns'), pg_current_xact_id(), _at,
           CASE WHEN entry_type(e.entry) IN (
               ${vote-cast}, ${wrong-answers}, ${second-attempt}, ${post-received}, ${post-set-aside},
               ${post-annulled}, ${pack-cancelled}, ${pack-unlocked}) THEN entry_pack(e.entry) END,
           e.id, entry_type(e.entry), e.entry, e.reason, e.reference, e.officer
    FROM unnest(_ids, _entries, _reasons, _references, _officers) e (id, entry, reason, reference, officer);
    IF _found && ARRAY[${post-received}, ${post-set-aside}] THEN
        INSERT INTO scans (pack, nonce, turn)
        SELECT pack, CASE type WHEN ${post-received} THEN entry_mark(entry) ELSE entry_aside_nonce(entry) END, turn
        FROM log WHERE xact = pg_current_xact_id() AND id = ANY (_ids)
                   AND type IN (${post-received}, ${post-set-aside});
    END IF;
    IF _found <@ _votes THEN
        PERFORM apply_votes(_at, _entries);
    ELSE
        IF EXISTS (SELECT FROM unnest(_entries) e WHERE entry_type(e) = ${batch-reconciled}
                       OR entry_type(e) = ${pack-cancelled} AND entry_why(e) = 3) THEN
            PERFORM must_be_a_return(_entries);
        END IF;
        FOREACH _entry IN ARRAY _entries LOOP
            IF entry_type(_entry) = ANY (_votes) THEN
                PERFORM apply_votes(_at, ARRAY[_entry]);
            ELSE
                PERFORM apply_act(_at, _entry);
            END IF;
        END LOOP;
    END IF;
END $$;

-- For everyone who opens a ledger to write to it. It does nothing once the ballot
-- is final.
CREATE FUNCTION record_opening(
    _at bigint, _ids uuid[], _entries bytea[], _reasons text[], _references text[], _officers text[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = counterfoil, pg_temp AS $$
BEGIN
    PERFORM must_be_now(_at, clock_timestamp());
    PERFORM enter(false);
    IF (SELECT final IS NOT NULL FROM ballot) THEN RETURN; END IF;
    PERFORM write_entries(
        ARRAY[${desk-opened}], _at, _ids, _entries, _reasons, _references, _officers);
END $$;

-- For a desk online: votes, attempts, and the close that was announced.
CREATE FUNCTION record_votes(
    _at bigint, _ids uuid[], _entries bytea[], _reasons text[], _references text[], _officers text[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = counterfoil, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
    PERFORM must_be_now(_at, clock_timestamp());
    PERFORM enter(EXISTS (SELECT FROM unnest(_entries) e WHERE entry_type(e) = ${ballot-closed}));
    -- An officer may close before the announced time, and a desk may not.
    PERFORM must(b.closes <= _at, 'the ballot does not close yet')
    FROM unnest(_entries) e, ballot b WHERE entry_type(e) = ${ballot-closed};
    PERFORM write_entries(
        ARRAY[${vote-cast}, ${wrong-answers}, ${second-attempt}, ${ballot-closed}],
        _at, _ids, _entries, _reasons, _references, _officers);
END $$;

-- For officers: post, and all acts.
CREATE FUNCTION record_acts(
    _at bigint, _ids uuid[], _entries bytea[], _reasons text[], _references text[], _officers text[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = counterfoil, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
    PERFORM must_be_now(_at, clock_timestamp());
    PERFORM enter(EXISTS (
        SELECT FROM unnest(_entries) e
        WHERE entry_type(e) IN (
            ${batch-activated}, ${ballot-opened}, ${batch-reconciled}, ${batch-withdrawn},
            ${ballot-extended}, ${ballot-closed}, ${ballot-final})));
    PERFORM write_entries(
        ARRAY[
            ${batch-activated}, ${ballot-opened}, ${post-received}, ${post-set-aside},
            ${post-annulled}, ${pack-cancelled}, ${pack-unlocked}, ${batch-reconciled},
            ${batch-withdrawn}, ${ballot-extended}, ${ballot-closed}, ${ballot-final}],
        _at, _ids, _entries, _reasons, _references, _officers);
END $$;
