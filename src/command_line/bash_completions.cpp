#include <fmt/format.h>
#include <fmt/ranges.h>

#include "command_line/completions.hpp"

namespace gilscale {
namespace {

// The helpers use the variable `word` of _gilscale, what is to be completed. A directory is offered
// beside files with an ending, since there may be some in it.
constexpr const char* bash_helpers =
    R"(# bash completion for gilscale, made by `gilscale completions bash`

_gilscale_words() {
  mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -P "$2" -W "$1" -- "$word")
}

_gilscale_list() {
  local before=${word%"${word##*,}"}
  local word=${word##*,}
  compopt -o nospace 2>/dev/null
  _gilscale_words "$1" "$before"
}

_gilscale_phrase() {
  local word=${word#[\"\']}
  if [[ $word != *' '* ]]; then
    compopt -o nospace 2>/dev/null
    _gilscale_words "$1"
    return
  fi
  local before="${word%% *} "
  word=${word#* }
  _gilscale_words "$2" "$before"
}

_gilscale_folders() {
  compopt -o filenames 2>/dev/null
  mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$word")
}

_gilscale_files() {
  compopt -o filenames 2>/dev/null
  [[ -z $1 ]] || _gilscale_folders
  mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -X "!*$1" -- "$word")
}

)";

// The words that bash hands over are split at `=` too.
constexpr const char* bash_start = R"(_gilscale() {
  local command=${COMP_WORDS[1]} before=${COMP_WORDS[COMP_CWORD - 1]} word=${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  if [[ $word == = ]]; then
    word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
)";

/// The statements that offer a value; none if nothing is known of it.
std::string bash_offer(const OptionHelp& option) {
  constexpr const char* function[] = {"words", "list", "phrase"};
  std::vector<std::string> calls;
  if (!option.words.empty()) {
    std::string call = fmt::format("_gilscale_{} '{}'", function[static_cast<int>(option.form)],
                                   fmt::join(option.words, " "));
    if (!option.second_words.empty())
      call += fmt::format(" '{}'", fmt::join(option.second_words, " "));
    calls.push_back(std::move(call));
  }
  if (option.paths == OptionHelp::Paths::folders) calls.emplace_back("_gilscale_folders");
  if (option.paths == OptionHelp::Paths::files)
    calls.push_back(fmt::format("_gilscale_files '{}'", option.ending));
  return fmt::format("{}", fmt::join(calls, "; "));
}

/// What follows an option that takes a value.
std::string bash_value_cases(const CommandHelp& command) {
  std::string cases;
  for (const OptionHelp& option : command.options) {
    if (option.value.empty()) continue;
    std::vector<std::string> patterns;
    for (const std::string& name : option.names)
      patterns.push_back(fmt::format("'{} {}'", command.name, name));
    const std::string offer = bash_offer(option);
    cases += fmt::format("    {}) {}return ;;\n", fmt::join(patterns, " | "),
                         offer.empty() ? "" : offer + "; ");
  }
  return cases;
}

std::string bash_names(const std::vector<OptionHelp>& options) {
  std::vector<std::string> names;
  for (const OptionHelp& option : options) names.push_back(joined_names(option, " "));
  return fmt::format("{}", fmt::join(names, " "));
}

std::string bash_command_case(const CommandHelp& command) {
  // All arguments of a command take the same.
  const std::string offer = command.arguments.empty() ? "" : bash_offer(command.arguments.front());
  return fmt::format("    '{} -'*) _gilscale_words '{}' ;;\n    '{} '*) {};;\n", command.name,
                     bash_names(command.options), command.name, offer.empty() ? "" : offer + " ");
}

}  // namespace

std::string bash_completions(const ProgramHelp& program) {
  std::string text = std::string(bash_helpers) + bash_start;
  std::vector<std::string> commands;
  for (const CommandHelp& command : program.commands) commands.push_back(command.name);
  text +=
      fmt::format("  if ((COMP_CWORD == 1)); then\n    _gilscale_words '{} {}'\n    return\n  fi\n",
                  fmt::join(commands, " "), bash_names(program.options));
  text += "  case \"$command $before\" in\n";
  for (const CommandHelp& command : program.commands) text += bash_value_cases(command);
  text += "  esac\n  case \"$command $word\" in\n";
  for (const CommandHelp& command : program.commands) text += bash_command_case(command);
  return text + "  esac\n}\n\ncomplete -F _gilscale gilscale\n";
}

}  // namespace gilscale
