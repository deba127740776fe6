-- The roles, and what each may do. They cannot log in: an operator grants them
-- to users that can log in. There is one user for each machine or person, and
-- none has more roles than it needs.
--
--   counterfoil_…_loader   takes registers
--   counterfoil_…_desk     votes online: looks up the packs of which it knows a
--                          look-up id or a number, and writes votes and attempts
--   counterfoil_…_officer  post and officers' acts, and all that can be read
--   counterfoil_…_auditor  reads everything, and changes nothing
--
-- None of them has a right to change a table: they call functions. The roles are
-- those of one ledger, and have the name of its database in the place of the dots.

DO $$
DECLARE
    _roles text[];
    _there text;
    _role text;
BEGIN
    IF octet_length(current_database()) > 43 THEN
        RAISE EXCEPTION 'the name of this database has % bytes. A ledger has roles of its own, which are named after the database, and there is room for 43: make one with a shorter name',
            octet_length(current_database());
    END IF;
    SELECT array_agg((SELECT roles FROM ledger) || '_' || r) INTO _roles
    FROM unnest(ARRAY['loader', 'desk', 'officer', 'auditor']) r;
    -- They may have members, of another ledger or of one that is gone.
    SELECT string_agg(quote_ident(rolname), ', ' ORDER BY rolname) INTO _there
    FROM pg_roles WHERE rolname = ANY (_roles);
    IF _there IS NOT NULL THEN
        RAISE EXCEPTION 'there are roles with the names of this ledger''s already, and their members would have rights in it: end them by DROP ROLE %, or make a database with another name',
            _there;
    END IF;
    FOREACH _role IN ARRAY _roles LOOP
        EXECUTE format('CREATE ROLE %I NOLOGIN', _role);
    END LOOP;
END $$;

-- Who may come in at all.
REVOKE ALL ON DATABASE ${database} FROM PUBLIC;
GRANT CONNECT ON DATABASE ${database} TO ${loader}, ${desk}, ${officer}, ${auditor};
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
               WHERE d.datname = current_database() AND a.grantee = 0) THEN
        RAISE EXCEPTION 'all users of this server can connect to this database, and the user who makes the ledger cannot change that: make it as the owner of the database';
    END IF;
END $$;

REVOKE ALL ON SCHEMA counterfoil FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA counterfoil FROM PUBLIC;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA counterfoil FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA counterfoil FROM PUBLIC;

GRANT USAGE ON SCHEMA counterfoil TO ${loader}, ${desk}, ${officer}, ${auditor};

-- A loader counts the batches; a desk sees the ballot and the batches. Both see as
-- much of the log's order as a checkpoint takes: the hashes, and no entry.
GRANT SELECT ON ledger TO ${loader}, ${desk};
GRANT SELECT (number) ON batches TO ${loader};
GRANT SELECT ON ballot, batches TO ${desk};
GRANT SELECT (size) ON integration TO ${loader}, ${desk};
GRANT SELECT (number, hashes) ON places TO ${loader}, ${desk};
GRANT SELECT ON ledger, ballot, batches, packs, pairs, cancelled, votes, scans, attempts, log, places,
    integration, waiting, numbered TO ${officer}, ${auditor};

GRANT EXECUTE ON FUNCTION first_loss TO ${loader}, ${desk}, ${officer}, ${auditor};
GRANT EXECUTE ON FUNCTION server_now TO ${loader}, ${desk}, ${officer};
GRANT EXECUTE ON FUNCTION place, place_if_free, hold_places, record_opening TO ${loader}, ${desk}, ${officer};
GRANT EXECUTE ON FUNCTION gather TO ${desk}, ${officer};
GRANT EXECUTE ON FUNCTION record_votes TO ${desk};
GRANT EXECUTE ON FUNCTION gather_scans, record_acts, hold_ballot TO ${officer};

GRANT INSERT ON staged, staged_pairs TO ${loader};
GRANT EXECUTE ON FUNCTION begin_load, is_as_staged, finish_load TO ${loader};
