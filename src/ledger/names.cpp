#include "gilscale/ledger/names.hpp"

#include <cxxabi.h>
#include <elfutils/libdwfl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <utility>

#include "ledger/rust_names.hpp"

namespace gilscale {
namespace {

using std::string_view;

/// Their names begin like this.
constexpr std::array<string_view, 36> of_locks{
    // C++
    "std::", "__gnu_cxx::", "__gthread_", "pthread_", "__pthread_", "sem_", "boost::",
    // CPython
    "PyThread_", "_PyThread_", "_PySemaphore", "_PyParkingLot", "_PyMutex", "PyMutex",
    "_PyRawMutex", "_PyRecursiveMutex", "_PyRWMutex", "_PyOnceFlag", "_PyEvent", "PyEvent",
    "_PyCriticalSection", "PyCriticalSection", "PyEval_RestoreThread", "PyEval_AcquireThread",
    "PyEval_AcquireLock", "PyEval_SaveThread", "PyGILState_", "_PyThreadState_", "take_gil",
    "lock_PyThread", "acquire_timed",
    // pybind11, Rust
    "pybind11::gil_scoped", "core::", "parking_lot", "lock_api", "pyo3::", "pyo3_ffi::"};

/// Functions of CPython that call others, whatever these do.
constexpr std::array<string_view, 8> of_calls{"cfunction_",  "_PyEval_",     "PyEval_",
                                              "PyObject_",   "_PyObject_",   "method_vectorcall",
                                              "_PyFunction", "_PyVectorcall"};

/// These libraries have functions that only wait on behalf of others.
constexpr std::array<string_view, 6> of_system{"libc.so",      "libc-", "libpthread",
                                               "libstdc++.so", "ld-",   "libgcc_s"};

template <typename Prefixes>
bool begins_with_one_of(string_view text, const Prefixes& prefixes) {
  for (const string_view prefix : prefixes)
    if (text.starts_with(prefix)) return true;
  return false;
}

std::string demangled(const char* symbol) {
  if (auto path = rust_path(symbol)) return *std::move(path);
  int failed = 0;
  char* const name = abi::__cxa_demangle(symbol, nullptr, nullptr, &failed);
  std::string text = failed == 0 ? name : symbol;
  std::free(name);
  return text;
}

/// "Encoder::flush" of "Encoder::flush(int) const".
std::string without_arguments(std::string name) {
  int depth = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '<') ++depth;
    if (name[i] == '>') --depth;
    if (name[i] == '(' && depth == 0 && i > 0) return name.substr(0, i);
  }
  return name;
}

/// "codec.so" of "codec.cpython-311-x86_64-linux-gnu.so".
std::string without_tag(std::string file) {
  for (const string_view tag : {string_view(".cpython-"), string_view(".abi3")})
    if (const std::size_t at = file.find(tag); at != file.npos && file.ends_with(".so"))
      return file.substr(0, at) + ".so";
  return file;
}

std::string without_namespace(std::string name) {
  constexpr string_view anonymous = "(anonymous namespace)::";
  while (true) {
    const std::size_t at = name.find(anonymous);
    if (at == name.npos) return name;
    name.erase(at, anonymous.size());
  }
}

/// Where an address is.
struct Spot {
  std::string module;    ///< the file's name
  std::string function;  ///< empty where it has no name
  std::uint64_t offset = 0;

  [[nodiscard]] std::string text() const {
    return function.empty() ? fmt::format("{}+0x{:x}", module, offset) : module + "!" + function;
  }
  [[nodiscard]] bool is_ours() const {
    return module == "gilscale" || begins_with_one_of(module, std::array{string_view("worker-")});
  }
  [[nodiscard]] bool waits_for_others() const {
    return begins_with_one_of(module, of_system) || is_a_locks_own(function);
  }
};

}  // namespace

bool is_a_locks_own(string_view function) { return begins_with_one_of(function, of_locks); }

class Names::Symbols {
 public:
  Symbols() : libraries_(begin()) {
    if (!libraries_) return;
    if (dwfl_linux_proc_report(libraries_, getpid()) != 0) return;
    dwfl_report_end(libraries_, nullptr, nullptr);
  }
  ~Symbols() { dwfl_end(libraries_); }
  Symbols(const Symbols&) = delete;
  Symbols& operator=(const Symbols&) = delete;

  /// Of a return address: the call lies before it.
  [[nodiscard]] Spot spot(std::uintptr_t address) const {
    const Dwarf_Addr call = address - 1;
    Dwfl_Module* const module = libraries_ ? dwfl_addrmodule(libraries_, call) : nullptr;
    if (!module) return {"?", "", call};
    Dwarf_Addr first = 0;
    const char* const file =
        dwfl_module_info(module, nullptr, &first, nullptr, nullptr, nullptr, nullptr, nullptr);
    Spot spot{without_tag(std::filesystem::path(file).filename().string()), "", call - first};
    GElf_Off offset = 0;
    GElf_Sym symbol{};
    const char* const name =
        dwfl_module_addrinfo(module, call, &offset, &symbol, nullptr, nullptr, nullptr);
    // The next symbol before it may be another function's, where this one has none.
    if (name && offset < symbol.st_size)
      spot.function = without_arguments(without_namespace(demangled(name)));
    return spot;
  }

 private:
  static Dwfl* begin() {
    // Files of debug information are looked for on this machine, not on the network.
    unsetenv("DEBUGINFOD_URLS");
    static char* no_folder = nullptr;
    static const Dwfl_Callbacks callbacks{dwfl_linux_proc_find_elf, dwfl_standard_find_debuginfo,
                                          nullptr, &no_folder};
    return dwfl_begin(&callbacks);
  }

  Dwfl* libraries_;
};

Names::Names() : symbols_(std::make_unique<Symbols>()) {}
Names::~Names() = default;

std::string Names::site(const WaitSite& waits) const {
  const bool is_gil = waits.kind == WaitKind::gil;
  Spot last;  // the outermost of those that wait for others
  for (const std::uintptr_t address : waits.frames) {
    Spot spot = symbols_->spot(address);
    if (spot.is_ours()) break;
    if (is_gil && spot.module.starts_with("libpython")) continue;
    if (spot.waits_for_others()) {
      last = std::move(spot);
      continue;
    }
    // Inside libpython, the function of the lock may say more than what called it.
    const bool says_less = spot.module.starts_with("libpython") && !last.function.empty() &&
                           (spot.function.empty() || begins_with_one_of(spot.function, of_calls));
    return says_less ? last.text() : spot.text();
  }
  return last.module.empty() || is_gil ? "" : last.text();
}

}  // namespace gilscale
