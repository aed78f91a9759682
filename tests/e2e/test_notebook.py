"""The notebook, run where it is served: in the release's JupyterLab."""

import json

from tests.e2e.support.release import Release

NOTEBOOK = "penguins_experiments.ipynb"


def test_the_notebook_runs_from_top_to_bottom(release: Release) -> None:
    executed = json.loads(
        release.namespace.kubectl(
            *("exec", "deployment/notebook", "-c", "notebook", "--"),
            *("jupyter", "nbconvert", "--to=notebook", "--execute", "--stdout", NOTEBOOK),
        )
    )

    outputs = [each for cell in executed["cells"] for each in cell.get("outputs", ())]
    assert outputs
    assert "20/20" in json.dumps(outputs)
    assert not [each for each in outputs if each["output_type"] == "error"]
