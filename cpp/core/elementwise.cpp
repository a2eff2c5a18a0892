// Arrays cut into runs of numbers, a task each.
//
// Assumes: what elementwise.hpp says.
#include "elementwise.hpp"

#include <algorithm>
#include "denormals.hpp"
#include "split.hpp"
#include "targets.hpp"

namespace convstep {
namespace {

// Calls compute(begin, numbers) for runs that together make n: long enough for prefetching, whole cache lines.
template <class Compute> void for_each_run(Index n, Compute compute) {
  constexpr Index run = 16 << 10;
  auto task = [&](Index i, int) { compute(i * run, std::min(run, n - i * run)); };
  parallel_for(parts_of(n, run), n < least_shared ? 1 : num_threads(), task);
}

}  // namespace

// These copy numbers or add two, and denormals stay what they are.
template <class T> void map(Map what, Index n, const T* a, const T* b, T* out) {
  const auto kernel = pick<T>(*current_target().elementwise).map[int(what)];
  if (!b) b = a;
  for_each_run(n, [&](Index begin, Index count) { kernel(a + begin, b + begin, out + begin, count); });
}

template <class T> void sgd(const SgdStep<T>& all) {
  const auto kernel = pick<T>(*current_target().elementwise).sgd;
  for_each_run(all.n, [&](Index begin, Index count) {
    const FlushDenormals<T> flush;
    SgdStep<T> part = all;
    part.params += begin, part.grads += begin, part.n = count;
    if (part.velocity) part.velocity += begin;
    kernel(part);
  });
}

template <class T> void adam(const AdamStep<T>& all) {
  const auto kernel = pick<T>(*current_target().elementwise).adam;
  for_each_run(all.n, [&](Index begin, Index count) {
    const FlushDenormals<T> flush;
    AdamStep<T> part = all;
    part.params += begin, part.grads += begin, part.mean += begin, part.square += begin, part.n = count;
    kernel(part);
  });
}

#define INSTANTIATE(T)                                      \
  template void map(Map, Index, const T*, const T*, T*);    \
  template void sgd(const SgdStep<T>&);                     \
  template void adam(const AdamStep<T>&);
INSTANTIATE(float)
INSTANTIATE(double)

}  // namespace convstep
