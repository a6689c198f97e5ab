"""The lab: two Stirline appliances between a SIPp caller and a SIPp callee, in namespaces of one machine.

Used by config/lab.sh (see __main__.py) and by the network tests (tests/net/run.py). Standard library only; needs root.
"""
