"""The champion, loaded with MLflow and the address of its server, and nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.integration.trainer.support.disturbed_sweeps import Sweeps
from tests.integration.trainer.support.sweep_processes import Task
from tests.some import some

from rookery_core.manifest import PROBABILITY_TOLERANCE, Manifest

CLIENT = """
import json, sys
import mlflow, pandas

address, rows = f"models:/{sys.argv[1]}@champion", pandas.DataFrame(json.loads(sys.argv[2]))
plain = mlflow.sklearn.load_model(address)
wrapped = mlflow.pyfunc.load_model(address)
print(json.dumps({
    "labels": list(plain.predict(rows)),
    "wrapped": list(wrapped.predict(rows)),
    "probabilities": plain.predict_proba(rows).tolist(),
    "classes": list(plain.classes_),
    "example": wrapped.input_example.to_dict("records"),
    "types": {column.name: str(column.type) for column in wrapped.metadata.signature.inputs},
    "requirements": sorted(
        line.partition("==")[0]
        for line in open(mlflow.pyfunc.get_model_dependencies(address)).read().split()
    ),
    "ours": [name for name in sys.modules if name.startswith("rookery")],
}))
"""


def test_the_champion_loads_with_nothing_but_the_servers_address(
    sweeps: Sweeps, first: Task, undisturbed: Manifest, tmp_path: Path
) -> None:
    golden = some(g for g in undisturbed.golden if None not in g.inputs.values())
    rows = json.dumps([g.inputs for g in golden])
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "MLFLOW_TRACKING_URI": sweeps.tracking.url,
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }

    told = subprocess.run(
        [sys.executable, "-c", CLIENT, first.spec.name, rows],
        env=environment,
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )

    answer = json.loads(told.stdout.splitlines()[-1])
    assert answer["labels"] == answer["wrapped"] == [g.label for g in golden]
    assert sorted(answer["classes"]) == sorted(first.spec.classes)
    for expected, found in zip(golden, answer["probabilities"], strict=True):
        by_class = dict(zip(answer["classes"], found, strict=True))
        wanted = some(zip(first.spec.classes, expected.probabilities, strict=True))
        for label, probability in wanted:
            assert abs(by_class[label] - probability) < PROBABILITY_TOLERANCE
    assert set(answer["types"].values()) == {"DataType.double"}
    assert [set(example) for example in answer["example"]] == [set(first.spec.features)]
    assert answer["requirements"] == ["mlflow", "numpy", "pandas", "scikit-learn", "skops"]
    assert answer["ours"] == []
