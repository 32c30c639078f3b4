#include "gilscale/model/case.hpp"

#include <gtest/gtest.h>

namespace gilscale {
namespace {

Case cpp_fib_on(const std::string& executor) {
  Case planned;
  planned.workload.name = "cpp_fib";
  planned.workload.args = "(30,)";
  planned.executor = executor;
  return planned;
}

TEST(BenchmarkName, SaysWorkloadExecutorAndThreads) {
  EXPECT_EQ(benchmark_name(cpp_fib_on("threads"), 2), "cpp_fib/30/executor:threads/threads:2");
  EXPECT_EQ(benchmark_name(cpp_fib_on("pool"), 16), "cpp_fib/30/executor:pool/threads:16");
}

TEST(ReportedName, HasGoogleBenchmarksSuffixForManualTime) {
  EXPECT_EQ(reported_name(cpp_fib_on("threads"), 2),
            "cpp_fib/30/executor:threads/threads:2/manual_time");
}

TEST(CaseLabel, NamesTheExecutorUnlessItIsTheDefault) {
  EXPECT_EQ(label_of(cpp_fib_on("threads")), "cpp_fib/30");
  EXPECT_EQ(label_of(cpp_fib_on("pool")), "cpp_fib/30 (pool)");
  Case without_gil = cpp_fib_on("threads");
  without_gil.gil = GilMode::off;
  EXPECT_EQ(label_of(without_gil), "cpp_fib/30 (GIL off)");
  EXPECT_EQ(benchmark_name(without_gil, 2), "cpp_fib/30/executor:threads/gil:off/threads:2");
  without_gil.executor = "pool";
  without_gil.gil = GilMode::on;
  EXPECT_EQ(label_of(without_gil), "cpp_fib/30 (pool, GIL on)");
}

TEST(CaseLabel, NamesThePythonWhereThereAreSeveral) {
  Case planned = cpp_fib_on("pool");
  planned.interpreter = "3.13t";
  EXPECT_EQ(label_of(planned), "cpp_fib/30 (pool)");
  planned.several_interpreters = true;
  planned.gil = GilMode::off;
  EXPECT_EQ(label_of(planned), "cpp_fib/30 (pool, 3.13t, GIL off)");
  EXPECT_EQ(benchmark_name(planned, 2), "cpp_fib/30/executor:pool/python:3.13t/gil:off/threads:2");
}

}  // namespace
}  // namespace gilscale
