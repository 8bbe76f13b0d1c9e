"""What of the scene could not be read: it stops nothing, but it is said."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ..jobs.schema import JobFile
from .list_card import MOST_LISTED, ListCard
from .texts import number_of, tr


class TroublesCard(ListCard):
    """Nodes, and why."""

    def __init__(self):
        super(TroublesCard, self).__init__(
            "warn", tr("Nodes that could not be read"),
            tr("What these nodes name is not sent, unless it is added in another way"))
        self.text.setObjectName("troubles_text")
        self.toggle.setObjectName("show_troubles")

    def show_troubles(self, troubles):
        """Show some `snapshot.Trouble`s; none hides the card."""
        self.show_rows(number_of(len(troubles), "unread node"), [
            JobFile(None, trouble.node or tr("The scene"), "warning", 0, 0, trouble.reason)
            for trouble in troubles[:MOST_LISTED]])
