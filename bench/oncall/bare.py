"""The least that keeps alerts: FastAPI, SQLAlchemy and SQLite; none is known again, nobody is paged."""

import os
from datetime import datetime
from sqlite3 import Connection

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from sqlalchemy import JSON, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    type_annotation_map = {dict[str, str]: JSON}  # noqa: RUF012 - SQLAlchemy's own shape


class Kept(Base):
    __tablename__ = "alert"

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(index=True)
    status: Mapped[str]
    labels: Mapped[dict[str, str]]
    annotations: Mapped[dict[str, str]]
    starts_at: Mapped[datetime]


class Sent(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class Alert(Sent):
    status: str
    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: datetime
    fingerprint: str


class Webhook(Sent):
    version: str
    group_key: str
    alerts: list[Alert]


def create() -> FastAPI:
    """Return the application that uvicorn serves."""
    engine = create_engine(os.environ["BARE_STORE"])

    @event.listens_for(engine, "connect")
    def durable(connection: Connection, _record: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA busy_timeout=60000")

    Base.metadata.create_all(engine)
    app = FastAPI()

    @app.get("/healthz")
    def healthz() -> None:
        """Answer."""

    @app.post("/webhooks/alertmanager")
    def receive(webhook: Webhook) -> None:
        with Session(engine) as session:
            session.add_all(
                Kept(
                    fingerprint=alert.fingerprint,
                    status=alert.status,
                    labels=alert.labels,
                    annotations=alert.annotations,
                    starts_at=alert.starts_at,
                )
                for alert in webhook.alerts
            )
            session.commit()

    return app
