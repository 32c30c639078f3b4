#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "gilscale/command_line/config_file.hpp"
#include "gilscale/command_line/options.hpp"
#include "gilscale/commands/add_python.hpp"
#include "gilscale/commands/compare.hpp"
#include "gilscale/commands/describe_place.hpp"
#include "gilscale/commands/doctor.hpp"
#include "gilscale/commands/draw_report.hpp"
#include "gilscale/commands/list.hpp"
#include "gilscale/commands/run.hpp"
#include "gilscale/commands/selftest.hpp"
#include "gilscale/machine/cpu_budget.hpp"
#include "gilscale/model/plugins.hpp"
#include "gilscale/report/standard_output.hpp"
#include "gilscale/supervise/place.hpp"
#include "gilscale/text/error.hpp"
#include "gilscale/text/printable.hpp"
#include "worker/member_process.hpp"
#include "worker/worker.hpp"

namespace gilscale {
namespace {

/// One overload for each command.
struct Commands {
  ExitCode operator()(const Answer& answer) const {
    print_out(answer.text);
    return ExitCode::ok;
  }
  ExitCode operator()(const RunOptions& options) const { return run(options, installed_plugins()); }
  ExitCode operator()(const CompareOptions& options) const { return compare(options); }
  ExitCode operator()(const ReportOptions& options) const { draw_report(options); }
  ExitCode operator()(const ListOptions&) const { return list(); }
  ExitCode operator()(const AddPythonOptions& options) const { return add_python(options); }
  ExitCode operator()(const DoctorOptions& options) const { return doctor(options); }
  ExitCode operator()(const SelftestOptions& options) const { return selftest(options); }
  ExitCode operator()(const WorkerOptions& options) const {
    if (options.member) run_member_process();
    if (options.describe) return describe_place();
    if (options.at_place) {
      relay_worker();
      return ExitCode::ok;
    }
    run_worker(options.supervised);
  }
};

}  // namespace
}  // namespace gilscale

int main(int argc, char** argv) {
  using namespace gilscale;
  try {
    const Options options =
        parse_options(argc, argv, [] { return cpu_budget().thread_counts(); }, read_config_text);
    return static_cast<int>(std::visit(Commands{}, options));
  } catch (const Error& error) {
    fmt::print(stderr, "gilscale: {}\n", printable(error.what()));
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    fmt::print(stderr, "gilscale: internal error: {}; please report it\n", error.what());
    return static_cast<int>(ExitCode::workload_failed);
  }
}
