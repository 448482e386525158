"""Data sets on the Hugging Face hub: ``hf://owner/name@revision/config:split`` → files in the hub's own cache.

Revision, configuration and split may be left out: the newest state, the default configuration and the split ``train``.
Only data files are ever fetched; a program that comes with a data set is neither fetched nor run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from braid.errors import DownloadError

_NAME = re.compile(
    r"hf:/{1,2}(?P<owner>\w[\w.-]{0,95})/(?P<name>\w[\w.-]{0,95})"
    r"(?:@(?P<revision>refs/(?:convert|pr)/[\w.-]{1,96}|[\w.-]{1,96}))?"
    r"(?:/(?P<config>[\w.+ -]{1,96}))?(?::(?P<split>[\w.+-]{1,96}))?",
    re.ASCII,
)
_ENDINGS = (".parquet", ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".arrow")
"""What data files end with, each perhaps followed by ``.gz``, those that are taken first in front."""

_NO_DATA = frozenset({"dataset_infos.json", "dataset_info.json", "state.json", "config.json", "package.json"})
_SHARD = re.compile(r"(.*?)-?(\d{5})-of-(\d{5})(.*)")
_OTHER_NAMES = {"validation": ("validation", "valid", "val", "dev"), "test": ("test", "eval"), "train": ("train",)}
MAX_BYTES = 20 * 10**9
"""Of all files that one name stands for: more is asked for by mistake."""

_CARD = "README.md"


@dataclass(frozen=True, kw_only=True)
class HubName:
    """What a name of a data set says.

    Args:
        repository: Owner and name.
        revision: Branch, tag or commit; the main branch when empty.
        config: The part of the data set; its default when empty.
        split: ``train``, ``test`` …; ``train`` when empty, and everything where there is no such split.
    """

    repository: str
    revision: str = ""
    config: str = ""
    split: str = ""


def is_hub_name(pattern: str) -> bool:
    """Whether a pattern names a data set rather than files."""
    return pattern.startswith(("hf://", "hf:/"))


def hub_name(pattern: str) -> HubName:
    """The parts of a name.

    Raises:
        DownloadError: It is written in another way.
    """
    found = _NAME.fullmatch(pattern)
    if found is None:
        raise DownloadError(
            f'a data set on the hub must be written hf://owner/name, got "{pattern[:200]}"',
            hint="hf://owner/name@revision/config:split, where all behind the name may be left out",
        )
    parts = {key: value or "" for key, value in found.groupdict().items()}
    return HubName(
        repository=f"{parts['owner']}/{parts['name']}",
        revision=parts["revision"],
        config=parts["config"],
        split=parts["split"],
    )


def hub_files(pattern: str) -> list[tuple[Path, str]]:
    """Path and shown name of the data files that a name stands for, sorted; they are fetched unless they are there.

    Where the hub cannot be reached, files fetched before are taken if it is sure that they are all.

    Raises:
        DownloadError: The name is written in another way, there is no such data set, configuration or split, it holds
            no files that are read, or it cannot be reached.
    """
    wanted = hub_name(pattern)
    try:
        import huggingface_hub  # noqa: F401
    except ImportError:
        raise DownloadError(
            "the library that reaches the hub must be installed, got no huggingface_hub",
            where=pattern,
            hint='python -m pip install "braid-lm[hub]"',
        ) from None
    try:
        sizes, commit = _listing(wanted)
    except DownloadError:
        raise
    except Exception as error:  # of several libraries below, and of the network
        return _held(wanted, pattern, error)
    card = _card(_fetched(wanted, _CARD, commit, pattern)) if _CARD in sizes else {}
    chosen = choose(list(sizes), card, wanted, pattern)
    total = sum(sizes[name] for name in chosen)
    if total > MAX_BYTES:
        raise DownloadError(
            f"the files of a data set must be smaller than {MAX_BYTES // 10**9} GB, got {total / 1e9:.0f} GB",
            where=pattern,
            hint="name one configuration and split: hf://owner/name/config:split",
        )
    return [(_fetched(wanted, name, commit, pattern), _shown(wanted, name)) for name in chosen]


def _shown(wanted: HubName, name: str) -> str:
    revision = f"@{wanted.revision}" if wanted.revision else ""
    return f"hf://{wanted.repository}{revision}/{name}"


def _listing(wanted: HubName) -> tuple[dict[str, int], str]:
    """Sizes of the files of a data set by name, and the commit they belong to."""
    from huggingface_hub import HfApi
    from huggingface_hub import errors as hub_errors

    where = f"hf://{wanted.repository}"
    try:
        info = HfApi().dataset_info(wanted.repository, revision=wanted.revision or None, files_metadata=True)
    except hub_errors.GatedRepoError as error:
        hint = "accept its terms on its page, then log in: hf auth login"
        raise DownloadError(
            "the data set must be open to you, got one that is gated", where=where, hint=hint
        ) from error
    except hub_errors.RevisionNotFoundError as error:
        message = f'the revision must be a branch, tag or commit of the data set, got "{wanted.revision}"'
        raise DownloadError(message, where=where) from error
    except hub_errors.RepositoryNotFoundError as error:
        hint = "check owner and name on huggingface.co/datasets; one that is private needs: hf auth login"
        raise DownloadError("the data set must be on the hub, got none of that name", where=where, hint=hint) from error
    sizes = {file.rfilename: file.size or 0 for file in info.siblings or ()}
    return sizes, info.sha or wanted.revision


def _fetched(wanted: HubName, name: str, commit: str, pattern: str) -> Path:
    """The file in the hub's cache."""
    from huggingface_hub import hf_hub_download

    try:
        return Path(hf_hub_download(wanted.repository, name, repo_type="dataset", revision=commit))
    except Exception as error:  # of several libraries below, of the network and of the disk
        raise _unreachable(pattern, error) from error


def _unreachable(pattern: str, error: Exception) -> DownloadError:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
    return DownloadError(
        f"the hub must be reachable, got {type(error).__name__}: {reason}",
        where=pattern,
        hint="try again when online, or download the files in a browser and name those",
    )


def _held(wanted: HubName, pattern: str, error: Exception) -> list[tuple[Path, str]]:
    """The files fetched before, where one can be sure that they are all: one, or every part of one in parts.

    Raises:
        DownloadError: One cannot.
    """
    from huggingface_hub import snapshot_download

    try:
        folder = Path(
            snapshot_download(
                wanted.repository,
                repo_type="dataset",
                revision=wanted.revision or None,
                allow_patterns=[_CARD],
                local_files_only=True,
            )
        )
    except Exception:  # none is held, or none that is known to be whole
        raise _unreachable(pattern, error) from error
    names = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]
    chosen = choose(names, _card(folder / _CARD), wanted, pattern)
    if not _are_all(chosen):
        raise _unreachable(pattern, error) from error
    return [(folder / name, _shown(wanted, name)) for name in chosen]


def _are_all(names: Sequence[str]) -> bool:
    shards = [found.groups() for name in names if (found := _SHARD.fullmatch(name))]
    if not shards:
        return len(names) == 1
    numbers = sorted(int(number) for _, number, _, _ in shards)
    is_one = len({(begin, count, end) for begin, _, count, end in shards}) == 1
    return is_one and len(shards) == len(names) and numbers == list(range(int(shards[0][2])))


def _card(path: Path) -> dict[str, Any]:
    """What stands in front of a data set's description, in YAML; nothing where that cannot be read."""
    import yaml

    try:
        text = path.read_text(encoding="utf-8", errors="replace")[: 2**20]
        head = text.split("\n---", 1)[0].removeprefix("\ufeff").removeprefix("---")
        is_marked = text.lstrip("\ufeff").startswith("---")
        card = yaml.load(head, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) if is_marked else {}
    except (OSError, yaml.YAMLError, ValueError, RecursionError):
        return {}
    return card if isinstance(card, dict) else {}


def choose(names: Sequence[str], card: dict[str, Any], wanted: HubName, pattern: str) -> list[str]:
    """The data files of a configuration and split, sorted: as the card says, else by the names of files and folders.

    Args:
        names: Of all files of the data set.
        card: What its description says about them.
        wanted: What is asked for.
        pattern: The same as a person wrote it.

    Raises:
        DownloadError: There are none.
    """
    data = [name for name in names if _kind(name) < len(_ENDINGS) and name.rpartition("/")[2] not in _NO_DATA]
    if not data:
        found = [name for name in names if name.endswith(".py")]
        got = f"a program that makes them ({found[0]})" if found else ", ".join(sorted(names)[:10]) or "no files"
        raise DownloadError(
            f"the data set must hold files that are read ({' '.join(_ENDINGS)}), got {got}",
            where=pattern,
            hint="many such data sets are there as Parquet, too: hf://owner/name@refs/convert/parquet",
        )
    declared = _declared(card, wanted, pattern)
    if declared is not None:
        data = [name for name in data if any(_fits(name, glob) for glob in declared)]
    else:
        data = _by_name(data, wanted)
    kinds = [_kind(name) for name in data]
    chosen = sorted(name for name, kind in zip(data, kinds, strict=True) if kind == min(kinds))
    if not chosen:
        asked = ", ".join(filter(None, (wanted.config, wanted.split))) or "the split train"
        shown = ", ".join(sorted(name for name in names if _kind(name) < len(_ENDINGS))[:10])
        raise DownloadError(f"the data set must hold {asked}, got the files {shown}", where=pattern)
    return chosen


def _kind(name: str) -> int:
    """Which of `_ENDINGS` a name ends with; their number where with none."""
    plain = name.lower().removesuffix(".gz")
    return next((place for place, ending in enumerate(_ENDINGS) if plain.endswith(ending)), len(_ENDINGS))


def _declared(card: dict[str, Any], wanted: HubName, pattern: str) -> list[str] | None:
    """The globs that a card gives for a configuration and split; None where it gives none at all.

    Raises:
        DownloadError: It has no such configuration or split.
    """
    configs = [entry for entry in _listed(card.get("configs")) if isinstance(entry, dict) and entry.get("data_files")]
    if not configs:
        return None
    by_name = {str(entry.get("config_name", "default")): entry for entry in configs}
    marked = next((name for name, entry in by_name.items() if entry.get("default") is True), "default")
    config = wanted.config or (marked if marked in by_name else next(iter(by_name)) if len(by_name) == 1 else "")
    if config not in by_name:
        got = f'"{config}"' if config else "none"
        raise DownloadError(
            f"the configuration must be one of {', '.join(list(by_name)[:30])}, got {got}",
            where=pattern,
            hint=f"hf://{wanted.repository}/{next(iter(by_name))}",
        )
    splits: dict[str, list[str]] = {}
    files = by_name[config]["data_files"]
    entries = [{"split": split, "path": path} for split, path in files.items()] if isinstance(files, dict) else files
    for entry in _listed(entries):
        split, paths = (entry.get("split", "train"), entry.get("path")) if isinstance(entry, dict) else ("train", entry)
        splits.setdefault(str(split), []).extend(path for path in _listed(paths) if isinstance(path, str))
    split = wanted.split or ("train" if "train" in splits else next(iter(splits)) if len(splits) == 1 else "")
    if split not in splits:
        message = f'the split must be one of {", ".join(splits) or "none"}, got "{split}"'
        raise DownloadError(
            message, where=pattern, hint=f"hf://{wanted.repository}/{config}:{next(iter(splits), 'train')}"
        )
    return splits[split]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _fits(name: str, glob: str) -> bool:
    """Whether a name is what a glob stands for: ``*`` within a folder, ``**`` across them; in steps of one character,
    for a card may hold any glob."""
    tokens = re.findall(r"\*\*/?|.", glob.removeprefix("./"), re.DOTALL)
    places = _skipped({0}, tokens)
    for char in name:
        after = set()
        for place in places:
            token = tokens[place] if place < len(tokens) else ""
            if token[:2] == "**" or (token == "*" and char != "/"):
                after.add(place)
            if token == char or (token == "?" and char != "/") or (token == "**/" and char == "/"):
                after.add(place + 1)
        places = _skipped(after, tokens)
    return len(tokens) in places


def _skipped(places: set[int], tokens: Sequence[str]) -> set[int]:
    """The places in a glob, and those behind stars that stand for nothing."""
    found = set(places)
    for place in range(min(found, default=0), len(tokens)):
        if place in found and tokens[place][0] == "*":
            found.add(place + 1)
    return found


def _by_name(data: Sequence[str], wanted: HubName) -> list[str]:
    """The files whose folders or names hold the configuration and the split."""
    if wanted.config:
        data = [name for name in data if wanted.config in name.split("/")[:-1] or _has(name, wanted.config)]
    split = wanted.split or "train"
    named = [name for name in data if any(_has(name, other) for other in _OTHER_NAMES.get(split, (split,)))]
    is_split = any(_has(name, other) for name in data for others in _OTHER_NAMES.values() for other in others)
    return named if named or wanted.split or is_split else list(data)


def _has(name: str, word: str) -> bool:
    """Whether a path holds a word, between signs that are no letters."""
    return re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", name) is not None
