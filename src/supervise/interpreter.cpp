#include "gilscale/supervise/interpreter.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "gilscale/model/venv.hpp"
#include "gilscale/supervise/process.hpp"
#include "gilscale/supervise/stream.hpp"
#include "gilscale/text/error.hpp"
#include "gilscale/text/number.hpp"
#include "supervise/ask_interpreter.hpp"

namespace gilscale {
namespace {

/// In bytes; an interpreter's is a few hundred.
constexpr std::size_t longest_answer = 1 << 20;

[[noreturn]] void refuse(const std::string& python) {
  throw UsageError(fmt::format(
      "'{}' does not run as a Python interpreter of version 3.9 or newer; name another one",
      python));
}

std::string answer_of(const std::string& python) {
  try {
    // Isolated: neither the environment nor the folder that the user is in has a say.
    const Process process({python, "-I", "-S", "-c", ask_interpreter_source}, {.group = true});
    return Stream(process.output_fd()).read_to_end(longest_answer);
  } catch (const Error&) {
    refuse(python);
  }
}

}  // namespace

PythonInfo info_of(const InterpreterFacts& facts) {
  return {facts.version, facts.free_threaded ? "free-threaded" : "default", facts.executable,
          facts.debug};
}

InterpreterFacts ask_interpreter(const std::string& python) {
  const auto answer = nlohmann::json::parse(answer_of(python), nullptr, false);
  try {
    return {answer.at("executable").get<std::string>(),
            answer.at("version").get<std::string>(),
            answer.at("soabi").get<std::string>(),
            answer.at("library").get<std::string>(),
            answer.value("include", ""),
            answer.value("suffix", ""),
            answer.value("build", "default") == "free-threaded",
            answer.value("debug", false)};
  } catch (const nlohmann::json::exception&) {
    refuse(python);
  }
}

bool is_too_old(const InterpreterFacts& facts) {
  constexpr int oldest = 9;
  const std::string_view minor = minor_version(facts.version);
  return to_number(minor.substr(minor.find('.') + 1)).value_or(oldest) < oldest;
}

void require_embeddable(const std::string& python, const InterpreterFacts& facts) {
  if (is_too_old(facts))
    throw UsageError(
        fmt::format("{} is CPython {}, but gilscale measures with 3.9 and newer; name another one",
                    python, facts.version));
  if (facts.library.empty())
    throw UsageError(fmt::format(
        "{} (CPython {}) has no shared libpython, which gilscale needs to measure with it; for "
        "Debian's own Python: apt-get install libpython{}; those of conda, of uv, of GitHub's "
        "setup-python and of the official container images have one, as does one built from source "
        "with --enable-shared",
        python, facts.version, minor_version(facts.version)));
}

PythonFiles files_of(const std::string& python, const InterpreterFacts& facts,
                     const std::vector<Plugin>& plugins) {
  require_embeddable(python, facts);
  return {python, facts.library, plugin_for(facts.soabi, python, plugins).file.string(),
          facts.free_threaded};
}

PythonFiles find_python(const std::string& executable) {
  const std::vector<Plugin> plugins = installed_plugins();
  const std::string python =
      executable.empty() ? default_plugin(plugins).python.executable : executable;
  return files_of(python, ask_interpreter(python), plugins);
}

}  // namespace gilscale
