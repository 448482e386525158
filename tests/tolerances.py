"""Every tolerance of the tests, in one place; none is loosened to pass."""

FLOAT32_PARITY = 1e-4  # logits: NumPy, Keras on each backend, ONNX Runtime
SCAN_GRADIENT = 1e-3  # float32 gradients of a scan against central differences in float64
LOSS_GRADIENT = 1e-4  # the same for the loss
FLOAT64_GRADIENT = 1e-5  # of a whole network, relative, against central differences
