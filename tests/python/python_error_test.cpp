#include "python/python_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pybind11/eval.h>

namespace gilscale {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

py::object raised(const char* code) {
  py::dict names;
  names["__builtins__"] = py::module_::import("builtins");
  try {
    py::exec(code, names);
  } catch (py::error_already_set& error) {
    error.restore();
    return take_exception();
  }
  ADD_FAILURE() << "nothing was raised";
  return py::none();
}

TEST(TakenException, IsNoLongerPending) {
  const py::object exception = raised("raise ValueError('x')");
  EXPECT_FALSE(PyErr_Occurred());
  EXPECT_TRUE(py::isinstance(exception, py::module_::import("builtins").attr("ValueError")));
}

TEST(TakenException, ThatCLeftUnmadeIsMade) {
  // A type and a string are pending, no instance yet.
  PyErr_SetString(PyExc_KeyError, "x");
  EXPECT_EQ(summary_of(take_exception()), "KeyError: 'x'");
  PyErr_SetNone(PyExc_MemoryError);
  EXPECT_EQ(summary_of(take_exception()), "MemoryError");
}

TEST(Summary, IsTheTypeAndTheText) {
  EXPECT_EQ(summary_of(raised("raise ValueError('too long')")), "ValueError: too long");
  EXPECT_EQ(summary_of(raised("raise ValueError")), "ValueError");
  EXPECT_EQ(summary_of(raised("raise SystemExit(3)")), "SystemExit: 3");
}

TEST(Traceback, IsWhatPythonPrints) {
  EXPECT_THAT(traceback_of(raised("def f(): raise ValueError('x')\nf()")),
              AllOf(StartsWith("Traceback (most recent call last):\n"), HasSubstr("in f"),
                    EndsWith("ValueError: x\n")));
}

TEST(Traceback, ShowsTheCause) {
  EXPECT_THAT(
      traceback_of(raised("try: 1 / 0\nexcept ZeroDivisionError as e: raise ValueError from e")),
      AllOf(HasSubstr("ZeroDivisionError"), HasSubstr("direct cause"), EndsWith("ValueError\n")));
}

TEST(ErrorOfAWorkload, SaysWhatFailedAndWhatToDo) {
  const WorkloadError error =
      workload_error("it failed:", raised("raise ValueError('x')"), "try another");
  EXPECT_STREQ(error.what(), "it failed: ValueError: x; try another");
  EXPECT_THAT(error.details(), EndsWith("ValueError: x\n"));
}

}  // namespace
}  // namespace gilscale
