"""Small bundles with one fault each, and each of another kind: what somebody drawing a process does wrong.

By name: the files, the rule that must find the fault, and the element it must name. Nothing else may be found in them.
"""

from . import data, flow, work

FAULTY = {**flow.FAULTY, **data.FAULTY, **work.FAULTY}
