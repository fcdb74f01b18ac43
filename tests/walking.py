"""What tests share that try acts in any order: a machine with an empty database in memory."""

from __future__ import annotations

from hypothesis.stateful import RuleBasedStateMachine

from catalog.database import Base, connect
from configurator.transaction import open_session


class Walk(RuleBasedStateMachine):
    """Each walk begins with a `session` on a database of its own, which is gone with it."""

    def __init__(self) -> None:
        super().__init__()
        self.database = connect("sqlite://")
        Base.metadata.create_all(self.database)
        self.session = open_session(self.database)

    def teardown(self) -> None:
        self.session.close()
        self.database.dispose()
