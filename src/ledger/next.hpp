#pragma once

#include <dlfcn.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace gilscale {

/// The function that one of ours stands in for: the next library's of that name. Found when the
/// process begins, before any library starts; a call before that finds it itself. Nothing here
/// needs to be constructed.
template <typename Function>
class Next {
 public:
  /// `version`: of the symbol, where there is an older one of the same name.
  constexpr explicit Next(const char* name, const char* version = nullptr)
      : name_(name), version_(version) {}

  template <typename... Arguments>
  auto operator()(Arguments... arguments) const {
    return get()(arguments...);
  }
  Function* get() const {
    Function* const known = found_.load(std::memory_order_relaxed);
    return known ? known : find();
  }

 private:
  Function* find() const {
    void* found = version_ ? dlvsym(RTLD_NEXT, name_, version_) : nullptr;
    if (!found) found = dlsym(RTLD_NEXT, name_);
    if (!found) {
      std::fprintf(stderr, "gilscale: the system's libraries lack %s; please report it\n", name_);
      std::abort();
    }
    auto* const function = reinterpret_cast<Function*>(found);
    found_.store(function, std::memory_order_relaxed);
    return function;
  }

  const char* name_;
  const char* version_;
  mutable std::atomic<Function*> found_{nullptr};
};

}  // namespace gilscale
