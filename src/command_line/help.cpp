#include "command_line/help.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cctype>

#include "gilscale/judge/differences.hpp"
#include "gilscale/judge/metric.hpp"
#include "gilscale/model/executors.hpp"
#include "gilscale/model/workloads.hpp"

namespace gilscale {
namespace {

using WordList = std::vector<std::string>;
using ValueForm = OptionHelp::Form;
using Paths = OptionHelp::Paths;

WordList split_at(const std::string& text, char separator) {
  return text.empty() ? WordList{} : CLI::detail::split(text, separator);
}

WordList workload_words() {
  WordList words;
  for (const BuiltinWorkload& row : builtin_workloads()) {
    if (std::find(words.begin(), words.end(), row.suite) == words.end())
      words.emplace_back(row.suite);
    words.emplace_back(row.name);
  }
  return words;
}

WordList executor_words() {
  WordList words;
  for (const ExecutorKind& kind : executor_kinds()) words.emplace_back(kind.name);
  words.emplace_back("all");
  return words;
}

WordList difference_words() {
  WordList words;
  for (const auto& kind : difference_kinds()) words.emplace_back(kind);
  words.emplace_back("all");
  return words;
}

WordList metric_words() {
  WordList words;
  for (const Metric& metric : point_metrics()) words.emplace_back(metric.name);
  for (const CaseMetric& metric : case_metrics()) words.emplace_back(metric.name);
  return words;
}

WordList auto_word() { return {"auto"}; }
WordList here_word() { return {"here"}; }
WordList no_words() { return {}; }

/// What CLI11 does not know of an option, since gilscale reads its value itself.
struct Known {
  std::string_view option;
  ValueForm form;
  Paths paths;
  WordList (*words)();
  WordList (*second_words)() = no_words;
};

constexpr std::array<Known, 8> known_options{{
    {"workload", ValueForm::word, Paths::files, workload_words},
    {"--executor", ValueForm::list, Paths::none, executor_words},
    {"--allow-different", ValueForm::list, Paths::none, difference_words},
    {"--threads", ValueForm::word, Paths::none, auto_word},
    {"--python", ValueForm::word, Paths::files, no_words},
    {"python", ValueForm::word, Paths::files, no_words},
    {"--launcher", ValueForm::word, Paths::none, here_word},
    {"--expect", ValueForm::phrase, Paths::none, workload_words, metric_words},
}};

/// What stands for a value says whether it is a path: DIR, FILE, OLD.json.
Paths paths_of(const std::string& value) {
  if (value == "DIR") return Paths::folders;
  const bool names_files = value == "FILE" || value == "PATH" || value == "LIBRARY";
  return names_files || value.find('.') != std::string::npos ? Paths::files : Paths::none;
}

std::string ending_of(const std::string& value) {
  if (value == "WORKLOAD") return ".py";
  const std::size_t dot = value.rfind('.');
  return dot == std::string::npos ? "" : value.substr(dot);
}

/// "weak|strong" is two words, "N|auto" one: the rest stands for something.
WordList literal_words(const std::string& value) {
  WordList words = split_at(value, '|');
  std::erase_if(words, [](const std::string& word) { return std::isupper(word.front()) != 0; });
  return value.find('|') == std::string::npos ? WordList{} : words;
}

void add_values(OptionHelp& help, const CLI::Option& option) {
  // CLI11 puts the words that it checks behind what it calls the value: "FORMAT:{json,csv}".
  const std::string type = option.get_type_name();
  help.value = type.substr(0, type.find(':'));
  const std::size_t brace = type.find('{');
  help.words = brace == std::string::npos
                   ? literal_words(help.value)
                   : split_at(type.substr(brace + 1, type.rfind('}') - brace - 1), ',');
  help.paths = paths_of(help.value);
  help.ending = ending_of(help.value);
  for (const Known& row : known_options) {
    if (std::find(help.names.begin(), help.names.end(), row.option) == help.names.end()) continue;
    help.form = row.form;
    help.words = row.words();
    help.second_words = row.second_words();
    help.paths = row.paths;
  }
}

WordList names_of(const CLI::Option& option) {
  if (option.get_positional()) return {option.get_name(true)};
  WordList names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

OptionHelp option_help(const CLI::Option& option) {
  OptionHelp help;
  help.names = names_of(option);
  help.about = option.get_description();
  help.standard = option.get_default_str();
  // The general one has another name in each version of CLI11.
  if (CLI::detail::to_lower(option.get_group()) != "options") help.group = option.get_group();
  help.required = option.get_required();
  help.repeats = option.get_expected_max() > 1;
  if (option.get_items_expected_max() > 0) add_values(help, option);
  return help;
}

void add_options(const CLI::App& app, std::vector<OptionHelp>& options,
                 std::vector<OptionHelp>* arguments) {
  for (const CLI::Option* option : app.get_options()) {
    const bool is_argument = option->get_positional() && arguments;
    (is_argument ? *arguments : options).push_back(option_help(*option));
  }
}

}  // namespace

ProgramHelp help_of(const CLI::App& app) {
  ProgramHelp program;
  program.about = app.get_description();
  add_options(app, program.options, nullptr);
  for (const CLI::App* each : app.get_subcommands({})) {
    if (each->get_group().empty()) continue;
    CommandHelp command{each->get_name(), each->get_description(), {}, {}};
    add_options(*each, command.options, &command.arguments);
    program.commands.push_back(std::move(command));
  }
  return program;
}

std::string joined_names(const OptionHelp& option, const char* between) {
  return fmt::format("{}", fmt::join(option.names, between));
}

std::string first_sentence(const std::string& text) {
  return text.substr(0, std::min(text.find(". "), text.find("; ")));
}

}  // namespace gilscale
