"""Result files made of numbers, for what reads them: nothing is measured."""

import json


def estimate(value, spread=0.03):
    """A figure with its interval; without ends if there is no spread, as where samples are too few."""
    if spread is None:
        return {"estimate": value, "low": None, "high": None}
    return {"estimate": value, "low": value * (1 - spread), "high": value * (1 + spread)}


def made_stack(threads, speedup):
    """All that is lost waits for the GIL; none at one thread, and where nothing is lost."""
    if threads == speedup:
        return None
    nothing = dict.fromkeys(("lock_wait", "io_wait", "no_cpu", "slower_on_cpu", "imbalance", "other"), 0.0)
    return {"achieved": float(speedup), "gil_wait": float(threads - speedup), **nothing}


def made_point(threads, call_s, speedup, cores, demand, time=(0.5, 0.0, 0.5), spread=0.03):
    capacity = float(min(threads, cores))
    achievable = max(capacity, 1.0)
    return {"threads": threads, "calls": 16, "rounds": 12, "oversubscribed": threads > cores, "scaling": "weak",
            "makespan_s": estimate(16 * call_s * threads / speedup, spread), "call_s": estimate(call_s * threads / speedup, spread),
            "single_call_s": estimate(call_s, spread), "throughput_per_s": estimate(speedup / call_s, spread),
            "speedup": estimate(speedup, spread), "capacity": estimate(capacity, spread), "achievable": achievable,
            "relative_efficiency": estimate(speedup / achievable, spread), "cpu_share": 1.0, "gil_demand": demand,
            "time": dict(zip(("cpu", "runnable", "blocked"), time)), "start_s": 0.001, "memory_bytes": 9_000_000,
            "stack": made_stack(threads, speedup), "samples": {}}


def made_case(label, threads=(1, 2, 4), call_s=0.001, cores=4, demand=0.0, verdict="parallel", executor="threads", **more):
    """A case that scales as its GIL demand lets it."""
    points = []
    for count in threads:
        speedup = min(count, cores, 1 / demand if demand else count)
        cpu = speedup / count
        points.append(made_point(count, call_s, speedup, cores, demand, (cpu, 0.0, 1 - cpu)))
    case = {"workload": label.split("/")[0], "label": label, "params": {}, "share": "all", "executor": executor, "scaling": "weak",
            "pinned": False, "gil": {"requested": "default", "at_start": True, "after_import": True, "after_run": True,
                                     "shared": True, "enabled_by": None},
            "python": {"version": "3.13.1", "build": "default", "executable": "python3", "debug": False, "hooks": [],
                       "empty_call_s": 4e-8},
            "points": points, "scalability": {}, "findings": [], "verdict": verdict, "why": "one sentence", "error": None}
    case.update(more)
    return case


def made_document(cases, **more):
    own = {"schema": 1, "version": "0.1.0", "cases": cases,
           "comparisons": {"parameters": [], "sharing": [], "executors": []}, "checks": [], "changes": None, "against": []}
    own.update(more)
    context = {"date": "2026-01-02T03:04:05+00:00", "host_name": "somewhere", "mhz_per_cpu": 2600, "load_avg": [0.5, 0.25, 0.125],
               "gilscale_version": "0.1.0", "usable_cpus": 4, "command": ["gilscale", "run", "--json", "two words.json"],
               "cpu_budget": {"cpus": 4, "cores": 4, "fast_cores": 4, "memory_nodes": 1, "quota": None, "usable": 4,
                              "pin_order": [0, 1, 2, 3]},
               "findings": [{"id": "load", "serious": True, "from_threads": 0, "what": "other work is running",
                             "remedy": "stop it or wait"}]}
    return {"context": context, "benchmarks": [], "gilscale": own}


def fibonacci(threads=(1, 2, 4, 8)):
    """The experiment as it would be on four cores that nobody else uses."""
    return made_document([
        made_case("py_fib/30", threads, 0.1, demand=1.0, verdict="gil-bound"),
        made_case("cpp_fib/30", threads, 0.001, demand=1.0, verdict="gil-bound"),
        made_case("cpp_fib_nogil/30", threads, 0.001, demand=0.0),
        made_case("half/30", threads, 0.002, demand=0.5, verdict="partial")])


def executors():
    """One workload on three executors, and what gilscale says of them."""
    cases = [made_case("hold/2000", (1, 2, 4), 0.002, demand=demand, executor=name, verdict=verdict)
             for name, demand, verdict in (("threads", 1.0, "gil-bound"), ("pool", 1.0, "gil-bound"), ("processes", 0.0, "parallel"))]
    entries = [{"executor": case["executor"], "threads": 4, "throughput_per_s": case["points"][-1]["throughput_per_s"],
                "start_s": 0.01, "memory_bytes": 9_000_000} for case in cases]
    winner = {"executors": ["processes"], "from_threads": 2, "next": "threads", "factor": 4.0}
    return made_document(cases, comparisons={"parameters": [], "sharing": [], "executors": [
        {"label": "hold/2000", "entries": entries, "had_cores": True, "winner": winner}]})


def many(cases=50, threads=24):
    return made_document([made_case(f"workload_{index}/{index}", tuple(range(1, threads + 1)), 0.001 * (index + 1),
                                    demand=index / cases, verdict="partial") for index in range(cases)])


def write(path, document):
    path.write_text(json.dumps(document))
    return path
