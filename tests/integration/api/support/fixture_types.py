"""The types of the fixtures of the API's tests."""

from collections.abc import Callable

from tools.harness.api_process import ApiProcess
from tools.harness.bundles import RegisteredModel

NewModel = Callable[[str], RegisteredModel]
"""Makes a model of its own after a shipped one, its spec in the folder."""
StartApi = Callable[..., ApiProcess]
"""Starts an API process on the folder of specs."""
