"""An API with one champion."""

from pathlib import Path

from mlflow import MlflowClient
from tests.integration.api.support.fixture_types import StartApi
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import RegisteredModel
from tools.harness.linear_bundle import linear_bundle
from tools.harness.specs import write_spec

from rookery_core.spec.model_spec import ModelSpec


def api_with(spec: ModelSpec, client: MlflowClient, specs: Path, start_api: StartApi) -> ApiProcess:
    """Returns an API that serves a linear champion of the spec, as the model of its bare routes."""
    write_spec(specs, spec)
    version = RegisteredModel(client, spec).promote(linear_bundle(spec))
    api = start_api(default_model=spec.name)
    api.await_version(spec.name, version)
    return api
