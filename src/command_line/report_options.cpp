#include "command_line/report_options.hpp"

#include "command_line/choices.hpp"

namespace gilscale {

void add_report(CLI::App& report, ReportOptions& options) {
  report
      .add_option("results", options.results,
                  "Result files, as `gilscale run --json FILE` writes them")
      ->required()
      ->type_name("RESULTS.json");
  report
      .add_option(
          "-o,--out", options.out,
          "The file to draw; its extension decides: .html is a report in one file, .svg and .png "
          "are a single chart")
      ->required()
      ->type_name("FILE");
  CLI::Option* const chart = report.add_option(
      "--chart", options.chart,
      "Which chart: scaling (speedup of each workload), time (of a round, against threads), single "
      "(one call on one thread), gil (the share of a call that holds it) or stack (where a missing "
      "speedup went)");
  choose_from(chart, {"scaling", "time", "single", "gil", "stack"});
  report
      .add_option(
          "--venv", options.venv,
          "The virtual environment that has matplotlib and Jinja2; by default that of gilscale's "
          "clone, where they are installed when first needed, or else the active one")
      ->type_name("DIR");
}

}  // namespace gilscale
