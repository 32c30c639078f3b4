#include "gilscale/supervise/interpreter.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "gilscale/supervise/process.hpp"
#include "gilscale/supervise/stream.hpp"
#include "gilscale/text/error.hpp"
#include "supervise/ask_interpreter.hpp"

namespace gilscale {
namespace {

/// In bytes; an interpreter's is a few hundred.
constexpr std::size_t longest_answer = 1 << 20;

[[noreturn]] void refuse(const std::string& python) {
  throw UsageError(fmt::format(
      "'{}' does not run as a Python interpreter of version 3.9 or newer; name another one",
      python));
}

std::string answer_of(const std::string& python) {
  try {
    // Isolated: neither the environment nor the folder that the user is in has a say.
    const Process process({python, "-I", "-S", "-c", ask_interpreter_source}, {.group = true});
    return Stream(process.output_fd()).read_to_end(longest_answer);
  } catch (const Error&) {
    refuse(python);
  }
}

}  // namespace

InterpreterFacts ask_interpreter(const std::string& python) {
  const auto answer = nlohmann::json::parse(answer_of(python), nullptr, false);
  try {
    return {answer.at("executable").get<std::string>(), answer.at("version").get<std::string>(),
            answer.at("soabi").get<std::string>(), answer.at("library").get<std::string>()};
  } catch (const nlohmann::json::exception&) {
    refuse(python);
  }
}

}  // namespace gilscale
