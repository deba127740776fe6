-- Refuses changes of what must never change, and of a ballot that is final.
--
-- These guard against a slip in this program or in somebody's SQL shell. They
-- do not guard against an owner who means harm: an owner can drop them. Against
-- such an owner there is the log, and what others keep of it. The user of a
-- desk cannot come this far: see roles.sql.

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER ledger_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
    EXECUTE FUNCTION refuse('a ledger is for one election');
CREATE TRIGGER log_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON log
    EXECUTE FUNCTION refuse('the log never changes and never shrinks');
CREATE TRIGGER places_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON places
    EXECUTE FUNCTION refuse('the order of the log never changes');
CREATE TRIGGER packs_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON packs
    EXECUTE FUNCTION refuse('packs never change');
CREATE TRIGGER pairs_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON pairs
    EXECUTE FUNCTION refuse('pairs never change');
CREATE TRIGGER batches_stay BEFORE DELETE OR TRUNCATE ON batches
    EXECUTE FUNCTION refuse('batches are never deleted');
CREATE TRIGGER batches_never_change
    BEFORE UPDATE OF number, name, kind, count, loaded, header, signature, digest ON batches
    EXECUTE FUNCTION refuse('a batch never changes');
CREATE TRIGGER batches_are_activated_once BEFORE UPDATE OF activated ON batches
    FOR EACH ROW WHEN (OLD.activated IS NOT NULL)
    EXECUTE FUNCTION refuse('a batch is activated once');
CREATE TRIGGER batches_are_reconciled_once BEFORE UPDATE OF reconciled ON batches
    FOR EACH ROW WHEN (OLD.reconciled IS NOT NULL)
    EXECUTE FUNCTION refuse('a batch is reconciled once');
CREATE TRIGGER batches_are_withdrawn_once BEFORE UPDATE OF withdrawn ON batches
    FOR EACH ROW WHEN (OLD.withdrawn IS NOT NULL)
    EXECUTE FUNCTION refuse('a withdrawal is final');

-- That a pack was replaced is told before any other reason.
CREATE TRIGGER cancelled_never_changes BEFORE UPDATE ON cancelled
    FOR EACH ROW WHEN (NEW.why <> 1 OR NEW.pack <> OLD.pack)
    EXECUTE FUNCTION refuse('cancelling is final');
CREATE TRIGGER cancelled_stays BEFORE DELETE OR TRUNCATE ON cancelled
    EXECUTE FUNCTION refuse('cancelling is final');

CREATE TRIGGER votes_stay BEFORE UPDATE OR TRUNCATE ON votes
    EXECUTE FUNCTION refuse('a vote never changes');
CREATE TRIGGER votes_online_stay BEFORE DELETE ON votes
    FOR EACH ROW WHEN (OLD.channel = 1)
    EXECUTE FUNCTION refuse('an online vote is never annulled');
CREATE TRIGGER scans_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON scans
    EXECUTE FUNCTION refuse('a scan is never forgotten');
CREATE TRIGGER attempts_stay BEFORE DELETE OR TRUNCATE ON attempts
    EXECUTE FUNCTION refuse('what was tried is never forgotten');

CREATE TRIGGER ballot_stays BEFORE DELETE OR TRUNCATE ON ballot
    EXECUTE FUNCTION refuse('a ledger has one ballot');
CREATE TRIGGER ballot_ends_once BEFORE UPDATE ON ballot
    FOR EACH ROW WHEN (OLD.final IS NOT NULL)
    EXECUTE FUNCTION refuse('the ballot is final');
