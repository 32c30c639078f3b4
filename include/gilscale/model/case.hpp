#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gilscale/measure/point.hpp"
#include "gilscale/measure/sampler.hpp"
#include "gilscale/model/workloads.hpp"

namespace gilscale {

/// What a free-threaded Python is told of its GIL (PYTHON_GIL); `standard`: nothing.
enum class GilMode { standard, on, off };

/// "default", "on", "off".
std::string_view to_string(GilMode mode);
/// The mode of that word; standard for any other.
GilMode gil_mode_of(std::string_view word);

/// What is said of an interpreter that is to do without it, and cannot.
std::string needs_its_gil(std::string_view executable);

/// One workload on one executor: what one worker process measures, over all thread counts.
/// It crosses to the worker as JSON.
struct Case {
  WorkloadSpec workload;
  std::string python;  ///< whose packages are seen; empty: the one gilscale was built for
  /// How it is told apart from the other Pythons of a run: "3.13t"; empty for the control.
  std::string interpreter;
  /// Put before the worker's command, for a worker elsewhere: {"ssh", "node1"}; empty: here.
  std::vector<std::string> launcher;
  std::string place;   ///< its name: "node1"; empty for a run without launchers
  std::string folder;  ///< in which it runs; empty: the front end's
  std::string executor = "threads";
  /// A library with another allocator to try; empty: one that is installed, where it may help.
  std::string allocator;
  std::vector<int> threads;
  /// Of each thread in a round (weak scaling), or of all (strong); none: found by calibration.
  std::optional<std::int64_t> calls;
  StopRule stop;
  std::uint64_t seed = 0;  ///< of the order of rounds
  GilMode gil = GilMode::standard;
  Scaling scaling = Scaling::weak;
  Why why = Why::automatic;
  int repetitions = 1;
  /// Cases of one group were measured in the same minutes; those of the next one after them.
  /// From 1.
  int group = 1;
  /// Rounds of many threads may have more calls (see growth_of_rounds()): nobody said how many.
  bool may_grow = true;
  bool pin = false;                   ///< threads are bound to CPUs
  bool immortal = false;              ///< tried, whether or not it is likely to help
  bool latency = false;               ///< beside a thread that wants the GIL now and then
  bool several_interpreters = false;  ///< in the run: names and labels tell which
  bool several_places = false;        ///< the same
};

/// The benchmark's name as registered, without Google Benchmark's own suffix:
/// "cpp_fib/30/executor:threads/threads:2".
std::string benchmark_name(const Case& planned, int threads);

/// The name as Google Benchmark reports it and as --benchmark_filter sees it.
std::string reported_name(const Case& planned, int threads);

/// "cpp_fib/30", with the executor when it is not the default one, with the Python where there are
/// several, with the place where there are several, and with what is asked of the GIL:
/// "cpp_fib/30 (pool, node1, 3.13t, GIL off)".
std::string label_of(const Case& planned);

}  // namespace gilscale
