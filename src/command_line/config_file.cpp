#include "gilscale/command_line/config_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

// A malformed inline table breaks an assertion of toml++'s, which refuses the table right after it.
// That shall neither end the program nor, as it does with NDEBUG, be taken for granted.
#undef NDEBUG
#define TOML_ASSERT(expr) static_cast<void>(0)
#define TOML_HEADER_ONLY 1
#if __has_include(<toml++/toml.hpp>)
#include <toml++/toml.hpp>
#else
#include <toml++/toml.h>
#endif

#include "gilscale/text/printable.hpp"

namespace gilscale {
namespace {

// ---- how deep keys go ----

/// The end of the string that `mark` opens at the beginning of `rest`.
std::size_t end_of_string(std::string_view rest, std::string_view mark) {
  std::size_t at = mark.size();
  while (at < rest.size() && !rest.substr(at).starts_with(mark))
    at += rest[at] == '\\' && mark.front() == '"' ? 2U : 1U;
  at = std::min(at + mark.size(), rest.size());
  // A string in three quotation marks may end with two more of them.
  while (mark.size() == 3 && at < rest.size() && rest[at] == mark.front()) ++at;
  return at;
}

/// The length of the string or comment that `rest` begins with; 1 where there is none.
std::size_t opaque_length(std::string_view rest) {
  for (const std::string_view mark : {R"(""")", "'''", "\"", "'"})
    if (rest.starts_with(mark)) return end_of_string(rest, mark);
  return rest.starts_with('#') ? std::min(rest.find('\n'), rest.size()) : 1;
}

/// toml++ bounds how deep values nest, but not keys (a.a.a.a), and takes down what it has read by
/// recursion: a key of 50 000 parts runs off the stack. Returns the line of a key that is too deep.
std::optional<int> line_of_deep_key(std::string_view text) {
  constexpr int most_dots = 16;
  int dots = 0;
  std::size_t length = 0;
  for (std::size_t at = 0; at < text.size(); at += length) {
    const char c = text[at];
    length = opaque_length(text.substr(at));
    if (c == '\n' || c == '=' || c == ',') dots = 0;
    if (c == '.' && ++dots > most_dots)
      return 1 + static_cast<int>(std::count(text.begin(),
                                             text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
  }
  return std::nullopt;
}

// ---- values ----

int line_of(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

/// As the shortest text that is read as the same number, and by Python not as a whole one.
std::string decimal(double number) {
  const std::string text = fmt::format("{}", number);
  return text.find_first_not_of("-0123456789") == std::string::npos ? text + ".0" : text;
}

/// What a string or a number is on the command line; none for anything else.
std::optional<std::string> text_of(const toml::node& node) {
  if (auto text = node.value_exact<std::string>()) return text;
  if (const auto whole = node.value_exact<std::int64_t>()) return std::to_string(*whole);
  if (const auto number = node.value_exact<double>()) return decimal(*number);
  return std::nullopt;
}

/// The same for a parameter, whose values are Python literals.
std::optional<std::string> literal_of(const toml::node& node) {
  if (const auto truth = node.value_exact<bool>()) return *truth ? "True" : "False";
  return text_of(node);
}

std::string_view kind_of(const toml::node& node) {
  if (node.is_table()) return "a table";
  if (node.is_array()) return "an array";
  return node.is_boolean() ? "a boolean" : "a date or a time";
}

/// A table's keys by their place: toml++ sorts them by name.
std::vector<std::pair<std::string, const toml::node*>> in_order(const toml::table& table) {
  std::vector<std::pair<std::string, const toml::node*>> items;
  for (auto&& [key, node] : table) items.emplace_back(key.str(), &node);
  std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) {
    return a.second->source().begin < b.second->source().begin;
  });
  return items;
}

/// The elements of an array, or any other value itself.
std::vector<const toml::node*> elements_of(const toml::node& node) {
  if (!node.is_array()) return {&node};
  std::vector<const toml::node*> elements;
  for (const toml::node& element : *node.as_array()) elements.push_back(&element);
  return elements;
}

/// Turns TOML's values into entries; knows the file's name for messages.
class EntryReader {
 public:
  explicit EntryReader(const std::string& name) : name_(name) {}

  [[nodiscard]] std::vector<ConfigEntry> entries(const toml::table& file) const {
    std::vector<ConfigEntry> entries;
    for (const auto& [key, node] : in_order(file)) {
      if (key == "param" && node->is_table())
        add_parameters(entries, *node->as_table());
      else
        entries.push_back(entry(key, *node));
    }
    return entries;
  }

 private:
  [[nodiscard]] ConfigEntry entry(const std::string& key, const toml::node& node) const {
    using Form = ConfigEntry::Form;
    if (const auto truth = node.value_exact<bool>())
      return {key, line_of(node), Form::flag, {{*truth ? "true" : "false", line_of(node)}}};
    ConfigEntry entry{key, line_of(node), node.is_array() ? Form::list : Form::value, {}};
    for (const toml::node* element : elements_of(node))
      entry.values.push_back({checked(key, *element, text_of(*element)), line_of(*element)});
    return entry;
  }

  void add_parameters(std::vector<ConfigEntry>& entries, const toml::table& parameters) const {
    for (const auto& [key, node] : in_order(parameters)) {
      std::string list;
      for (const toml::node* element : elements_of(*node))
        list += (list.empty() ? "" : ",") + checked(key, *element, literal_of(*element));
      const int line = line_of(*node);
      entries.push_back(
          {"param", line, ConfigEntry::Form::value, {{fmt::format("{}={}", key, list), line}}});
    }
  }

  [[nodiscard]] std::string checked(const std::string& key, const toml::node& node,
                                    const std::optional<std::string>& text) const {
    if (!text)
      throw config_fault(name_, line_of(node),
                         fmt::format("'{}' takes a string, a number, true or false, or an array of "
                                     "strings and numbers, not {}; the only table is [param]",
                                     shown_key(key), kind_of(node)));
    // What Python and the system make of it differs.
    if (text->find('\0') != std::string::npos)
      throw config_fault(name_, line_of(node),
                         fmt::format("'{}' contains a null character; remove it", shown_key(key)));
    return *text;
  }

  const std::string& name_;
};

toml::table parse_toml(std::string_view text, const std::string& name) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    throw config_fault(name, static_cast<int>(error.source().begin.line),
                       fmt::format("{}; see https://toml.io for the syntax", error.description()));
  }
}

}  // namespace

UsageError config_fault(const std::string& name, int line, std::string_view message) {
  return UsageError(printable(fmt::format("{}:{}: {}", name, line, message)));
}

std::string shown_key(std::string_view key) {
  constexpr std::size_t longest = 60;
  if (key.size() <= longest) return printable(key);
  std::size_t end = longest;  // not within a character of UTF-8
  while (end > 0 && (static_cast<unsigned char>(key[end]) & 0xc0U) == 0x80) --end;
  return printable(key.substr(0, end)) + "...";
}

std::vector<ConfigEntry> parse_config(std::string_view text, const std::string& name) {
  if (text.size() > largest_config)
    throw UsageError(printable(fmt::format("{} has more than {} bytes; is it a configuration file?",
                                           name, largest_config)));
  if (const auto line = line_of_deep_key(text))
    throw config_fault(name, *line, "a key has too many parts; the only table is [param]");
  return EntryReader(name).entries(parse_toml(text, name));
}

std::optional<std::string> read_config_text(const std::string& path) {
  const auto refuse = [&](std::string_view why) {
    throw UsageError(printable(
        fmt::format("{} {}; name another file with --config, or use --no-config", path, why)));
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) refuse("is a folder, not a configuration file");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (!file) refuse(fmt::format("cannot be read: {}", std::strerror(errno)));
  std::string text(largest_config + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) refuse("cannot be read");
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace gilscale
