// Dense layers of a few rows: which columns or rows of the weights a task takes.
//
// Assumes: dense_fits.
#include "dense.hpp"

#include <algorithm>
#include <limits>
#include "denormals.hpp"
#include "split.hpp"
#include "targets.hpp"

namespace convstep {
namespace {

constexpr Index least_columns = 128;                        // of a task: short runs of memory are slow
constexpr Index result_bytes = 16 << 10;                    // of a task: it stays in the first-level cache
constexpr Index depths = 64;                                // of a task of the input gradient

}  // namespace

bool dense_fits(const ConvShape& s) {
  return s.taps() == 1 && s.groups == 1 && s.stride_h == 1 && s.stride_w == 1 && s.pad_top == 0 && s.pad_left == 0 &&
         s.out_h == s.in_h && s.out_w == s.in_w && s.pixels() > 0 && s.pixels() <= dense_rows && s.in_channels > 0 && s.out_channels > 0;
}

// The direct convolution's multiply-adds, without its packing.
template <class T> double dense_cost(Pass pass, const ConvShape& s) {
  if (pass == Pass::weight_grad) return std::numeric_limits<double>::infinity();
  return s.multiply_adds() / pick<T>(*current_target().dense).lanes;
}

template <class T> void dense_forward(const ConvShape& s, const T* x, const T* weight, const T* bias, Activation activation, T* y) {
  const Dense<T>& kernels = pick<T>(*current_target().dense);
  const Index vectors = parts_of(s.out_channels, kernels.lanes);
  const int workers = workers_for(s.multiply_adds());
  // Here the cut may depend on the threads: no sum is cut.
  const Index columns = std::clamp(parts_of(s.out_channels, workers), least_columns, result_bytes / Index(sizeof(T)) / s.pixels());
  const Index tasks = std::min(vectors, parts_of(s.out_channels, columns));
  auto compute = [&](Index task, int) {
    const FlushDenormals<T> flush;
    const Index begin = part_start(vectors, tasks, task) * kernels.lanes;
    const Index end = std::min(s.out_channels, part_start(vectors, tasks, task + 1) * kernels.lanes);
    kernels.sums({x, weight + begin, bias ? bias + begin : nullptr, y + begin, s.pixels(), s.in_channels, end - begin, s.in_channels,
                  s.out_channels, s.out_channels, activation});
  };
  parallel_for(tasks, workers, compute);
}

template <class T> void dense_input_grad(const ConvShape& s, const T* grad, const T* weight, T* dx) {
  const Dense<T>& kernels = pick<T>(*current_target().dense);
  const Index tasks = parts_of(s.in_channels, depths);
  auto compute = [&](Index task, int) {
    const FlushDenormals<T> flush;
    const Index begin = task * depths, n = std::min(depths, s.in_channels - begin);
    kernels.dots({grad, weight + begin * s.out_channels, dx + begin, s.pixels(), n, s.out_channels, s.out_channels, s.out_channels,
                  s.in_channels});
  };
  parallel_for(tasks, workers_for(s.multiply_adds()), compute);
}

#define INSTANTIATE(T)                                                                                    \
  template double dense_cost<T>(Pass, const ConvShape&);                                                  \
  template void dense_forward(const ConvShape&, const T*, const T*, const T*, Activation, T*);            \
  template void dense_input_grad(const ConvShape&, const T*, const T*, T*);
INSTANTIATE(float)
INSTANTIATE(double)

}  // namespace convstep
