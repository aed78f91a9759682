"""For each key of the chart a value that is not its default, and where it needs it a context."""

from fnmatch import fnmatch

from tests.chart.cases import SECRETS
from tests.chart.chart import Values, merged, nested

OWN_POSTGRESQL: Values = {
    "postgresql": {"enabled": False},
    "global": {"postgresql": {"host": "db.example.org", "existingSecret": "existing-postgresql"}},
}
OWN_STORE: Values = {
    "minio": {"enabled": False},
    "global": {"s3": {"endpoint": "https://s3.example.net", "existingSecret": "existing-s3"}},
}
OWN_MLFLOW: Values = {
    "mlflow": {"enabled": False},
    "global": {"mlflow": {"url": "https://mlflow.example.net", "auth": {"enabled": False}}},
}
OTHER_CONTROLLER: Values = {
    "global": {
        "ingress": {"host": "rookery.example.org"},
        "networkPolicies": {"controllers": [{"podSelector": {}}]},
    },
    "ingress": {"traefik": {"enabled": False}},
}
POLICIES: Values = {
    "global": {
        "networkPolicies": {"enabled": True, "controllers": [{"podSelector": {}}]},
    }
}
TLS: Values = {
    "global": {"ingress": {"host": "rookery.example.org"}},
    "ingress": {
        "tls": [{"hosts": ["rookery.example.org"], "secretName": "existing-tls"}],
        "traefik": {"service": {"type": "NodePort", "httpsNodePort": 30443}},
    },
}
WITHOUT: dict[str, Values] = {
    "postgresql": OWN_POSTGRESQL,
    "minio": OWN_STORE,
    "mlflow": OWN_MLFLOW,
}
"""What takes the place of a part that others stand on."""
OPEN_MLFLOW: Values = {
    "global": {"mlflow": {"auth": {"enabled": True}}},
    "ingress": {"mlflow": {"enabled": True, "host": "mlflow.example.net"}},
    "mlflow": {"allowedHosts": ["mlflow.example.net", "mlflow.example.org"]},
}
GIVEN: Values = merged(
    SECRETS,
    {"global": {"postgresql": {"existingSecret": ""}, "s3": {"existingSecret": ""}}},
    {"notebook": {"existingSecret": ""}, "api": {"existingSecret": ""}},
)
"""Secrets from values, over those that are there already."""
KEY_OF_API: Values = {"api": {"existingSecret": "", "apiKey": "the-key-of-the-tests"}}
CONTEXTS: dict[str, Values] = {
    "global.postgresql.passwords.*": GIVEN,
    "global.s3.*Key": GIVEN,
    "notebook.token": GIVEN,
    "notebook.enabled": nested("notebook.enabled", False),
    "api.existingSecret": {},
    "api.access": nested("api.existingSecret", ""),
    "api.apiKey": KEY_OF_API,
    "api.keys": KEY_OF_API,
    "global.postgresql.host": OWN_POSTGRESQL,
    "global.postgresql.port": OWN_POSTGRESQL,
    "global.s3.endpoint": OWN_STORE,
    "global.mlflow.url": OWN_MLFLOW,
    "global.mlflow.auth.existingSecret": nested("global.mlflow.auth.enabled", True),
    "ingress.mlflow.*": OPEN_MLFLOW,
    "ingress.minio.*": nested("ingress.minio", {"enabled": True, "host": "minio.example.org"}),
    "ingress.notebook.*": nested("ingress.notebook", {"enabled": True, "host": "lab.example.org"}),
    "api.autoscaling.*Replicas": nested("api.autoscaling.enabled", True),
    "api.autoscaling.cpuPercent": nested("api.autoscaling.enabled", True),
    "api.tracing.sampleRatio": nested("api.tracing.endpoint", "http://collector.example.org"),
    "global.networkPolicies.controllers": merged(OTHER_CONTROLLER, POLICIES),
    "global.networkPolicies.*": nested("global.networkPolicies.enabled", True),
    "global.s3.credentials": OWN_STORE,
    "global.caBundle.key": nested("global.caBundle.secret", "existing-bundle"),
    "global.proxy.noProxy": nested("global.proxy.https", "http://proxy.example.org:3128"),
    "api.autoscaling.behavior": nested("api.autoscaling.enabled", True),
    "ingress.traefik.podDisruptionBudget.*": nested("ingress.traefik.replicas", 2),
    "ingress.traefik.service.httpsNodePort": TLS,
    "ingress.tls": merged(
        nested("global.ingress.host", "rookery.example.org"),
        nested("ingress.traefik.service.httpsNodePort", 30443),
    ),
    "ingress.traefik.enabled": merged(
        POLICIES, nested("global.ingress.host", "rookery.example.org")
    ),
    "ingress.gateway.parentRefs": OTHER_CONTROLLER,
    "ingress.gateway.annotations": merged(
        OTHER_CONTROLLER, nested("ingress.gateway.parentRefs", [{"name": "public"}])
    ),
    "pipeline.sweep.shards": nested("pipeline.sweep.mode", "indexed"),
}
"""What else must be given for a key to make sense, by pattern of its path."""
OTHERS: dict[str, object] = {
    "*.digest": f"sha256:{'a' * 64}",
    "*.tag": "9.9.9",
    "*.sslmode": "require",
    "*.endpoint": "https://s3.example.org",
    "*.url": "https://mlflow.example.org",
    "*.schedule": "0 3 * * *",
    "*ize": "9Gi",
    "*.sharedMemory": "9Mi",
    "*.logLevel": "DEBUG",
    "*.mode": "indexed",
    "*.sampleRatio": 0.5,
    "*.requests.cpu": "77m",
    "*.requests.memory": "7Mi",
    "*.limits.memory": "77Gi",
    "ingress.tls": [{"hosts": ["rookery.example.org"], "secretName": "existing-tls"}],
    "*.accessModes": ["ReadWriteOncePod"],
    "minio.command": ["silo"],
    "minio.args": ["server", "/data"],
    "*.nodeSelector": {"disk": "fast"},
    "*.tolerations": [{"key": "dedicated", "operator": "Exists"}],
    "*.affinity": {"podAntiAffinity": {}},
    "*nnotations": {"example.org/note": "another"},
    "*abels": {"example.org/team": "another"},
    "*ecurityContext": {"runAsUser": 1234},
    "*.env": [{"name": "ANOTHER", "value": "variable"}],
    "*.envFrom": [{"secretRef": {"name": "existing-variables"}}],
    "*.volumes": [{"name": "another", "emptyDir": {}}],
    "*.volumeMounts": [{"name": "tmp", "mountPath": "/another"}],
    "*.topologySpreadConstraints": [
        {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}
    ],
    "*.hostAliases": [{"ip": "192.0.2.1", "hostnames": ["another.example.org"]}],
    "*.dnsConfig": {"options": [{"name": "ndots", "value": "1"}]},
    "*Probe": {"periodSeconds": 77},
    "*.updateStrategy.type": "Recreate",
    "*.service.type": "LoadBalancer",
    "*.loadBalancerClass": "example.org/another",
    "*.loadBalancerSourceRanges": ["192.0.2.0/24"],
    "*.externalTrafficPolicy": "Local",
    "*odePort": 30081,
    "*.behavior": {"scaleDown": {"stabilizationWindowSeconds": 7}},
    "*.parentRefs": [{"name": "public"}],
    "ingress.path": "/other",
    "global.ipFamilyPolicy": "PreferDualStack",
    "global.ipFamilies": ["IPv6"],
    "global.podSecurity": "cluster",
    "global.proxy.noProxy": ["another.example.org"],
    "global.proxy.*": "http://proxy.example.org:3128",
    "global.ingress.hosts": ["another.example.org"],
    "global.s3.credentials": "identity",
    "global.networkPolicies.*Ports": [77],
    "api.defaultModel": "sex",
    "global.images.postgresql.repository": "another",
    "global.images.traefik.repository": "another",
    "global.images.*.repository": "rookery/another",
    "global.images.*.registry": "registry.example.org",
    "extraManifests": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "another"}}],
    "pipeline.egress": ["files.example.internal:8080"],
    "ingress.mlflow.host": "mlflow.example.org",
    "*host": "other.example.org",
    "*.allowedHosts": ["other.example.org"],
    "*.allowedOrigins": ["https://other.example.org"],
    "global.imagePullPolicy": "Always",
    "global.imagePullSecrets": [{"name": "existing-pull"}],
    "global.models": {"sex": None},
    "global.networkPolicies.controllers": [{"podSelector": {"matchLabels": {"app": "nginx"}}}],
    "global.networkPolicies.callers": [{"podSelector": {"matchLabels": {"app": "shop"}}}],
    "global.networkPolicies.scrapers": [{"podSelector": {"matchLabels": {"app": "prometheus"}}}],
    "api.access": "open",
    "api.apiKey": "another-key-of-letters",
    "api.keys": {"shop": {"key": "the-key-of-the-shop", "scopes": ["predict"]}},
}
"""Other values, by pattern of the path; the first that matches counts."""


def context(path: str) -> Values:
    """What else must be given for the key to be read."""
    for pattern, values in CONTEXTS.items():
        if fnmatch(path, pattern):
            return values
    around, _, key = path.rpartition(".")
    if around.endswith(".service") and key.startswith(("loadBalancer", "externalTraffic")):
        return nested(f"{around}.type", "LoadBalancer")
    if key == "nodePort":
        return nested(f"{around}.type", "NodePort")
    if path.endswith(".serviceAccount.annotations"):
        return nested(f"{around}.create", True)
    return {}


def another(path: str, default: object) -> object:
    """A valid value that is not the default, nor that of the context."""
    for pattern, value in OTHERS.items():
        if fnmatch(path, pattern) and value != default:
            return value
    if isinstance(default, bool):
        return not _given(context(path), path, default)
    if isinstance(default, int):
        return default + 1
    assert isinstance(default, str), f"{path}: which value is there beside {default!r}?"
    return f"other-value-{default}".rstrip("-")


def _given(values: object, path: str, default: object) -> object:
    for key in path.split("."):
        if not isinstance(values, dict) or key not in values:
            return default
        values = values[key]
    return values
