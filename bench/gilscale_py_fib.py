"""The suite `fib` in Python: what its C++ versions are compared with."""


def py_fib(n: int) -> int:
    """Naive Fibonacci, n < 2 gives 1, in the calling thread and with the GIL."""
    return 1 if n < 2 else py_fib(n - 1) + py_fib(n - 2)
