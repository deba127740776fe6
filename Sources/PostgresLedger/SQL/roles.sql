-- The roles, and what each may do. They cannot log in: an operator grants them
-- to users that can log in. There is one user for each machine or person, and
-- none has more roles than it needs.
--
--   counterfoil_loader   takes registers
--   counterfoil_desk     votes online: looks up the packs of which it knows a
--                        look-up id or a number, and writes votes and attempts
--   counterfoil_officer  post and officers' acts, and all that can be read
--   counterfoil_auditor  reads everything, and changes nothing
--
-- None of them has a right to change a table: they call functions. The roles are
-- the same for all ledgers of one server. CONNECT on a database says whether a
-- user may enter that ledger.

DO $$
DECLARE
    _role text;
BEGIN
    FOREACH _role IN ARRAY ARRAY['loader', 'desk', 'officer', 'auditor'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', 'counterfoil_' || _role);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;                                      -- made for another ledger of this server
        END;
    END LOOP;
END $$;

REVOKE ALL ON SCHEMA counterfoil FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA counterfoil FROM PUBLIC;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA counterfoil FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA counterfoil FROM PUBLIC;

GRANT USAGE ON SCHEMA counterfoil
    TO counterfoil_loader, counterfoil_desk, counterfoil_officer, counterfoil_auditor;

-- A loader counts the batches; a desk sees the ballot and the batches. Both see as
-- much of the log's order as a checkpoint takes: the hashes, and no entry.
GRANT SELECT ON ledger TO counterfoil_loader, counterfoil_desk;
GRANT SELECT (number) ON batches TO counterfoil_loader;
GRANT SELECT ON ballot, batches TO counterfoil_desk;
GRANT SELECT (size) ON integration TO counterfoil_loader, counterfoil_desk;
GRANT SELECT (number, hashes) ON places TO counterfoil_loader, counterfoil_desk;
GRANT SELECT ON ledger, ballot, batches, packs, pairs, cancelled, votes, scans, attempts, log, places,
    integration, waiting, numbered TO counterfoil_officer, counterfoil_auditor;

GRANT EXECUTE ON FUNCTION first_loss
    TO counterfoil_loader, counterfoil_desk, counterfoil_officer, counterfoil_auditor;
GRANT EXECUTE ON FUNCTION server_clock TO counterfoil_loader, counterfoil_desk, counterfoil_officer;
GRANT EXECUTE ON FUNCTION place, record_opening TO counterfoil_loader, counterfoil_desk, counterfoil_officer;
GRANT EXECUTE ON FUNCTION gather, record_votes TO counterfoil_desk, counterfoil_officer;
GRANT EXECUTE ON FUNCTION gather_scans, record_acts TO counterfoil_officer;

GRANT INSERT ON staged, staged_pairs TO counterfoil_loader;
GRANT EXECUTE ON FUNCTION begin_load, finish_load TO counterfoil_loader;
