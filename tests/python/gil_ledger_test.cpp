#include "gilscale/measure/gil_ledger.hpp"

#include <gtest/gtest.h>
#include <pybind11/pybind11.h>

#include <chrono>
#include <thread>

namespace gilscale {
namespace {

namespace py = pybind11;
using std::chrono::milliseconds;

void sleep_detached() {
  const py::gil_scoped_release detached;
  std::this_thread::sleep_for(milliseconds(20));
}

TEST(GilLedger, CountsTheTimeDetached) {
  GilLedger::start();
  sleep_detached();
  sleep_detached();
  EXPECT_GE(GilLedger::stop(), 0.040);
}

TEST(GilLedger, DoesNotCountTheTimeAttached) {
  GilLedger::start();
  std::this_thread::sleep_for(milliseconds(20));
  EXPECT_EQ(GilLedger::stop(), 0);
}

TEST(GilLedger, SeesExtensionModulesRelease) {
  const py::object release = py::module_::import("gilscale_calibration").attr("release");
  GilLedger::start();
  release(20000);
  const double detached_s = GilLedger::stop();
  EXPECT_GE(detached_s, 0.019);  // the deadline is set a moment before
}

TEST(GilLedger, BeginsAnewEveryTime) {
  GilLedger::start();
  sleep_detached();
  GilLedger::stop();
  GilLedger::start();
  EXPECT_EQ(GilLedger::stop(), 0);
}

TEST(GilLedger, IsTheThreadsOwn) {
  GilLedger::start();
  double of_the_other = -1;
  {
    const py::gil_scoped_release detached;
    std::thread([&] {
      const py::gil_scoped_acquire attached;
      GilLedger::start();
      of_the_other = GilLedger::stop();
    }).join();
  }
  GilLedger::stop();
  EXPECT_EQ(of_the_other, 0);
}

}  // namespace
}  // namespace gilscale
