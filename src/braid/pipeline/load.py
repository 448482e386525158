"""A bundle on disk to something that answers."""

from __future__ import annotations

from pathlib import Path

from braid.bundle.folder import read_bundle
from braid.bundle.schema import BundleInfo
from braid.config.loading import make_recipe
from braid.runtime.session import EncoderDecoderSession
from braid.tasks.translate import Translator
from braid.text.tokenizer import Tokenizer


def load(path: str | Path, *, num_threads: int = 0) -> Translator:
    """The translator in a bundle.

    Args:
        path: The bundle's folder.
        num_threads: Threads within one operator; 0 takes one for each processor.

    Raises:
        BundleError: It is no bundle, or a file is missing or altered.

    Example:
        ``braid.load("bundle/").translate("Turn on the light")``
    """
    folder = Path(path)
    return open_translator(folder, read_bundle(folder), num_threads=num_threads)


def open_translator(folder: Path, info: BundleInfo, *, num_threads: int = 0) -> Translator:
    """The translator of a bundle that has been checked."""
    return Translator(
        name=info.name,
        source_language=info.source_language,
        target_language=info.target_language,
        tokenizer=Tokenizer.load(folder / "tokenizer.json"),
        session=EncoderDecoderSession(folder / "runtime", num_threads=num_threads),
        options=make_recipe(info.recipe, where=str(folder / "bundle.json")).search,
        max_source_tokens=info.sizes.max_source_tokens,
    )
