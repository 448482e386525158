"""What the verbs do, as functions: each runs a few rooms in order and returns plain results."""
