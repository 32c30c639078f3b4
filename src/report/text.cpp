#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

namespace gilscale {
namespace {

bool begins_code_point(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

bool is_white(char byte) { return byte == '\n' || byte == '\r' || byte == '\t'; }

/// The bytes of the control character with which the text begins; 0 if it begins with none.
/// Terminals obey U+0080 to U+009F as they obey those of ASCII.
std::size_t control_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.size() > 1 && byte(0) == 0xC2 && byte(1) < 0xA0) return 2;
  return (byte(0) < 0x20 && !is_white(text[0])) || byte(0) == 0x7F ? 1 : 0;
}

}  // namespace

std::string duration(double seconds) {
  struct Unit {
    double least_s;
    double per_s;
    const char* name;
  };
  constexpr Unit units[] = {{1, 1, "s"}, {1e-3, 1e3, "ms"}, {1e-6, 1e6, "µs"}, {0, 1e9, "ns"}};
  for (const Unit& unit : units)
    if (seconds >= unit.least_s)
      return fmt::format("{:.{}f} {}", seconds * unit.per_s, seconds * unit.per_s < 100 ? 2 : 1,
                         unit.name);
  return "?";
}

std::string rate(double per_s) {
  if (per_s >= 1e6) return fmt::format("{:.3g}M", per_s / 1e6);
  if (per_s >= 1e4) return fmt::format("{:.3g}k", per_s / 1e3);
  return per_s >= 100 ? fmt::format("{:.0f}", per_s) : fmt::format("{:.3g}", per_s);
}

std::string percent(double share) { return fmt::format("{:.0f} %", 100 * share); }

std::string ratio(const std::optional<Estimate>& estimate) {
  return estimate ? fmt::format("{:.2f}", estimate->estimate) : "";
}

std::string probability(double p) { return p < 0.001 ? "<0.001" : fmt::format("{:.3f}", p); }

bool is_bounded(const Estimate& estimate) {
  return std::isfinite(estimate.low) && std::isfinite(estimate.high);
}

std::string interval(const Estimate& estimate) {
  if (!is_bounded(estimate)) return "[too few]";
  return fmt::format("[{:.2f}, {:.2f}]", estimate.low, estimate.high);
}

std::string with_interval(const Estimate& estimate) {
  if (!is_bounded(estimate)) return fmt::format("{:#.4g} [too few]", estimate.estimate);
  return fmt::format("{:#.4g} [{:#.4g}, {:#.4g}]", estimate.estimate, estimate.low, estimate.high);
}

std::string bystander_text(const Durations& waits) {
  return fmt::format(
      "a thread that wants the GIL waits {} (median), {} (99th percentile), {} (longest)",
      duration(waits.quantile(0.5)), duration(waits.quantile(0.99)), duration(waits.longest_s()));
}

std::string point_name(const std::string& label, std::optional<int> threads) {
  return threads ? fmt::format("{}@{}", label, *threads) : label;
}

std::string utf8(const std::string& text) {
  using nlohmann::json;
  const std::string valid = json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  return json::parse(valid).get<std::string>();
}

std::string plain(const std::string& text) {
  std::string kept;
  const std::string valid = utf8(text);
  for (std::string_view rest = valid; !rest.empty();) {
    const std::size_t control = control_bytes(rest);
    kept += control > 0 ? replacement : rest.substr(0, 1);
    rest.remove_prefix(control > 0 ? control : 1);
  }
  return kept;
}

std::string one_line(const std::string& text) {
  std::string line = plain(text);
  std::replace_if(line.begin(), line.end(), is_white, ' ');
  // At the beginning of a line, GitHub Actions would take it for a command.
  const std::size_t begin = line.find_first_not_of(' ');
  const bool is_command = begin != line.npos &&
                          (line.compare(begin, 2, "::") == 0 || line.compare(begin, 3, "##[") == 0);
  return is_command ? line.replace(begin, 1, "\uFFFD") : line;
}

std::size_t width(std::string_view text) {
  std::string shown;
  bool in_color = false;
  for (const char byte : text) {
    in_color = in_color || byte == '\x1b';
    if (!in_color) shown += byte;
    if (byte == 'm') in_color = false;
  }
  // fmt knows how wide letters are: it pads to as many columns.
  const std::size_t ample = 2 * shown.size();
  return ample - (fmt::formatted_size("{:{}}", shown, ample) - shown.size());
}

std::string abridged(const std::string& text, std::size_t widest) {
  if (width(text) <= widest) return text;
  std::vector<std::string> letters;
  for (const char byte : text) {
    if (begins_code_point(byte) || letters.empty()) letters.emplace_back();
    letters.back() += byte;
  }
  std::string head;
  std::size_t room = widest / 2;
  for (auto letter = letters.begin(); width(*letter) <= room; ++letter) {
    head += *letter;
    room -= width(*letter);
  }
  std::string tail;
  room = widest / 2 - 1;
  for (auto letter = letters.rbegin(); width(*letter) <= room; ++letter) {
    tail.insert(0, *letter);
    room -= width(*letter);
  }
  return head + "…" + tail;
}

std::string csv_quoted(std::string_view text) {
  std::string field = "\"";
  for (const char c : text) field += c == '"' ? std::string("\"\"") : std::string(1, c);
  return field + "\"";
}

}  // namespace gilscale
