"""The chat template: what a dialogue looks like, and how it is kept."""

import pytest

from braid.errors import BundleError
from braid.tasks.dialogue import ChatTemplate
from braid.text.tokenizer import train_tokenizer

TOKENIZER = train_tokenizer(["user\nassistant\nhello", "[user] [assistant] hello"] * 30, vocab_size=400)


def test_turns_follow_the_template():
    for template in (ChatTemplate(), ChatTemplate(head="[{role}] ")):
        ids = template.question_ids(TOKENIZER, [{"role": "user", "content": "hello"}])
        assert ids[0] == TOKENIZER.bos_id
        assert ids.count(TOKENIZER.eos_id) == 1
        head = template.head.replace("{role}", "assistant")
        assert TOKENIZER.decode([ids[ids.index(TOKENIZER.eos_id) + 1 :]])[0] == head


def test_a_template_is_kept_and_read():
    for template in (ChatTemplate(), ChatTemplate(head="[{role}] ")):
        assert ChatTemplate.read(template.to_dict(), "bundle.json") == template
    assert ChatTemplate.read(None, "bundle.json") == ChatTemplate(head="{role}\n")


@pytest.mark.parametrize("stored", ["{role}", {}, {"head": 3}, {"head": "user"}, {"head": "{role}", "tail": ""}, []])
def test_what_is_no_template_is_refused(stored):
    with pytest.raises(BundleError, match="chat_template must hold") as caught:
        ChatTemplate.read(stored, "b/bundle.json")
    assert "b/bundle.json" in str(caught.value)
    assert caught.value.hint
