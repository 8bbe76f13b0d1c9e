"""What a store answers in XML, read without entities, document types or surprise in size."""
from __future__ import absolute_import, division, print_function, unicode_literals

from xml.parsers import expat

#: No page of a listing comes near it (1 000 keys of 1 024 bytes, encoded).
MOST_BYTES = 16 << 20

_MOST_DEPTH = 16


class BadAnswer(Exception):
    """The answer is not the XML that S3 speaks. ``is_damaged``: it is no XML at all, which may pass."""

    is_damaged = False


class Node(object):
    """An element: its ``text``, and its children by name."""

    __slots__ = ("name", "text", "children")

    def __init__(self, name):
        self.name = name
        self.text = ""
        self.children = []

    def all(self, name):
        """Return the children of a name."""
        return [child for child in self.children if child.name == name]

    def get(self, name, default=""):
        """Return the text of the first child of a name."""
        for child in self.children:
            if child.name == name:
                return child.text
        return default


class _Reader(object):
    def __init__(self):
        self.top = None
        self._open = []

    def start(self, name, _):
        if len(self._open) >= _MOST_DEPTH:
            raise BadAnswer("elements lie too deep in each other")
        node = Node(name.rpartition(":")[2])
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.top = node
        self._open.append(node)

    def end(self, _):
        self._open.pop()

    def characters(self, text):
        self._open[-1].text += text

    @staticmethod
    def refuse(*_):
        raise BadAnswer("it declares a document type or an entity")


def parse(body):
    """Return the top `Node` of an answer.

    Args:
        body (bytes): XML.

    Raises:
        BadAnswer: Not XML, or XML with a document type.
    """
    reader = _Reader()
    # What S3 speaks, whatever it says: Python looks other names up, and raises what comes of that.
    parser = expat.ParserCreate(str("utf-8"))
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = reader.refuse
    parser.ExternalEntityRefHandler = parser.SkippedEntityHandler = reader.refuse
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, UnicodeError) as error:  # 2.7 decodes once more by itself.
        found = BadAnswer("it is not XML (%s)" % error)
        found.is_damaged = True
        raise found
    return reader.top
