"""Translation files of every format → Examples; one module a format, `read_files` in front of them all."""

from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.known import FORMATS, PAIR_FORMATS
from braid.data.formats.read import inspect_file, read_files

__all__ = ["FORMATS", "PAIR_FORMATS", "FileFacts", "ReadOptions", "inspect_file", "read_files"]
