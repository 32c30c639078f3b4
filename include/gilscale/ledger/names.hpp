#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "gilscale/ledger/ledger.hpp"

namespace gilscale {

/// Names for the code of this process, from symbol tables and debug information (libdw).
class Names {
 public:
  Names();
  ~Names();
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  /// What waits on that path are to be called after: the innermost function that is no lock's own,
  /// as "codec.so!Encoder::flush"; "codec.so+0x1a2b" where it has no name. Empty if the path only
  /// leads through gilscale.
  [[nodiscard]] std::string site(const WaitSite& waits) const;

 private:
  class Symbols;
  std::unique_ptr<Symbols> symbols_;
};

/// Whether a function only waits on behalf of its caller: std::mutex::lock,
/// PyThread_acquire_lock...
bool is_a_locks_own(std::string_view function);

}  // namespace gilscale
