"""The network's parts, on any Keras backend."""
