import socket
from pathlib import Path

import pytest
from tests.e2e.support.cluster import require_ingress_port

from rookery_core.errors import Refused


def test_a_taken_port_is_told_with_what_to_do(tmp_path: Path) -> None:
    config = tmp_path / "kind-config.yaml"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config.write_text(f"nodes: [{{extraPortMappings: [{{hostPort: {port}}}]}}]")

        with pytest.raises(Refused, match=f"port {port}, .* in use; .*docker stop"):
            require_ingress_port(config)

    require_ingress_port(config)
