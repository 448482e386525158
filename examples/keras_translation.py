"""The textbook encoder-decoder in plain tf.keras, on data prepared by Braid.

python examples/keras_translation.py pairs.tsv en zh 10      (file, languages, epochs)
"""

import sys

import numpy as np
import tensorflow as tf

import braid
from braid.metrics.translation import translation_scores

file, source_language, target_language = sys.argv[1:4]
epochs = int(sys.argv[4])
languages = (f"data.source_language={source_language}", f"data.target_language={target_language}")
dataset = braid.prepare(file, output="keras-example", overrides=languages)
vocab_size, units = dataset.tokenizer.vocab_size, 256

# Two inputs: the source, and the target so far. One output: the next word of the target.
source = tf.keras.Input((None,))
encoded, hidden, cell = tf.keras.layers.LSTM(units, return_sequences=True, return_state=True)(
    tf.keras.layers.Embedding(vocab_size, units, mask_zero=True)(source)
)
target = tf.keras.Input((None,))
embedded = tf.keras.layers.Embedding(vocab_size, units, mask_zero=True)(target)
decoded = tf.keras.layers.LSTM(units, return_sequences=True)(embedded, initial_state=[hidden, cell])
attended = tf.keras.layers.Attention()([decoded, encoded])
joined = tf.keras.layers.Dropout(0.2)(tf.keras.layers.Concatenate()([decoded, attended]))
output = tf.keras.layers.Dense(vocab_size, activation="softmax")(joined)
model = tf.keras.Model([source, target], output)

# Each batch brings the weight 0 for its padding, which then counts neither in the loss nor in the accuracy.
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", weighted_metrics=["accuracy"])
valid = dataset.arrays("valid")
model.fit(
    (batch for epoch in range(epochs) for batch in dataset.batches("train", epoch=epoch)), shuffle=False,
    epochs=epochs, steps_per_epoch=sum(1 for _ in dataset.batches("train")), verbose=2,
    validation_data=([valid["source"], valid["target"]], valid["labels"], (valid["labels"] != 0).astype("float32")),
)  # fmt: skip

# Greedy translation: feed back each predicted word until the longest sentence is done.
test = dataset.arrays("test")
ids = np.full((len(test["source"]), 1), dataset.tokenizer.bos_id, "int32")
for _ in range(test["labels"].shape[1]):
    chosen = [
        model.predict_on_batch([test["source"][i : i + 100], ids[i : i + 100]])[:, -1].argmax(-1)
        for i in range(0, len(ids), 100)
    ]
    ids = np.concatenate([ids, np.concatenate(chosen)[:, None].astype("int32")], axis=1)
rows = [row[: row.index(2)] if 2 in row else row for row in ids[:, 1:].tolist()]
hypotheses, references = dataset.tokenizer.decode(rows), dataset.tokenizer.decode(test["labels"])
print(f"{len(rows)} test texts")
for name, score in translation_scores(hypotheses, references, target_language=target_language).items():
    print(f"{name} {score.value:.1f} [{score.low:.1f}, {score.high:.1f}]")
