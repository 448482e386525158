"""Files of every format in one language → the same files in another; one module a format, `localize` in front."""

from braid.data.localizing.contract import Finding, Localized, LocalizeOptions
from braid.data.localizing.files import check_names, localize_file
from braid.data.localizing.localize import WRITTEN_FORMATS, format_name, localize

__all__ = [
    "WRITTEN_FORMATS",
    "Finding",
    "LocalizeOptions",
    "Localized",
    "check_names",
    "format_name",
    "localize",
    "localize_file",
]
