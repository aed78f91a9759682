"""Who may connect to what with the notebook and a model with a key; Traefik is open to all."""

OF_DATABASES = {
    *("databases", "ingest", "trainer", "rollback", "retention", "forget", "retire"),
    *("mlflow", "notebook"),
}
TABLE: dict[str, set[str]] = {
    "postgresql:5432": {*OF_DATABASES, "test"},
    "minio:9000": {"databases", "ingest", "trainer", "mlflow", "retention", "retire", "test"},
    "minio:9001": set(),
    "mlflow:5000": {"api", "trainer", "rollback", "retention", "retire", "notebook", "test"},
    "api:8000": {"notebook", "traefik", "test"},
    "api:9464": set(),
    "notebook:8888": set(),
}
