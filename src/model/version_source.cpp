#include "gilscale/model/version_source.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <filesystem>

#include "gilscale/model/user_folders.hpp"
#include "gilscale/model/venv.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

namespace fs = std::filesystem;

/// The nearest folder upwards that has .git (a folder, or a file in a linked working tree); empty
/// if there is none.
fs::path working_tree_of(fs::path folder) {
  std::error_code ignored;
  for (;; folder = folder.parent_path()) {
    if (fs::exists(folder / ".git", ignored)) return folder;
    if (folder == folder.parent_path()) return {};
  }
}

/// `path` below `to` as it was below `from`; unchanged if it was not.
fs::path moved(const fs::path& path, const fs::path& from, const fs::path& to) {
  const fs::path below = path.lexically_relative(from);
  if (below.empty() || *below.begin() == "..") return path;
  return (to / below).lexically_normal();
}

VersionSource working_tree(const fs::path& tree) {
  const fs::path here = fs::current_path();
  const fs::path own_tree = working_tree_of(here);
  VersionSource source;
  source.instead_of = own_tree.string();
  std::error_code ignored;
  const fs::path same_folder = own_tree.empty() ? tree : moved(here, own_tree, tree);
  source.folder = (fs::is_directory(same_folder, ignored) ? same_folder : tree).string();
  if (fs::equivalent(source.folder, here, ignored))
    throw UsageError(
        fmt::format("--against '{}' is the current working tree; make another one with "
                    "`git worktree add`, and build the old version there",
                    tree.string()));
  return source;
}

VersionSource prefix(const fs::path& folder, const std::string& python_version) {
  VersionSource source;
  source.import_from = folder.string();
  std::error_code ignored;
  for (const char* lib : {"lib", "lib64"}) {
    const fs::path packages =
        folder / lib / fmt::format("python{}", minor_version(python_version)) / "site-packages";
    if (fs::is_directory(packages, ignored)) source.import_from = packages.string();
  }
  return source;
}

/// Whether the folder has the module, as a file of Python, an extension or a package.
bool holds_module(const fs::path& folder, const std::string& module) {
  const std::string top = module.substr(0, module.find('.'));
  std::error_code ignored;
  if (fs::is_directory(folder / top, ignored)) return true;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name == top + ".py" || (name.starts_with(top + ".") && name.ends_with(".so"))) return true;
  }
  return false;
}

/// Throws UsageError where both versions are bound to be the same code.
void refuse_same(const WorkloadSpec& workload, const std::string& folder,
                 const std::string& given) {
  const std::string begin = fmt::format("--against '{}'", given);
  if (workload.builtin)
    throw UsageError(
        fmt::format("{}: '{}' comes with gilscale, so both versions would be the same; name "
                    "another gilscale, or measure a workload of your own",
                    begin, workload.name));
  if (!workload.module.empty() && !holds_module(folder, workload.module))
    throw UsageError(fmt::format(
        "{} has no module '{}', so both versions would be the same; install it there, as with "
        "pip install --target",
        begin, workload.module));
  std::vector<std::string> ours = workload.path;
  ours.push_back(fs::current_path().string());
  std::error_code ignored;
  for (const std::string& own : ours)
    if (fs::equivalent(own, folder, ignored))
      throw UsageError(
          fmt::format("{} is where this version comes from, so both would be the same; "
                      "name the folder of the other one",
                      begin));
}

/// The other version of a file that is measured itself, if there is one.
std::string file_in(const fs::path& folder, const std::string& file) {
  std::error_code ignored;
  if (file.empty() || fs::path(file).is_absolute()) return file;
  const fs::path other = folder / file;
  return fs::is_regular_file(other, ignored) ? other.string() : file;
}

std::string moved_text(const std::string& path, const VersionSource& source) {
  if (source.instead_of.empty() || !fs::path(path).is_absolute()) return path;
  const fs::path own_tree = source.instead_of;
  const fs::path their_tree = working_tree_of(source.folder);
  return moved(path, own_tree, their_tree).string();
}

/// The folder of a virtual environment whose bin/python that is.
fs::path environment_of(const fs::path& python) { return python.parent_path().parent_path(); }

/// With another environment's packages where a path is inside the environment of `python`.
std::string path_in(const std::string& other_python, const std::string& path,
                    const std::string& python) {
  const fs::path own = environment_of(python);
  if (!fs::path(path).is_absolute() || !read_venv(own)) return path;
  return moved(path, own, environment_of(other_python)).string();
}

VersionSource source_of(const std::string& given, const std::string& python_version) {
  std::error_code ignored;
  const fs::path path = fs::absolute(given, ignored).lexically_normal();
  if (is_program(path)) {
    VersionSource source;
    source.worker = {path.string(), "worker", "--supervised"};
    return source;
  }
  if (given.empty() || !fs::is_directory(path, ignored))
    throw UsageError(
        fmt::format("--against '{}' is neither a folder (an install prefix, a virtual environment, "
                    "another working tree) nor a gilscale executable; check the path",
                    given));
  if (fs::exists(path / "pyvenv.cfg", ignored)) {
    VersionSource source;
    const auto venv = chosen_venv(path.string(), "", std::span(&python_version, 1), true);
    if (venv) source.python = venv->python.string();
    return source;
  }
  if (fs::exists(path / ".git", ignored)) return working_tree(path);
  return prefix(path, python_version);
}

}  // namespace

Case VersionSource::applied_to(Case planned) const {
  WorkloadSpec& workload = planned.workload;
  if (!python.empty())
    for (std::string& each : workload.path) each = path_in(python, each, planned.python);
  if (!python.empty()) planned.python = python;
  if (!folder.empty()) planned.folder = folder;
  workload.file = moved_text(workload.file, *this);
  for (std::string& each : workload.path) each = moved_text(each, *this);
  if (import_from.empty()) return planned;
  refuse_same(workload, import_from, given);
  workload.file = file_in(import_from, workload.file);
  workload.path.insert(workload.path.begin(), import_from);
  return planned;
}

VersionSource find_version(const std::string& given, const std::string& python_version) {
  VersionSource source = source_of(given, python_version);
  source.given = given;
  return source;
}

}  // namespace gilscale
