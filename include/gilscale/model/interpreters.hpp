#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gilscale {

/// A version of Python as people name it: "3.13", "3.14t", "3.12.1".
struct PythonVersion {
  std::string release;  ///< "3.13" or "3.12.1"
  bool free_threaded = false;

  /// Whether an interpreter of that version ("3.13.1") and build is meant.
  [[nodiscard]] bool means(std::string_view version, bool is_free_threaded) const;
};

/// None if the text is no version.
std::optional<PythonVersion> read_python_version(std::string_view text);

/// "3.13" of "3.13.1"; "3.13t" of a free-threaded build, "3.13d" of a debug build.
std::string interpreter_name(std::string_view version, bool free_threaded, bool debug);

/// The version in the name of an interpreter: "3.13t" of /usr/bin/python3.13t; empty where it has
/// none, as python3.
std::string version_in_name(const std::filesystem::path& executable);

/// Where people keep interpreters. All empty: nowhere.
struct InterpreterPlaces {
  std::vector<std::filesystem::path> folders;   ///< that hold python3.X themselves
  std::vector<std::filesystem::path> versions;  ///< whose folders hold bin/python3.X
};

/// PATH and where Debian puts them; the versions of uv, of pyenv, and of GitHub's setup-python.
InterpreterPlaces interpreter_places();

/// The interpreters there that bear a version in their names (python3.13, python3.13t), each once,
/// in the order of the places; of the versions in a folder, the newest first. None is run.
std::vector<std::filesystem::path> interpreters_in(const InterpreterPlaces& places);

/// The interpreter in that folder, a virtual environment or an installation; none if there is none.
std::optional<std::filesystem::path> interpreter_of(const std::filesystem::path& folder);

}  // namespace gilscale
