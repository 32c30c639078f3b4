#pragma once

#include <array>
#include <string>
#include <string_view>

namespace gilscale {

struct Example {
  std::string_view command;
  std::string_view about;
};

/// Those of the manual page. A test runs them in this order.
inline constexpr std::array<Example, 5> examples{{
    {"gilscale run cpp_fib cpp_fib_nogil --fib 20 --threads 1,2 --budget 1",
     "How do a function that holds the GIL and one that releases it scale?"},
    {"gilscale run json:dumps --args '([1, 2],)' --threads 1,2 --budget 1 --json out.json",
     "Measure a callable of your own, and keep the results."},
    {"gilscale report out.json -o scaling.svg --chart scaling", "Draw them."},
    {"gilscale run release --threads 2 --budget 1 --expect 'release@2 speedup >= 1.5'",
     "As a check in CI: the exit code is 1 if the expectation does not hold."},
    {"gilscale doctor", "What distorts measurements on this machine?"},
}};

/// Those of one command, as its help shows them.
inline std::string examples_of(std::string_view command) {
  std::string text = "Examples:";
  for (const auto& [line, about] : examples)
    if (line.starts_with("gilscale " + std::string(command)))
      text.append("\n  ").append(about).append("\n    ").append(line);
  return text;
}

}  // namespace gilscale
