"""Dialogues in the shapes that they are passed around in → messages with the roles system, user and assistant.

========================  ==============================================================================
shape                     keys
========================  ==============================================================================
OpenAI                    ``messages``: ``role`` and ``content``, which may be a list of parts with texts
ShareGPT                  ``conversations``: ``from`` and ``value``; a ``system`` text beside them
texts in turn             ``turns``, ``dialogue``: texts, the user's first
Alpaca, Dolly             ``instruction``, ``input`` or ``context``, ``output`` or ``response``; ``history``
prompt and completion     ``prompt`` and ``completion`` or ``response``: texts, or lists of messages
========================  ==============================================================================

Two speakers with names of their own are user and assistant in the order in which they first speak. A dialogue with a
message of a tool, a call of one, a picture or a third speaker is refused: without it, answers would come from nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

Message = dict[str, str]

DIALOGUES = ("messages", "conversation", "conversations", "dialogue", "turns")
"""Keys under which a dialogue is looked for."""

INSTRUCTIONS = ("instruction", "input", "context", "output", "response", "prompt", "completion", "system", "history")
"""Keys of the shapes that hold one question with its answer."""

ROLES = {
    "human": "user",
    "customer": "user",
    "gpt": "assistant",
    "bot": "assistant",
    "agent": "assistant",
    "chatgpt": "assistant",
    "model": "assistant",
    "developer": "system",
}
"""Other names of the three roles."""

_KNOWN = frozenset({"system", "user", "assistant"})
_TOOLS = frozenset({
    "tool", "function", "function_call", "function_response", "tool_call", "tool_calls", "observation", "ipython",
})  # fmt: skip
_CALLS = ("tool_calls", "function_call")


def is_dialogue(row: Mapping[str, Any]) -> bool:
    """Whether an object holds a dialogue in one of the shapes; its messages may still be faulty."""
    return _turns(row) is not None or _is_instruction(row) or _is_completion(row)


def _turns(row: Mapping[str, Any]) -> tuple[str, list[Any]] | None:
    """The key under which a list of messages stands, and the list; tables keep it as the text of its JSON."""
    if row.keys().isdisjoint(DIALOGUES):
        return None
    for name in DIALOGUES:
        value = row.get(name)
        if isinstance(value, str) and value.lstrip().startswith("[{"):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                continue
        if value and isinstance(value, list):
            return name, value
    return None


def _is_instruction(row: Mapping[str, Any]) -> bool:
    return isinstance(row.get("instruction"), str) and ("output" in row or "response" in row)


def _is_completion(row: Mapping[str, Any]) -> bool:
    return "prompt" in row and ("completion" in row or "response" in row)


def dialogue_of(row: Mapping[str, Any]) -> list[Message]:
    """The messages of an object for which `is_dialogue` holds.

    Raises:
        ValueError: They are none that can be used; worded for a person.
    """
    found = _turns(row)
    if found is not None:
        messages = messages_of(found[1], found[0])
    elif _is_instruction(row):
        messages = _instruction(row)
    else:
        messages = _completion(row)
    system = row.get("system")
    if isinstance(system, str) and system.strip() and messages[0]["role"] != "system":
        messages.insert(0, {"role": "system", "content": system})
    return messages


def messages_of(value: Any, name: str) -> list[Message]:
    """The messages of a list, each a text or an object.

    Raises:
        ValueError: It is none, or a message cannot be used; worded for a person.
    """
    if not isinstance(value, list) or not value:
        raise ValueError(f'"{name}" must be a list of messages, got {type(value).__name__}')
    pairs = [_said(item, number) for number, item in enumerate(value, 1)]
    roles = _roles([speaker for speaker, _ in pairs])
    return [{"role": role, "content": content} for role, (_, content) in zip(roles, pairs, strict=True)]


def _said(item: Any, number: int) -> tuple[str, str]:
    """Who says what in a message; speakers alternate where they are not named."""
    if isinstance(item, str):
        return ("user" if number % 2 else "assistant"), item
    if not isinstance(item, Mapping):
        raise ValueError(f"message {number} must have a role and a content, got {type(item).__name__}")
    speaker, content = (
        next((item[name] for name in names if item.get(name) is not None), None)
        for names in (("role", "from", "speaker"), ("content", "value", "text"))
    )
    called = next((name for name in _CALLS if item.get(name)), "")
    if called or (isinstance(speaker, str) and speaker.strip().lower() in _TOOLS):
        raise ValueError(f"message {number} must not be of a tool or call one, got {called or speaker}")
    content = _parts(content, number) if isinstance(content, list) else content
    if not isinstance(content, str) or not isinstance(speaker, str):
        raise ValueError(f"message {number} must have a role and a content")
    return speaker.strip().lower(), content


def _parts(parts: Sequence[Any], number: int) -> str:
    """The texts of a content in parts, joined by line breaks."""
    texts = []
    for part in parts:
        kind = part.get("type", "text") if isinstance(part, Mapping) else "text"
        text = part.get("text") if isinstance(part, Mapping) else part
        if kind not in ("text", "input_text", "output_text") or not isinstance(text, str):
            raise ValueError(f"message {number} must hold texts alone, got a part of type {str(kind)[:40]}")
        texts.append(text)
    return "\n".join(texts)


def _roles(speakers: Sequence[str]) -> list[str]:
    """The role of each speaker.

    Raises:
        ValueError: Some have names of their own, and there are not just two of them.
    """
    roles = {speaker: ROLES.get(speaker, speaker) for speaker in dict.fromkeys(speakers)}
    own = [speaker for speaker, role in roles.items() if role not in _KNOWN]
    if own and (len(own) != 2 or {"user", "assistant"} & set(roles.values())):
        raise ValueError(
            f"roles must be system, user and assistant, or two speakers' names, got {', '.join(own)[:200]}"
        )
    roles.update(zip(own, ("user", "assistant"), strict=False))
    return [roles[speaker] for speaker in speakers]


def _instruction(row: Mapping[str, Any]) -> list[Message]:
    """Earlier turns if there are any, the instruction with its input below it, and the answer."""
    messages: list[Message] = []
    history = row.get("history") or []
    for turn in history if isinstance(history, list) else [history]:
        if not isinstance(turn, list) or len(turn) != 2 or not all(isinstance(text, str) for text in turn):
            raise ValueError('"history" must be a list of pairs of texts')
        messages += [{"role": "user", "content": turn[0]}, {"role": "assistant", "content": turn[1]}]
    given = next((name for name in ("input", "context") if row.get(name)), "")
    answer = "output" if "output" in row else "response"
    asked = "\n\n".join(_text(row, name) for name in ("instruction", given) if name)
    return [*messages, {"role": "user", "content": asked}, {"role": "assistant", "content": _text(row, answer)}]


def _completion(row: Mapping[str, Any]) -> list[Message]:
    answer = "completion" if "completion" in row else "response"
    messages: list[Message] = []
    for name, role in (("prompt", "user"), (answer, "assistant")):
        if isinstance(row[name], str):
            messages.append({"role": role, "content": row[name]})
        else:
            messages += messages_of(row[name], name)
    return messages


def _text(row: Mapping[str, Any], name: str) -> str:
    if not isinstance(row[name], str):
        raise ValueError(f'"{name}" must be a text, got {type(row[name]).__name__}')
    return row[name]
