"""How to connect to a database."""

from sqlalchemy import URL, Engine, create_engine

from rookery_core.settings import PostgresSettings


def database_url(settings: PostgresSettings, database: str) -> URL:
    """Returns the SQLAlchemy address of a database."""
    return URL.create(
        "postgresql+psycopg2",
        username=settings.user,
        password=settings.password.get_secret_value(),
        host=settings.host,
        port=settings.port,
        database=database,
        query={
            "sslmode": settings.sslmode,
            "connect_timeout": str(settings.connect_timeout),
            "keepalives_idle": "30",
            "keepalives_interval": "10",
            "keepalives_count": "3",
        },
    )


def engine(settings: PostgresSettings, database: str) -> Engine:
    """Makes an engine whose connections are checked before use."""
    return create_engine(database_url(settings, database), pool_pre_ping=True)
