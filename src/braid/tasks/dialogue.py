"""How a dialogue is written for a network: the chat template, which a bundle keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from braid.errors import BundleError, RequestError
from braid.text.normalize import normalize_lines
from braid.text.tokenizer import Tokenizer

Message = Mapping[str, str]
ROLES = ("system", "user", "assistant")


@dataclass(frozen=True, kw_only=True)
class ChatTemplate:
    """Each turn is a head that names its role, the content and eos; the head of the assistant's asks for an answer.

    Args:
        head: What begins a turn; ``{role}`` stands for the role.
    """

    head: str = "{role}\n"

    @classmethod
    def read(cls, stored: Any, where: str) -> ChatTemplate:
        """The template that a bundle keeps; the default one where the bundle is older than templates.

        Raises:
            BundleError: What is kept is no template.
        """
        if stored is None:
            return cls()
        head = stored.get("head") if isinstance(stored, dict) else None
        if not isinstance(head, str) or "{role}" not in head or set(stored) != {"head"}:
            hint = "train the bundle again, or copy it again from where it was made"
            raise BundleError(f"chat_template must hold a head with {{role}}, got {stored!r}", where=where, hint=hint)
        return cls(head=head)

    def to_dict(self) -> dict[str, str]:
        """The template as plain data, for the bundle."""
        return asdict(self)

    def turn_ids(self, tokenizer: Tokenizer, role: str, content: str) -> tuple[np.ndarray, np.ndarray]:
        """Ids of what begins a turn, and of its content with the eos that ends it."""
        head, body = tokenizer.encode_lines([self.head.replace("{role}", role), content])
        return head, np.append(body, tokenizer.eos_id).astype(np.int32)

    def question_ids(self, tokenizer: Tokenizer, messages: Sequence[Message]) -> list[int]:
        """Ids of a dialogue from bos to where the assistant's answer begins.

        Raises:
            RequestError: A message has no role that is known, or no text.
        """
        ids = [tokenizer.bos_id]
        for number, message in enumerate(messages, 1):
            role, content = message.get("role"), message.get("content")
            if role not in ROLES or not isinstance(content, str):
                got = f'"{role}"' if isinstance(content, str) else f"{type(content).__name__} as its content"
                raise RequestError(
                    f"message {number} must have a role ({', '.join(ROLES)}) and a text as its content, got {got}"
                )
            for part in self.turn_ids(tokenizer, role, normalize_lines(content)):
                ids += part.tolist()
        return ids + self.turn_ids(tokenizer, "assistant", "")[0].tolist()
