"""Speaking with the SMTP server that is set."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NamedTuple

from sqlalchemy import Engine

from configurator.mail import outbox
from configurator.settings import Settings
from configurator.transaction import transaction
from orders.shipments.posted import Mail

PATIENCE = 20
"""Seconds that the server may take for an answer."""

STUMBLES = IndexError, AttributeError
"""What the standard library raises for some addresses that are none, such as "ada@"."""


class Failure(NamedTuple):
    """Why a mail did not leave: whether no other try can help, and whether no other mail would leave now either."""

    said: str
    for_good: bool
    away: bool


def send_due(engine: Engine, settings: Settings) -> int:
    """Sends what is due: how many mails left. Without a server nothing does; one that is away is left in peace.

    Whoever dies after the server took a mail and before that is noted has it sent again later, under the same
    Message-ID, by which a mail program knows that it has it: a mail may come twice, none is lost.
    """
    count = 0
    while settings.smtp_host:
        with transaction(engine) as session:
            mail = outbox.claim(session)
        if mail is None:
            break
        failure = _try(mail, settings)
        with transaction(engine) as session:
            if failure is None:
                outbox.sent(session, mail.id)
            else:
                outbox.failed(session, mail.id, failure.said, failure.for_good)
        count += failure is None
        if failure and failure.away:
            break
    return count


def message(mail: Mail, settings: Settings) -> EmailMessage:
    """As it is sent: plain and HTML, one identity however often it is tried. Raises ValueError for a bad address."""
    sender = settings.mail_from or f"orders@{settings.domain}"
    said = EmailMessage()
    said["Subject"] = mail.subject
    said["From"] = Address(settings.maker, addr_spec=sender)
    said["To"] = Address(addr_spec=mail.recipient)
    said["Date"] = format_datetime(mail.at)
    said["Message-ID"] = f"<mail-{mail.id}-{int(mail.at.timestamp())}@{settings.domain}>"
    said["Content-Language"] = mail.locale.replace("_", "-")
    said["Auto-Submitted"] = "auto-generated"
    said.set_content(mail.plain)
    said.add_alternative(mail.html, subtype="html")
    return said


def _try(mail: Mail, settings: Settings) -> Failure | None:
    try:
        _send(message(mail, settings), settings)
    except (ValueError, MessageError, *STUMBLES, smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        return Failure(str(error), for_good=not _may_pass(error), away=False)
    except (OSError, smtplib.SMTPException) as error:
        return Failure(str(error) or type(error).__name__, for_good=False, away=True)
    return None


def _may_pass(error: Exception) -> bool:
    """Whether the server only asks to come back later (a code of 4xx)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code < 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code < 500


def _send(said: EmailMessage, settings: Settings) -> None:
    context, secure = ssl.create_default_context(), settings.smtp_security
    with (smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, timeout=PATIENCE, context=context)
          if secure == "tls" else smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=PATIENCE)) as server:
        if secure == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        server.send_message(said)
        with suppress(smtplib.SMTPException):  # it has the mail by now, whatever it says in parting
            server.quit()
