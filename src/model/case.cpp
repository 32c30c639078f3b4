#include "gilscale/model/case.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "gilscale/model/executors.hpp"
#include "gilscale/text/words.hpp"

namespace gilscale {
namespace {

constexpr Words<GilMode, 3> gil_modes{{{
    {GilMode::standard, "default"},
    {GilMode::on, "on"},
    {GilMode::off, "off"},
}}};

}  // namespace

std::string_view to_string(GilMode mode) { return gil_modes.word_of(mode); }

GilMode gil_mode_of(std::string_view word) {
  return gil_modes.value_of(word).value_or(GilMode::standard);
}

std::string needs_its_gil(std::string_view executable) {
  return fmt::format(
      "--gil off: {} cannot do without its GIL; name a free-threaded Python, or an environment of "
      "one, with --python",
      executable);
}

std::string benchmark_name(const Case& planned, int threads) {
  const std::string gil =
      planned.gil == GilMode::standard ? "" : fmt::format("/gil:{}", to_string(planned.gil));
  const std::string python =
      planned.several_interpreters ? fmt::format("/python:{}", planned.interpreter) : "";
  const std::string place = planned.several_places ? fmt::format("/place:{}", planned.place) : "";
  return fmt::format("{}/executor:{}{}{}{}/threads:{}", label_of(planned.workload),
                     planned.executor, place, python, gil, threads);
}

std::string reported_name(const Case& planned, int threads) {
  return benchmark_name(planned, threads) + "/manual_time";
}

std::string label_of(const Case& planned) {
  const std::string label = label_of(planned.workload);
  std::vector<std::string> own;
  if (planned.executor != executor_kinds().front().name) own.push_back(planned.executor);
  if (planned.several_places) own.push_back(planned.place);
  if (planned.several_interpreters) own.push_back(planned.interpreter);
  if (planned.gil != GilMode::standard)
    own.push_back(fmt::format("GIL {}", to_string(planned.gil)));
  return own.empty() ? label : fmt::format("{} ({})", label, fmt::join(own, ", "));
}

}  // namespace gilscale
