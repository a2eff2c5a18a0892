// The one place that knows threads: a pool shared by all callers, behind parallel_for.
//
// Assumes: tasks neither throw nor depend on which thread runs them, or when. The split into tasks is the caller's, made from
// shapes alone, so results have the same bits for any number of threads.
//
// A caller that finds the pool busy, or is itself a task, runs its tasks alone: concurrent callers never oversubscribe by
// more than themselves. A forked child starts with a fresh pool.
#pragma once
#include <cstdint>

namespace convstep {

constexpr int most_threads = 1024;

int num_threads();          // until set: CPUs this process may use, by affinity, container quota and OMP_NUM_THREADS
void set_num_threads(int n);   // 1..most_threads

namespace detail {
using Task = void (*)(void* context, std::int64_t task, int worker);
void parallel_for(std::int64_t tasks, int workers, Task task, void* context) noexcept;
}  // namespace detail

// Calls fn(task, worker) for every task in [0, tasks) on at most `workers` threads, the calling one among them, and returns
// when all are done. worker < workers tells apart what runs at the same time: it indexes scratch memory.
template <class Fn> void parallel_for(std::int64_t tasks, int workers, Fn& fn) {
  detail::parallel_for(
      tasks, workers, [](void* context, std::int64_t task, int worker) { (*static_cast<Fn*>(context))(task, worker); }, &fn);
}

}  // namespace convstep
