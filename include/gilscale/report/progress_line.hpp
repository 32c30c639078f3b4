#pragma once

#include <string>
#include <string_view>

#include "gilscale/supervise/supervisor.hpp"

namespace gilscale {

/// One line on the terminal that says what is being measured; nothing at all when standard error is
/// no terminal. What workers print goes to standard error between its updates.
class ProgressLine : public WorkerListener {
 public:
  explicit ProgressLine(std::size_t cases);
  ~ProgressLine() override { clear(); }

  /// The next case begins.
  void begin(const std::string& label);
  /// Takes the line away, before something else is printed.
  void clear();

  void on_progress(const std::string& text) override;
  void on_output(std::string_view text) override;

 private:
  void draw(const std::string& text);

  bool on_terminal_;
  bool drawn_ = false;
  std::size_t cases_;
  std::size_t current_ = 0;
  std::string label_;
};

}  // namespace gilscale
