#include "gilscale/commands/draw_report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "gilscale/model/executable.hpp"
#include "gilscale/model/venv.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

using Command = std::vector<std::string>;

/// -E: the variables of Python are meant for the one that is measured.
Command package_run_by(const std::string& python) {
  return {python, "-E", (share_folder() / "report" / "gilscale_report").string()};
}

Command without_arguments(const std::string& given_venv, const std::string& active_venv,
                          const std::filesystem::path& clone) {
  if (!given_venv.empty()) return package_run_by(require_venv(given_venv).python.string());
  if (const std::string own = own_python(); !own.empty()) return package_run_by(own);
  const std::string script = (clone / "scripts" / "report.sh").string();
  if (!clone.empty() && access(script.c_str(), X_OK) == 0) return {script};
  const auto active = active_venv.empty() ? std::nullopt : read_venv(active_venv);
  return package_run_by(active ? active->python.string() : "python3");
}

[[noreturn]] void become(Command command) {
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  throw UsageError(fmt::format(
      "cannot start '{}' to draw the report: {}; name an environment that has Jinja2 and "
      "matplotlib with --venv DIR",
      command[0], std::strerror(errno)));
}

}  // namespace

Command drawing_command(const ReportOptions& options, const std::string& active_venv,
                        const std::filesystem::path& clone) {
  Command command = without_arguments(options.venv, active_venv, clone);
  command.push_back("--out=" + options.out);
  if (!options.chart.empty()) command.push_back("--chart=" + options.chart);
  command.emplace_back("--");
  command.insert(command.end(), options.results.begin(), options.results.end());
  return command;
}

void draw_report(const ReportOptions& options) {
  const char* const active = std::getenv("VIRTUAL_ENV");
  become(drawing_command(options, active ? active : "", own_clone()));
}

}  // namespace gilscale
