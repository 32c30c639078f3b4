#include "ledger/sites.hpp"

#include <dlfcn.h>
#include <link.h>
#include <unwind.h>

#include <algorithm>
#include <atomic>
#include <span>

#include "ledger/book.hpp"

namespace gilscale {
namespace {

constexpr std::size_t most_places = 1024;
constexpr std::size_t most_frames = 12;

std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
  constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;  // 2^64 over the golden ratio
  hash = (hash ^ word) * odd;
  return hash ^ (hash >> 29);
}

// ---- entries that are written once ----

/// What many threads look up and add to, without a lock: open addressing by a hash. The number of
/// an entry is its place and one.
template <typename Entry>
class Register {
 public:
  template <typename Write>
  Place find_or_add(std::uint64_t hash, const Write& write) {
    if (hash == 0) hash = 1;
    std::size_t place = hash % most_places;
    for (std::size_t tries = 0; tries < most_places / 2;
         ++tries, place = (place + 1) % most_places) {
      std::uint64_t there = hashes_[place].load(std::memory_order_acquire);
      if (there == 0 && hashes_[place].compare_exchange_strong(there, hash)) {
        write(entries_[place]);
        return number(place);
      }
      if (there == hash) return number(place);
    }
    return 0;
  }
  /// Of a number that is not 0, when nobody writes.
  [[nodiscard]] const Entry& entry(Place place) const { return entries_[place - 1U]; }
  void clear() {
    for (auto& hash : hashes_) hash.store(0, std::memory_order_relaxed);
  }

 private:
  static Place number(std::size_t place) { return static_cast<Place>(place + 1); }

  std::array<std::atomic<std::uint64_t>, most_places> hashes_{};
  std::array<Entry, most_places> entries_{};
};

struct Frames {
  std::size_t count = 0;
  std::array<std::uintptr_t, most_frames> addresses{};
};

constinit Register<Frames> paths;
constinit Register<NamedPlace> python_places;

// ---- the code that is loaded ----

/// Addresses from the first to before the last.
struct Range {
  std::uintptr_t first = 0;
  std::uintptr_t last = 0;

  [[nodiscard]] bool contains(std::uintptr_t address) const {
    return address >= first && address < last;
  }
  void include(const Range& other) {
    first = first == 0 ? other.first : std::min(first, other.first);
    last = std::max(last, other.last);
  }
};

/// Pages of 64 kB in which there is code: a bit for each, some of which they share. Asked for many
/// words of the stack, where a list would have to be searched.
class CodePages {
 public:
  void clear() { bits_ = {}; }
  void add(const Range& code) {
    for (std::uintptr_t page = code.first / page_size; page <= (code.last - 1) / page_size; ++page)
      bits_[place(page) / 64] |= std::uint64_t{1} << place(page) % 64;
  }
  [[nodiscard]] bool may_contain(std::uintptr_t address) const {
    const std::size_t bit = place(address / page_size);
    return (bits_[bit / 64] >> bit % 64 & 1) != 0;
  }

 private:
  static constexpr std::uintptr_t page_size = 1U << 16;
  static constexpr std::size_t places = 1U << 16;
  static std::size_t place(std::uintptr_t page) { return (page ^ (page >> 16)) % places; }

  std::array<std::uint64_t, places / 64> bits_{};
};

constinit CodePages all_code;
constinit Range own_code;
constinit Range python_code;

Range code_of(const dl_phdr_info& library) {
  Range code;
  for (const auto& part : std::span(library.dlpi_phdr, library.dlpi_phnum)) {
    if (part.p_type != PT_LOAD || (part.p_flags & PF_X) == 0) continue;
    const std::uintptr_t begin = library.dlpi_addr + part.p_vaddr;
    code.include({begin, begin + part.p_memsz});
  }
  return code;
}

std::uintptr_t number_of(const void* address) { return reinterpret_cast<std::uintptr_t>(address); }

int add_library(dl_phdr_info* library, std::size_t /*size*/, void* of_python) {
  const Range code = code_of(*library);
  if (code.last > code.first) all_code.add(code);
  if (code.contains(reinterpret_cast<std::uintptr_t>(&add_library))) own_code = code;
  if (of_python && code.contains(number_of(of_python))) python_code = code;
  return 0;
}

// ---- the path ----

_Unwind_Reason_Code add_frame(_Unwind_Context* context, void* to) {
  auto& frames = *static_cast<Frames*>(to);
  const std::uintptr_t address = _Unwind_GetIP(context);
  if (address == 0) return _URC_END_OF_STACK;
  if (frames.count == 0 && own_code.contains(address)) return _URC_NO_REASON;  // the stand-in
  frames.addresses.at(frames.count++) = address;
  return frames.count < most_frames ? _URC_NO_REASON : _URC_END_OF_STACK;
}

Place unwound() {
  Frames frames;
  _Unwind_Backtrace(add_frame, &frames);
  std::uint64_t hash = frames.count;
  for (const std::uintptr_t address : frames.addresses) hash = mixed(hash, address);
  return paths.find_or_add(hash, [&](Frames& entry) { entry = frames; });
}

/// Of the code addresses in the first half kilobyte of the stack: return addresses, and what is
/// left of some. Two paths may share it only if they differ further out.
std::uint64_t signature_of_stack(std::uintptr_t stack_end) {
  constexpr std::size_t words = 64;
  const auto* word = static_cast<const std::uintptr_t*>(__builtin_frame_address(0));
  const auto left = (stack_end - number_of(word)) / sizeof(std::uintptr_t);
  std::uint64_t hash = number_of(word);
  for (std::size_t i = 0; i < std::min(words, left); ++i)
    if (all_code.may_contain(word[i])) hash = mixed(hash, word[i]);
  return hash;
}

const PythonPlaces* places_of_python = nullptr;

}  // namespace

Place KnownPaths::path(std::uintptr_t stack_begin, std::uintptr_t stack_end) {
  const std::uintptr_t here = number_of(__builtin_frame_address(0));
  if (here < stack_begin || here >= stack_end) return unwound();
  const std::uint64_t signature = signature_of_stack(stack_end);
  Known& known = paths_[signature % paths_.size()];
  if (known.signature != signature || known.path == 0) known = {signature, unwound()};
  return known.path;
}

Place python_place() {
  if (!places_of_python) return 0;
  const void* code = nullptr;
  std::int32_t instruction = 0;
  if (!places_of_python->where(&code, &instruction)) return 0;
  const std::uint64_t hash = mixed(number_of(code), static_cast<std::uint64_t>(instruction) + 1);
  return python_places.find_or_add(
      hash, [&](NamedPlace& entry) { places_of_python->name(code, instruction, &entry); });
}

void prepare_sites() {
  all_code.clear();
  dl_iterate_phdr(add_library, dlsym(RTLD_DEFAULT, "Py_GetVersion"));
  python_places.clear();
  unwound();  // what unwinding needs for the first time, it shall not look for in a stand-in
}

std::vector<std::uintptr_t> frames_of(Place path) {
  std::vector<std::uintptr_t> addresses;
  if (path == 0) return addresses;
  const Frames& frames = paths.entry(path);
  const std::span all(frames.addresses);
  addresses.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(frames.count));
  return addresses;
}

PythonPlace python_place_of(Place place) {
  if (place == 0) return {};
  const NamedPlace& named = python_places.entry(place);
  return {named.file, named.function, named.line};
}

bool is_in_python(const void* address) { return python_code.contains(number_of(address)); }

void set_python_places(const PythonPlaces* places) { places_of_python = places; }

}  // namespace gilscale
