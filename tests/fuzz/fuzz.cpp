/// Gives arbitrary input to all that reads text from outside, and needs no special compiler for it.
/// An input that makes a target crash, hang or throw anything but gilscale::Error is left in the
/// current folder. With -DGILSCALE_LIBFUZZER and clang's -fsanitize=fuzzer it is a libFuzzer
/// program for the target that the environment variable GILSCALE_FUZZ_TARGET names.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "gilscale/text/error.hpp"
#include "gilscale/text/number.hpp"
#include "mutator.hpp"
#include "targets.hpp"

namespace gilscale::fuzz {
namespace {

/// Whether the target accepts the input. Anything but gilscale::Error passes through.
bool accepts(const Target& target, std::string_view input) {
  const std::vector<char> exact(input.begin(), input.end());  // AddressSanitizer sees its end
  try {
    target.run({exact.data(), exact.size()});
    return true;
  } catch (const Error&) {
    return false;
  }
}

const Target* target_named(std::string_view name) {
  const auto all = targets();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Target& target) { return target.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace
}  // namespace gilscale::fuzz

#ifdef GILSCALE_LIBFUZZER

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gilscale::fuzz;
  static const char* const name = std::getenv("GILSCALE_FUZZ_TARGET");
  static const Target* const target = target_named(name ? name : targets().front().name);
  if (!target) std::abort();
  accepts(*target, std::string(data, data + size));
  return 0;
}

#else

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>

// Of the sanitizers' runtime, where there is one: it ends the process without a signal.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace gilscale::fuzz {
namespace {

// For the handler of a crash, which can be passed nothing.
std::string current_input;
std::string current_file;

/// Leaves the input that is being run in a file. Safe in a signal handler.
void save_current() {
  const int file = open(current_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  for (std::string_view rest = current_input; file >= 0 && !rest.empty();) {
    const ssize_t written = write(file, rest.data(), rest.size());
    if (written <= 0) break;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

void say(std::string_view text) {
  if (write(STDERR_FILENO, text.data(), text.size()) < 0) return;
}

void tell_current() {
  save_current();
  say("the input is in ");
  say(current_file);
  say("\n");
}

extern "C" void on_signal(int number) {
  say(number == SIGALRM ? "hangs; " : "crashes; ");
  tell_current();
  _exit(1);
}

/// Signals are handled on a stack of their own, since the other one may have run out.
void catch_crashes() {
  static std::array<char, 1 << 16> stack;
  const stack_t own{stack.data(), 0, stack.size()};
  sigaltstack(&own, nullptr);
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_ONSTACK;
  sigaction(SIGALRM, &action, nullptr);
  if (__sanitizer_set_death_callback) return __sanitizer_set_death_callback(tell_current);
  for (const int number : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL})
    sigaction(number, &action, nullptr);
}

struct Arguments {
  double seconds = 5;
  std::uint64_t seed = 1;
  std::optional<std::string> target;
  std::vector<std::string> files;  ///< to be run again, in place of new inputs
};

[[noreturn]] void refuse(const std::string& why) {
  throw UsageError(why +
                   "; usage: gilscale_fuzz [--target NAME] [--seconds N] [--seed N] [FILE...]");
}

Arguments parse(std::vector<std::string> words) {
  Arguments arguments;
  for (auto word = words.begin(); word != words.end(); ++word) {
    if (!word->starts_with("--")) {
      arguments.files.push_back(*word);
      continue;
    }
    const std::string option = *word;
    if (++word == words.end()) refuse(option + " needs a value");
    const std::optional<double> number = to_number(*word);
    if (option == "--target" && target_named(*word))
      arguments.target = *word;
    else if (option == "--seconds" && number && *number >= 0)
      arguments.seconds = *number;
    else if (option == "--seed" && number && *number >= 0 && *number < 1e15)
      arguments.seed = static_cast<std::uint64_t>(*number);
    else
      refuse(fmt::format("{} {} is not known", option, *word));
  }
  return arguments;
}

/// As accepts(); an input that does not end, or throws what it should not, is saved and told.
bool tried(const Target& target, std::string input) {
  constexpr unsigned hangs_after_s = 60;
  current_input = std::move(input);
  alarm(hangs_after_s);
  try {
    return accepts(target, current_input);
  } catch (const std::exception& error) {
    say(fmt::format("{} throws '{}'; ", target.name, error.what()));
    tell_current();
    std::exit(1);
  }
}

void fuzz(const Target& target, const Arguments& arguments) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(arguments.seconds);
  Mutator mutator(target, arguments.seed);
  for (const std::string_view seed : target.seeds) tried(target, std::string(seed));
  std::uint64_t ran = 0;
  std::uint64_t accepted = 0;
  for (; Clock::now() < end; ++ran) {
    if (!tried(target, mutator.next())) continue;
    mutator.keep(current_input);
    ++accepted;
  }
  fmt::print("{:<13} {:>9} inputs, {:>8} accepted (seed {})\n", target.name, ran, accepted,
             arguments.seed);
}

void rerun(const Target& target, const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    std::ifstream stream(file, std::ios::binary);
    const bool accepted = tried(target, {std::istreambuf_iterator<char>(stream), {}});
    fmt::print("{:<13} {} {}\n", target.name, accepted ? "accepts" : "refuses", file);
  }
}

void run(const Arguments& arguments) {
  catch_crashes();
  for (const Target& target : targets()) {
    if (arguments.target && *arguments.target != target.name) continue;
    current_file = fmt::format("fuzz-{}.input", target.name);
    if (arguments.files.empty())
      fuzz(target, arguments);
    else
      rerun(target, arguments.files);
  }
}

}  // namespace
}  // namespace gilscale::fuzz

int main(int argc, char** argv) {
  try {
    gilscale::fuzz::run(gilscale::fuzz::parse({argv + 1, argv + argc}));
    return 0;
  } catch (const gilscale::Error& error) {
    fmt::print(stderr, "gilscale_fuzz: {}\n", error.what());
    return static_cast<int>(error.code());
  }
}

#endif
