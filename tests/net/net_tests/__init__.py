"""The network tests: each is a function test_NAME(build, out) that raises AssertionError."""
