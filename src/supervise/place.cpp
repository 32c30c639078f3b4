#include "gilscale/supervise/place.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <unistd.h>
#include <wordexp.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "gilscale/model/codec.hpp"
#include "gilscale/model/executable.hpp"
#include "gilscale/supervise/exit_status.hpp"
#include "gilscale/supervise/interrupt.hpp"
#include "gilscale/supervise/line_splitter.hpp"
#include "gilscale/supervise/messages.hpp"
#include "gilscale/supervise/process.hpp"
#include "gilscale/supervise/stream.hpp"
#include "gilscale/supervise/temporary_folder.hpp"
#include "gilscale/text/error.hpp"
#include "gilscale/text/printable.hpp"
#include "gilscale/text/trimmed.hpp"
#include "gilscale/text/words.hpp"
#include "supervise/descriptor.hpp"

namespace gilscale {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr Words<int, 3> signals{{{
    {SIGSTOP, "stop"},
    {SIGCONT, "continue"},
    {SIGABRT, "abort"},
}}};

constexpr const char* text_key = "file_text";
constexpr const char* folder_key = "folder_is_required";
constexpr const char* answer_key = "gilscale_place";

// ---- the file that a case brings along ----

/// Below a folder of its own, which goes with it.
class SentFile {
 public:
  SentFile(const fs::path& name, const std::string& text) {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  [[nodiscard]] fs::path path(const fs::path& name) const {
    return folder_.path() / name.filename();
  }

 private:
  TemporaryFolder folder_;
};

/// Throws UsageError for a folder that is not here, but was named: something else would be
/// measured.
void require(const fs::path& folder) {
  std::error_code ignored;
  if (fs::is_directory(folder, ignored)) return;
  throw UsageError(fmt::format("there is no folder '{}' at this place; make it, or leave it out",
                               folder.string()));
}

/// What the case finds here: its folder, if there is one of that name, and its file.
std::unique_ptr<SentFile> adapt_to_place(json& planned) {
  std::error_code ignored;
  const fs::path folder = planned.value("folder", "");
  if (planned.value(folder_key, false)) require(folder);
  for (const json& path : planned.at("workload").at("path")) require(path.get<std::string>());
  if (!fs::is_directory(folder, ignored)) planned["folder"] = "";
  if (!planned.contains(text_key)) return nullptr;
  const auto text = planned.at(text_key).get<std::string>();
  planned.erase(text_key);
  json& file = planned.at("workload").at("file");
  const fs::path name = file.get<std::string>();
  if (fs::exists(folder / name, ignored)) return nullptr;
  auto sent = std::make_unique<SentFile>(name, text);
  file = sent->path(name).string();
  return sent;
}

json read_first_line(LineSplitter& lines) {
  std::array<char, 65536> block{};
  while (true) {
    if (const auto line = lines.next()) {
      json planned = json::parse(*line, nullptr, false);
      if (planned.is_object() && planned.contains("workload")) return planned;
      throw UsageError("standard input holds no case; this command is for gilscale itself");
    }
    const ssize_t n = read_some(STDIN_FILENO, block);
    if (n <= 0) throw UsageError("standard input ended before there was a case");
    lines.add({block.data(), static_cast<std::size_t>(n)});
  }
}

// ---- between front end and worker ----

class Relay {
 public:
  Relay(const json& planned, LineSplitter lines)
      : worker_(worker_command()),
        output_(worker_.output_fd()),
        error_(worker_.error_fd()),
        lines_(std::move(lines)) {
    worker_.send(planned.dump() + "\n");
  }

  /// Until either side has gone. The worker's group goes with this.
  void run() {
    pass_lines_on();
    while (!interrupted()) {
      wait();
      pass_output_on();
      if (const auto status = worker_.status()) {
        pass_output_on();
        write_all(STDOUT_FILENO, message::ended(*status).dump() + "\n");
        return;
      }
      if (is_input_ready_ && !read_input()) return;
    }
  }

 private:
  void wait() {
    pollfd fds[] = {{STDIN_FILENO, POLLIN, 0},
                    {output_.fd(), POLLIN, 0},
                    {error_.fd(), POLLIN, 0},
                    {interrupt_fd(), POLLIN, 0}};
    // The end of the process itself is not a poll event on every platform: look now and then.
    constexpr int tick_ms = 50;
    poll(fds, std::size(fds), tick_ms);
    is_input_ready_ = fds[0].revents != 0;
  }

  void pass_output_on() {
    write_all(STDERR_FILENO, error_.read_available());
    write_all(STDOUT_FILENO, output_.read_available());
  }

  /// False at the end.
  bool read_input() {
    const ssize_t n = read_some(STDIN_FILENO, block_);
    if (n <= 0) return false;
    lines_.add({block_.data(), static_cast<std::size_t>(n)});
    pass_lines_on();
    return true;
  }

  void pass_lines_on() {
    while (const auto line = lines_.next()) {
      const auto signal = signal_in(*line);
      if (!signal) {
        worker_.send(*line + "\n");
        continue;
      }
      worker_.signal(*signal);
      if (signal == SIGSTOP) write_all(STDOUT_FILENO, message::paused().dump() + "\n");
    }
  }

  static std::optional<int> signal_in(const std::string& line) {
    const json message = json::parse(line, nullptr, false);
    if (!message.is_object() || !message.contains("signal")) return std::nullopt;
    return signals.value_of(message.value("signal", ""));
  }

  Process worker_;
  Stream output_;
  Stream error_;
  LineSplitter lines_;
  std::array<char, 65536> block_{};
  bool is_input_ready_ = false;
};

// ---- asking a place what it is ----

[[noreturn]] void refuse(const std::vector<std::string>& launcher, const std::string& why) {
  throw WorkloadError(fmt::format("'{}': {}", fmt::join(launcher, " "), why));
}

/// What it printed on both streams, at its end or at that of our patience.
struct Said {
  std::string output;
  std::string error;
  std::optional<int> status;
};

Said listen(Process& process) {
  constexpr std::chrono::seconds patience{120};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  Stream output(process.output_fd());
  Stream error(process.error_fd());
  Said said;
  const auto read = [&] {
    said.output += output.read_available();
    said.error += error.read_available();
  };
  while (!interrupted() && std::chrono::steady_clock::now() < deadline) {
    pollfd fds[] = {{output.fd(), POLLIN, 0}, {error.fd(), POLLIN, 0}, {interrupt_fd(), POLLIN, 0}};
    constexpr int tick_ms = 20;
    poll(fds, std::size(fds), tick_ms);
    read();
    said.status = process.status();
    if (!said.status) continue;
    read();
    break;
  }
  return said;
}

/// Where a shell or a program of the system says more of itself than the answer.
std::optional<json> answer_in(const std::string& output) {
  LineSplitter lines;
  lines.add(output + "\n");
  while (const auto line = lines.next()) {
    json answer = json::parse(*line, nullptr, false);
    if (answer.is_object() && answer.contains(answer_key)) return answer;
  }
  return std::nullopt;
}

constexpr int not_found = 127;  // of a shell, and of env

[[noreturn]] void refuse_without_answer(const std::vector<std::string>& launcher,
                                        const Said& said) {
  if (interrupted()) refuse(launcher, "interrupted before it answered");
  if (!said.status)
    refuse(launcher,
           "it did not answer within two minutes; if it asks for a password, use keys: "
           "`ssh -o BatchMode=yes` says at once what is missing");
  const std::string words = printable(last_line(said.error));
  const bool missing = *said.status == not_found << 8;
  refuse(launcher,
         fmt::format("there was no answer; it {}{}{}", how_it_ended(*said.status),
                     words.empty() ? "" : fmt::format(": {}", words),
                     missing ? "; is gilscale on the PATH there? Else name it after the launcher, "
                               "as in 'ssh node1 /opt/gilscale/bin/gilscale'"
                             : ""));
}

}  // namespace

std::vector<std::string> launcher_words(const std::string& given) {
  wordexp_t expanded{};
  const int failed = wordexp(given.c_str(), &expanded, WRDE_NOCMD | WRDE_UNDEF);
  std::vector<std::string> words;
  if (failed == 0) words.assign(expanded.we_wordv, expanded.we_wordv + expanded.we_wordc);
  if (failed == 0 || failed == WRDE_NOSPACE) wordfree(&expanded);
  if (failed != 0)
    throw UsageError(
        fmt::format("--launcher '{}' cannot be split into words as a shell does; check its quotes, "
                    "and name no commands ($(...)) and no variables that are not set",
                    given));
  if (words.empty())
    throw UsageError("--launcher '' is empty; name a command, as 'ssh host', or `here`");
  return words;
}

std::vector<std::string> worker_command(const Case& planned) {
  return planned.launcher.empty() ? worker_command()
                                  : worker_command(planned.launcher, "--at-place");
}

json case_for_place(const Case& planned) {
  json sent = planned;
  // That of another version, not just where the user happens to be.
  std::error_code ignored;
  sent[folder_key] =
      !planned.folder.empty() && planned.folder != fs::current_path(ignored).string();
  const std::string& file = planned.workload.file;
  std::ifstream stream(file, std::ios::binary);
  if (!file.empty() && stream)
    sent[text_key] = std::string(std::istreambuf_iterator<char>(stream), {});
  return sent;
}

json signal_message(int signal) { return {{"signal", signals.word_of(signal)}}; }

void relay_worker() {
  watch_for_interrupts();
  LineSplitter lines;
  json planned = read_first_line(lines);
  write_all(STDOUT_FILENO, "\n");  // a shell may have printed something without one
  try {
    const std::unique_ptr<SentFile> sent = adapt_to_place(planned);
    Relay(planned, std::move(lines)).run();
  } catch (const Error&) {
    write_all(STDOUT_FILENO, message::failed(caught_failure()).dump() + "\n");
  }
}

json ask_place(const std::vector<std::string>& launcher, const json& question) {
  json asked = question;
  asked["protocol"] = place_protocol;
  std::optional<Process> process;
  try {
    process.emplace(worker_command(launcher, "--describe"));
  } catch (const Error& error) {
    refuse(launcher, error.what());
  }
  process->send(asked.dump() + "\n");
  process->close_input();
  const Said said = listen(*process);
  const auto answer = answer_in(said.output);
  if (!answer) refuse_without_answer(launcher, said);
  const json& protocol = answer->at(answer_key);
  if (protocol != place_protocol)
    refuse(launcher,
           fmt::format("the gilscale there speaks another protocol ({}, here it is {}); install "
                       "the same version at both places",
                       protocol.dump(), place_protocol));
  if (answer->contains("error")) refuse(launcher, answer->value("error", ""));
  return *answer;
}

void answer_place(const json& answer) {
  json whole = answer;
  whole[answer_key] = place_protocol;
  write_all(STDOUT_FILENO,
            "\n" + whole.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
}

}  // namespace gilscale
