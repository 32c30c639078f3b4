#include "command_line/config_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "gilscale/text/near_match.hpp"
#include "gilscale/text/printable.hpp"

namespace gilscale {
namespace {

using Form = ConfigEntry::Form;

std::vector<std::string> keys_of(const CLI::App& run) {
  std::vector<std::string> keys{"workloads"};
  for (const CLI::Option* option : run.get_options())
    if (option->get_configurable() && !option->get_lnames().empty())
      keys.push_back(option->get_lnames().front());
  return keys;
}

[[noreturn]] void refuse_key(const CLI::App& run, const std::string& file,
                             const ConfigEntry& entry) {
  const std::string shown = shown_key(entry.key);
  constexpr const char* all = "; the keys are `workloads` and the options of `gilscale run --help`";
  throw config_fault(
      file, entry.line,
      fmt::format("there is no key '{}'{}", shown, did_you_mean(shown, keys_of(run), all)));
}

CLI::Option& option_of(CLI::App& run, const std::string& file, const ConfigEntry& entry) {
  CLI::Option* option =
      run.get_option_no_throw(entry.key == "workloads" ? "workload" : "--" + entry.key);
  if (!option || !option->get_configurable()) refuse_key(run, file, entry);
  return *option;
}

/// Whether the command line leaves this to the file. What it names to be measured takes the place
/// of all that the file names.
bool is_open(const CLI::App& run, const CLI::Option& option, const std::string& key) {
  const bool names = run.get_option("workload")->count() > 0;
  const bool statement = run.get_option("--stmt")->count() > 0;
  if (key == "workloads" || key == "stmt") return !names && !statement;
  // Either of them names the Python.
  if (key == "venv" && run.get_option("--python")->count() > 0) return false;
  if (key == "python" && run.get_option("--venv")->count() > 0) return false;
  if (key == "setup" && names && !statement) return false;
  return option.count() == 0;
}

/// The line of the value that a message quotes.
std::optional<int> quoted_line(const ConfigEntry& entry, std::string_view message) {
  for (const ConfigValue& value : entry.values)
    if (message.find(fmt::format("'{}'", value.text)) != std::string_view::npos) return value.line;
  return std::nullopt;
}

/// The entry's values as the option's words on a command line. Throws UsageError.
std::vector<std::string> words_for(const CLI::Option& option, const ConfigEntry& entry) {
  std::vector<std::string> words;
  for (const ConfigValue& value : entry.values) words.push_back(value.text);
  const std::string type = option.get_type_name();
  const bool is_flag = option.get_items_expected_max() == 0;
  if (is_flag && entry.form != Form::flag)
    throw UsageError(fmt::format("'{}' takes true or false", entry.key));
  if (!is_flag && entry.form == Form::flag)
    throw UsageError(fmt::format("'{}' takes {}, not true or false", entry.key, type));
  if (entry.form != Form::list || option.get_expected_max() > 1) return words;
  if (type == "LIST") return {fmt::format("{}", fmt::join(words, ","))};
  if (words.size() > 1)
    throw UsageError(fmt::format("'{}' takes one {}, not an array", entry.key, type));
  return words;
}

void add(CLI::Option& option, const ConfigEntry& entry) {
  const std::vector<std::string> words = words_for(option, entry);
  try {
    for (const std::string& word : words) option.add_result(word);
    if (!words.empty()) option.run_callback();
  } catch (const CLI::ConversionError&) {
    throw UsageError(fmt::format("'{}' takes {}, not '{}'; see `gilscale run --help`", entry.key,
                                 option.get_type_name(), fmt::join(words, ",")));
  } catch (const CLI::ParseError& error) {
    throw UsageError(fmt::format("{}; see `gilscale run --help`", error.what()));
  }
}

/// The first option that a message names, without its dashes: as a rule what it is about.
std::string subject_of(std::string_view message) {
  const std::size_t dashes = message.find("--");
  if (dashes == std::string_view::npos) return {};
  const std::string_view rest = message.substr(dashes + 2);
  const auto belongs = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; };
  return {rest.begin(), std::find_if_not(rest.begin(), rest.end(), belongs)};
}

}  // namespace

bool Config::gives(std::string_view key) const {
  return std::any_of(entries.begin(), entries.end(),
                     [&](const ConfigEntry& entry) { return entry.key == key; });
}

Config read_config(const std::optional<std::string>& chosen, const FileReader& read_file) {
  const std::string file = chosen.value_or("gilscale.toml");
  const std::optional<std::string> text = read_file(file);
  if (!text && chosen)
    throw UsageError(printable(fmt::format("--config '{}' does not exist; check the path", file)));
  return text ? Config{file, parse_config(*text, file)} : Config{};
}

void apply_config(CLI::App& run, Config& config) {
  std::erase_if(config.entries, [&](const ConfigEntry& entry) {
    return !is_open(run, option_of(run, config.file, entry), entry.key);
  });
  for (const ConfigEntry& entry : config.entries) {
    try {
      add(option_of(run, config.file, entry), entry);
    } catch (const UsageError& error) {
      const int line = quoted_line(entry, error.what()).value_or(entry.line);
      throw config_fault(config.file, line, error.what());
    }
  }
}

UsageError located(const UsageError& error, const Config& config) {
  const std::string_view message = error.what();
  const std::string subject = subject_of(message);
  std::optional<int> line;
  for (const ConfigEntry& entry : config.entries) {
    if (entry.key != subject) continue;
    if (const auto quoted = quoted_line(entry, message))
      return config_fault(config.file, *quoted, message);
    if (!line) line = entry.line;
  }
  return line ? config_fault(config.file, *line, message) : error;
}

}  // namespace gilscale
