#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gilscale/measure/point.hpp"
#include "gilscale/measure/stack.hpp"

namespace gilscale {

/// Of a point with ledger rounds of one thread and of all; nothing where there are none, or where
/// their speedup is not among those of the timed samples, since then they do not speak for these.
std::optional<Stack> stack_of(const MeasuredPoint& measured);

/// Why threads do less than they could.
enum class Cause { gil, lock, sharing, memory, cpus, io, imbalance, unknown };

/// "gil", "lock", ...
std::string_view to_string(Cause cause);

struct NamedCause {
  Cause cause = Cause::unknown;
  std::string why;  ///< a phrase
};
/// The largest part of what is missing: "0.62 of a thread waits for a mutex in
/// codec.so!Encoder::flush (9412 waits, longest 1.8 ms)".
NamedCause cause_of(const Stack& stack, const MeasuredPoint& measured);

/// " at two.py:1 (work) in codec.so!Encoder::flush": what is known of it.
std::string at_place(const PythonPlace& python, const std::string& site);
/// "a mutex", "a lock of Python": what is waited for.
std::string_view thing_of(WaitKind kind);

/// ", for up to 60.0 ms in one piece, at two.py:1 (work) in codec.so!run": the longest hold of the
/// GIL in rounds of all threads; empty where no ledger round told it.
std::string longest_hold_of(const Point& point);

}  // namespace gilscale
