"""gilscale measures how Python callables scale over threads. It is a program: see __main__.py."""
