"""MaterialX documents, ``.mtlx``."""
from __future__ import absolute_import, division, print_function, unicode_literals

from xml.parsers import expat

from .reading import Reference, Unreadable

#: No element is that deep in an honest document.
_MOST_DEPTH = 1000

#: Bytes of one document: materials are small.
_MOST = 64 << 20


def read(lines, path, note):
    """Read inputs of the type filename, with the prefixes of the elements around them, and included documents."""
    found, prefixes = [], [""]
    parser = expat.ParserCreate(str("utf-8"))
    parser.buffer_text = False

    def start(name, given):
        if len(prefixes) > _MOST_DEPTH:
            raise Unreadable("its elements are nested too deep")
        prefixes.append(given.get("fileprefix", prefixes[-1]))
        where = "line %d" % parser.CurrentLineNumber
        if name.rsplit(":", 1)[-1] == "include" and given.get("href"):
            found.append(Reference(given["href"], "", where))
        elif given.get("type") == "filename" and given.get("value"):
            found.append(Reference(prefixes[-1] + given["value"], "", where))

    def end(name):
        prefixes.pop()

    def entity(*_):
        raise Unreadable("it declares entities, which no material needs")

    parser.StartElementHandler, parser.EndElementHandler, parser.EntityDeclHandler = start, end, entity
    size = 0
    try:
        for _, line in lines:
            data = line.encode("utf-8", "replace")
            size += len(data)
            if size > _MOST:
                raise Unreadable("it is too large for a material")
            parser.Parse(data, False)
            for reference in found:
                yield reference
            del found[:]
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Unreadable("line %d is no XML" % error.lineno)
    for reference in found:
        yield reference
