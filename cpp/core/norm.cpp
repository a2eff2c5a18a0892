// Batch norm as two passes over memory, forward and backward: one that sums, one that writes.
//
// Where a row is short, several rows side by side are taken as one *line*, so that vectors are whole and many sums grow at a time;
// the columns of a line that belong to one channel are joined at the end. The last line may be cut short. A block of lines that
// stays in the first-level cache is looked at twice for its moments: first its mean, then the squares of the distances from that.
//
// Assumes: what norm.hpp says.
#include "norm.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include "denormals.hpp"
#include "elementwise.hpp"
#include "scratch.hpp"
#include "split.hpp"
#include "targets.hpp"

namespace convstep {
namespace {

constexpr Index block_bytes = 32 << 10, task_elements = 16 << 10, most_tasks = 16;

struct Lines {
  Index channels, fold, width, lines, rest, block, tasks;   // fold: rows in a line; rest: columns of the line after the whole ones
  int workers;

  Lines(Rows x, int lanes, Index size) : channels(x.channels) {
    const Index least = 4 * lanes, period = lanes / std::gcd<Index>(lanes, channels);
    fold = channels < 2 * least ? period * parts_of(least, period * channels) : 1;
    width = fold * channels, lines = x.rows / fold, rest = x.rows % fold * channels;
    block = std::max<Index>(1, block_bytes / (std::min<Index>(width, norm_columns) * size));
    tasks = std::clamp<Index>(lines * width / task_elements, 1, std::min(most_tasks, std::max<Index>(1, parts_of(lines, block))));
    workers = x.rows * channels < least_shared ? 1 : num_threads();
  }
  Index first(Index task) const { return part_start(lines, tasks, task); }
  Index count(Index task) const { return first(task + 1) - first(task); }
};

// Calls visit(first line, lines, first column, columns) for the blocks of a task, and for the short line at the end if it is `last`.
template <class Visit> void for_each_block(const Lines& l, Index task, bool last, Visit visit) {
  const Index end = l.first(task + 1);
  for (Index line = l.first(task); line < end; line += l.block)
    for (Index column = 0; column < l.width; column += norm_columns)
      visit(line, std::min(l.block, end - line), column, std::min<Index>(norm_columns, l.width - column));
  for (Index column = 0; last && column < l.rest; column += norm_columns)
    visit(l.lines, Index(1), column, std::min<Index>(norm_columns, l.rest - column));
}

// The same over all, for passes that sum nothing.
template <class T, class Visit> void for_all_blocks(const Lines& l, Visit visit) {
  auto compute = [&](Index task, int) {
    const FlushDenormals<T> flush;
    for_each_block(l, task, task == l.tasks - 1, visit);
  };
  parallel_for(l.tasks, l.workers, compute);
}

// Two numbers for each column, of each task.
struct Sums {
  double *first, *second;
  Index width;

  double* first_of(Index task) const { return first + task * width; }
  double* second_of(Index task) const { return second + task * width; }
};

Sums take_sums(Scratch& scratch, const Lines& l) {
  return {scratch.take<double>(l.tasks * l.width), scratch.take<double>(l.tasks * l.width), l.width};
}
std::size_t bytes_of_sums(const Lines& l) { return 2 * Scratch::bytes<double>(l.tasks * l.width); }

// The moments (mean, sum of squares) of `count` numbers in each column, and of `more` others, become those of all of them (Chan,
// Golub and LeVeque 1979).
template <class P>
void join(double count, double* mean, double* square, double more, const P* mean_of_more, const P* square_of_more, Index columns) {
  const double share = more / (count + more), weight = count * share;
  for (Index c = 0; c < columns; c++) {
    const double far = double(mean_of_more[c]) - mean[c];
    mean[c] += far * share;
    square[c] += double(square_of_more[c]) + far * far * weight;
  }
}

// Joins tasks, then the columns of each channel: sums[0..channels) holds the result. Joined numbers are counted in `count`.
template <class Join> void join_tasks(const Lines& l, const Sums& sums, Join join_with) {
  for (Index task = 1; task < l.tasks; task++)
    join_with(double(l.first(task)), double(l.count(task)), sums.first_of(task), sums.second_of(task), l.width);
  for (Index row = 1; row < l.fold; row++)
    join_with(double(l.lines * row), double(l.lines), sums.first + row * l.channels, sums.second + row * l.channels, l.channels);
}

// Numbers for each channel, repeated along a line.
template <class T> void repeat(const Lines& l, T* numbers) {
  for (Index c = l.channels; c < l.width; c++) numbers[c] = numbers[c - l.channels];
}

// What the result is made with, along a line.
template <class T> struct Along {
  const Lines& l;
  T *mean, *scale, *bias;

  static std::size_t bytes(const Lines& l) { return 3 * Scratch::bytes<T>(l.width); }

  Along(const Lines& l, const T* weight, const T* bias_of_channel, const T* mean_of_channel, const T* variance, double eps,
        Scratch& scratch)
      : l(l), mean(scratch.take<T>(l.width)), scale(scratch.take<T>(l.width)), bias(scratch.take<T>(l.width)) {
    for (Index c = 0; c < l.channels; c++) {
      mean[c] = mean_of_channel[c], bias[c] = bias_of_channel[c];
      scale[c] = T(double(weight[c]) / std::sqrt(double(variance[c]) + eps));
    }
    repeat(l, mean), repeat(l, scale), repeat(l, bias);
  }
  NormBlock<T> block(Index line, Index lines, Index column, Index columns, const T* x) const {
    NormBlock<T> block{lines, columns, l.width, x + line * l.width + column};
    block.mean = mean + column, block.scale = scale + column, block.bias = bias + column;
    return block;
  }
};

}  // namespace

template <class T> void batch_statistics(Rows shape, const T* x, T* mean, T* variance) {
  if (shape.channels == 0) return;
  const Norm<T>& kernels = pick<T>(*current_target().norm);
  const Lines l(shape, kernels.lanes, sizeof(T));
  Scratch scratch(bytes_of_sums(l));
  const Sums sums = take_sums(scratch, l);
  auto compute = [&](Index task, int) {
    const FlushDenormals<T> flush;
    alignas(64) T block_mean[norm_columns], block_square[norm_columns];
    double *const task_mean = sums.first_of(task), *const task_square = sums.second_of(task);
    std::fill_n(task_mean, l.width, 0.0), std::fill_n(task_square, l.width, 0.0);
    for_each_block(l, task, false, [&](Index line, Index lines, Index column, Index columns) {
      NormBlock<T> block{lines, columns, l.width, x + line * l.width + column};
      block.first = block_mean, block.second = block_square;
      kernels.moments(block);
      join(double(line - l.first(task)), task_mean + column, task_square + column, double(lines), block_mean, block_square, columns);
    });
  };
  parallel_for(l.tasks, l.workers, compute);
  if (l.lines > 0)
    join_tasks(l, sums, [&](double count, double more, const double* means, const double* squares, Index columns) {
      join(count, sums.first, sums.second, more, means, squares, columns);
    });
  const T zero = 0;
  for (Index i = 0; i < l.rest; i += l.channels)
    for (Index c = 0; c < l.channels; c++)
      join(double(l.lines * l.fold + i / l.channels), sums.first + c, sums.second + c, 1, x + l.lines * l.width + i + c, &zero, 1);
  for (Index c = 0; c < l.channels; c++) mean[c] = T(sums.first[c]), variance[c] = T(sums.second[c] / double(shape.rows));
}

template <class T>
void batch_norm(Rows shape, const T* x, const T* weight, const T* bias, const T* mean, const T* variance, double eps,
                Activation activation, T* y) {
  if (shape.rows * shape.channels == 0) return;
  const Norm<T>& kernels = pick<T>(*current_target().norm);
  const Lines l(shape, kernels.lanes, sizeof(T));
  Scratch scratch(Along<T>::bytes(l));
  const Along<T> along(l, weight, bias, mean, variance, eps, scratch);
  for_all_blocks<T>(l, [&](Index line, Index lines, Index column, Index columns) {
    NormBlock<T> block = along.block(line, lines, column, columns, x);
    block.out = y + line * l.width + column;
    kernels.apply[int(activation)](block);
  });
}

namespace {

// sums.first[c] = the sum of g, the gradient before the activation; sums.second[c] = the sum of g * (x - mean).
template <class T>
void sum_gradient(const Along<T>& along, const T* grad, const T* x, Activation activation, const Norm<T>& kernels, const Sums& sums) {
  const Lines& l = along.l;
  const auto add = [](double* first, double* second, const auto* more_first, const auto* more_second, Index columns) {
    for (Index c = 0; c < columns; c++) first[c] += double(more_first[c]), second[c] += double(more_second[c]);
  };
  auto compute = [&](Index task, int) {
    const FlushDenormals<T> flush;
    alignas(64) T sum[norm_columns], product[norm_columns];
    double *const task_sum = sums.first_of(task), *const task_product = sums.second_of(task);
    std::fill_n(task_sum, l.width, 0.0), std::fill_n(task_product, l.width, 0.0);
    for_each_block(l, task, task == l.tasks - 1, [&](Index line, Index lines, Index column, Index columns) {
      NormBlock<T> block = along.block(line, lines, column, columns, x);
      block.grad = grad + line * l.width + column;
      block.first = sum, block.second = product;
      kernels.sums[int(activation)](block);
      add(task_sum + column, task_product + column, sum, product, columns);
    });
  };
  parallel_for(l.tasks, l.workers, compute);
  join_tasks(l, sums, [&](double, double, const double* firsts, const double* seconds, Index columns) {
    add(sums.first, sums.second, firsts, seconds, columns);
  });
}

}  // namespace

template <class T>
void batch_norm_backward(Rows shape, const T* grad, const T* x, const T* weight, const T* bias, const T* mean, const T* variance,
                         double eps, Activation activation, T* dx, T* dweight, T* dbias) {
  if (shape.channels == 0) return;
  const Norm<T>& kernels = pick<T>(*current_target().norm);
  const Lines l(shape, kernels.lanes, sizeof(T));
  Scratch scratch(bytes_of_sums(l) + Along<T>::bytes(l) + 2 * Scratch::bytes<T>(l.width));
  const Sums sums = take_sums(scratch, l);
  const Along<T> along(l, weight, bias, mean, variance, eps, scratch);
  sum_gradient(along, grad, x, activation, kernels, sums);

  T *const shifts = scratch.take<T>(l.width), *const slopes = scratch.take<T>(l.width);
  for (Index c = 0; c < l.channels; c++) {
    const double inverse = 1 / std::sqrt(double(variance[c]) + eps), rows = double(shape.rows);
    dbias[c] = T(sums.first[c]), dweight[c] = T(sums.second[c] * inverse);
    shifts[c] = T(sums.first[c] / rows), slopes[c] = T(sums.second[c] * inverse * inverse / rows);
  }
  if (!dx) return;
  repeat(l, shifts), repeat(l, slopes);
  for_all_blocks<T>(l, [&](Index line, Index lines, Index column, Index columns) {
    NormBlock<T> block = along.block(line, lines, column, columns, x);
    block.grad = grad + line * l.width + column, block.out = dx + line * l.width + column;
    block.shift = shifts + column, block.slope = slopes + column;
    kernels.input_grad[int(activation)](block);
  });
}

#define INSTANTIATE(T)                                                                                                         \
  template void batch_statistics(Rows, const T*, T*, T*);                                                                     \
  template void batch_norm(Rows, const T*, const T*, const T*, const T*, const T*, double, Activation, T*);                    \
  template void batch_norm_backward(Rows, const T*, const T*, const T*, const T*, const T*, const T*, double, Activation, T*, \
                                    T*, T*);
INSTANTIATE(float)
INSTANTIATE(double)

}  // namespace convstep
