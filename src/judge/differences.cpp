#include "gilscale/judge/differences.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 6> kinds{"machine", "python",  "gil",
                                                "calls",   "scaling", "method"};

void add(std::vector<Difference>& found, std::string_view kind, std::string what,
         bool forbids = true) {
  const auto same = [&](const Difference& other) { return other.what == what; };
  if (std::none_of(found.begin(), found.end(), same))
    found.push_back({kind, std::move(what), forbids});
}

std::string shown(const json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string name_of(const PythonInfo& python) {
  return fmt::format("CPython {}{}{}", python.version,
                     python.build == "default" ? "" : " " + python.build,
                     python.debug ? " (debug build)" : "");
}

void compare_pythons(const CaseResult& before, const CaseResult& after,
                     std::vector<Difference>& found) {
  if (!before.python || !after.python) return;
  const std::string then = name_of(*before.python);
  const std::string now = name_of(*after.python);
  if (then != now)
    add(found, "python", fmt::format("different interpreter: {} before, {} now", then, now));
  const auto state = [](bool on) { return on ? "on" : "off"; };
  if (before.gil.after_run != after.gil.after_run)
    add(found, "gil",
        fmt::format("the GIL was {} before and is {} now", state(before.gil.after_run),
                    state(after.gil.after_run)));
}

void compare_settings(const CaseResult& before, const CaseResult& after,
                      std::vector<Difference>& found) {
  const Case& then = before.planned;
  const Case& now = after.planned;
  if (then.scaling != now.scaling)
    add(found, "scaling",
        fmt::format("{}: {} scaling before, {} now", label_of(now), to_string(then.scaling),
                    to_string(now.scaling)));
  if (then.pin != now.pin)
    add(found, "scaling",
        fmt::format("{}: threads were {} before and are {} now", label_of(now),
                    then.pin ? "pinned" : "not pinned", now.pin ? "pinned" : "not pinned"));
}

/// Calibration does not find the same number twice, and the machine's speed is in it; rounds of
/// about the same length can be compared.
void compare_calls(const CaseResult& before, const CaseResult& after,
                   std::vector<Difference>& found) {
  constexpr double much = 2;
  for (const Point& now : after.points) {
    const Point* then = point_at(before, now.threads);
    if (!then) continue;
    const std::int64_t calls_then = case_calls(*then);
    const std::int64_t calls_now = case_calls(now);
    if (calls_then == calls_now) continue;
    const auto fewer = static_cast<double>(std::min(calls_then, calls_now));
    const auto more = static_cast<double>(std::max(calls_then, calls_now));
    add(found, "calls",
        fmt::format("{}@{}: {} calls in a round before, {} now", label_of(after.planned),
                    now.threads, calls_then, calls_now),
        more > much * fewer);
  }
}

/// Of the way in which it was measured; null where it is not gilscale's.
json method_of(const json& context) {
  if (context.contains("method")) return context.at("method");
  return context.contains("gilscale_version") ? json(1) : json();  // the first did not say so
}

}  // namespace

std::span<const std::string_view> difference_kinds() { return kinds; }

void add_differences(std::vector<Difference>& found, const json& before, const json& after) {
  constexpr std::array<std::pair<const char*, const char*>, 3> keys{
      {{"host_name", "machine"},
       {"num_cpus", "number of CPUs"},
       {"usable_cpus", "number of usable CPUs"}}};
  for (const auto& [key, name] : keys) {
    if (!before.contains(key) || !after.contains(key) || before.at(key) == after.at(key)) continue;
    add(found, "machine",
        fmt::format("different {}: {} before, {} now", name, shown(before.at(key)),
                    shown(after.at(key))));
  }
  const json then = method_of(before);
  const json now = method_of(after);
  if (!then.is_null() && !now.is_null() && then != now)
    add(found, "method",
        fmt::format("measured by another version of the method: {} before, {} now", shown(then),
                    shown(now)));
}

void add_differences(std::vector<Difference>& found, const CaseResult& before,
                     const CaseResult& after) {
  compare_pythons(before, after, found);
  compare_settings(before, after, found);
  compare_calls(before, after, found);
}

std::vector<Difference> differences_between(const Recorded& before, const Recorded& after) {
  std::vector<Difference> found;
  add_differences(found, before.context, after.context);
  for (const CaseResult& now : after.cases)
    if (const CaseResult* then = same_case(now.planned, before.cases))
      add_differences(found, *then, now);
  return found;
}

std::vector<std::string> sentences(const std::vector<Difference>& differences) {
  std::vector<std::string> whats;
  for (const Difference& difference : differences) whats.push_back(difference.what);
  return whats;
}

std::string obstacle(const std::vector<Difference>& differences,
                     const std::set<std::string>& allowed, const std::string& before) {
  std::vector<std::string> whats;
  std::set<std::string_view> needed;
  for (const Difference& difference : differences) {
    if (!difference.forbids || allowed.contains(std::string(difference.kind))) continue;
    whats.push_back(difference.what);
    needed.insert(difference.kind);
  }
  if (whats.empty()) return "";
  constexpr std::size_t shown_at_most = 4;
  const std::string more = whats.size() > shown_at_most
                               ? fmt::format("; and {} more", whats.size() - shown_at_most)
                               : "";
  whats.resize(std::min(whats.size(), shown_at_most));
  return fmt::format("'{}' cannot be compared: {}{}; use --allow-different {} to compare anyway",
                     before, fmt::join(whats, "; "), more, fmt::join(needed, ","));
}

void refuse_differences(const std::vector<Difference>& differences,
                        const std::set<std::string>& allowed, const std::string& before) {
  const std::string why = obstacle(differences, allowed, before);
  if (!why.empty()) throw UsageError(why);
}

}  // namespace gilscale
