#include "command_line/man_page.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <sstream>
#include <string_view>

#include "command_line/examples.hpp"
#include "command_line/exit_codes.hpp"
#include "gilscale/text/number.hpp"
#include "gilscale/text/version.hpp"

namespace gilscale {
namespace {

constexpr const char* how_it_measures =
    "It embeds CPython and runs the callable on real Python threads. Alongside every round, it "
    "measures what the machine could deliver at that moment. Its figures therefore hold on shared, "
    "noisy machines, and where the machine lacked the cores, gilscale says `inconclusive` instead "
    "of guessing.";

/// A term, and what it means: a paragraph with a tag.
struct Tagged {
  std::string_view term;
  std::string_view meaning;
};

constexpr std::array<Tagged, 6> man_environment{{
    {"VIRTUAL_ENV", "The virtual environment that is used unless --venv or --python names one."},
    {"XDG_DATA_HOME",
     "Where `gilscale add-python` puts a plug-in if nobody may write next to gilscale (default: "
     "~/.local/share)."},
    {"CXX", "The C++ compiler of `gilscale add-python` (default: c++)."},
    {"NO_COLOR", "If it is set and not empty, there is no colour on a terminal."},
    {"GITHUB_ACTIONS",
     "If it is `true`, a run prints annotations for GitHub Actions to standard error too."},
    {"PYTHON*",
     "What Python itself reads, such as PYTHON_GIL, applies to the Pythons that are measured."},
}};

constexpr std::array<Tagged, 4> man_files{{
    {"gilscale.toml", "In the current folder: options for `gilscale run`; see --config."},
    {"PREFIX/lib/gilscale/worker-*.so",
     "A plug-in for each Python that can be measured. PREFIX is the parent of the executable's "
     "folder."},
    {"PREFIX/share/gilscale", "The built-in workloads, and what draws reports."},
    {"PREFIX/share/doc/gilscale/docs",
     "What the figures mean and why they can be trusted, use in CI, the result file."},
}};

/// As roff prints it unchanged, in one line; text between backquotes becomes bold.
std::string roff(std::string_view text) {
  std::string escaped;
  bool is_bold = false;
  for (const char c : text) {
    if (c == '`') {
      is_bold = !is_bold;
      escaped += is_bold ? "\\fB" : "\\fR";
    } else if (c == '\\')
      escaped += "\\e";
    else if (c == '-')
      escaped += "\\-";
    else if (c == '\'')
      escaped += "\\(aq";
    else if (c == '^')
      escaped += "\\(ha";
    else if (c == '~')
      escaped += "\\(ti";
    else
      escaped += c;
  }
  return escaped;
}

/// Running text, in lines of a length that people can read and mandoc accepts.
std::string filled(std::string_view text) {
  constexpr std::size_t longest = 78;
  std::string lines;
  std::size_t column = 0;
  std::istringstream words{roff(text)};
  for (std::string word; words >> word;) {
    const bool fits = column + 1 + word.size() <= longest;
    if (column > 0) lines += fits ? ' ' : '\n';
    column = column > 0 && fits ? column + 1 + word.size() : word.size();
    // A dot at the beginning of a line would make it a request.
    lines += word.starts_with('.') ? "\\&" + word : word;
  }
  return lines + "\n";
}

std::string bold(std::string_view text) { return fmt::format("\\fB{}\\fR", roff(text)); }
std::string italic(std::string_view text) { return fmt::format("\\fI{}\\fR", roff(text)); }

std::string heading(std::string_view text) { return fmt::format(".SH {}\n", roff(text)); }

/// `term` is roff already.
std::string tagged(const std::string& term, std::string_view meaning) {
  return fmt::format(".TP\n{}\n{}", term, filled(meaning));
}

template <typename Rows>
std::string tagged_section(std::string_view title, const Rows& rows) {
  std::string text = heading(title);
  for (const Tagged& row : rows) text += tagged(bold(row.term), row.meaning);
  return text;
}

std::string argument_term(const OptionHelp& argument) {
  const std::string value = italic(argument.value) + (argument.repeats ? "..." : "");
  return argument.required ? value : fmt::format("[{}]", value);
}

std::string option_term(const OptionHelp& option) {
  std::string term;
  for (const std::string& name : option.names) term += (term.empty() ? "" : ", ") + bold(name);
  return option.value.empty() ? term : term + " " + italic(option.value);
}

std::string option_meaning(const OptionHelp& option) {
  return option.standard.empty() ? option.about + "."
                                 : fmt::format("{}. Default: {}.", option.about, option.standard);
}

/// It is the same for each command and told once.
bool is_help(const OptionHelp& option) { return option.names.back() == "--help"; }

std::string synopsis(const CommandHelp& command) {
  std::string line = bold("gilscale " + command.name);
  if (command.options.size() > 1) line += fmt::format(" [{}]...", italic("OPTION"));
  for (const OptionHelp& argument : command.arguments) line += " " + argument_term(argument);
  return line + "\n";
}

std::string synopses(const ProgramHelp& program) {
  std::string text = heading("SYNOPSIS");
  for (const CommandHelp& command : program.commands) text += synopsis(command) + ".br\n";
  return text + fmt::format("{} [{} | {}]\n", bold("gilscale"), bold("--help"), bold("--version"));
}

std::string commands_section(const ProgramHelp& program) {
  std::string text = heading("COMMANDS");
  for (const CommandHelp& command : program.commands)
    text += tagged(bold("gilscale " + command.name), command.about + ".");
  return text + ".PP\n" + filled("Each of them has `--help`.");
}

std::string command_options(const CommandHelp& command) {
  std::string text;
  for (const OptionHelp& argument : command.arguments)
    text += tagged(italic(argument.value), option_meaning(argument));
  std::string group;
  for (const OptionHelp& option : command.options) {
    if (is_help(option)) continue;
    if (option.group != group) text += fmt::format(".PP\n{}:\n", bold(option.group));
    group = option.group;
    text += tagged(option_term(option), option_meaning(option));
  }
  return text.empty() ? "" : fmt::format(".SS gilscale {}\n", command.name) + text;
}

std::string exit_status() {
  std::string text = heading("EXIT STATUS");
  for (const ExitCodeMeaning& row : exit_code_meanings)
    text +=
        tagged(bold(std::to_string(static_cast<int>(row.code))), fmt::format("{}.", row.meaning));
  return text;
}

std::string examples_section() {
  std::string text = heading("EXAMPLES");
  std::string paragraph;
  for (const auto& [command, about] : examples) {
    text +=
        paragraph + filled(about) + fmt::format(".PP\n.RS 4\n.nf\n{}\n.fi\n.RE\n", bold(command));
    paragraph = ".PP\n";
  }
  return text;
}

}  // namespace

std::string man_page(const ProgramHelp& program, const std::string& date) {
  std::string text =
      fmt::format(".TH GILSCALE 1 {} \"gilscale {}\" \"User Commands\"\n", date, version);
  text += ".nh\n.ad l\n";
  text += heading("NAME") + "gilscale \\- measure how Python callables scale over threads\n";
  text += synopses(program);
  text += heading("DESCRIPTION") + filled(program.about) + ".PP\n" + filled(how_it_measures);
  text += commands_section(program);
  text += heading("OPTIONS");
  for (const OptionHelp& option : program.options)
    text += tagged(option_term(option), option_meaning(option));
  for (const CommandHelp& command : program.commands) text += command_options(command);
  text += exit_status();
  text += tagged_section("ENVIRONMENT", man_environment);
  text += tagged_section("FILES", man_files);
  text += examples_section();
  text += heading("SEE ALSO") + bold("python3") + "(1),\n" + bold("taskset") + "(1),\n" +
          bold("numactl") + "(8)\n";
  return text;
}

std::string man_page_date() {
  const char* const epoch = std::getenv("SOURCE_DATE_EPOCH");
  const auto seconds = epoch ? to_number(epoch) : std::nullopt;
  constexpr double year_10000 = 253402300800;
  const bool is_given = seconds && *seconds >= 0 && *seconds < year_10000;
  const std::time_t now = is_given ? static_cast<std::time_t>(*seconds) : std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  return fmt::format("{:%Y-%m-%d}", utc);
}

}  // namespace gilscale
