"""The ONNX graph of a fitted pipeline: same inputs, same answers, nothing else."""

from onnx import ModelProto, NodeProto, checker, helper
from sklearn.pipeline import Pipeline

from rookery_core.manifest import Calibration
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.onnx_columns import columns_model
from rookery_trainer.bundle.onnx_parts import OPSETS
from rookery_trainer.bundle.onnx_table import table_model


def onnx_model(
    pipeline: Pipeline, spec: ModelSpec, calibration: Calibration | None = None
) -> bytes:
    """Converts the fitted pipeline to an ONNX model: the same bytes for the same pipeline.

    Under `spec: 2` it takes the feature table (`rookery_core.feature_table`), else a column for
    each feature. It has one output, `probabilities`, float32 [N, classes] in the order of the
    spec's classes; or, where the target is a number, `prediction`, float32 [N, 1], what the
    pipeline answers. No category of `spec` is open.

    Args:
        calibration: of the probabilities, in the order of the spec's classes; needs `spec: 2`.
    """
    if spec.spec == 2:
        model = table_model(pipeline, spec, calibration)
    else:
        model = columns_model(pipeline, spec)
    _drop_unread_nodes(model)
    # skl2onnx states the oldest sets that would do, in an order that differs from run to run.
    del model.opset_import[:]
    model.opset_import.extend(helper.make_opsetid(*opset) for opset in OPSETS.items())
    checker.check_model(model)
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def _drop_unread_nodes(model: ModelProto) -> None:
    graph = model.graph
    read = {output.name for output in graph.output}
    kept: list[NodeProto] = []
    for node in reversed(graph.node):
        if read.intersection(node.output):
            kept.insert(0, node)
            read.update(node.input)
    del graph.node[:]
    graph.node.extend(kept)
    initializers = [tensor for tensor in graph.initializer if tensor.name in read]
    del graph.initializer[:]
    graph.initializer.extend(initializers)
