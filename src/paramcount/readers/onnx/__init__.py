"""How ONNX files are read.

    file ──▶ its structure, without the weights (`wire`) ──▶ operators in order (`model`, `expand`)
         ──▶ a trace: layers, operations, shapes (`run`) ──▶ verified, recomputed ──▶ Network

What exporters fold is named: a file holds what is left of a model, not always all that the model had.
"""
