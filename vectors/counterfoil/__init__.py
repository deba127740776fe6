"""The second implementation: README.md's sections in Python's standard library.

Written from README.md alone. Each function has its section in its docstring. Errors are
`Refused(reason)`; the reasons' names are explained in the notes of the JSON files. None
of this runs in constant time: it checks, it does not serve.
"""
