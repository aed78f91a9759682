"""The ledger's triggers: append-only, epochs in order, one decision for each sweep.

No text here holds a colon or a percent sign, so every driver passes it unchanged.
"""

APPEND_ONLY = """
CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$ BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'insufficient_privilege',
        MESSAGE = TG_OP || ' on ledger.' || TG_TABLE_NAME || ' refused',
        HINT = 'The ledger is only added to; a wrong entry is answered by a later one.';
END $$
"""

IN_ORDER = """
CREATE OR REPLACE FUNCTION ledger.require_order() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$ BEGIN
    IF NEW.epoch <> (
        SELECT coalesce(max(epoch), 0) + 1 FROM ledger.intents WHERE model = NEW.model
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'serialization_failure',
            MESSAGE = 'epoch ' || NEW.epoch || ' of ' || NEW.model || ' is not the next one',
            HINT = 'Another holder of the promotion lock was here; reconcile and decide again.';
    END IF;
    IF EXISTS (
        SELECT FROM ledger.intents LEFT JOIN ledger.outcomes USING (model, epoch)
        WHERE model = NEW.model AND outcome IS NULL
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'an earlier intent of ' || NEW.model || ' has no outcome yet',
            HINT = 'Reconcile first.';
    END IF;
    RETURN NEW;
END $$
"""

ONE_DECISION = """
CREATE OR REPLACE FUNCTION ledger.require_one_decision() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$ BEGIN
    IF EXISTS (
        SELECT FROM ledger.intents
        WHERE model = NEW.model AND sweep_id = NEW.sweep_id AND kind = 'promotion'
        UNION ALL
        SELECT FROM ledger.rejections
        WHERE model = NEW.model AND sweep_id = NEW.sweep_id
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'unique_violation',
            MESSAGE = 'sweep ' || NEW.sweep_id || ' of ' || NEW.model || ' is already decided';
    END IF;
    RETURN NEW;
END $$
"""
