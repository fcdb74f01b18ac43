"""Mail to customers: composed for what happened, kept in an outbox, sent after it is stored, once.

`composing` says what there is to write, `outbox` keeps it, `sending` speaks with the SMTP server, `clerk` does it all
again and again beside whoever answers requests.
"""
