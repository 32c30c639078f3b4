#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gilscale {

/// Cuts text that comes in pieces into lines. add() each piece, then take lines with next() until
/// there is none. The time it takes grows with the length of the text, however it is cut.
class LineSplitter {
 public:
  /// As large as a result file may be. A longer line comes in several, so that memory does not run
  /// out where somebody writes without an end.
  static constexpr std::size_t longest_line = std::size_t{256} << 20;

  LineSplitter() = default;
  /// With another limit, in bytes.
  explicit LineSplitter(std::size_t longest) : longest_(longest) {}

  void add(std::string_view text);
  /// The first line that was not taken yet, without its newline; nothing before its newline came.
  std::optional<std::string> next();
  /// What has come and was not taken; to be called at the end, for a last line without a newline.
  std::string rest();

 private:
  std::size_t longest_ = longest_line;
  std::string text_;
  std::size_t begin_ = 0;     ///< of the next line
  std::size_t searched_ = 0;  ///< before it, that line has no newline
};

}  // namespace gilscale
