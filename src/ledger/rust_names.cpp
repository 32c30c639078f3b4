#include "ledger/rust_names.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace gilscale {
namespace {

/// Reads the grammar of RFC 2603 from its beginning, as far as paths need it.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  /// False where it cannot be read.
  bool path(std::string& to) {
    if (++depth_ > deepest || ++steps_ > most_steps) return false;
    const bool is_read = path_of(next(), to);
    --depth_;
    return is_read;
  }

 private:
  static constexpr int deepest = 100;
  static constexpr int most_steps = 10'000;  // references to references could take for ever

  bool path_of(char kind, std::string& to) {
    switch (kind) {
      case 'C':
        return identifier(to);
      case 'N':
        return nested(to);
      case 'M':  // of a type's own: impl-path, type
        return implementation() && type(to);
      case 'X': {  // of a trait for a type: impl-path, type, trait
        std::string trait;
        return implementation() && type(to) && path(trait);
      }
      case 'Y': {
        std::string trait;
        return type(to) && path(trait);
      }
      case 'I':
        return path(to) && generic_arguments();
      case 'B':
        return elsewhere(to, &Reader::path);
      default:
        return false;
    }
  }

  bool nested(std::string& to) {
    const char space = next();
    if (space == 0 || !path(to)) return false;
    std::string name;
    if (!identifier(name)) return false;
    if (space == 'C' && name.empty()) name = "{closure}";
    if (!name.empty()) to += "::" + name;
    return true;
  }

  bool implementation() {
    std::string unwanted;
    skip_disambiguator();
    return path(unwanted);
  }

  bool generic_arguments() {
    std::string unwanted;
    while (peek() != 'E') {
      if (takes('L')) {
        if (!base_62()) return false;  // a lifetime
      } else if (takes('K')) {
        if (!constant()) return false;
      } else if (!type(unwanted)) {
        return false;
      }
    }
    return takes('E');
  }

  bool constant() {
    std::string unwanted;
    if (takes('p')) return true;
    if (takes('B')) return elsewhere(unwanted, &Reader::type);
    next();  // its type
    takes('n');
    while (peek() != 0 && peek() != '_') next();
    return takes('_');
  }

  /// To the next 'E'.
  bool types() {
    std::string unwanted;
    while (!takes('E'))
      if (!type(unwanted)) return false;
    return true;
  }

  void skip_binder() {
    if (takes('G')) base_62();
  }

  /// A pointer to one: its arguments, and what it returns.
  bool function() {
    std::string unwanted;
    skip_binder();
    takes('U');
    if (takes('K') && !takes('C') && !identifier(unwanted)) return false;
    return types() && type(unwanted);
  }

  /// Of an object that is known by them.
  bool traits() {
    std::string unwanted;
    skip_binder();
    while (!takes('E')) {
      if (!path(unwanted)) return false;
      while (takes('p'))
        if (!identifier(unwanted) || !type(unwanted)) return false;
    }
    return takes('L') && base_62().has_value();
  }

  /// What a type points to or holds stands for it; one that has no name is "_".
  bool type(std::string& to) {
    constexpr std::string_view paths = "CNMXYI";
    constexpr std::string_view pointers_and_slices = "RQPOS";
    constexpr std::string_view basic = "abcdefhijlmnopstuvxyz";
    const char kind = peek();
    if (kind == 0) return false;
    if (paths.find(kind) != paths.npos) return path(to);
    if (++depth_ > deepest || ++steps_ > most_steps) return false;
    next();
    bool is_read = true;
    if (kind == 'B') {
      is_read = elsewhere(to, &Reader::type);
    } else if (pointers_and_slices.find(kind) != pointers_and_slices.npos) {
      if (takes('L')) is_read = base_62().has_value();
      is_read = is_read && type(to);
    } else if (kind == 'A') {
      is_read = type(to) && constant();
    } else if (kind == 'T') {
      to = "_";
      is_read = types();
    } else if (kind == 'F') {
      to = "_";
      is_read = function();
    } else if (kind == 'D') {
      to = "_";
      is_read = traits();
    } else {
      to = "_";
      is_read = basic.find(kind) != basic.npos;
    }
    --depth_;
    return is_read;
  }

  /// A back reference: the same as at an earlier place.
  bool elsewhere(std::string& to, bool (Reader::*read)(std::string&)) {
    const std::size_t here = at_;
    const auto place = base_62();
    if (!place || *place >= here || ++depth_ > deepest) return false;
    const std::size_t after = at_;
    at_ = *place;
    const bool is_read = (this->*read)(to);
    --depth_;
    at_ = after;
    return is_read;
  }

  bool identifier(std::string& to) {
    skip_disambiguator();
    takes('u');  // Punycode is shown as it is
    std::size_t size = 0;
    if (!takes('0')) {  // no number begins with a 0: that of another name may follow
      const auto* const end = text_.data() + text_.size();
      const auto [digits_end, fault] = std::from_chars(text_.data() + at_, end, size);
      if (fault != std::errc()) return false;
      at_ = static_cast<std::size_t>(digits_end - text_.data());
    }
    takes('_');
    if (size > text_.size() - at_) return false;
    to += text_.substr(at_, size);
    at_ += size;
    return true;
  }

  void skip_disambiguator() {
    if (takes('s')) base_62();
  }

  /// "_" is 0, "0_" 1, "a_" 11; a number beyond the text, as that of a crate is, its size and one.
  std::optional<std::size_t> base_62() {
    constexpr std::string_view digits =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    std::size_t value = 0;
    bool any = false;
    for (char digit = next(); digit != '_'; digit = next()) {
      const std::size_t worth = digit == 0 ? digits.npos : digits.find(digit);
      if (worth == digits.npos) return std::nullopt;
      value = std::min(value * digits.size() + worth, text_.size());
      any = true;
    }
    return any ? value + 1 : 0;
  }

  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool takes(char wanted) {
    if (peek() != wanted) return false;
    next();
    return true;
  }
  char next() {
    const char letter = peek();
    at_ = std::min(at_ + 1, text_.size());
    return letter;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  int steps_ = 0;
};

}  // namespace

std::optional<std::string> rust_path(std::string_view symbol) {
  constexpr std::string_view begins_with = "_R";
  if (!symbol.starts_with(begins_with)) return std::nullopt;
  std::string path;
  if (!Reader(symbol.substr(begins_with.size())).path(path)) return std::nullopt;
  return path;
}

}  // namespace gilscale
