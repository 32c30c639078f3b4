#include <fmt/format.h>
#include <fmt/ranges.h>

#include "command_line/completions.hpp"

namespace gilscale {
namespace {

constexpr const char* zsh_start = R"(#compdef gilscale
# zsh completion for gilscale, made by `gilscale completions zsh`

_gilscale_phrase() {
  compset -q
  if ((CURRENT == 1)); then
    compadd -S ' ' -- ${=1}
  elif ((CURRENT == 2)); then
    compadd -- ${=2}
  fi
}

_gilscale() {
  local curcontext=$curcontext state state_descr line ret=1
  local -A opt_args
)";

// The file works from $fpath, where zsh loads it as the function, and when it is sourced.
constexpr const char* zsh_end = R"(
if [[ ${funcstack[1]} == _gilscale ]]; then
  _gilscale "$@"
else
  compdef _gilscale gilscale
fi
)";

/// A text within single quotes, where a specification of _arguments gives `special` a meaning.
std::string zsh_escaped(std::string_view text, std::string_view special) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\'')
      escaped += "'\\''";
    else if (c == '\\' || special.find(c) != std::string_view::npos)
      escaped += {'\\', c};
    else
      escaped += c;
  }
  return escaped;
}

std::string zsh_files(const OptionHelp& option) {
  if (option.paths == OptionHelp::Paths::folders) return "_files -/";
  return option.ending.empty() ? "_files" : fmt::format("_files -g \"*{}\"", option.ending);
}

/// What _arguments does for a value.
std::string zsh_action(const OptionHelp& option) {
  const std::string words = fmt::format("{}", fmt::join(option.words, " "));
  const bool has_files = option.paths != OptionHelp::Paths::none;
  if (option.form == OptionHelp::Form::list) return fmt::format("_sequence compadd - {}", words);
  if (option.form == OptionHelp::Form::phrase)
    return fmt::format(" _gilscale_phrase \"{}\" \"{}\"", words,
                       fmt::join(option.second_words, " "));
  if (words.empty()) return has_files ? zsh_files(option) : " ";
  if (!has_files) return fmt::format("({})", words);
  return fmt::format(" _alternative \"words:{}:({})\" \"files:file:{}\"", option.value, words,
                     zsh_escaped(zsh_files(option), "\""));
}

std::string zsh_value(const OptionHelp& option) {
  return fmt::format("{}:{}", zsh_escaped(option.value, ":"), zsh_action(option));
}

/// "-x+" takes its value from the same word or the next one, "--executor=" after the sign too.
std::string zsh_names(const OptionHelp& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.names) {
    const char* const takes_value = name.starts_with("--") ? "=" : "+";
    names.push_back(name + (option.value.empty() ? "" : takes_value));
  }
  return names.size() == 1 ? names.front() : fmt::format("{{{}}}", fmt::join(names, ","));
}

std::string zsh_option(const OptionHelp& option) {
  const bool is_alone = option.names.back() == "--help" || option.names.back() == "--version";
  const std::string excluded = is_alone ? "- *" : joined_names(option, " ");
  const std::string before = option.repeats ? "*" : fmt::format("({})", excluded);
  const std::string about = zsh_escaped(first_sentence(option.about), "[]:");
  const std::string value = option.value.empty() ? "" : ":" + zsh_value(option);
  return fmt::format("'{}'{}'[{}]{}'", before, zsh_names(option), about, value);
}

std::string zsh_arguments(const CommandHelp& command) {
  std::vector<std::string> specs;
  for (const OptionHelp& option : command.options) specs.push_back(zsh_option(option));
  for (const OptionHelp& argument : command.arguments)
    specs.push_back(fmt::format("'{}:{}'", argument.repeats ? "*" : "", zsh_value(argument)));
  return fmt::format("{}", fmt::join(specs, " \\\n            "));
}

}  // namespace

std::string zsh_completions(const ProgramHelp& program) {
  std::string text = zsh_start;
  text += "  _arguments -C \\\n";
  for (const OptionHelp& option : program.options)
    text += fmt::format("    {} \\\n", zsh_option(option));
  text += "    '1:command:->command' '*::argument:->argument' && ret=0\n";
  text += "  case $state in\n    command)\n      local -a commands=(\n";
  for (const CommandHelp& command : program.commands)
    text += fmt::format("        '{}:{}'\n", command.name, zsh_escaped(command.about, ":"));
  text += "      )\n      _describe -t commands command commands && ret=0\n      ;;\n";
  text += "    argument)\n      curcontext=${curcontext%:*:*}:gilscale-$line[1]:\n";
  text += "      case $line[1] in\n";
  for (const CommandHelp& command : program.commands)
    text += fmt::format(
        "        {})\n          _arguments -s -S \\\n            {} && ret=0\n          ;;\n",
        command.name, zsh_arguments(command));
  return text + "      esac\n      ;;\n  esac\n  return ret\n}\n" + zsh_end;
}

}  // namespace gilscale
