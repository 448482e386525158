"""ONNX Runtime sessions, the only inference path users meet."""
