#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gilscale {

/// The path that a symbol of Rust's stands for ("v0", RFC 2603): "pyo3_ffi::ceval::attach" of
/// "_RNvNtCs9_8pyo3_ffi5ceval6attach". Of generic arguments nothing is shown, and of an
/// implementation the type that it is for. Nothing for other symbols.
std::optional<std::string> rust_path(std::string_view symbol);

}  // namespace gilscale
