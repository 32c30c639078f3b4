#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gilscale/model/case.hpp"
#include "gilscale/supervise/messages.hpp"

namespace gilscale {

/// A line on the terminal for each case: what is known of it so far, with an interval that gets
/// narrower, and which thread counts are still open. Nothing at all when standard error is no
/// terminal. Cases have the numbers of their places.
class ProgressBoard {
 public:
  explicit ProgressBoard(const std::vector<Case>& cases);
  ~ProgressBoard() { clear(); }
  ProgressBoard(const ProgressBoard&) = delete;
  ProgressBoard& operator=(const ProgressBoard&) = delete;

  /// This case is at work now.
  void on_turn(std::size_t place);
  /// Between two samples: "2 threads, 12 samples".
  void on_progress(const std::string& text);
  /// A point has one sample more; it has enough of them if it stops.
  void on_sample(std::size_t place, const Question& question, bool stops);
  /// Nothing more comes: "parallel", say.
  void on_finished(std::size_t place, const std::string& how);
  /// Goes to standard error above the lines.
  void print(std::string_view text);
  /// Takes the lines away.
  void clear();

 private:
  struct Row {
    std::string label;
    std::set<int> open;  ///< thread counts
    std::string state = "waiting";
    int threads = 0;          ///< the largest count that has samples
    std::string figure = {};  ///< what these say
    bool finished = false;
  };

  void draw(bool at_once);
  [[nodiscard]] std::vector<std::string> lines() const;
  [[nodiscard]] std::string line(std::size_t place) const;

  bool on_terminal_;
  std::vector<Row> rows_;
  std::size_t at_work_ = 0;
  std::size_t drawn_ = 0;  ///< lines on the terminal
  std::chrono::steady_clock::time_point drawn_at_{};
};

}  // namespace gilscale
