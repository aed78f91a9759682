"""The memory that pods have in use, as the kubelet of their node counts it."""

import json
from datetime import UTC, datetime

from tests.e2e.support.cluster import Namespace, until


def working_sets(namespace: Namespace) -> dict[str, int]:
    """Returns the bytes of each running pod's working set, measured after the call."""
    asked = datetime.now(UTC)

    def measured() -> dict[str, int] | None:
        found: dict[str, int] = {}
        for node in namespace.cluster.nodes():
            told = namespace.cluster.kubectl(
                "get", "--raw", f"/api/v1/nodes/{node}/proxy/stats/summary"
            )
            for pod in json.loads(told)["pods"]:
                memory = pod.get("memory", {})
                if pod["podRef"]["namespace"] != namespace.name or "workingSetBytes" not in memory:
                    continue
                if datetime.fromisoformat(memory["time"]) < asked:
                    return None
                found[pod["podRef"]["name"]] = int(memory["workingSetBytes"])
        return found

    return until("the memory of every pod", measured)
