#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gilscale/text/error.hpp"

namespace gilscale {

/// A value as the command line would have it, and where it stands.
struct ConfigValue {
  std::string text;
  int line = 0;

  friend bool operator==(const ConfigValue&, const ConfigValue&) = default;
};

/// A key of a configuration file with its values; what they mean is for the option of that name.
struct ConfigEntry {
  enum class Form { value, list, flag };  ///< a flag has the value "true" or "false"

  std::string key;
  int line = 0;
  Form form = Form::value;
  std::vector<ConfigValue> values;

  friend bool operator==(const ConfigEntry&, const ConfigEntry&) = default;
};

inline constexpr std::size_t largest_config = 1 << 20;  ///< bytes

/// The entries of a TOML text in the order in which they stand; `name` is the file's, for messages.
/// A table [param] becomes an entry "param" for each of its keys, with the value "key=a,b".
/// Throws UsageError with file and line for everything else that an option could not take.
std::vector<ConfigEntry> parse_config(std::string_view text, const std::string& name);

/// The text of a file, as far as it is needed to see that it is too large; none if there is no such
/// file. Throws UsageError if it cannot be read.
std::optional<std::string> read_config_text(const std::string& path);

/// "NAME:LINE: message", in one line.
UsageError config_fault(const std::string& name, int line, std::string_view message);

/// A key as messages show it: control characters spelled out, and not longer than a line takes.
std::string shown_key(std::string_view key);

}  // namespace gilscale
