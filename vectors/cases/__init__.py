"""The cases of the vector files: their inputs, chosen by hand, and how each is computed.

A module a file. Its `evaluate` leads from a test's inputs to its intermediate values and
outputs; its `build` adds the cases. What a case expects is written beside its inputs where
a reader can judge it by eye, so that the files hold more than what the code happens to do.
"""
