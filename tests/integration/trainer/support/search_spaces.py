"""Search spaces of quick sweeps, with solvers that fail where a test wants that."""

from rookery_core.spec.distributions import Choice, LogUniform

C = LogUniform(distribution="loguniform", a=0.01, b=100)


def solvers(*names: str) -> Choice:
    """Makes a choice among solvers of the logistic regression."""
    return Choice(distribution="choice", values=names)
