"""Result documents of gilscale's form and of Google Benchmark's, made from numbers: what is compared is known exactly."""

import copy
import json
import random

SAMPLES = 40


def noise(seed, count=SAMPLES, share=0.005):
    """Factors about 1 that do not resemble their neighbours; the same for the same seed."""
    generator = random.Random(seed)
    return [1 + generator.uniform(-share, share) for _ in range(count)]


def samples_of(call_s, calls, threads, seed, speedup=None, cpu_share=0.0, count=SAMPLES, delay=0.0):
    """The samples of a point whose single call takes call_s, on a machine that had all the cores.

    With a delay, threads waited for a CPU for up to that share of each round, beside busy processes.
    """
    speedup = speedup or threads
    single = [call_s * calls * factor for factor in noise(f"{seed} single", count)]
    parallel = [call_s * calls * threads / speedup * factor for factor in noise(f"{seed} parallel", count)]
    control = [0.005 * factor for factor in noise(f"{seed} control", count)]
    # At one thread the rounds are the same round.
    parallel = parallel if threads > 1 else single

    def delayed(times, what):
        generator = random.Random(f"{seed} delay {what}")
        return [time * (1 + generator.uniform(0, delay)) for time in times]

    return {
        "single_s": delayed(single, "single"), "parallel_s": delayed(parallel, "parallel" if threads > 1 else "single"),
        "control_single_s": delayed(control, "control"), "control_parallel_s": delayed(control, "controls"),
        "single_undelayed_s": single, "parallel_undelayed_s": parallel, "control_single_undelayed_s": control,
        "control_parallel_undelayed_s": control, "control_cpu_s": control,
        "single_cpu_s": [cpu_share * each for each in single],
        "parallel_cpu_s": [cpu_share * call_s * calls * threads] * count,
        "single_runnable_s": [0.0] * count, "parallel_runnable_s": [0.0] * count,
        "parallel_wall_s": [threads * each for each in parallel],
        "spread_s": [0.0] * count, "handover_s": [1e-5] * count, "disturbed": [False] * count,
    }


def scaled(document, seed="new", factor=1.0, count=SAMPLES, **more):
    """A copy of a real document, its samples replaced: each call takes 2 ms times the factor. More goes to samples_of()."""
    made = copy.deepcopy(document)
    for case in made["gilscale"]["cases"]:
        for point in case["points"]:
            point["samples"] = samples_of(0.002 * factor, point["calls"], point["threads"],
                                          f"{seed} {case['label']} {point['threads']}", count=count, **more)
            point["rounds"] = count
            point["oversubscribed"] = False  # whatever the machine of the test has
    return made


def google(times, unit="ns", context=None, **more):
    """A document of a Google Benchmark program: {name: [time of each repetition]}."""
    entries = []
    for family, (name, repetitions) in enumerate(times.items()):
        for index, time in enumerate(repetitions):
            entries.append({
                "name": name, "family_index": family, "per_family_instance_index": 0, "run_name": name,
                "run_type": "iteration", "repetitions": len(repetitions), "repetition_index": index, "threads": 1,
                "iterations": 1000, "real_time": time, "cpu_time": time, "time_unit": unit, **more})
    return {"context": {
        "date": "2024-05-01T12:00:00+00:00", "host_name": "builder", "executable": "./bench", "num_cpus": 4,
        "mhz_per_cpu": 3000, "cpu_scaling_enabled": False, "load_avg": [0.1, 0.2, 0.3],
        "caches": [{"type": "Data", "level": 1, "size": 32768, "num_sharing": 1}],
        "library_build_type": "release", **(context or {})}, "benchmarks": entries}


def aggregates_of(document):
    """The same document as --benchmark_report_aggregates_only=true writes it."""
    made = copy.deepcopy(document)
    by_name = {}
    for entry in made["benchmarks"]:
        by_name.setdefault(entry["name"], []).append(entry)
    made["benchmarks"] = [
        {**entries[0], "name": f"{name}_{aggregate}", "run_type": "aggregate", "aggregate_name": aggregate,
         "aggregate_unit": "percentage" if aggregate == "cv" else "time"}
        for name, entries in by_name.items() for aggregate in ("mean", "median", "stddev", "cv")]
    return made


def write(path, document):
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path.name
