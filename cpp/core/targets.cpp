// Which of the targets of this build the processor and the system can run, and which of them is in use.
//
// Assumes: CMakeLists.txt defines one of CONVSTEP_X86_TARGETS, CONVSTEP_ARM64_TARGETS, CONVSTEP_OTHER_TARGETS.
#include "targets.hpp"

#include <atomic>

namespace convstep {

#define DECLARE(name) \
  namespace name {    \
  extern const Target target; \
  }
#if defined(CONVSTEP_X86_TARGETS)
DECLARE(avx512)
DECLARE(avx2)
DECLARE(baseline)
#elif defined(CONVSTEP_ARM64_TARGETS)
DECLARE(neon)
#else
DECLARE(baseline)
#endif

namespace {

// __builtin_cpu_supports asks the processor and, through XGETBV, whether the system saves the wide registers.
std::vector<const Target*> detect() {
  std::vector<const Target*> found;
#if defined(CONVSTEP_X86_TARGETS)
  __builtin_cpu_init();
  const bool fma = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (fma && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    found.push_back(&avx512::target);
  if (fma) found.push_back(&avx2::target);
  found.push_back(&baseline::target);
#elif defined(CONVSTEP_ARM64_TARGETS)
  found.push_back(&neon::target);
#else
  found.push_back(&baseline::target);
#endif
  return found;
}

// Made while the library loads: a static local variable could be caught by a fork half made.
const std::vector<const Target*> targets = detect();

std::atomic<const Target*> selected{nullptr};

}  // namespace

const std::vector<const Target*>& runnable_targets() {
  return targets;
}

const Target& current_target() {
  const Target* target = selected.load(std::memory_order_acquire);
  return target ? *target : *runnable_targets().front();
}

bool select_target(const std::string& name) {
  for (const Target* target : runnable_targets())
    if (name == target->name) {
      selected.store(target, std::memory_order_release);
      return true;
    }
  return false;
}

}  // namespace convstep
