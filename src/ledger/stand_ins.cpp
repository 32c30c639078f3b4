// Its checks would be defined here, in place of the functions.
#undef _FORTIFY_SOURCE

#include "ledger/stand_ins.hpp"

#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <ctime>
#include <optional>

#include "gilscale/machine/ticks.hpp"
#include "ledger/book.hpp"
#include "ledger/next.hpp"

// A sanitizer stands in for the same functions.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GILSCALE_HAS_STAND_INS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define GILSCALE_HAS_STAND_INS 0
#else
#define GILSCALE_HAS_STAND_INS 1
#endif
#else
#define GILSCALE_HAS_STAND_INS 1
#endif

#define GILSCALE_STAND_IN extern "C" [[gnu::visibility("default")]]

namespace gilscale {
namespace {

bool anybody_watches() { return watchers.load(std::memory_order_relaxed) != 0; }

Book* book_that_guesses() {
  if (!anybody_watches() || !books.guesses_gil.load(std::memory_order_relaxed)) return nullptr;
  return book_of_this_thread();
}

constinit Next<void*()> next_save_thread("PyEval_SaveThread");
constinit Next<void(void*)> next_restore_thread("PyEval_RestoreThread");

}  // namespace

bool stand_ins_are_here() { return GILSCALE_HAS_STAND_INS != 0; }

}  // namespace gilscale

// --- libpython's: what extension modules release, where the GIL itself is not known ---

// As Python declares them: PyThreadState* is a pointer that is only passed on.
GILSCALE_STAND_IN void* PyEval_SaveThread() {
  using namespace gilscale;
  Book* const book = book_that_guesses();
  if (book) book->note_end_of_hold();
  void* const state = next_save_thread();
  if (book) book->released(ticks());
  return state;
}

GILSCALE_STAND_IN void PyEval_RestoreThread(void* state) {
  using namespace gilscale;
  Book* const book = book_that_guesses();
  if (book) book->wants_gil(ticks());
  next_restore_thread(state);
  if (book) book->acquired(ticks());
}

#if GILSCALE_HAS_STAND_INS

namespace gilscale {
namespace {

// Of condition variables, the oldest ones have another layout.
#if defined(__x86_64__)
constexpr const char* conditions_version = "GLIBC_2.3.2";
#else
constexpr const char* conditions_version = nullptr;
#endif

using Mutex = pthread_mutex_t;
using Condition = pthread_cond_t;
using Lock = pthread_rwlock_t;
using Time = const timespec*;

constinit Next<int(Mutex*)> next_mutex_lock("pthread_mutex_lock");
constinit Next<int(Mutex*)> next_mutex_trylock("pthread_mutex_trylock");
constinit Next<int(Mutex*)> next_mutex_unlock("pthread_mutex_unlock");
constinit Next<int(Mutex*, Time)> next_mutex_timedlock("pthread_mutex_timedlock");
constinit Next<int(Mutex*, clockid_t, Time)> next_mutex_clocklock("pthread_mutex_clocklock");
constinit Next<int(Condition*)> next_cond_signal("pthread_cond_signal", conditions_version);
constinit Next<int(Condition*, Mutex*)> next_cond_wait("pthread_cond_wait", conditions_version);
constinit Next<int(Condition*, Mutex*, Time)> next_cond_timedwait("pthread_cond_timedwait",
                                                                  conditions_version);
constinit Next<int(Condition*, Mutex*, clockid_t, Time)> next_cond_clockwait(
    "pthread_cond_clockwait");
constinit Next<int(Lock*)> next_rwlock_rdlock("pthread_rwlock_rdlock");
constinit Next<int(Lock*)> next_rwlock_tryrdlock("pthread_rwlock_tryrdlock");
constinit Next<int(Lock*, Time)> next_rwlock_timedrdlock("pthread_rwlock_timedrdlock");
constinit Next<int(Lock*, clockid_t, Time)> next_rwlock_clockrdlock("pthread_rwlock_clockrdlock");
constinit Next<int(Lock*)> next_rwlock_wrlock("pthread_rwlock_wrlock");
constinit Next<int(Lock*)> next_rwlock_trywrlock("pthread_rwlock_trywrlock");
constinit Next<int(Lock*, Time)> next_rwlock_timedwrlock("pthread_rwlock_timedwrlock");
constinit Next<int(Lock*, clockid_t, Time)> next_rwlock_clockwrlock("pthread_rwlock_clockwrlock");
constinit Next<int(sem_t*)> next_sem_wait("sem_wait");
constinit Next<int(sem_t*)> next_sem_trywait("sem_trywait");
constinit Next<int(sem_t*)> next_sem_post("sem_post");
constinit Next<int(sem_t*, Time)> next_sem_timedwait("sem_timedwait");
constinit Next<int(sem_t*, clockid_t, Time)> next_sem_clockwait("sem_clockwait");
constinit Next<long(long, long, long, long, long, long, long)> next_syscall("syscall");

/// What is locked most is found when the process begins, before any library starts.
void find_next_ones(int /*argc*/, char** /*argv*/, char** /*environment*/) {
  next_mutex_lock.get();
  next_mutex_trylock.get();
  next_mutex_unlock.get();
  next_cond_signal.get();
  next_cond_wait.get();
  next_cond_timedwait.get();
  next_sem_post.get();
  next_syscall.get();
}
[[gnu::section(".preinit_array"), gnu::used]] void (*const first_of_all)(int, char**,
                                                                         char**) = find_next_ones;

/// The book of a thread that takes part in a round; null if it takes none.
Book* account_of_this_thread() {
  if (!anybody_watches()) return nullptr;
  Book* const book = book_of_this_thread();
  return book && book->in_account() ? book : nullptr;
}

/// `next_try` says EBUSY where `next_lock` would wait.
template <typename Try, typename Function, typename Object, typename... Rest>
int lock(Book& book, WaitKind kind, const Try& next_try, const Function& next_lock, Object* object,
         Rest... rest) {
  const int result = next_try(object);
  if (result != EBUSY) return result;
  const Waiting waiting(book, kind, object);
  return next_lock(object, rest...);
}

/// Readers share a lock, and a writer's says little of what two locks would do.
template <typename Try, typename Function, typename... Rest>
int lock_rwlock(const Try& next_try, const Function& next_lock, Lock* rwlock, Rest... rest) {
  Book* const book = account_of_this_thread();
  if (!book) return next_lock(rwlock, rest...);
  return lock(*book, WaitKind::rwlock, next_try, next_lock, rwlock, rest...);
}

/// Also where the last owner died with it.
bool is_locked(int result) { return result == 0 || result == EOWNERDEAD; }

template <typename Function, typename... Rest>
int lock_mutex(WaitKind kind, const Function& next_lock, Mutex* mutex, Rest... rest) {
  Book* const book = account_of_this_thread();
  if (!book) return next_lock(mutex, rest...);
  const int result = lock(*book, kind, next_mutex_trylock, next_lock, mutex, rest...);
  if (is_locked(result)) book->takes(mutex);
  return result;
}

template <typename Call>
auto wait(WaitKind kind, const Call& call) {
  Book* const book = account_of_this_thread();
  if (!book) return call();
  const Waiting waiting(*book, kind);
  return call();
}

/// A semaphore of libpython is a lock of Python, which the thread has once it is counted down.
int counted_down(Book* book, bool is_lock, sem_t* semaphore, int result) {
  if (book && is_lock && result == 0) book->takes(semaphore);
  return result;
}

/// Semaphores say it by errno.
template <typename Function, typename... Rest>
int wait_for_semaphore(const void* caller, const Function& next_wait, sem_t* semaphore,
                       Rest... rest) {
  Book* const book = account_of_this_thread();
  if (!book) return next_wait(semaphore, rest...);
  const bool is_lock = is_in_python(caller);
  const int before = errno;
  if (next_sem_trywait(semaphore) == 0) return counted_down(book, is_lock, semaphore, 0);
  errno = before;
  const auto wait = [&] {
    const Waiting waiting(*book, is_lock ? WaitKind::lock : WaitKind::semaphore, semaphore);
    return next_wait(semaphore, rest...);
  };
  return counted_down(book, is_lock, semaphore, wait());
}

int lock_gil(Book& book, const Gil& gil, Mutex* mutex) {
  // Who gives the GIL up holds it until it says so, however long it takes. Where that is, it finds
  // out before it locks: unwinding may wait for a lock of the loader.
  if (book.holds_gil()) {
    book.note_end_of_hold();
    const int result = next_mutex_lock(mutex);
    book.enters(gil);
    return result;
  }
  // Not while the mutex is locked, which would keep others from giving the GIL up.
  if (gil.is_held->load(std::memory_order_relaxed)) {
    const Busy busy;
    book.note_place();
  }
  int result = next_mutex_trylock(mutex);
  if (result == EBUSY) {
    book.wants_gil(ticks());
    result = next_mutex_lock(mutex);
  }
  book.enters(gil);
  return result;
}

int watched_lock(Mutex* mutex) {
  if (this_thread.learns) this_thread.learner.locked(mutex);
  Book* const book = book_of_this_thread();
  if (!book) return next_mutex_lock(mutex);
  if (const Gil* const gil = gil_of(mutex)) return lock_gil(*book, *gil, mutex);
  const bool hands_over = book->hands_over_under(mutex);
  if (hands_over && book->inside()) return next_mutex_lock(mutex);  // it waits for the GIL already
  return lock_mutex(hands_over ? WaitKind::gil : WaitKind::mutex, next_mutex_lock, mutex);
}

int watched_trylock(Mutex* mutex) {
  const int result = next_mutex_trylock(mutex);
  Book* const book = is_locked(result) ? account_of_this_thread() : nullptr;
  if (book) book->takes(mutex);
  return result;
}

int watched_unlock(Mutex* mutex) {
  if (this_thread.learns) this_thread.learner.unlocked(mutex);
  Book* const book = book_of_this_thread();
  if (book && book->inside() && book->inside()->mutex == mutex)
    book->leaves(ticks());
  else if (book)
    book->gives_back(mutex);
  return next_mutex_unlock(mutex);
}

int watched_signal(Condition* condition) {
  if (this_thread.learns) this_thread.learner.signalled(condition);
  Book* const book = book_of_this_thread();
  if (book && book->inside() && book->inside()->condition == condition) book->gives_gil_up(ticks());
  return next_cond_signal(condition);
}

/// A thread may have waited for the GIL since before the books were opened: it then goes on inside.
void go_on_inside(const void* condition, const void* mutex) {
  Book* const book = anybody_watches() ? book_of_this_thread() : nullptr;
  if (!book || book->inside()) return;
  const Gil* const gil = gil_of(mutex);
  if (gil && gil->condition == condition) book->enters(*gil);
}

template <typename Function, typename... Rest>
int wait_for_condition(const Function& next_wait, Condition* condition, Mutex* mutex,
                       Rest... rest) {
  Book* const book = anybody_watches() ? book_of_this_thread() : nullptr;
  const Gil* const gil = any_gil_is_known() ? gil_of(mutex) : nullptr;
  if (gil && gil->condition == condition) {
    std::optional<Busy> busy;
    if (book) {
      book->wants_gil(ticks());
      busy.emplace();
    }
    const int result = next_wait(condition, mutex, rest...);
    busy.reset();
    go_on_inside(condition, mutex);
    return result;
  }
  if (!book || !book->in_account()) return next_wait(condition, mutex, rest...);
  book->gives_back(mutex);
  const auto wait = [&] {
    const Waiting waiting(*book,
                          book->hands_over_under(mutex) ? WaitKind::gil : WaitKind::condition);
    return next_wait(condition, mutex, rest...);
  };
  const int result = wait();
  book->takes(mutex);
  return result;
}

bool waits_for_futex(long number, long operation) {
  if (number != SYS_futex) return false;
  const long command = operation & FUTEX_CMD_MASK;
  return command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET || command == FUTEX_LOCK_PI;
}

}  // namespace
}  // namespace gilscale

// --- mutexes, and with them the GIL ---

GILSCALE_STAND_IN int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  using namespace gilscale;
  return anybody_watches() ? watched_lock(mutex) : next_mutex_lock(mutex);
}

GILSCALE_STAND_IN int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  using namespace gilscale;
  return anybody_watches() ? watched_trylock(mutex) : next_mutex_trylock(mutex);
}

GILSCALE_STAND_IN int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  using namespace gilscale;
  return anybody_watches() ? watched_unlock(mutex) : next_mutex_unlock(mutex);
}

GILSCALE_STAND_IN int pthread_cond_signal(pthread_cond_t* condition) noexcept {
  using namespace gilscale;
  return anybody_watches() ? watched_signal(condition) : next_cond_signal(condition);
}

GILSCALE_STAND_IN int pthread_mutex_timedlock(pthread_mutex_t* mutex,
                                              const timespec* until) noexcept {
  using namespace gilscale;
  return lock_mutex(WaitKind::mutex, next_mutex_timedlock, mutex, until);
}

GILSCALE_STAND_IN int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                                              const timespec* until) noexcept {
  using namespace gilscale;
  return lock_mutex(WaitKind::mutex, next_mutex_clocklock, mutex, clock, until);
}

// --- condition variables ---

GILSCALE_STAND_IN int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  using namespace gilscale;
  return wait_for_condition(next_cond_wait, condition, mutex);
}

GILSCALE_STAND_IN int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                             const timespec* until) {
  using namespace gilscale;
  return wait_for_condition(next_cond_timedwait, condition, mutex, until);
}

GILSCALE_STAND_IN int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                             clockid_t clock, const timespec* until) {
  using namespace gilscale;
  return wait_for_condition(next_cond_clockwait, condition, mutex, clock, until);
}

// --- readers and writers ---

GILSCALE_STAND_IN int pthread_rwlock_rdlock(pthread_rwlock_t* rwlock) noexcept {
  using namespace gilscale;
  return lock_rwlock(next_rwlock_tryrdlock, next_rwlock_rdlock, rwlock);
}

GILSCALE_STAND_IN int pthread_rwlock_timedrdlock(pthread_rwlock_t* rwlock,
                                                 const timespec* until) noexcept {
  using namespace gilscale;
  return lock_rwlock(next_rwlock_tryrdlock, next_rwlock_timedrdlock, rwlock, until);
}

GILSCALE_STAND_IN int pthread_rwlock_clockrdlock(pthread_rwlock_t* rwlock, clockid_t clock,
                                                 const timespec* until) noexcept {
  using namespace gilscale;
  return lock_rwlock(next_rwlock_tryrdlock, next_rwlock_clockrdlock, rwlock, clock, until);
}

GILSCALE_STAND_IN int pthread_rwlock_wrlock(pthread_rwlock_t* rwlock) noexcept {
  using namespace gilscale;
  return lock_rwlock(next_rwlock_trywrlock, next_rwlock_wrlock, rwlock);
}

GILSCALE_STAND_IN int pthread_rwlock_timedwrlock(pthread_rwlock_t* rwlock,
                                                 const timespec* until) noexcept {
  using namespace gilscale;
  return lock_rwlock(next_rwlock_trywrlock, next_rwlock_timedwrlock, rwlock, until);
}

GILSCALE_STAND_IN int pthread_rwlock_clockwrlock(pthread_rwlock_t* rwlock, clockid_t clock,
                                                 const timespec* until) noexcept {
  using namespace gilscale;
  return lock_rwlock(next_rwlock_trywrlock, next_rwlock_clockwrlock, rwlock, clock, until);
}

// --- semaphores, and with them the locks of Python ---

GILSCALE_STAND_IN int sem_trywait(sem_t* semaphore) noexcept {
  using namespace gilscale;
  return counted_down(account_of_this_thread(), is_in_python(__builtin_return_address(0)),
                      semaphore, next_sem_trywait(semaphore));
}

GILSCALE_STAND_IN int sem_post(sem_t* semaphore) noexcept {
  using namespace gilscale;
  if (Book* const book = account_of_this_thread()) book->gives_back(semaphore);
  return next_sem_post(semaphore);
}

GILSCALE_STAND_IN int sem_wait(sem_t* semaphore) {
  using namespace gilscale;
  return wait_for_semaphore(__builtin_return_address(0), next_sem_wait, semaphore);
}

GILSCALE_STAND_IN int sem_timedwait(sem_t* semaphore, const timespec* until) {
  using namespace gilscale;
  return wait_for_semaphore(__builtin_return_address(0), next_sem_timedwait, semaphore, until);
}

GILSCALE_STAND_IN int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* until) {
  using namespace gilscale;
  return wait_for_semaphore(__builtin_return_address(0), next_sem_clockwait, semaphore, clock,
                            until);
}

// --- system calls by their numbers ---

GILSCALE_STAND_IN long syscall(long number, ...) noexcept {
  using namespace gilscale;
  va_list list;
  va_start(list, number);
  long arguments[6];
  for (long& each : arguments) each = va_arg(list, long);
  va_end(list);
  const auto& [a, b, c, d, e, f] = arguments;
  const auto call = [&] { return next_syscall(number, a, b, c, d, e, f); };
  return waits_for_futex(number, b) ? wait(WaitKind::futex, call) : call();
}

// --- until a time, and for the world outside ---

// Each forwards what it was given to the next library's function of its name.
#define GILSCALE_WAITING(kind, result, name, parameters, ...)             \
  GILSCALE_STAND_IN result name parameters {                              \
    static constinit const gilscale::Next<result parameters> next(#name); \
    return gilscale::wait(kind, [&] { return next(__VA_ARGS__); });       \
  }
#define GILSCALE_SLEEP(...) GILSCALE_WAITING(gilscale::WaitKind::sleep, __VA_ARGS__)
#define GILSCALE_IO(...) GILSCALE_WAITING(gilscale::WaitKind::io, __VA_ARGS__)
// Without anything to wait for, they are used to sleep.
#define GILSCALE_IO_OF(count, ...) \
  GILSCALE_WAITING((count) == 0 ? gilscale::WaitKind::sleep : gilscale::WaitKind::io, __VA_ARGS__)

// NOLINTBEGIN(bugprone-macro-parentheses): parameters are no expressions
GILSCALE_SLEEP(int, nanosleep, (const timespec* duration, timespec* left), duration, left)
GILSCALE_SLEEP(int, clock_nanosleep,
               (clockid_t clock, int flags, const timespec* duration, timespec* left), clock, flags,
               duration, left)
GILSCALE_SLEEP(int, usleep, (useconds_t duration), duration)
GILSCALE_SLEEP(unsigned, sleep, (unsigned duration), duration)

GILSCALE_IO_OF(count, int, select,
               (int count, fd_set* in, fd_set* out, fd_set* other, timeval* longest), count, in,
               out, other, longest)
GILSCALE_IO_OF(count, int, pselect,
               (int count, fd_set* in, fd_set* out, fd_set* other, const timespec* longest,
                const sigset_t* signals),
               count, in, out, other, longest, signals)
GILSCALE_IO_OF(count, int, poll, (pollfd * files, nfds_t count, int longest), files, count, longest)
GILSCALE_IO_OF(count, int, ppoll,
               (pollfd * files, nfds_t count, const timespec* longest, const sigset_t* signals),
               files, count, longest, signals)
GILSCALE_IO(int, epoll_wait, (int set, epoll_event* events, int most, int longest), set, events,
            most, longest)
GILSCALE_IO(int, epoll_pwait,
            (int set, epoll_event* events, int most, int longest, const sigset_t* signals), set,
            events, most, longest, signals)
GILSCALE_IO(ssize_t, read, (int file, void* to, size_t size), file, to, size)
GILSCALE_IO(ssize_t, write, (int file, const void* from, size_t size), file, from, size)
GILSCALE_IO(ssize_t, pread64, (int file, void* to, size_t size, off64_t at), file, to, size, at)
GILSCALE_IO(ssize_t, pwrite64, (int file, const void* from, size_t size, off64_t at), file, from,
            size, at)
GILSCALE_IO(ssize_t, readv, (int file, const iovec* to, int count), file, to, count)
GILSCALE_IO(ssize_t, writev, (int file, const iovec* from, int count), file, from, count)
GILSCALE_IO(ssize_t, recv, (int file, void* to, size_t size, int flags), file, to, size, flags)
GILSCALE_IO(ssize_t, recvfrom,
            (int file, void* to, size_t size, int flags, sockaddr* who, socklen_t* length), file,
            to, size, flags, who, length)
GILSCALE_IO(ssize_t, recvmsg, (int file, msghdr* message, int flags), file, message, flags)
GILSCALE_IO(ssize_t, send, (int file, const void* from, size_t size, int flags), file, from, size,
            flags)
GILSCALE_IO(ssize_t, sendto,
            (int file, const void* from, size_t size, int flags, const sockaddr* whom,
             socklen_t length),
            file, from, size, flags, whom, length)
GILSCALE_IO(ssize_t, sendmsg, (int file, const msghdr* message, int flags), file, message, flags)
GILSCALE_IO(int, accept, (int file, sockaddr* who, socklen_t* length), file, who, length)
GILSCALE_IO(int, accept4, (int file, sockaddr* who, socklen_t* length, int flags), file, who,
            length, flags)
GILSCALE_IO(int, connect, (int file, const sockaddr* whom, socklen_t length), file, whom, length)
GILSCALE_IO(int, fsync, (int file), file)
GILSCALE_IO(int, fdatasync, (int file), file)
GILSCALE_IO(pid_t, waitpid, (pid_t process, int* status, int options), process, status, options)
// NOLINTEND(bugprone-macro-parentheses)

#endif
