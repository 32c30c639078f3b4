"""Finds a workload and makes it callable.

Compiled into the plug-in, and run in every interpreter that measures. load() takes what `WorkloadSpec` holds, as the
text of a dict; the workload that it returns hands out one call for each thread. Set-up code runs here, never in a round.
"""

import ast
import builtins
import importlib
import importlib.util
import os
import sys
import time
import types


# What is measured shares the process's memory: larger modules are imported where they are needed.


class UsageError(Exception):
    """The command line asks for something that cannot be."""


class WorkloadError(Exception):
    """The workload is at fault; what it raised, if anything, is the cause.

    `refused` is a message without advice where an import failed that goes well in the main interpreter.
    """

    refused = ""


# ---- messages ----

def fault(kind, message, cause=None):
    """An exception whose text can be shown everywhere, and whose cause begins in the user's code."""
    error = kind(message.encode("utf-8", "backslashreplace").decode())
    if cause is not None:
        cause.__traceback__ = without_our_frames(cause.__traceback__)
    error.__cause__ = cause
    return error


def raised(what, error, advice, near="", refused=False):
    reason = f"{what}: {summary(error)}"
    failure = fault(WorkloadError, f"{reason}{near}; {advice}", error)
    if refused:
        failure.refused = reason.encode("utf-8", "backslashreplace").decode()
    return failure


def refuses_interpreter(error):
    """Whether an import failed because of the interpreter, as CPython, Cython, PyO3 and NumPy say it."""
    said = "interpreter", "once per process"
    return isinstance(error, ImportError) and any(words in summary(error) for words in said)


OUR_FILES = (__file__, importlib.__file__, "<frozen importlib")


def without_our_frames(traceback):
    while traceback and traceback.tb_frame.f_code.co_filename.startswith(OUR_FILES):
        traceback = traceback.tb_next
    return traceback


def summary(error):
    """In one line. Of import errors the first one: packages wrap it in pages of advice."""
    while isinstance(error, ImportError) and isinstance(error.__cause__, ImportError):
        error = error.__cause__
    try:
        text = " ".join(str(error).split())
    except Exception:  # its __str__ fails in turn
        text = ""
    name = type(error).__name__
    return f"{name}: {text}" if text else name


def suggestion(name, names):
    import difflib
    near = difflib.get_close_matches(name, names, 1, cutoff=0.7)
    return f", did you mean '{near[0]}'?" if near else ""


# ---- literals ----

def literal(text, kind, option, example):
    """A literal of that type; no code in it is run."""
    advice = f"is not a Python literal of the right kind; write it as {example}"
    try:
        value = ast.literal_eval(text)
        if isinstance(value, kind):
            return value
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        if is_expression(text):
            advice = "is an expression, but no code is run here: make the value in a set-up (--setup, or setup() of a file)"
    raise fault(UsageError, f"{option} '{text}' {advice}")


def is_expression(text):
    """Whether something is computed in it."""
    computing = ast.Call, ast.BinOp, ast.comprehension
    try:
        return any(isinstance(node, computing) for node in ast.walk(ast.parse(text, mode="eval")))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False


def positional(text):
    return literal(text, tuple, "--args", 'a tuple: "(30,)"')


def keywords(text):
    value = literal(text, dict, "--kwargs", "\"{'level': 9}\"")
    if not all(isinstance(key, str) for key in value):
        raise fault(UsageError, f"--kwargs '{text}' has a key that is not a string")
    return value


def parameters(pairs):
    """The values of --param, or of a file's params, by name."""
    return {name: literal(text, object, f"--param {name}", f"{name}=1024 or {name}=\"'text'\"") for name, text in pairs}


# ---- finding ----

def put_first_on_path(folders):
    sys.path[:0] = folders


def current_folder():
    try:
        return os.getcwd()
    except OSError as error:
        raise fault(UsageError, f"the current folder cannot be found ({error.strerror}): "
                                "it was deleted; change to another one") from None


def import_file(file):
    path = os.path.join(current_folder(), file)
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # before it runs, as import does: dataclasses and pickle look their module up
    spec.loader.exec_module(module)
    return module


def importable_names():
    import pkgutil
    return {module.name for module in pkgutil.iter_modules()} | set(getattr(sys, "stdlib_module_names", ()))


def near_module(error, module):
    top = module.partition(".")[0]
    missing = isinstance(error, ModuleNotFoundError) and error.name == top
    return suggestion(top, importable_names()) if missing else ""


def near_file(path):
    try:
        return suggestion(os.path.basename(path), [each for each in os.listdir(os.path.dirname(path)) if each.endswith(".py")])
    except OSError:
        return ""


def import_source(spec):
    """The module that the workload lies in."""
    name, file, module = spec["name"], spec["file"], spec["module"]
    if file and not os.path.isfile(os.path.join(current_folder(), file)):
        raise fault(WorkloadError, f"workload '{name}': there is no file '{file}'"
                                   f"{near_file(os.path.join(current_folder(), file)) or '; check the path'}")
    own_folder = os.path.dirname(os.path.join(current_folder(), file)) if file else current_folder()
    put_first_on_path([*spec["path"], spec["builtin_folder"] or own_folder])
    try:
        return import_file(file) if file else importlib.import_module(module)
    except BaseException as error:  # also what sys.exit() raises
        near = "" if file else near_module(error, module)
        raise raised(f"workload '{name}' cannot be imported", error,
                     f"try the import with {sys.executable or 'Python itself'}", near,
                     refused=isinstance(error, ImportError)) from error  # the main interpreter imported it first


def follow(owner, path, name):
    """The attribute at the end of a dotted path, and what it is an attribute of."""
    parent = owner
    for step in path.split("."):
        parent = owner
        try:
            owner = getattr(owner, step)
        except AttributeError:
            raise fault(UsageError, f"workload '{name}': {parent!r} has no '{step}'"
                                    f"{suggestion(step, dir(parent))}") from None
    return owner, parent


def needs_instance(owner, attribute):
    """Whether the attribute is a method to be called on an instance of its class."""
    if not isinstance(owner, type):
        return False
    import inspect
    static = inspect.getattr_static(owner, attribute)
    if isinstance(static, (staticmethod, classmethod, types.ClassMethodDescriptorType)):
        return False
    return (inspect.isfunction(static) or inspect.ismethoddescriptor(static)
            or type(static).__name__ == "instancemethod")


def check_callable(target, name):
    if not callable(target):
        raise fault(WorkloadError, f"workload '{name}' is not callable: it is {type(target)!r}")
    coroutine_flag = 0x80  # inspect.CO_COROUTINE
    if getattr(getattr(target, "__code__", None), "co_flags", 0) & coroutine_flag:
        raise fault(WorkloadError, f"workload '{name}' is a coroutine function: a call only creates a coroutine; "
                                   "measure a function that runs it, as in asyncio.run(work())")


def signature_of(target):
    import inspect
    try:
        return inspect.signature(target)
    except (ValueError, TypeError):  # many extension functions have none
        return None


def clearly_fits(target, args, kwargs):
    """Whether a plain function takes these arguments for certain; False leaves it to the signature."""
    if not isinstance(target, types.FunctionType) or kwargs or target.__code__.co_kwonlyargcount:
        return False
    most = target.__code__.co_argcount
    return most - len(target.__defaults__ or ()) <= len(args) <= most


def has_signature(target):
    """False for the many functions in C that tell nothing of their arguments."""
    return not isinstance(target, types.BuiltinFunctionType) or bool(target.__text_signature__)


def check_arguments(target, args, kwargs, name):
    if clearly_fits(target, args, kwargs) or not has_signature(target):
        return
    signature = signature_of(target)
    if signature is None:
        return
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        raise fault(UsageError, f"workload '{name}' cannot be called like this: {error}; its signature is "
                                f"{signature}; give its arguments with --args, --kwargs and --param") from None


# ---- workloads ----

class Workload:
    """Something to call. new_set() makes one set of arguments, by set-up code where there is any.

    With --share all the threads have one set in common, with none each has its own.
    """

    has_setup = False

    def __init__(self, spec):
        self.name = spec["name"]
        self.own_sets = spec["share"] == "none"
        self.immortal = spec["immortal"]
        self.sets = []  # (callable, args, kwargs)

    def new_set(self):
        raise NotImplementedError

    def timed_set(self):
        began = time.perf_counter()
        try:
            call = self.new_set()
        except (UsageError, WorkloadError):
            raise
        except BaseException as error:
            raise raised(f"workload '{self.name}' cannot be set up", error,
                         "try its set-up in Python itself", refused=refuses_interpreter(error)) from error
        return call, time.perf_counter() - began if self.has_setup else 0.0

    def calls(self, threads):
        """A call, (callable, args, kwargs), for each thread, and the seconds for which set-up code ran now."""
        wanted = threads if self.own_sets else 1
        seconds = 0.0
        while len(self.sets) < wanted:
            call, took = self.timed_set()
            self.sets.append(call)
            seconds += took
        return self.sets[:wanted] * (threads // wanted), seconds

    def to_be_immortal(self, calls):
        """The objects of these calls to which nobody shall count references."""
        return reachable([root for call in calls for root in call]) if self.immortal else []

    def undo(self, call):
        """Takes a set down again."""

    def tear_down(self):
        for index in range(len(self.sets)):
            self.tear_down_set(index)
        self.sets = []

    def tear_down_set(self, index):
        """Once; nothing where there is no such set, or no more."""
        if index >= len(self.sets) or self.sets[index] is None:
            return
        call, self.sets[index] = self.sets[index], None
        try:
            self.undo(call)
        except BaseException as error:
            raise raised(f"workload '{self.name}' cannot be torn down", error, "check its teardown") from error


def reachable(roots, most=100_000):
    """Objects that Python code may get hold of from these: `most` of them, the nearest ones.

    Of a module, only what functions name; of classes, nothing: Python itself spares them the counting.
    """
    found, waiting = {}, list(roots)
    for each in waiting:  # which grows
        if len(found) == most:
            break
        # Not isinstance(): that would run code of objects that say they are of another class.
        if id(each) in found or issubclass(type(each), (type, types.ModuleType, types.CodeType)):
            continue
        found[id(each)] = each
        waiting += used_by(each)
    return list(found.values())


def used_by(each):
    import gc
    if type(each) is not types.FunctionType:
        return gc.get_referents(each)
    named = [each.__globals__[name] for name in names_in(each.__code__) if name in each.__globals__]
    return [*named, *(each.__closure__ or ()), *(each.__defaults__ or ()), *(each.__kwdefaults__ or {}).values()]


def names_in(code):
    inner = [const for const in code.co_consts if isinstance(const, types.CodeType)]
    return {*code.co_names, *(name for each in inner for name in names_in(each))}


class Callable(Workload):
    """module:callable and file.py:name, with the arguments of the command line."""

    def __init__(self, spec):
        super().__init__(spec)
        self.texts = spec["args"], spec["kwargs"]
        self.params = parameters(spec["params"])
        self.arguments()  # what is wrong with them is said before anything is imported
        target, owner = follow(import_source(spec), spec["attribute"], self.name)
        check_callable(target, self.name)
        self.method = spec["attribute"].rpartition(".")[2]
        self.has_setup = needs_instance(owner, self.method)
        self.target = owner if self.has_setup else target

    def arguments(self):
        """New objects each time."""
        args, kwargs = self.texts
        return positional(args), {**keywords(kwargs), **self.params}

    def new_set(self):
        target = getattr(self.instance(), self.method) if self.has_setup else self.target
        args, kwargs = self.arguments()
        check_arguments(target, args, kwargs, self.name)
        return target, args, kwargs

    def instance(self):
        try:
            return self.target()
        except TypeError as error:
            raise fault(WorkloadError, f"workload '{self.name}': {self.target.__name__}() cannot be created without "
                                       f"arguments: {error}; create it in --setup and call it in --stmt", error) from error


class SharedHolder(Workload):
    """A method of one object that is made of a list with an element for each thread; thread i passes i."""

    has_setup = True

    def __init__(self, spec):
        super().__init__(spec)
        self.element = ast.literal_eval(spec["shared_element"])
        path, _, self.method = spec["attribute"].rpartition(".")
        self.target, _ = follow(import_source(spec), path, self.name)
        self.size = 0

    def new_set(self):
        return getattr(self.target([self.element] * self.size), self.method), (0,), {}

    def calls(self, threads):
        self.size = 1 if self.own_sets else threads
        if self.own_sets:
            return super().calls(threads)
        (method, _, _), seconds = self.timed_set()
        return [(method, (index,), {}) for index in range(threads)], seconds


class BenchFunction(Workload):
    """A function bench_... of a file, with the file's setup, params and teardown. See docs/workloads.md."""

    def __init__(self, spec):
        super().__init__(spec)
        self.args, self.kwargs = positional(spec["args"]), keywords(spec["kwargs"])
        self.params = parameters(spec["params"])
        module = import_source(spec)
        self.target, _ = follow(module, spec["attribute"], self.name)
        check_callable(self.target, self.name)
        self.setup = getattr(module, "setup", None)
        self.teardown = getattr(module, "teardown", None)
        self.has_setup = self.setup is not None
        self.check_parameters()

    def check_parameters(self):
        for name in self.params:
            if not any(name in taken_by(function, self.params) for function in (self.setup, self.target) if function):
                raise fault(UsageError, f"workload '{self.name}' has no parameter '{name}'; "
                                        "add it to the function or to setup")

    def new_set(self):
        state = self.setup(**taken_by(self.setup, self.params)) if self.setup else None
        args = self.args if state is None else (state, *self.args)
        kwargs = {**self.kwargs, **taken_by(self.target, self.params)}
        check_arguments(self.target, args, kwargs, self.name)
        return self.target, args, kwargs

    def undo(self, call):
        if self.teardown:
            args = call[1][:len(call[1]) - len(self.args)]
            self.teardown(*args, **taken_by(self.teardown, self.params))


def taken_by(function, params):
    """Those of the parameters that the function names; all, if it takes any."""
    signature = signature_of(function)
    takes = signature.parameters.values() if signature else ()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in takes):
        return params
    names = {parameter.name for parameter in takes}
    return {name: value for name, value in params.items() if name in names}


class Statement(Workload):
    """timeit's --setup and --stmt: one function, whose locals the set-up makes and the statement finds."""

    def __init__(self, spec):
        super().__init__(spec)
        self.params = parameters(spec["params"])
        self.has_setup = bool(spec["setup"])
        put_first_on_path([*spec["path"], current_folder()])
        setup, statement = parsed(spec["setup"], "--setup"), parsed(spec["statement"], "--stmt")
        lines_before = spec["setup"].count("\n") + 1
        for node in statement:
            ast.increment_lineno(node, lines_before)
        show_in_tracebacks(spec["setup"] + "\n" + spec["statement"])
        self.make = function_of(setup, statement, list(self.params))

    def new_set(self):
        return self.make(**self.params), (), {}


STATEMENT_FILE = "<statement>"


def show_in_tracebacks(source):
    import linecache
    lines = source.splitlines(keepends=True)
    linecache.cache[STATEMENT_FILE] = len(source), None, lines, STATEMENT_FILE


def parsed(source, option):
    try:
        compile(source, f"<{option}>", "exec")  # refuses what only a function may hold
        return ast.parse(source, f"<{option}>").body
    except (SyntaxError, ValueError) as error:
        raise fault(UsageError, f"{option} is not valid Python: {summary(error)}") from None


def named(name, arguments, body):
    """The syntax tree of a function."""
    empty = ast.parse(f"def {name}({', '.join(arguments)}): pass")
    empty.body[0].body = body or [ast.Pass()]
    return empty.body[0]


def compiled(function):
    """The function of that syntax tree."""
    module = ast.fix_missing_locations(ast.Module([function], []))
    names = {"__name__": "__main__", "__builtins__": builtins}
    try:
        exec(compile(module, STATEMENT_FILE, "exec"), names)  # noqa: S102: the user's own code, as asked for
    except SyntaxError as error:
        raise fault(UsageError, f"--setup and --stmt cannot be compiled: {summary(error)}") from None
    return names[function.name]


def bound_in(body, arguments=()):
    code = compiled(named("scope", arguments, body)).__code__
    return set(code.co_varnames) | set(code.co_cellvars)


def function_of(setup, statement, arguments):
    """A function that runs the set-up and returns the statement as a function, which may bind the set-up's names."""
    both = sorted(bound_in(setup, arguments) & bound_in(statement))
    inner = named("statement", [], [ast.Nonlocal(both), *statement] if both else statement)
    answer = ast.Return(ast.Name("statement", ast.Load()))
    return compiled(named("make", arguments, [*setup, inner, answer]))


# ---- what C++ calls ----

def load(text):
    """The workload, imported and checked. Raises UsageError or WorkloadError."""
    spec = ast.literal_eval(text)
    if spec["statement"]:
        return Statement(spec)
    if spec["shared_element"]:
        return SharedHolder(spec)
    if spec["file"] and spec["attribute"].startswith("bench_"):
        return BenchFunction(spec)
    return Callable(spec)


def discover(text):
    """The workloads of a file: [[function, [[parameter, [literal, ...]], ...]], ...] in the order of the file, as JSON."""
    import json
    spec = ast.literal_eval(text)
    module = import_source(spec)
    found = [(name, axes_of(value, module, name)) for name, value in vars(module).items()
             if name.startswith("bench_") and callable(value)]
    if not found:
        raise fault(UsageError, f"'{spec['file']}' has no function whose name begins with bench_; "
                                f"add one, or name a callable: {spec['file']}:name")
    return json.dumps(found)


def axes_of(function, module, name):
    params = getattr(function, "params", getattr(module, "params", {}))
    if not isinstance(params, dict) or not all(isinstance(axis, (list, tuple)) and axis for axis in params.values()):
        raise fault(UsageError, f"the params of '{name}' must be a dict of lists: {{'size': [1024, 65536]}}")
    return [(str(parameter), [literal_text(value, name, parameter) for value in axis])
            for parameter, axis in params.items()]


def literal_text(value, name, parameter):
    text = repr(value)
    try:
        if ast.literal_eval(text) == value:
            return text
    except (ValueError, SyntaxError):
        pass
    raise fault(UsageError, f"the params of '{name}' hold {text} for '{parameter}', which is not a literal; "
                            "use a name there, and look it up in setup")
