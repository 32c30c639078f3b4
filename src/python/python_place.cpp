#include "python/python_place.hpp"

#include <frameobject.h>

#include <algorithm>
#include <cstddef>

namespace gilscale {
namespace {

constexpr std::int32_t bytes_of_instruction = 2;

// ---- the innermost frame of a thread: Include/internal/pycore_frame.h of each version ----

#if PY_VERSION_HEX < 0x030B0000

using Frame = PyFrameObject;

const Frame* innermost(const PyThreadState& state) { return state.frame; }
const Frame* outer(const Frame& frame) { return frame.f_back; }
const void* code_of(const Frame& frame) { return frame.f_code; }
std::int32_t instruction_of(const Frame& frame) {
#if PY_VERSION_HEX < 0x030A0000
  return frame.f_lasti;
#else
  return frame.f_lasti * bytes_of_instruction;
#endif
}

#else

/// As far as it is read.
struct Frame {
#if PY_VERSION_HEX < 0x030C0000
  void* function;
  void* globals;
  void* builtins;
  void* locals;
  const void* code;
  void* object;
  const Frame* previous;
#else
  std::uintptr_t code;  // from 3.14 on with tags in its lowest bits
  const Frame* previous;
  void* function;
  void* globals;
  void* builtins;
  void* locals;
  void* object;
#endif
  const char* instruction;
};

const Frame* innermost(const PyThreadState& state) {
#if PY_VERSION_HEX < 0x030D0000
  return state.cframe ? reinterpret_cast<const Frame*>(state.cframe->current_frame) : nullptr;
#else
  return reinterpret_cast<const Frame*>(state.current_frame);
#endif
}
const Frame* outer(const Frame& frame) { return frame.previous; }
const void* code_of(const Frame& frame) {
#if PY_VERSION_HEX < 0x030C0000
  return frame.code;
#else
  constexpr std::uintptr_t tags = 7;
  return reinterpret_cast<const void*>(frame.code & ~tags);
#endif
}
std::int32_t instruction_of(const Frame& frame) {
  const auto* const code = static_cast<const PyCodeObject*>(code_of(frame));
  const char* const first = reinterpret_cast<const char*>(code->co_code_adaptive);
  const std::ptrdiff_t offset = frame.instruction - first;
  const std::ptrdiff_t size = Py_SIZE(code) * bytes_of_instruction;
  // Threads of a free-threaded 3.14 have copies of their own: then it is the function's first line.
  return offset >= 0 && offset < size ? static_cast<std::int32_t>(offset) : -1;
}

#endif

/// Frames of the interpreter's own have no code, or none that is Python's.
bool is_of_python(const Frame& frame) {
  const auto* const object = static_cast<const PyObject*>(code_of(frame));
  return object && Py_TYPE(const_cast<PyObject*>(object)) == &PyCode_Type;
}

struct OfThread {
  PyThreadState* state = nullptr;
  const Frame* outside = nullptr;
};

OfThread& of_thread() {
  // Found without a call that may allocate.
  [[gnu::tls_model("initial-exec")]] static thread_local OfThread own;
  return own;
}

/// What is not ASCII becomes a question mark: more would have to be made first.
void copy(PyObject* text, char* to, std::size_t size) {
  std::size_t length = 0;
  if (text && PyUnicode_Check(text)) {
    const Py_ssize_t all = PyUnicode_GetLength(text);
    // Of a path, the end tells more.
    const auto most = static_cast<Py_ssize_t>(size) - 1;
    for (Py_ssize_t i = std::max<Py_ssize_t>(all - most, 0); i < all; ++i) {
      const Py_UCS4 letter = PyUnicode_ReadChar(text, i);
      to[length++] = letter >= 0x20 && letter < 0x7F ? static_cast<char>(letter) : '?';
    }
  }
  to[length] = 0;
}

}  // namespace

void PlacesOfThread::begin() {
  PyThreadState* const state = PyThreadState_Get();
  of_thread() = {state, innermost(*state)};
}

void PlacesOfThread::end() { of_thread() = {}; }

bool PlacesOfThread::where(const void** code, std::int32_t* instruction) {
  const OfThread& own = of_thread();
  if (!own.state) return false;
  const Frame* frame = innermost(*own.state);
  while (frame && frame != own.outside && !is_of_python(*frame)) frame = outer(*frame);
  if (!frame || frame == own.outside) return false;
  *code = code_of(*frame);
  *instruction = instruction_of(*frame);
  return true;
}

void PlacesOfThread::name(const void* code, std::int32_t instruction, NamedPlace* to) {
  auto* const object = const_cast<PyCodeObject*>(static_cast<const PyCodeObject*>(code));
  copy(object->co_filename, to->file, sizeof to->file);
  copy(object->co_name, to->function, sizeof to->function);
#if PY_VERSION_HEX >= 0x030E0000 && defined(Py_GIL_DISABLED)
  to->line = object->co_firstlineno;  // more would take a lock, for which a thread is attached
  static_cast<void>(instruction);
#else
  to->line = PyCode_Addr2Line(object, instruction);
#endif
}

}  // namespace gilscale
