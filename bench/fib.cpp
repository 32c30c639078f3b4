// gilscale_fib: the naive Fibonacci of the suite `fib`, with the GIL kept and with it released.
// The *_nogil functions are the same C++; only the binding differs, so the GIL is all that a
// comparison shows.

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace py = pybind11;

namespace {

// fib(91) is the last that fits in a std::int64_t, fib(92) the last in a std::uint64_t.
constexpr std::int64_t max_n = 90;

std::uint64_t fib(std::int64_t n) {
  // Hides n from the optimiser, which may fold calls of a function that it knows to be pure, or
  // reuse the result of one for another.
  asm volatile("" : "+r"(n));
  return n < 2 ? 1 : fib(n - 1) + fib(n - 2);
}

std::int64_t checked(std::int64_t n) {
  if (n < 0 || n > max_n) {
    throw py::value_error("n is " + std::to_string(n) + ": give a number from 0 to " +
                          std::to_string(max_n) + ", whose result fits in 64 bits");
  }
  return n;
}

std::uint64_t cpp_fib(std::int64_t n) { return fib(checked(n)); }

// Holds its numbers as C++, so that a call reads no Python object and may run without the GIL.
// Immutable: any number of threads may call it at once.
class FibHolder {
 public:
  explicit FibHolder(std::vector<std::int64_t> numbers) : numbers_(std::move(numbers)) {
    for (const std::int64_t n : numbers_) checked(n);
  }

  std::uint64_t do_fib(std::int64_t i) const { return fib(numbers_[index(i)]); }

  std::size_t size() const { return numbers_.size(); }

 private:
  std::size_t index(std::int64_t i) const {
    if (i < 0 || std::cmp_greater_equal(i, size())) {
      throw py::index_error("index " + std::to_string(i) + " is outside: this FibHolder has " +
                            std::to_string(size()) + " elements, counted from 0");
    }
    return static_cast<std::size_t>(i);
  }

  std::vector<std::int64_t> numbers_;
};

}  // namespace

PYBIND11_MODULE(gilscale_fib, m, py::mod_gil_not_used(),
                py::multiple_interpreters::per_interpreter_gil()) {
  using nogil = py::call_guard<py::gil_scoped_release>;

  m.doc() = "Naive Fibonacci (n < 2 gives 1) in C++, with the GIL kept and with it released.";

  m.def("cpp_fib", &cpp_fib, py::arg("n"),
        "fib(n), keeping the GIL. ValueError unless n is 0 to 90.");
  m.def("cpp_fib_nogil", &cpp_fib, py::arg("n"), nogil(),
        "cpp_fib with the GIL released while it computes.");

  py::class_<FibHolder>(m, "FibHolder",
                        "Numbers converted from a Python list once, at construction.")
      .def(py::init<std::vector<std::int64_t>>(), py::arg("numbers"),
           "ValueError unless every number is 0 to 90.")
      .def("do_fib", &FibHolder::do_fib, py::arg("i"),
           "fib of element i, keeping the GIL. IndexError unless i is 0 to len - 1.")
      .def("do_fib_nogil", &FibHolder::do_fib, py::arg("i"), nogil(),
           "do_fib with the GIL released while it computes.")
      .def("__len__", &FibHolder::size);
}
