"""The recipe: everything a run depends on, as frozen dataclasses with one default each."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from braid.config.constraints import Flag, FloatRange, IntRange, LayerPattern, OneOf, Text, TextList
from braid.config.fields import check, setting

TASKS = ("translate", "summarize", "answer", "classify", "generate")


@dataclass(frozen=True, kw_only=True)
class DataConfig:
    """Which files, which languages, and which rows of them are used."""

    train: tuple[str, ...] = setting(
        (),
        TextList(),
        "files or globs to learn from; two files, one a language, as a,b; classify: also a folder with one a label",
    )
    valid: tuple[str, ...] = setting((), TextList(), "files for validation; split off train when empty")
    test: tuple[str, ...] = setting((), TextList(), "files for the final score; split off train when empty")
    source_language: str = setting("", Text(max_chars=35), "language code (BCP 47) of the input, such as en")
    target_language: str = setting("", Text(max_chars=35), "language code (BCP 47) of the output, such as zh")
    source_column: str = setting(
        "", Text(), "column or JSON key of the source, the input text; found by name or position when empty"
    )
    target_column: str = setting(
        "",
        Text(),
        "column or JSON key of the target: translation, summary, label; found by name or position when empty",
    )
    group_column: str = setting(
        "", Text(), "column or JSON key; rows that hold the same there stay in one part (a dialogue, an article)"
    )
    split_column: str = setting(
        "", Text(), "column or JSON key that says train, valid or test of each row; split by hash when empty"
    )
    date_column: str = setting("", Text(), "column or JSON key with each row's date, by which data are split")
    valid_from: str = setting("", Text(max_chars=40), "rows from this date on are for validation (date_column)")
    test_from: str = setting("", Text(max_chars=40), "rows from this date on are for the test (date_column)")
    label_separator: str = setting(
        "", Text(max_chars=8), "classify: parts several labels of one text; one each when empty"
    )
    none_label: str = setting(
        "",
        Text(),
        "classify: the label of texts that belong to no other; they teach from which probability on a label is",
    )
    documents: tuple[str, ...] = setting(
        (), TextList(), "answer: files, globs and folders in which answers are looked for; those of train when empty"
    )
    max_chars: int = setting(600, IntRange(1, 100_000), "longer texts on either side are rejected", unit="characters")
    max_length_ratio: float = setting(
        4.0,
        FloatRange(1.0, 1000.0),
        "longest allowed ratio of the sides, in display width beside the data's own median",
    )
    encoding: str = setting("", Text(max_chars=40), "how files are encoded, such as gb18030; found out when empty")
    query: str = setting("", Text(max_chars=10_000), "SQL that selects the rows of SQLite files; a table when empty")
    repair_text: bool = setting(True, Flag(), "mend text that was decoded wrongly, such as Ã¼ for ü")
    check_language: bool = setting(
        True, Flag(), "translate: reject rows with a side that is clearly in another language"
    )
    check_numbers: bool = setting(True, Flag(), "translate: reject rows with a number that the other side lacks")
    several_targets: str = setting(
        "keep", OneOf(("keep", "first")), "what becomes of further rows with the same source and another target"
    )
    near_duplicates: str = setting(
        "keep", OneOf(("keep", "drop")), "what becomes of rows that differ from an earlier one in a few words"
    )
    remove_advertisements: bool = setting(
        True, Flag(), "summarize, generate: take advertisements of sites out of documents"
    )
    remove_boilerplate: bool = setting(
        False, Flag(), "summarize, generate: take lines out that stand in many documents (headers, license notes)"
    )
    personal_data: str = setting(
        "keep",
        OneOf(("keep", "mask", "reject")),
        "e-mail addresses, phone, card and identity numbers: count them, put <email> and the like for them, or reject",
    )
    lexicon: str = setting(
        "", Text(max_chars=1000), "file of words, one a line; rows that hold one are rejected (profanity, banned terms)"
    )
    keep_identical: bool = setting(False, Flag(), "keep rows whose target equals the source")
    check_placeholders: bool = setting(True, Flag(), "reject rows whose {x}, %s, <b> differ between the sides")
    valid_rows: int = setting(500, IntRange(1, 1_000_000), "rows split off for validation, a tenth of the data at most")
    test_rows: int = setting(1000, IntRange(1, 1_000_000), "rows split off for the test, a tenth of the data at most")
    split_near: bool = setting(
        True, Flag(), "leave rows out of training that are nearly the same as held-out ones (not: answer, generate)"
    )
    split_seed: int = setting(1, IntRange(0, 2**31 - 1), "changes which rows are split off")
    held_out: str = setting(
        "",
        Text(max_chars=1000),
        "file that names the rows split off; prepare makes it, and with it they are the same on every machine for good",
    )


@dataclass(frozen=True, kw_only=True)
class TokenizerConfig:
    """How text becomes subwords."""

    vocab_size: int = setting(
        0, IntRange(0, 262_144), "subwords in all, both languages together; 0 chooses from the data", unit="subwords"
    )
    placeholders: bool = setting(
        True, Flag(), "translate: placeholders and tags are tokens of their own, and each comes back letter by letter"
    )


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """The network's shape. The pattern is the depth."""

    encoder: str = setting(
        "AAAA",
        LayerPattern("ADEGMRSW"),
        "encoder layers: A attention, W attention in a window; both ways: D Gated DeltaNet, E Elman, G GRU, M LSTM, "
        "R RG-LRU, S SSRU",
    )
    decoder: str = setting("SS", LayerPattern("ADEGMRSW"), "decoder layers, of the same letters; each sees the source")
    model_dim: int = setting(256, IntRange(8, 8192), "width of every hidden vector")
    ffn_dim: int = setting(1024, IntRange(0, 65_536), "width inside the feed-forward layers; 0 leaves them out")
    num_heads: int = setting(4, IntRange(1, 128), "attention heads; must divide model_dim")
    num_kv_heads: int = setting(
        0, IntRange(0, 128), "heads of keys and values in self-attention; must divide num_heads; 0 means as many"
    )
    positions: str = setting(
        "sine",
        OneOf(("sine", "rotary", "none")),
        "how an encoder tells positions apart: added to embeddings, turned in attention; a decoder's attention turns",
    )
    qk_norm: bool = setting(False, Flag(), "bring queries and keys of self-attention to one length")
    attention_gate: bool = setting(False, Flag(), "multiply what self-attention finds by a sigmoid of its input")
    window: int = setting(128, IntRange(1, 65_536), "positions that letter W sees, its own included", unit="tokens")
    activation: str = setting("tanh", OneOf(("tanh", "relu", "sigmoid")), "f of the Elman RNN, letter E")
    decay_init: str = setting("paper", OneOf(("paper", "code")), "how the RG-LRU's decays begin, letter R")
    dropout: float = setting(0.15, FloatRange(0.0, 0.9), "fraction of activations dropped in training")
    copy: bool = setting(False, Flag(), "let the decoder copy words of the source, by a pointer beside its softmax")


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """How the weights are found. The first of steps, epochs and minutes that is not 0 says when to stop."""

    minutes: float = setting(
        10.0, FloatRange(0.0, 100_000.0), "training time; turned into steps by measuring", unit="min"
    )
    epochs: float = setting(0.0, FloatRange(0.0, 100_000.0), "passes over the training data; goes before minutes")
    steps: int = setting(0, IntRange(0, 100_000_000), "optimizer steps; goes before epochs and minutes")
    batch_tokens: int = setting(
        2048, IntRange(64, 1_048_576), "target tokens in a batch, padding included", unit="tokens"
    )
    max_tokens: int = setting(200, IntRange(4, 1024), "longer examples are left out of training", unit="tokens")
    optimizer: str = setting(
        "muon", OneOf(("muon", "adamw")), "muon needs fewer steps; embedding and vectors take AdamW either way"
    )
    learning_rate: float = setting(
        0.0, FloatRange(0.0, 10.0), "peak learning rate; 0 chooses by optimizer and width: 0.006 and 0.0015 to 256"
    )
    warmup_steps: int = setting(300, IntRange(0, 1_000_000), "steps to reach it, a fifth of all at most", unit="steps")
    schedule: str = setting(
        "cosine",
        OneOf(("cosine", "linear", "inverse_sqrt", "wsd", "constant")),
        "way down from the peak; wsd stays there for four fifths of the run",
    )
    label_smoothing: float = setting(0.1, FloatRange(0.0, 0.9), "probability spread over the wrong subwords")
    z_loss: float = setting(
        0.0,
        FloatRange(0.0, 1.0),
        "weight of the squared logarithm of the softmax's normalizer; PaLM took 1e-4",
    )
    precision: str = setting(
        "float32",
        OneOf(("float32", "bfloat16")),
        "of matrix products in training; bfloat16 is for processors that have it; all else stays float32",
    )
    accumulate: int = setting(1, IntRange(1, 4096), "batches whose gradients make one step", unit="batches")
    token_dropout: float = setting(
        0.0, FloatRange(0.0, 0.9), "probability with which training makes a subword of the source unknown"
    )
    class_weight: str = setting(
        "none",
        OneOf(("none", "balanced")),
        "classify: balanced lets rare labels count as much as frequent ones",
    )
    subword_dropout: float = setting(
        0.0,
        FloatRange(0.0, 0.5),
        "probability with which training undoes each merge of a subword; BPE-dropout's paper takes 0.1",
    )
    weight_decay: float = setting(0.01, FloatRange(0.0, 10.0), "decay of matrices, times the learning rate")
    beta2: float = setting(0.98, FloatRange(0.0, 0.99999), "AdamW: decay of the squared gradient's mean")
    gradient_clip: float = setting(1.0, FloatRange(0.0, 1e6), "largest global gradient norm; 0 turns clipping off")
    ema_decay: float = setting(0.995, FloatRange(0.0, 0.99999), "decay of the averaged weights; 0 turns averaging off")
    validate_steps: int = setting(0, IntRange(0, 1_000_000), "steps between validations; 0 means about 12 in a run")
    patience: int = setting(5, IntRange(0, 1000), "validations worse than the best before stopping early; 0 never")
    checkpoint_minutes: float = setting(2.0, FloatRange(0.0, 1440.0), "time between checkpoints", unit="min")
    keep_checkpoints: int = setting(2, IntRange(1, 1000), "newest checkpoints kept")
    seed: int = setting(1, IntRange(0, 2**31 - 1), "start weights, order of batches, dropout")


@dataclass(frozen=True, kw_only=True)
class SearchConfig:
    """How the served model looks for an output."""

    beam_size: int = setting(4, IntRange(1, 64), "hypotheses kept; 1 is greedy")
    length_penalty: float = setting(1.0, FloatRange(0.0, 5.0), "score is divided by length to this power")
    max_repeats: int = setting(
        3, IntRange(0, 100), "copies of a phrase in a row before the search breaks the loop; 0 never does"
    )
    max_ratio: float = setting(3.0, FloatRange(0.1, 100.0), "output tokens per input token at most, plus 16")
    temperature: float = setting(0.8, FloatRange(0.0, 10.0), "generate: divides the logits; 0 takes the likeliest")
    top_k: int = setting(0, IntRange(0, 1_000_000), "generate: only so many likeliest subwords; 0 is all")
    top_p: float = setting(
        0.95, FloatRange(0.0, 1.0), "generate: only the likeliest that reach this probability together"
    )
    min_p: float = setting(
        0.0, FloatRange(0.0, 1.0), "generate: only those of this share of the likeliest's probability"
    )
    repetition_penalty: float = setting(1.0, FloatRange(0.1, 10.0), "generate: divides what was just said; 1 is none")
    max_new_tokens: int = setting(256, IntRange(1, 1_000_000), "generate: subwords of an output at most", unit="tokens")


@dataclass(frozen=True, kw_only=True)
class RuntimeConfig:
    """How the weights are stored for inference."""

    precision: str = setting("int8", OneOf(("int8", "float32")), "int8 is a quarter of the size and faster")


SECTIONS: dict[str, type] = {
    "data": DataConfig,
    "tokenizer": TokenizerConfig,
    "model": ModelConfig,
    "train": TrainConfig,
    "search": SearchConfig,
    "runtime": RuntimeConfig,
}


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One run: a name, a task and the sections above. Constraints are checked by `loading.load_recipe`."""

    name: str = setting("model", Text(allow_empty=False, max_chars=100), "names the folders that the run writes")
    task: str = setting("translate", OneOf(TASKS), "what the model does")
    data: DataConfig = dataclasses.field(default_factory=DataConfig)
    tokenizer: TokenizerConfig = dataclasses.field(default_factory=TokenizerConfig)
    model: ModelConfig = dataclasses.field(default_factory=ModelConfig)
    train: TrainConfig = dataclasses.field(default_factory=TrainConfig)
    search: SearchConfig = dataclasses.field(default_factory=SearchConfig)
    runtime: RuntimeConfig = dataclasses.field(default_factory=RuntimeConfig)

    def __post_init__(self) -> None:
        for name in SECTIONS:
            check(getattr(self, name), name)

    def to_dict(self) -> dict[str, Any]:
        """The recipe as plain nested dictionaries, ready for TOML or JSON."""
        return dataclasses.asdict(self)
