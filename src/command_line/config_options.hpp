#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gilscale/command_line/config_file.hpp"
#include "gilscale/command_line/options.hpp"

namespace CLI {
class App;
}

namespace gilscale {

/// What `gilscale run` takes from a configuration file.
struct Config {
  std::string file;  ///< its path; empty: there is none
  std::vector<ConfigEntry> entries;

  /// Whether an entry of that key is there.
  [[nodiscard]] bool gives(std::string_view key) const;
};

/// The file that --config names, or else gilscale.toml if there is one.
Config read_config(const std::optional<std::string>& chosen, const FileReader& read_file);

/// Gives to the options of `run`, which has parsed its command line, what that leaves open, through
/// the checks that the command line goes through; drops the other entries. A key is an option's
/// long name, or "workloads"; options that are not configurable() have none.
void apply_config(CLI::App& run, Config& config);

/// `error` with the place of the option that it is about, if that came from the file.
UsageError located(const UsageError& error, const Config& config);

}  // namespace gilscale
