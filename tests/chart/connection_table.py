"""Who may connect to what in a default installation with the notebook; Traefik is open to all."""

OF_DATABASES = {"databases", "ingest", "trainer", "rollback", "retention", "mlflow", "notebook"}
TABLE: dict[str, set[str]] = {
    "postgresql:5432": {*OF_DATABASES, "test"},
    "minio:9000": {"databases", "ingest", "trainer", "mlflow", "retention", "test"},
    "minio:9001": set(),
    "mlflow:5000": {"api", "trainer", "rollback", "retention", "notebook", "test"},
    "api:8000": {"notebook", "traefik", "test"},
    "api:9464": set(),
    "notebook:8888": set(),
}
