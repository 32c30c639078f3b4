#include "gilscale/commands/add_python.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "commands/pythons.hpp"
#include "gilscale/model/executable.hpp"
#include "gilscale/model/plugins.hpp"
#include "gilscale/model/user_folders.hpp"
#include "gilscale/model/venv.hpp"
#include "gilscale/report/standard_output.hpp"
#include "gilscale/supervise/interpreter.hpp"
#include "gilscale/supervise/temporary_folder.hpp"

extern char** environ;  // NOLINT: POSIX names it so

namespace gilscale {
namespace {

namespace fs = std::filesystem;
using Command = std::vector<std::string>;

/// Its exit code; what it prints goes where ours does.
int exit_code_of(const Command& command) {
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_t pid = -1;
  if (const int failed = posix_spawnp(&pid, argv[0], nullptr, nullptr, argv.data(), environ))
    throw UsageError(fmt::format("cannot start the compiler '{}': {}; name another one with CXX",
                                 command.front(), std::strerror(failed)));
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool is_on_path(const char* program) {
  const std::vector<fs::path> folders = folders_on_path();
  return std::any_of(folders.begin(), folders.end(),
                     [&](const fs::path& folder) { return is_program(folder / program); });
}

/// CXX may hold more than a word: "ccache g++".
Command compiler() {
  const char* const named = std::getenv("CXX");
  std::istringstream text(named ? named : "");
  Command words;
  for (std::string word; text >> word;) words.push_back(word);
  if (!words.empty()) return words;
  for (const char* usual : {"c++", "g++", "clang++"})
    if (is_on_path(usual)) return {usual};
  throw UsageError(
      "a plug-in is compiled, and there is no C++ compiler: CXX names none, and neither c++, g++ "
      "nor clang++ is on PATH; on Debian: apt-get install g++");
}

void require_headers(const NamedInterpreter& python) {
  std::error_code ignored;
  if (fs::exists(fs::path(python.facts.include) / "Python.h", ignored)) return;
  throw UsageError(
      fmt::format("{} (CPython {}) has no headers: there is no Python.h in '{}'; on Debian: "
                  "apt-get install python{}-dev",
                  python.executable, python.facts.version, python.facts.include,
                  minor_version(python.facts.version)));
}

bool can_write(const fs::path& folder) { return access(folder.c_str(), W_OK) == 0; }

/// Next to the executable, or else the user's own.
fs::path prefix_to_write() {
  if (can_write(lib_folder()) && can_write(share_folder() / "workloads")) return own_prefix();
  if (!user_prefix().empty()) return user_prefix();
  throw UsageError(fmt::format(
      "'{}' cannot be written to, and there is no home folder; name a folder that can be with "
      "XDG_DATA_HOME",
      lib_folder().string()));
}

/// What is made of one Python.
class PluginBuild {
 public:
  PluginBuild(const NamedInterpreter& python, Command compiler)
      : python_(python), compiler_(std::move(compiler)) {}

  void compile(const std::string& source, const std::string& library) const {
    const fs::path sources = plugin_sources();
    Command command = compiler_;
    command.push_back("@" + (sources / "options").string());
    for (const std::string& folder : {sources.string(), python_.facts.include}) {
      command.emplace_back("-isystem");
      command.push_back(folder);
    }
    command.insert(command.end(), {(sources / source).string(), "-o", made(library).string()});
    if (exit_code_of(command) == 0) return;
    throw UsageError(
        fmt::format("{} could not compile the plug-in for {}, see above; g++ 12 and clang 15 or "
                    "newer can: name one with CXX",
                    fmt::join(compiler_, " "), python_.executable));
  }

  void describe(const std::string& file, bool is_default) const {
    std::ofstream(made(file)) << plugin_description(python_.facts.soabi, info_of(python_.facts),
                                                    is_default);
  }

  /// Whole or not at all, whoever looks meanwhile.
  void install(const std::string& file, const fs::path& folder) const {
    fs::create_directories(folder);
    const fs::path part = folder / fmt::format(".{}.{}", file, getpid());
    fs::copy_file(made(file), part, fs::copy_options::overwrite_existing);
    fs::rename(part, folder / file);
  }

 private:
  [[nodiscard]] fs::path made(const std::string& file) const { return work_.path() / file; }

  const NamedInterpreter& python_;
  Command compiler_;
  TemporaryFolder work_;  ///< nothing half made is left where plug-ins are looked for
};

constexpr std::array built_in_modules{"fib", "calibration"};

void make_plugin(const NamedInterpreter& python, const Command& with, const fs::path& prefix) {
  const InterpreterFacts& facts = python.facts;
  fmt::print(stderr, "gilscale: compiling a plug-in for CPython {} ({}) with {}\n", facts.version,
             python.executable, fmt::join(with, " "));
  const PluginBuild build(python, with);
  const std::string plugin = "worker-" + facts.soabi;
  build.compile("worker.cpp", plugin + ".so");
  for (const char* module : built_in_modules)
    build.compile(fmt::format("{}.cpp", module),
                  fmt::format("gilscale_{}{}", module, facts.suffix));
  const fs::path lib = prefix / "lib" / "gilscale";
  build.describe(plugin + ".json", describes_default_plugin(lib / (plugin + ".json")));

  const fs::path workloads = workloads_beside(lib / plugin);
  for (const char* module : built_in_modules)
    build.install(fmt::format("gilscale_{}{}", module, facts.suffix), workloads);
  if (!fs::exists(workloads / "gilscale_py_fib.py"))
    fs::copy_file(share_folder() / "workloads" / "gilscale_py_fib.py",
                  workloads / "gilscale_py_fib.py");
  build.install(plugin + ".so", lib);
  build.install(plugin + ".json", lib);  // last: it says that the plug-in is there
  print_out(fmt::format("{}\n", (lib / (plugin + ".so")).string()));
}

}  // namespace

ExitCode add_python(const AddPythonOptions& options) {
  const std::vector<Plugin> plugins = installed_plugins();
  std::vector<NamedInterpreter> pythons;
  for (const std::string& given : options.pythons)
    pythons.push_back(named_interpreter(given, plugins));
  std::error_code ignored;
  if (!fs::exists(plugin_sources(), ignored))
    throw UsageError(fmt::format("this gilscale does not carry the sources of its plug-in; {}",
                                 how_to_make_plugin(pythons.front().executable)));
  for (const NamedInterpreter& python : pythons) {
    require_embeddable(python.executable, python.facts);
    require_headers(python);
  }
  const Command with = compiler();
  const fs::path prefix = prefix_to_write();
  try {
    for (const NamedInterpreter& python : pythons) make_plugin(python, with, prefix);
  } catch (const fs::filesystem_error& error) {
    throw Error(ExitCode::not_written,
                fmt::format("the plug-in could not be written: {}", error.what()));
  }
  return ExitCode::ok;
}

}  // namespace gilscale
