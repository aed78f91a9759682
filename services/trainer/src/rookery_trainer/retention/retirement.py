"""Retirement: removes every sweep that has read a forgotten row, once another one's serves."""

from dataclasses import dataclass

import structlog
from sqlalchemy import Connection

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED
from rookery_core.errors import Refused, Unavailable
from rookery_core.settings import PostgresSettings
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.erasures import has_lost_rows
from rookery_trainer.promotion.reconciliation import withdraw
from rookery_trainer.retention.plan import Facts, Plan, RowsRead
from rookery_trainer.retention.retention import Opened, Retention
from rookery_trainer.retention.retirement_plan import retired_champion, retirement_plan
from rookery_trainer.tracking.model_registry import ModelRegistry

_log = structlog.get_logger()


@dataclass(frozen=True)
class Retirement:
    """Removes sweeps as retention does, but for another reason."""

    retention: Retention
    postgres: PostgresSettings
    """The trainer's role, which reads which batches have lost rows."""

    def retire(self, spec: ModelSpec, registry: ModelRegistry, *, dry_run: bool = False) -> Plan:
        """Removes all that came of the sweeps that have read a forgotten row; the ledger stays.

        A dry run says what would go, and which version is the champion of it.

        Raises:
            Refused: the champion is one of them, and nothing was removed; or somebody uses one of
                them elsewhere, and the others are gone.
            Unavailable: a service was away, or somebody works on such a sweep; what was not removed
                is in the plan of the next time again.
        """
        with self.retention.opened(registry) as found:
            if found is None:
                return Plan((), {}, ())
            planned = self._plan(spec, found.facts)
            self._announce(spec.name, found.facts, planned, dry_run=dry_run)
            if not dry_run:
                _require_other_champion(spec.name, found.facts, planned)
                self._remove(registry, found, planned)
        return planned

    def _plan(self, spec: ModelSpec, facts: Facts) -> Plan:
        source = engine(self.postgres, PROCESSED)
        known: dict[RowsRead, bool] = {}
        try:
            with source.connect() as connection:
                return retirement_plan(facts, lambda read: _lost(connection, spec, read, known))
        finally:
            source.dispose()

    def _announce(self, model: str, facts: Facts, planned: Plan, *, dry_run: bool) -> None:
        champion = facts.desired.champion
        overtaken = {removal.sweep_id for removal in planned.removals} | set(planned.kept)
        for number, each in facts.versions.items():
            if each.version.sweep_id in overtaken:
                _log.info(
                    "read a forgotten row",
                    model=model,
                    version=number,
                    run_id=each.run_id,
                    sweep_id=each.version.sweep_id,
                    champion=each.version == champion,
                )
        self.retention.announce(model, planned, dry_run=dry_run)

    def _remove(self, registry: ModelRegistry, found: Opened, planned: Plan) -> None:
        going = {number for removal in planned.removals for number in removal.versions}
        # MLflow deletes the alias `previous` with its version: it names another one before.
        withdraw(found.lock, registry, found.state, going)
        done = [self.retention.remove(found.lock, registry, each) for each in planned.removals]
        _log.info("retired", model=registry.model, versions=sorted(going), sweeps=sum(done))
        if planned.kept:
            told = "; ".join(f"sweep {name}: {reason}" for name, reason in planned.kept.items())
            raise Refused(
                f"sweeps of {registry.model!r} that have read a forgotten row stay ({told}); "
                "remove by hand what uses them, then run the job again"
            )
        if not all(done):
            raise Unavailable(
                f"a sweep of {registry.model!r} that has read a forgotten row stays for now, as a "
                "warning says; run the job again once nobody works on it"
            )


def _lost(
    connection: Connection, spec: ModelSpec, read: RowsRead, known: dict[RowsRead, bool]
) -> bool:
    """Asks once for all sweeps that have read the same rows."""
    if read not in known:
        known[read] = has_lost_rows(connection, spec, read.watermark, read.data_digest)
    return known[read]


def _require_other_champion(model: str, facts: Facts, planned: Plan) -> None:
    if number := retired_champion(facts, planned):
        raise Refused(
            f"the champion of {model!r}, version {number}, has read a row that was forgotten: "
            "nothing is removed; run a sweep, then this job once its version is the champion. "
            "Where the gate rejects it, `gate: {policy: always}` in the spec promotes the best"
        )
