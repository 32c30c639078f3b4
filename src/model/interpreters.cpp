#include "gilscale/model/interpreters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <utility>

#include "gilscale/model/user_folders.hpp"
#include "gilscale/model/venv.hpp"

namespace gilscale {
namespace {

namespace fs = std::filesystem;

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// "3", "3.13", "3.13.1".
bool is_release(std::string_view text) {
  const auto dots = std::count(text.begin(), text.end(), '.');
  return dots >= 1 && dots <= 2 && is_digit(text.front()) && is_digit(text.back()) &&
         text.find("..") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

/// Digits by their value: "3.10" comes after "3.9".
bool is_older(const std::string& a, const std::string& b) {
  const auto number_at = [](const std::string& text, std::size_t& at) {
    const std::size_t begin = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    std::string digits = text.substr(begin, at - begin);
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    return digits;
  };
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      const std::string x = number_at(a, i);
      const std::string y = number_at(b, j);
      if (x != y) return x.size() != y.size() ? x.size() < y.size() : x < y;
    } else if (a[i] != b[j]) {
      return a[i] < b[j];
    } else {
      ++i;
      ++j;
    }
  }
  return i == a.size() && j < b.size();
}

/// The folder's entries; nothing if it cannot be read.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    entries.push_back(entry->path());
  std::sort(entries.begin(), entries.end(), [](const fs::path& a, const fs::path& b) {
    return is_older(b.filename().string(), a.filename().string());
  });
  return entries;
}

/// "python3.13", "python3.13t"; not python3, which is one of these, nor python3.13-config.
bool is_named_as_interpreter(const fs::path& file) {
  const auto version = read_python_version(version_in_name(file));
  return version && version->release.starts_with("3.") &&
         std::count(version->release.begin(), version->release.end(), '.') == 1;
}

class Collector {
 public:
  /// The interpreters that lie in it; not those that start others by what stands elsewhere.
  void look_in(const fs::path& folder) {
    if (folder.filename() == "shims") return;
    for (const fs::path& entry : entries_of(folder)) {
      if (!is_named_as_interpreter(entry) || !is_program(entry)) continue;
      std::error_code error;
      const fs::path own = fs::canonical(entry, error);
      if (!error && known_.insert(own).second) found_.push_back(entry);
    }
  }
  std::vector<fs::path> take() { return std::move(found_); }

 private:
  std::set<fs::path> known_;
  std::vector<fs::path> found_;
};

}  // namespace

bool PythonVersion::means(std::string_view version, bool is_free_threaded) const {
  return is_free_threaded == free_threaded &&
         (version == release || version.starts_with(release + "."));
}

std::optional<PythonVersion> read_python_version(std::string_view text) {
  PythonVersion version;
  version.free_threaded = text.ends_with('t');
  if (version.free_threaded) text.remove_suffix(1);
  if (text.empty() || !is_release(text)) return std::nullopt;
  version.release = text;
  return version;
}

std::string interpreter_name(std::string_view version, bool free_threaded, bool debug) {
  return fmt::format("{}{}{}", minor_version(version), free_threaded ? "t" : "", debug ? "d" : "");
}

std::string version_in_name(const fs::path& executable) {
  constexpr std::string_view begin = "python";
  const std::string name = executable.filename().string();
  const std::string version = name.starts_with(begin) ? name.substr(begin.size()) : "";
  return version.find('.') == version.npos ? "" : version;
}

InterpreterPlaces interpreter_places() {
  InterpreterPlaces places;
  places.folders = folders_on_path();
  for (const char* folder : {"/usr/local/bin", "/usr/bin"}) places.folders.emplace_back(folder);
  const fs::path data = user_data_folder();
  const std::string uv = environment_variable("UV_PYTHON_INSTALL_DIR");
  places.versions = {uv.empty() ? data / "uv" / "python" : fs::path(uv),
                     user_folder("PYENV_ROOT", ".pyenv") / "versions"};
  // <tool cache>/Python/3.13.1/x64/bin
  if (const std::string cache = environment_variable("RUNNER_TOOL_CACHE"); !cache.empty())
    for (const fs::path& version : entries_of(fs::path(cache) / "Python"))
      places.versions.push_back(version);
  return places;
}

std::vector<fs::path> interpreters_in(const InterpreterPlaces& places) {
  Collector collector;
  for (const fs::path& folder : places.folders) collector.look_in(folder);
  for (const fs::path& versions : places.versions)
    for (const fs::path& version : entries_of(versions)) collector.look_in(version / "bin");
  return collector.take();
}

std::optional<fs::path> interpreter_of(const fs::path& folder) {
  for (const char* name : {"bin/python", "bin/python3"})
    if (is_program(folder / name)) return folder / name;
  return std::nullopt;
}

}  // namespace gilscale
