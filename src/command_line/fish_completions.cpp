#include <fmt/format.h>
#include <fmt/ranges.h>

#include "command_line/completions.hpp"

namespace gilscale {
namespace {

constexpr const char* fish_start =
    R"(# fish completion for gilscale, made by `gilscale completions fish`

function __gilscale_command
    set -l words (commandline -opc)
    set -q words[2]; and test "$words[2]" = "$argv[1]"
end

function __gilscale_no_command
    set -l words (commandline -opc)
    not set -q words[2]
end

function __gilscale_phrase
    set -l word (commandline -ct | string trim --left --chars '"\'')
    set -l parts (string split ' ' -- $word)
    if not set -q parts[2]
        string split ' ' -- $argv[1]
    else if not set -q parts[3]
        for second in (string split ' ' -- $argv[2])
            echo "$parts[1] $second"
        end
    end
end

complete -c gilscale -f
)";

std::string fish_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

/// What a value may be, as an argument of `complete -a`; empty if nothing is known of it.
std::string fish_candidates(const OptionHelp& option) {
  const std::string words = fmt::format("{}", fmt::join(option.words, " "));
  if (option.form == OptionHelp::Form::list) return fmt::format("(__fish_append , {})", words);
  if (option.form == OptionHelp::Form::phrase)
    return fmt::format("(__gilscale_phrase \"{}\" \"{}\")", words,
                       fmt::join(option.second_words, " "));
  if (option.paths == OptionHelp::Paths::folders) return "(__fish_complete_directories)";
  return option.ending.empty()
             ? words
             : fmt::format("{} (__fish_complete_suffix {})", words, option.ending);
}

/// Arguments of `complete` for a value: -x keeps all files out, -F lets them in.
std::string fish_value(const OptionHelp& option) {
  const std::string candidates = fish_candidates(option);
  const bool any_file = option.paths == OptionHelp::Paths::files && option.ending.empty();
  return (any_file ? " -r -F" : " -x") +
         (candidates.empty() ? "" : fmt::format(" -k -a '{}'", candidates));
}

std::string fish_option(const std::string& condition, const OptionHelp& option) {
  std::string names;
  for (const std::string& name : option.names)
    names += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  const std::string value = option.value.empty() ? "" : fish_value(option);
  return fmt::format("complete -c gilscale -n '{}'{}{} -d {}\n", condition, names, value,
                     fish_quoted(first_sentence(option.about)));
}

std::string fish_command(const CommandHelp& command) {
  const std::string condition = "__gilscale_command " + command.name;
  std::string text;
  for (const OptionHelp& option : command.options) text += fish_option(condition, option);
  // All arguments of a command take the same.
  const std::string candidates =
      command.arguments.empty() ? "" : fish_candidates(command.arguments.front());
  if (!candidates.empty())
    text += fmt::format("complete -c gilscale -n '{}' -k -a '{}'\n", condition, candidates);
  return text;
}

}  // namespace

std::string fish_completions(const ProgramHelp& program) {
  std::string text = fish_start;
  for (const OptionHelp& option : program.options)
    text += fish_option("__gilscale_no_command", option);
  for (const CommandHelp& command : program.commands)
    text += fmt::format("complete -c gilscale -n __gilscale_no_command -a {} -d {}\n", command.name,
                        fish_quoted(command.about));
  for (const CommandHelp& command : program.commands) text += "\n" + fish_command(command);
  return text;
}

}  // namespace gilscale
