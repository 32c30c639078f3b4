#include "gilscale/model/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

[[noreturn]] void refuse_axis(const std::string& text) {
  throw UsageError(fmt::format(
      "--param '{}' is not of the form name=value,value, as in size=1024,65536 or mode=\"'a','b'\"",
      text));
}

bool is_identifier(const std::string& name) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c >= 0x80; };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
         std::all_of(name.begin(), name.end(), fits);
}

/// Splits at commas, but not within brackets or quotation marks.
class LiteralSplitter {
 public:
  std::vector<std::string> split(const std::string& text) {
    for (const char c : text) take(c);
    values_.push_back(std::move(value_));
    return std::move(values_);
  }

 private:
  void take(char c) {
    const bool escaped = std::exchange(escaped_, quote_ != 0 && c == '\\' && !escaped_);
    if (quote_ != 0) {
      if (c == quote_ && !escaped) quote_ = 0;
    } else if (c == '\'' || c == '"') {
      quote_ = c;
    } else if (c == '(' || c == '[' || c == '{') {
      ++depth_;
    } else if (c == ')' || c == ']' || c == '}') {
      --depth_;
    } else if (c == ',' && depth_ == 0) {
      values_.push_back(std::exchange(value_, {}));
      return;
    }
    value_ += c;
  }

  std::vector<std::string> values_;
  std::string value_;
  char quote_ = 0;
  bool escaped_ = false;
  int depth_ = 0;
};

bool is_blank(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isspace(c) != 0; });
}

}  // namespace

Axis parse_axis(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) refuse_axis(text);
  Axis axis{text.substr(0, equals), LiteralSplitter().split(text.substr(equals + 1))};
  if (!is_identifier(axis.name) || std::any_of(axis.values.begin(), axis.values.end(), is_blank))
    refuse_axis(text);
  return axis;
}

std::vector<Axis> overridden(std::vector<Axis> axes, const std::vector<Axis>& given) {
  for (const Axis& axis : given) {
    const auto same = std::find_if(axes.begin(), axes.end(),
                                   [&](const Axis& other) { return other.name == axis.name; });
    if (same == axes.end())
      axes.push_back(axis);
    else
      *same = axis;
  }
  return axes;
}

std::vector<ParameterValues> combinations(const std::vector<Axis>& axes) {
  std::vector<ParameterValues> all{{}};
  for (const Axis& axis : axes) {
    std::vector<ParameterValues> longer;
    for (const ParameterValues& begun : all)
      for (const std::string& value : axis.values) {
        longer.push_back(begun);
        longer.back().emplace_back(axis.name, value);
      }
    all = std::move(longer);
  }
  return all;
}

}  // namespace gilscale
