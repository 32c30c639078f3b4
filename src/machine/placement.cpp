#include "gilscale/machine/placement.hpp"

#ifdef __linux__
#include <sched.h>
#endif

namespace gilscale {

#ifdef __linux__

namespace {

cpu_set_t only(int cpu) {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  CPU_SET(static_cast<unsigned>(cpu), &mask);
  return mask;
}

bool set_mask(const cpu_set_t& mask) { return sched_setaffinity(0, sizeof mask, &mask) == 0; }

}  // namespace

bool bind_this_thread(int cpu) {
  thread_local int bound_to = -1;
  if (bound_to == cpu) return true;
  if (!set_mask(only(cpu))) return false;
  bound_to = cpu;
  return true;
}

bool move_this_thread(int cpu) {
  if (sched_getcpu() == cpu) return true;
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return false;
  if (CPU_ISSET(static_cast<unsigned>(cpu), &allowed) == 0) return false;
  return set_mask(only(cpu)) && set_mask(allowed);
}

#else

bool bind_this_thread(int) { return false; }
bool move_this_thread(int) { return false; }

#endif

}  // namespace gilscale
