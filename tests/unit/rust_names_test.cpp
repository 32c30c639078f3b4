#include "ledger/rust_names.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gilscale {
namespace {

TEST(RustPaths, AreReadFromSymbols) {
  EXPECT_EQ(rust_path("_RNvNtCs9SxP8eiKbX9_8pyo3_ffi5ceval20PyEval_RestoreThread"),
            "pyo3_ffi::ceval::PyEval_RestoreThread");
  EXPECT_EQ(rust_path("_RNvC7mycrate3foo"), "mycrate::foo");
}

TEST(RustPaths, OfAMethodHaveItsType) {
  EXPECT_EQ(rust_path("_RNvMs3_NtNtCs7MpWdNTwp7n_4pyo38internal5stateNtB5_13SuspendAttach3new"),
            "pyo3::internal::state::SuspendAttach::new");
  EXPECT_EQ(rust_path("_RNvXs4_NtNtCs7MpWdNTwp7n_4pyo38internal5stateNtB5_13SuspendAttachNtNtNt"
                      "CsgxBkk5gSRhY_4core3ops4drop4Drop4drop"),
            "pyo3::internal::state::SuspendAttach::drop");
}

TEST(RustPaths, LeaveGenericArgumentsOut) {
  EXPECT_EQ(rust_path("_RINvMs0_NtCs7MpWdNTwp7n_4pyo36markerNtB6_6Python6detachbNCNvMso_NtNtCsi1HTD"
                      "sDXWYj_17cryptography_rust7backend2ecNtB10_11ECPublicKey6verify0EB14_"),
            "pyo3::marker::Python::detach");
  EXPECT_EQ(rust_path("_RINvC3std3runFUKCjEuFjEbDNtC3std5Errorp4ItemjEL_E"), "std::run");
  EXPECT_EQ(rust_path("_RNvMC3stdINtB2_3VecRL_ShTmjEAhj10_Kj5_E4push"), "std::Vec::push");
}

TEST(RustPaths, NameClosures) {
  EXPECT_EQ(rust_path("_RNCNvC7mycrate3foo0B3_"), "mycrate::foo::{closure}");
  EXPECT_EQ(rust_path("_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_"), "cc::spawn::{closure}::{closure}");
  EXPECT_EQ(rust_path("_RNvNCNvC7mycrate3foo03bar"), "mycrate::foo::{closure}::bar");
}

TEST(RustPaths, AreNoneOfOtherSymbols) {
  for (const char* symbol : {"", "_R", "_ZN3foo3barEv", "main", "_RNv", "_RNvC7mycra", "_RB_",
                             "_RNvC99999999999999999999x3foo", "_RNvBzzzzzzzzzzzzzz_3foo"})
    EXPECT_EQ(rust_path(symbol), std::nullopt) << symbol;
}

/// Of a place that is not 0.
std::string base_62(std::size_t place) {
  const std::string digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::string text;
  for (std::size_t rest = place - 1; rest > 0 || text.empty(); rest /= digits.size())
    text.insert(text.begin(), digits[rest % digits.size()]);
  return text;
}

/// Each tuple holds the one before twice.
std::string doubled(int times) {
  std::string doubling = "MC1aT";
  std::size_t last = doubling.size();
  doubling += "TuuE";
  for (int i = 0; i < times; ++i) {
    const std::string reference = "B" + base_62(last) + "_";
    last = doubling.size();
    doubling += "T" + reference + reference + "E";
  }
  return "_R" + doubling + "E";
}

TEST(RustPaths, HaveAnEndHoweverDeepTheyAre) {
  EXPECT_EQ(rust_path("_R" + std::string(100'000, 'N')), std::nullopt);
  std::string nested = "_R";
  for (int i = 0; i < 100'000; ++i) nested += "Nv";
  EXPECT_EQ(rust_path(nested + "C1a"), std::nullopt);
  EXPECT_EQ(rust_path("_RMR" + std::string(100'000, 'R')), std::nullopt);
  EXPECT_EQ(rust_path(doubled(5)), "_");
  EXPECT_EQ(rust_path(doubled(60)), std::nullopt);
}

}  // namespace
}  // namespace gilscale
