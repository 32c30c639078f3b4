#include "python/bound_call.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pybind11/eval.h>

#include "python/python_error.hpp"

namespace gilscale {
namespace {

using namespace pybind11::literals;

constexpr std::chrono::milliseconds switch_interval{5};

/// The namespace after some code ran in it.
py::dict after(const char* code) {
  py::dict names;
  names["__builtins__"] = py::module_::import("builtins");
  py::exec(code, names);
  return names;
}

bool equal(const py::object& object, const char* literal) {
  return object.equal(py::eval(literal));
}

/// Remembers its arguments.
constexpr const char* recorder = R"(
seen = []
def work(*args, **kwargs):
    seen.append((args, kwargs))
)";

TEST(BoundCall, PassesPositionalArguments) {
  const py::dict names = after(recorder);
  BoundCall call(names["work"], py::make_tuple(1, "two"), py::dict());
  EXPECT_TRUE(call.repeat(2, switch_interval));
  EXPECT_TRUE(equal(names["seen"], "[((1, 'two'), {})] * 2"));
}

TEST(BoundCall, PassesKeywordArguments) {
  const py::dict names = after(recorder);
  BoundCall call(names["work"], py::tuple(), py::dict("level"_a = 9, "name"_a = "x"));
  EXPECT_TRUE(call.repeat(1, switch_interval));
  EXPECT_TRUE(equal(names["seen"], "[((), {'level': 9, 'name': 'x'})]"));
}

TEST(BoundCall, PassesBoth) {
  const py::dict names = after(recorder);
  BoundCall call(names["work"], py::make_tuple(1), py::dict("level"_a = 9));
  EXPECT_TRUE(call.repeat(1, switch_interval));
  EXPECT_TRUE(equal(names["seen"], "[((1,), {'level': 9})]"));
}

TEST(BoundCall, PassesNothing) {
  const py::dict names = after(recorder);
  BoundCall call(names["work"], py::tuple(), py::dict());
  EXPECT_TRUE(call.repeat(1, switch_interval));
  EXPECT_TRUE(equal(names["seen"], "[((), {})]"));
}

TEST(BoundCall, MakesExactlyTheCallsItIsAskedFor) {
  const py::object counter = py::module_::import("itertools").attr("count")();
  BoundCall call(counter.attr("__next__"), py::tuple(), py::dict());
  std::int64_t expected = 0;
  for (const std::int64_t calls : {0, 1, 2, 3, 1000, 0, 77777}) {
    EXPECT_TRUE(call.repeat(calls, switch_interval));
    expected += calls;
  }
  EXPECT_EQ(counter.attr("__next__")().cast<std::int64_t>(), expected);
}

TEST(BoundCall, StopsAtTheFirstExceptionAndLeavesItPending) {
  const py::dict names = after(R"(
seen = []
def work():
    seen.append(1)
    if len(seen) == 3:
        raise ValueError('third')
)");
  BoundCall call(names["work"], py::tuple(), py::dict());
  EXPECT_FALSE(call.repeat(10, switch_interval));
  ASSERT_TRUE(PyErr_Occurred());
  EXPECT_EQ(summary_of(take_exception()), "ValueError: third");
  EXPECT_EQ(py::len(names["seen"]), 3U);
  EXPECT_TRUE(call.repeat(10, switch_interval)) << "and may be asked again";
  EXPECT_EQ(py::len(names["seen"]), 13U);
}

TEST(BoundCall, OfWrongArgumentsIsATypeError) {
  BoundCall call(py::module_::import("builtins").attr("len"), py::make_tuple(1, 2), py::dict());
  EXPECT_FALSE(call.repeat(1, switch_interval));
  ASSERT_TRUE(PyErr_Occurred());
  EXPECT_THAT(summary_of(take_exception()), testing::StartsWith("TypeError: "));
}

TEST(BoundCall, OfWhatIsNotCallableIsATypeError) {
  BoundCall call(py::int_(3), py::tuple(), py::dict());
  EXPECT_FALSE(call.repeat(1, switch_interval));
  EXPECT_EQ(summary_of(take_exception()), "TypeError: 'int' object is not callable");
}

TEST(BoundCall, CallsMethodsWhichUseTheSpareSlotForSelf) {
  const py::dict names = after(R"(
import functools, types
seen = []
class C:
    def method(self, *args, **kwargs):
        seen.append((type(self).__name__, args, kwargs))
inner = C().method
outer = types.MethodType(inner, 'first')      # a method of a method
partial = functools.partial(inner, 'first')
)");
  for (const char* name : {"inner", "outer", "partial"}) {
    BoundCall call(names[name], py::make_tuple(1), py::dict("k"_a = 2));
    EXPECT_TRUE(call.repeat(2, switch_interval));
  }
  EXPECT_TRUE(
      equal(names["seen"], "[('C', (1,), {'k': 2})] * 2 + [('C', ('first', 1), {'k': 2})] * 4"));
}

TEST(BoundCall, IsNotChangedByACalleeThatChangesWhatItGot) {
  const py::dict names = after(R"(
seen = []
def work(*args, **kwargs):
    seen.append((len(args), len(kwargs)))
    kwargs['more'] = 1
    args += (3,)
    del args, kwargs
)");
  BoundCall call(names["work"], py::make_tuple(1, 2), py::dict("k"_a = 3));
  EXPECT_TRUE(call.repeat(3, switch_interval));
  EXPECT_TRUE(equal(names["seen"], "[(2, 1)] * 3"));
}

TEST(BoundCall, PassesTheSameObjectsEveryTime) {
  const py::dict names = after("def work(items):\n    items.append(len(items))");
  const py::list items;
  BoundCall call(names["work"], py::make_tuple(items), py::dict());
  EXPECT_TRUE(call.repeat(3, switch_interval));
  EXPECT_TRUE(equal(items, "[0, 1, 2]"));
}

TEST(BoundCall, LeavesAllReferenceCountsAsTheyWere) {
  const py::dict names = after(R"(
returned = object()
def work(argument, keyword=None):
    return returned
class Argument: pass
argument, keyword = Argument(), Argument()
)");
  const py::object work = names["work"];
  const py::object argument = names["argument"];
  const py::object keyword = names["keyword"];
  const py::object returned = names["returned"];
  const auto counts = [&] {
    return std::vector{work.ref_count(), argument.ref_count(), keyword.ref_count(),
                       returned.ref_count()};
  };
  const auto before = counts();
  {
    BoundCall call(work, py::make_tuple(argument), py::dict("keyword"_a = keyword));
    EXPECT_TRUE(call.repeat(1, switch_interval));
    const auto bound = counts();
    EXPECT_TRUE(call.repeat(1000, switch_interval));
    EXPECT_EQ(counts(), bound);
  }
  EXPECT_EQ(counts(), before);
}

TEST(BoundCall, KeepsItsArgumentsAlive) {
  const py::dict names = after(recorder);
  py::list items;
  auto args = std::make_unique<py::tuple>(py::make_tuple(py::list()));
  auto kwargs = std::make_unique<py::dict>("key"_a = py::list());
  BoundCall call(names["work"], *args, *kwargs);
  args.reset();
  kwargs->clear();
  kwargs.reset();
  py::module_::import("gc").attr("collect")();
  EXPECT_TRUE(call.repeat(1, switch_interval));
  EXPECT_TRUE(equal(names["seen"], "[(([],), {'key': []})]"));
}

TEST(BoundCall, OffersTheGilToThreadsThatWaitForIt) {
  // hold() is a C function: between its calls no bytecode runs in which Python would switch
  // threads.
  const py::object hold = py::module_::import("gilscale_calibration").attr("hold");
  py::dict names = after(R"(
import threading
go, ran = threading.Event(), []
def other():
    go.wait()
    ran.append(1)
thread = threading.Thread(target=other)
thread.start()
go.set()
)");
  BoundCall call(hold, py::make_tuple(1000), py::dict());
  // 20 ms at a time: 4 switch intervals. The system may be slow to give the other thread a CPU.
  for (int i = 0; i < 200 && py::len(names["ran"]) == 0; ++i)
    EXPECT_TRUE(call.repeat(20, switch_interval));
  EXPECT_EQ(py::len(names["ran"]), 1U);
  names["thread"].attr("join")();
}

}  // namespace
}  // namespace gilscale
