#include "python/interpreter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pybind11/eval.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "python_test.hpp"

namespace gilscale {
namespace {

TEST(InterpreterInfo, IsWhatPythonSaysOfItself) {
  const InterpreterInfo info = interpreter_info();
  EXPECT_EQ(info.version, py::eval("__import__('platform').python_version()").cast<std::string>());
  EXPECT_THAT(info.version, testing::StartsWith(std::to_string(PY_MAJOR_VERSION) + "." +
                                                std::to_string(PY_MINOR_VERSION) + "."));
  EXPECT_THAT(info.build, testing::AnyOf("default", "free-threaded"));
  EXPECT_TRUE(std::filesystem::exists(info.executable)) << info.executable;
}

TEST(Gil, IsOnInADefaultBuild) {
  if (interpreter_info().build != "default") GTEST_SKIP() << "this build can switch it off";
  EXPECT_TRUE(gil_enabled());
}

TEST(SwitchInterval, IsPythons) {
  const py::module_ sys = py::module_::import("sys");
  const double before = switch_interval_s();
  EXPECT_DOUBLE_EQ(before, 5e-3);
  sys.attr("setswitchinterval")(0.25);
  EXPECT_DOUBLE_EQ(switch_interval_s(), 0.25);
  sys.attr("setswitchinterval")(before);
}

TEST(Interpreter, FindsItsStandardLibrary) {
  EXPECT_NO_THROW(py::module_::import("concurrent.futures"));
  EXPECT_NO_THROW(py::module_::import("difflib"));
}

TEST(Interpreter, ReportsCrashes) {
  EXPECT_TRUE(py::module_::import("faulthandler").attr("is_enabled")().cast<bool>());
}

TEST(Interpreter, LeavesInterruptsToTheFrontEnd) {
  py::module_::import("signal");  // this alone would take SIGINT over
  struct sigaction action{};
  ASSERT_EQ(sigaction(SIGINT, nullptr, &action), 0);
  EXPECT_TRUE(action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN) << "Python has its own";
}

TEST(FlushOutput, WritesOutWhatPythonHasBuffered) {
  testing::internal::CaptureStdout();
  py::exec("import sys; sys.stdout.write('in the buffer')");
  flush_output();
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "in the buffer");
}

TEST(FlushOutput, DoesNotMindStreamsThatAreClosedOrReplaced) {
  const py::module_ sys = py::module_::import("sys");
  const py::object before = sys.attr("stdout");
  for (const char* broken : {"None", "3", "__import__('io').StringIO()"}) {
    sys.attr("stdout") = py::eval(broken);
    EXPECT_NO_THROW(flush_output());
  }
  py::object closed = py::eval("__import__('io').StringIO()");
  closed.attr("close")();
  sys.attr("stdout") = closed;
  EXPECT_NO_THROW(flush_output());
  sys.attr("stdout") = before;
}

}  // namespace
}  // namespace gilscale
