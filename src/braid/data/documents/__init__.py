"""Documents of every format → passages to search; one module a format, `read_documents` in front of them all."""

from braid.data.documents.passage import Passage
from braid.data.documents.read import LAYOUT, find_documents, no_text, read_document, read_documents

__all__ = ["LAYOUT", "Passage", "find_documents", "no_text", "read_document", "read_documents"]
