#include "gilscale/model/plugins.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <utility>

#include "gilscale/model/codec.hpp"
#include "gilscale/model/executable.hpp"
#include "gilscale/model/user_folders.hpp"
#include "gilscale/text/error.hpp"
#include "gilscale/text/version.hpp"

namespace gilscale {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Described {
  Plugin plugin;
  bool is_default = false;
};

std::optional<Described> described_by(const fs::path& file) {
  std::ifstream stream(file);
  const json text = json::parse(stream, nullptr, false);
  try {
    Described read;
    read.plugin.soabi = text.at("soabi").get<std::string>();
    read.plugin.version = text.at("gilscale").get<std::string>();
    read.plugin.python = {text.at("version").get<std::string>(),
                          text.at("build").get<std::string>(),
                          text.at("executable").get<std::string>(), text.at("debug").get<bool>()};
    read.plugin.file = fs::path(file).replace_extension(".so");
    read.is_default = text.at("default").get<bool>();
    return read;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

/// What builds more of them in the clone that gilscale was built in; else empty.
std::string own_add_python() {
  const fs::path script = own_clone() / "scripts" / "add_python.sh";
  std::error_code ignored;
  if (own_clone().empty() || !fs::exists(script, ignored)) return "";
  const std::string preset = own_prefix().filename().string();
  return (preset == "release" ? "" : "PRESET=" + preset + " ") + script.string();
}

}  // namespace

std::string plugin_description(const std::string& soabi, const PythonInfo& python,
                               bool is_default) {
  const nlohmann::ordered_json text{
      {"soabi", soabi},        {"gilscale", version},   {"version", python.version},
      {"build", python.build}, {"debug", python.debug}, {"executable", python.executable},
      {"default", is_default}};
  return text.dump(2) + "\n";
}

bool describes_default_plugin(const fs::path& file) {
  const std::optional<Described> read = described_by(file);
  return read && read->is_default;
}

std::string plugin_command(const std::string& python) {
  if (const std::string script = own_add_python(); !script.empty())
    return fmt::format("{} {}", script, python);
  std::error_code ignored;
  if (!fs::exists(plugin_sources(), ignored))
    return fmt::format("scripts/add_python.sh {}, in the folder of gilscale's sources", python);
  const std::string own = own_python();
  return fmt::format("{} add-python {}",
                     own.empty() ? own_executable().string() : own + " -m gilscale", python);
}

std::string how_to_make_plugin(const std::string& python) {
  return fmt::format("make it, in a minute, with: {}", plugin_command(python));
}

fs::path plugin_sources() { return share_folder() / "plugin"; }

fs::path lib_folder() { return own_prefix() / "lib" / "gilscale"; }

fs::path user_prefix() {
  const fs::path data = user_data_folder();
  return data.empty() ? fs::path() : data / "gilscale" / version;
}

fs::path workloads_beside(const fs::path& file) {
  return file.parent_path().parent_path().parent_path() / "share" / "gilscale" / "workloads";
}

std::vector<Plugin> plugins_in(const fs::path& folder) {
  std::vector<Described> all;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("worker-") || !name.ends_with(".json")) continue;
    if (auto read = described_by(entry.path())) all.push_back(std::move(*read));
  }
  std::sort(all.begin(), all.end(), [](const Described& a, const Described& b) {
    return a.is_default != b.is_default ? a.is_default : a.plugin.soabi < b.plugin.soabi;
  });
  std::vector<Plugin> plugins;
  for (Described& each : all) plugins.push_back(std::move(each.plugin));
  return plugins;
}

std::vector<Plugin> installed_plugins() {
  std::vector<Plugin> plugins = plugins_in(lib_folder());
  if (user_prefix().empty()) return plugins;
  for (Plugin& plugin : plugins_in(user_prefix() / "lib" / "gilscale"))
    plugins.push_back(std::move(plugin));
  return plugins;
}

const Plugin& default_plugin(const std::vector<Plugin>& plugins) {
  if (!plugins.empty()) return plugins.front();
  throw UsageError(fmt::format("this gilscale has no plug-in for any Python in '{}'; {}",
                               lib_folder().string(), how_to_make_plugin("PYTHON")));
}

const Plugin& plugin_for(const std::string& soabi, const std::string& python,
                         const std::vector<Plugin>& plugins) {
  const auto found = std::find_if(plugins.begin(), plugins.end(),
                                  [&](const Plugin& plugin) { return plugin.soabi == soabi; });
  if (found == plugins.end()) {
    std::vector<std::string> others;
    for (const Plugin& plugin : plugins) others.push_back(plugin.soabi);
    throw UsageError(fmt::format("there is no plug-in for {} ({}){}; {}", python, soabi,
                                 others.empty()
                                     ? ", nor for any other Python"
                                     : fmt::format(", only for {}", fmt::join(others, ", ")),
                                 how_to_make_plugin(python)));
  }
  if (found->version != version)
    throw UsageError(fmt::format("the plug-in '{}' belongs to gilscale {}, but this is {}; {}",
                                 found->file.string(), found->version, version,
                                 how_to_make_plugin(python)));
  return *found;
}

}  // namespace gilscale
