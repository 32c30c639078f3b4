#include "gilscale/supervise/line_splitter.hpp"

namespace gilscale {

void LineSplitter::add(std::string_view text) {
  text_.erase(0, begin_);
  searched_ -= begin_;
  begin_ = 0;
  text_ += text;
}

std::optional<std::string> LineSplitter::next() {
  const std::size_t newline = text_.find('\n', searched_);
  if (newline != std::string::npos) {
    std::string line = text_.substr(begin_, newline - begin_);
    begin_ = searched_ = newline + 1;
    return line;
  }
  searched_ = text_.size();
  if (text_.size() - begin_ > longest_) return rest();
  return std::nullopt;
}

std::string LineSplitter::rest() {
  std::string rest = text_.substr(begin_);
  begin_ = searched_ = text_.size();
  return rest;
}

}  // namespace gilscale
