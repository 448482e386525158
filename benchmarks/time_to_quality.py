"""Minutes until a translation model reaches a BLEU score on test texts, on several toolkits, one after another.

    python benchmarks/time_to_quality.py --train train.tsv --valid valid.tsv --test test.tsv --languages de en \
        --bleu 33 --minutes 8 --joey-python other/bin/python --out results.json

Braid is asked for a finished model in ``--minutes``: the clock runs from the start of ``braid train`` to the finished
bundle, with preparation, validations and export, and ``braid evaluate`` scores the bundle's greedy translations of
the test texts afterwards. The others take the test texts for their validations, and their clocks run from their start
to the first one that reaches the score; they are stopped after ``--limit`` times Braid's time. Scores are
sacreBLEU's, cased, 13a, of whole texts, greedy everywhere.

``marian`` (``pymarian`` from PyPI) gets the network and batches that Braid takes: encoder of four layers of
attention, SSRU decoder of two, 256/1024, 5,000 SentencePiece subwords, dropout ``--marian-dropout``, averaged
weights, and Adam (Braid takes Muon), rate ``--marian-rate`` with a warm-up of 300 updates. Its own tutorial's
transformer is twelve layers of 512/2048 with a warm-up of 16,000 updates. ``joeynmt`` runs as its
``transformer_iwslt14_deen_sp`` configuration says (six and six layers, 256/1024, dropout 0.3, Adam, rate 0.0003,
plateau), but for batches of 4,096 tokens instead of 8,192, 5,000 subwords, and cased text; it needs
``sentencepiece==0.2.0`` and, where that does not suit, an environment of its own, ``--joey-python``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from machine import machine
from turns import write

SUBWORDS = 5000

MARIAN = f"""
    --type transformer --model model.npz --train-sets train.source train.target --vocabs both.spm both.spm
    --dim-vocabs {SUBWORDS} {SUBWORDS} --dim-emb 256 --transformer-dim-ffn 1024 --transformer-decoder-dim-ffn 1024
    --transformer-heads 4 --enc-depth 4 --dec-depth 2 --transformer-decoder-autoreg rnn --dec-cell ssru
    --transformer-preprocess n --transformer-postprocess da --transformer-postprocess-top n --tied-embeddings-all
    --label-smoothing 0.1 --exponential-smoothing 0.001 --optimizer adam
    --lr-warmup 300 --lr-decay-inv-sqrt 300 --optimizer-params 0.9 0.98 1e-09 --clip-norm 1 --cost-type ce-mean-words
    --mini-batch-words 2048 --mini-batch 1000 --maxi-batch 100 --disp-freq 50u --disp-label-counts --workspace 2000
    --valid-sets valid.source valid.target --valid-metrics bleu --valid-freq 100u --valid-mini-batch 64 --beam-size 1
    --early-stopping 0 --save-freq 100000u --quiet-translation --overwrite --seed 1
"""

JOEY = """
name: "run"
joeynmt_version: "2.3.0"
model_dir: "model"
use_cuda: False
fp16: False
random_seed: 42
data:
    train: "train"
    dev: "valid"
    dataset_type: "plain"
    src: &side
        lang: "source"
        max_length: 100
        level: "bpe"
        voc_file: "vocab.txt"
        tokenizer_type: "sentencepiece"
        tokenizer_cfg:
            model_file: "both.model"
    trg:
        <<: *side
        lang: "target"
testing:
    n_best: 1
    beam_size: 1
    batch_size: 128
    batch_type: "sentence"
    max_output_length: 80
    eval_metrics: ["bleu"]
    sacrebleu_cfg:
        tokenize: "13a"
training:
    optimizer: "adam"
    normalization: "tokens"
    adam_betas: [0.9, 0.999]
    scheduling: "plateau"
    patience: 5
    decrease_factor: 0.7
    loss: "crossentropy"
    learning_rate: 0.0003
    learning_rate_min: 0.00000001
    weight_decay: 0.0
    label_smoothing: 0.1
    batch_size: 4096
    batch_type: "token"
    early_stopping_metric: "bleu"
    epochs: 1000
    validation_freq: 50
    logging_freq: 25
    overwrite: True
    shuffle: True
    print_valid_sents: [0]
    keep_best_ckpts: 1
model:
    initializer: "xavier_uniform"
    embed_initializer: "xavier_uniform"
    embed_init_gain: 1.0
    init_gain: 1.0
    bias_initializer: "zeros"
    tied_embeddings: True
    tied_softmax: True
    encoder: &stack
        type: "transformer"
        num_layers: 6
        num_heads: 4
        embeddings:
            embedding_dim: 256
            scale: True
            dropout: 0.0
        hidden_size: 256
        ff_size: 1024
        dropout: 0.3
        layer_norm: "pre"
    decoder: *stack
"""


def run_braid(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """A finished bundle in the minutes asked for, and its score."""
    recipe = f"""
name = "run"
[data]
train = [{str(options.train.resolve())!r}]
valid = [{str(options.valid.resolve())!r}]
test = [{str(options.test.resolve())!r}]
source_language = "{options.languages[0]}"
target_language = "{options.languages[1]}"
[tokenizer]
vocab_size = {SUBWORDS}
[model]
encoder = "AAAA"
decoder = "SS"
dropout = {options.dropout}
[train]
minutes = {options.minutes}
precision = "{options.precision}"
"""
    (folder / "recipe.toml").write_text(recipe, encoding="utf-8")
    program = [sys.executable, "-m", "braid"]
    begun = time.perf_counter()
    trained = _json([*program, "train", "recipe.toml", "--format", "json"], folder)
    minutes = (time.perf_counter() - begun) / 60
    scores = _json([*program, "evaluate", "run", "--beam-size", "1", "--format", "json"], folder)
    bleu = scores["metrics"]["bleu"]
    return {
        "minutes": round(minutes, 2),
        "bleu": bleu,
        "steps": trained["steps"],
        "reached": bleu["value"] >= options.bleu,
        "others": {system["name"]: system["scores"]["bleu"]["value"] for system in scores["systems"][1:]},
    }


def _json(command: list[str], folder: Path) -> Any:
    """What a program prints as JSON."""
    done = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def lines(path: Path, folder: Path, name: str) -> None:
    """The two sides of a TSV file as files of their own."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    for column, side in enumerate(("source", "target")):
        (folder / f"{name}.{side}").write_text("".join(f"{row[column]}\n" for row in rows), encoding="utf-8")


def until(command: list[str], folder: Path, pattern: str, goal: float, limit: float) -> dict[str, Any]:
    """Run a toolkit until a score in what it prints reaches the goal, or the limit in minutes has passed.

    Args:
        pattern: A regular expression; its group is a BLEU score.
    """
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(process.pid, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, limit * 60)
    path, log = [], []
    assert process.stdout
    for line in process.stdout:
        log.append(line)
        found = re.search(pattern, line)
        if not found:
            continue
        path.append([round((time.perf_counter() - begun) / 60, 2), float(found[1])])
        print(path[-1], file=sys.stderr, flush=True)
        if path[-1][1] >= goal:
            break
    signal.setitimer(signal.ITIMER_REAL, 0)
    minutes = (time.perf_counter() - begun) / 60
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    reached = bool(path) and path[-1][1] >= goal
    if not path or (not reached and minutes < 0.99 * limit):
        raise SystemExit(f"it ended by itself after {minutes:.1f} minutes:\n{''.join(log[-40:])}")
    return {"reached": reached, "minutes": round(minutes, 2), "validations": path}


def main() -> None:
    """Run all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--valid", type=Path, required=True, help="Braid's validation texts")
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--languages", nargs=2, default=["de", "en"])
    parser.add_argument("--bleu", type=float, default=33)
    parser.add_argument("--minutes", type=float, default=8, help="what Braid is asked for")
    parser.add_argument("--dropout", type=float, default=0.1, help="of Braid")
    parser.add_argument("--precision", default="float32", choices=["float32", "bfloat16"], help="of Braid")
    parser.add_argument("--marian-dropout", type=float, default=0.1)
    parser.add_argument("--marian-rate", type=float, default=0.001)
    parser.add_argument("--limit", type=float, default=2.1, help="times Braid's time, for the others")
    parser.add_argument("--engines", nargs="+", default=["braid", "marian", "joeynmt"])
    parser.add_argument("--joey-python", default=sys.executable)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", OMP_NUM_THREADS=str(options.threads))
    result = json.loads(options.out.read_text()) if options.out.exists() else {}
    if "braid" not in result and options.engines[0] != "braid":
        parser.error("the others run after Braid, whose time is their limit")
    kept = ("threads", "minutes", "dropout", "precision", "limit", "marian_dropout", "marian_rate")
    settings = {name: getattr(options, name) for name in kept}
    result = {**result, **machine(), "bleu": options.bleu}
    for engine in options.engines:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if engine == "braid":
                result[engine] = {**run_braid(options, folder), "settings": settings}
            else:
                lines(options.train, folder, "train")
                lines(options.test, folder, "valid")
                limit = options.limit * result["braid"]["minutes"]
                result[engine] = {**PEERS[engine](options, folder, limit), "settings": settings}
        write(result, options.out)


def run_marian(options: argparse.Namespace, folder: Path, limit: float) -> dict[str, Any]:
    """Marian's clock holds the training of its SentencePiece model."""
    chosen = {
        "--cpu-threads": options.threads,
        "--transformer-dropout": options.marian_dropout,
        "--learn-rate": options.marian_rate,
    }
    words = [str(word) for pair in chosen.items() for word in pair]
    command = [sys.executable, "-m", "pymarian", "train", *MARIAN.split(), *words]
    return until(command, folder, r"\[valid\].*: bleu : ([\d.]+)", options.bleu, limit)


def run_joey(options: argparse.Namespace, folder: Path, limit: float) -> dict[str, Any]:
    """JoeyNMT's clock does not hold the training of the SentencePiece model."""
    train = f"""
import sentencepiece
sentencepiece.SentencePieceTrainer.train(
    input="train.source,train.target", model_prefix="both", vocab_size={SUBWORDS}, model_type="bpe",
    character_coverage=1.0, unk_piece="<unk>", bos_piece="<s>", eos_piece="</s>", pad_piece="<pad>",
    unk_id=0, pad_id=1, bos_id=2, eos_id=3)
pieces = [line.split("\\t")[0] for line in open("both.vocab", encoding="utf-8")]
open("vocab.txt", "w", encoding="utf-8").write("".join(piece + "\\n" for piece in pieces))
"""
    subprocess.run([options.joey_python, "-c", train], cwd=folder, check=True, capture_output=True)
    (folder / "config.yaml").write_text(JOEY, encoding="utf-8")
    # JoeyNMT 2.3 hands its scheduler an argument that PyTorch has dropped.
    start = """
import runpy, sys, torch
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau
torch.optim.lr_scheduler.ReduceLROnPlateau = lambda *args, verbose=None, **rest: scheduler(*args, **rest)
sys.argv = ["joeynmt", "train", "config.yaml", "--skip-test"]
runpy.run_module("joeynmt", run_name="__main__")
"""
    command = [options.joey_python, "-c", start]
    return until(command, folder, r"Evaluation result \(greedy\).*?bleu:\s*([\d.]+)", options.bleu, limit)


PEERS = {"marian": run_marian, "joeynmt": run_joey}

if __name__ == "__main__":
    main()
