"""What whoever runs Lot One can set, read from the environment: see docs/settings.md."""

from __future__ import annotations

import difflib
import os
import re
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError

PREFIX = "LOTONE_"
SECURITY = "starttls", "tls", "no"
"""How the connection to the SMTP server is kept from others."""
ROOT = Path(__file__).parents[1]


class SettingsError(ValueError):
    """A setting that cannot be read; says which one, and what was expected."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting with its default; each field is read from LOTONE_ and its name in capitals."""

    instance: Path = Path("instance")
    database_url: str = ""
    secret_key: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = os.cpu_count() or 1 if hasattr(socket, "send_fds") else 1
    threads: int = 2
    https: bool = False
    proxies: int = 0
    trusted_hosts: tuple[str, ...] = ()
    maker: str = "Lot One"
    locale: str = "en"
    timezone: str = "UTC"
    translations: Path = ROOT / "translations"
    max_body: int = 4 * 1024 * 1024
    session_days: int = 30
    release_minutes: int = 0
    change_fee: int = 0
    address: str = ""
    mail_from: str = ""
    mail_days: int = 90
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_security: str = "starttls"
    ask_first: bool = False
    analysis: bool = True
    undo_days: int = 7
    draft_days: int = 365
    work_days: int = 90
    photo_days: int = 365
    evidence_years: int = 0
    unseen_years: int = 0
    book_years: int = 10
    demo: bool = False

    def __post_init__(self) -> None:
        for name in ("port", "workers", "threads", "max_body", "session_days", "undo_days", "draft_days", "work_days",
                     "photo_days", "book_years"):
            if getattr(self, name) < 1:
                raise SettingsError(f"{PREFIX}{name.upper()} must be at least 1")
        if self.mail_days < 40:
            raise SettingsError(f"{PREFIX}MAIL_DAYS must be at least 40: until then the outbox knows who was asked")
        if self.smtp_security not in SECURITY:
            raise SettingsError(f"{PREFIX}SMTP_SECURITY: {self.smtp_security!r} is none of {', '.join(SECURITY)}")
        if self.address and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", self.address):
            raise SettingsError(f"{PREFIX}ADDRESS: {self.address!r} is no address; write it like https://shop.example.com")
        if self.mail_from and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", self.mail_from):
            raise SettingsError(f"{PREFIX}MAIL_FROM: {self.mail_from!r} is no e-mail address")
        try:
            Locale.parse(self.locale)
        except (ValueError, UnknownLocaleError) as error:
            raise SettingsError(f"{PREFIX}LOCALE: {self.locale!r} is no known locale; write it like de_AT") from error
        try:
            ZoneInfo(self.timezone)
        except (ValueError, ZoneInfoNotFoundError) as error:
            raise SettingsError(f"{PREFIX}TIMEZONE: {self.timezone!r} is no known time zone; write it like "
                                "Europe/Vienna") from error

    @property
    def url(self) -> str:
        """The database: the one that is set, else an embedded one in the instance folder."""
        return self.database_url or f"sqlite:///{self.instance.resolve() / 'lotone.sqlite'}"

    @property
    def public(self) -> str:
        """The address of the shop in mails: never what a request says it is."""
        return self.address.rstrip("/") or f"http{'s' if self.https else ''}://{self.host}:{self.port}"

    @property
    def domain(self) -> str:
        """The host of that address."""
        return urlsplit(self.public).hostname or "localhost"

    @property
    def free_for(self) -> timedelta:
        """How long an order may be changed freely."""
        return timedelta(minutes=self.release_minutes)

    def key(self) -> str:
        """The secret that signs cookies: the one that is set, else one made once and kept in the instance folder."""
        return self.secret_key or _kept_key(self.instance / "secret_key")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Raises SettingsError for a LOTONE_ name that is none of ours, or a value that cannot be read."""
        known = {PREFIX + field.name.upper(): field for field in fields(cls)}
        given = {name: text for name, text in environ.items() if name.startswith(PREFIX)}
        for name in given.keys() - known.keys():
            near = difflib.get_close_matches(name, known, n=1)
            raise SettingsError(f"{name} is no setting" + (f"; did you mean {near[0]}?" if near else ""))
        values: dict[str, Any] = {field.name: _read(name, given[name], str(field.type))
                                  for name, field in known.items() if name in given}
        return cls(**values)


def _read(name: str, text: str, type_: str) -> Any:
    text = text.strip()
    if type_ == "int":
        if not text.isdecimal():
            raise SettingsError(f"{name} must be a whole number, not {text!r}")
        return int(text)
    if type_ == "bool":
        if text.lower() not in {"0", "1", "no", "yes", "false", "true", ""}:
            raise SettingsError(f"{name} must be yes or no, not {text!r}")
        return text.lower() in {"1", "yes", "true"}
    if type_ == "Path":
        return Path(text)
    return tuple(filter(None, map(str.strip, text.split(",")))) if type_.startswith("tuple") else text


def _kept_key(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)  # whole or not at all; of two processes that start together, the first one wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
