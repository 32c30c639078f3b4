#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "gilscale/text/error.hpp"

namespace gilscale {

/// The E that `act` throws; nothing, and a failed test, when it throws none.
template <typename E, typename Act>
std::optional<E> thrown(Act act) {
  try {
    act();
  } catch (const E& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return std::nullopt;
}

/// What the UsageError that `act` throws says.
template <typename Act>
std::string usage_error(Act act) {
  const auto error = thrown<UsageError>(act);
  return error ? error->what() : "";
}

}  // namespace gilscale
