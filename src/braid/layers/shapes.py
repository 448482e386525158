"""The legend of dimension letters, used as suffixes wherever a tensor crosses a function.

B batch (examples)          S source time (subwords)     T target time (subwords)
D model_dim                 N num_heads                  H head_dim, D = N * H
F ffn_dim                   R rnn_dim, recurrent width   V vocab_size
K hypotheses of one example (beam_size while searching, 1 in greedy search)
L layers

``hidden_BTD`` is a tensor of batch × target time × model width. Masks are boolean with True = real token.
"""

from __future__ import annotations
