// Pooling as lists: for each row and column of the target, the source rows and columns that it combines, forward and backward.
//
// Assumes: what pooling.hpp says.
#include "pooling.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>
#include "pool_lists.hpp"
#include "split.hpp"
#include "targets.hpp"

namespace convstep {
namespace {

// What a pass combines; null where a pass needs none.
template <class T> struct Arrays {
  Combine combine;
  const T* source;
  T* target;
  const T* source_equal = nullptr;
  const std::uint8_t* source_index = nullptr;
  std::uint8_t* index = nullptr;
  const T* equal = nullptr;
  const T *row_scale = nullptr, *column_scale = nullptr;   // sum: of target rows and columns; scaled_sum: of meetings
  bool divides = true;                         // sum
};

// Backward, channels that do not fill a vector lie in it beside those of other pixels. The columns repeat where a vector begins
// with the same channel and the windows with the same column.
template <class T> bool fill(LaneLists<T>& few, const PoolShape& s, const Meetings& columns, int lanes, const Arrays<T>& a) {
  constexpr Index most_layers = 8;             // more would make long lists, and windows that large take their time anyhow
  if (s.channels > lanes || columns.most() > most_layers) return false;
  const Index period = std::lcm(s.stride_w, lanes / std::gcd<Index>(lanes, s.channels));
  return few.fill(columns, s.out_w, s.channels, period, period / s.stride_w, lanes, a.column_scale);
}

// Target rows are shared out, and the channels too where there are few rows: in runs of at least so many bytes, between the blocks
// of the kernels, so that no sum depends on it.
constexpr Index shortest_run = 4096;

template <class T>
void run(const PoolShape& s, bool backward, Meetings rows, Meetings columns, const Arrays<T>& a) {
  const Pooling<T>& kernels = pick<T>(*current_target().pooling);
  const Index target_h = backward ? s.in_h : s.out_h, target_w = backward ? s.in_w : s.out_w;
  const Index source_h = backward ? s.out_h : s.in_h, source_w = backward ? s.out_w : s.in_w;
  const Index unit = backward ? s.stride_h : 1;   // rows under one window, which mostly meet the same
  const Index all = s.batch * target_h, units = parts_of(all, unit), groups = std::min<Index>(units, 256);
  const Index block = kernels.block, parts = all < 16 ? std::clamp<Index>(s.channels * Index(sizeof(T)) / shortest_run, 1, 16) : 1;
  const auto channel = [&](Index part) { return part < parts ? part_start(s.channels / block, parts, part) * block : s.channels; };
  if (all * target_w * s.channels == 0) return;
  const int workers = workers_for(double(s.batch) * double(rows.source.size()) * double(columns.source.size()) * double(s.channels));

  LaneLists<T> few;
  const bool in_vectors = backward && fill(few, s, columns, kernels.lanes, a);
  const PoolVectors<T> vectors{few.vectors.data(), few.orders.data(), few.layers, few.readable};

  for (Index& row : rows.source) row *= source_w * s.channels;
  for (Index& row : rows.place) row *= s.kernel_w;
  for (Index& column : columns.source) column *= s.channels;
  const PoolPass<T> pass{a.source, a.target, a.source_equal, a.source_index, a.equal, a.index, target_h, target_w, s.channels,
                         source_h * source_w * s.channels, rows.first.data(), rows.source.data(), rows.place.data(), a.row_scale,
                         columns.first.data(), columns.source.data(), columns.place.data(), a.column_scale, a.divides};
  auto compute = [&](Index task, int) {
    const Index part = task % parts, group = task / parts, c = channel(part);
    const PoolPart rows_and_channels{part_start(units, groups, group) * unit, std::min(all, part_start(units, groups, group + 1) * unit),
                                     c, channel(part + 1) - c};
    if (in_vectors) kernels.vectors[int(a.combine)](pass, rows_and_channels, vectors);
    else kernels.rows[int(a.combine)](pass, rows_and_channels);
  };
  parallel_for(groups * parts, workers, compute);
}

template <class T> void run_forward(const PoolShape& s, const Arrays<T>& a) {
  run(s, false, rows_of(s).forward(), columns_of(s).forward(), a);
}
template <class T> void run_backward(const PoolShape& s, const Arrays<T>& a) {
  run(s, true, rows_of(s).backward(), columns_of(s).backward(), a);
}

// Whether windows overlap so that most of what a vector looks at is for other cells.
template <class T> bool one_by_one(const PoolShape& s) {
  const int lanes = pick<T>(*current_target().pooling).lanes;
  const bool apart = s.kernel_h <= s.stride_h && s.kernel_w <= s.stride_w;
  return 2 * s.kernel_h * s.kernel_w > 3 * lanes || (!apart && s.channels <= lanes);
}

// Each output's gradient sent to its cell, one number at a time: a task for each image, or for a band of its rows, which looks at
// all outputs whose windows reach into the band.
template <class T> void scatter(const PoolShape& s, const T* grad, const std::uint8_t* index, T* dx) {
  const Index bands = s.batch < 16 ? std::clamp<Index>(s.in_h / (4 * s.kernel_h * s.dilation_h), 1, 16) : 1;
  const Index in_row = s.in_w * s.channels, out_row = s.out_w * s.channels, far = 2 * s.in_h * in_row;
  if (s.batch * out_row * in_row == 0) return;
  std::array<Index, 256> cell;                 // of each place in the window, from the window's first
  cell.fill(far);                              // a place that is not in the window lies in no image
  for (Index i = 0; i < s.kernel_h * s.kernel_w; i++)
    cell[std::size_t(i)] = (i / s.kernel_w * s.dilation_h * s.in_w + i % s.kernel_w * s.dilation_w) * s.channels;
  std::vector<Index> window(static_cast<std::size_t>(out_row));   // the first cell of each output's, in a row
  for (Index i = 0; i < out_row; i++)
    window[std::size_t(i)] = (i / s.channels * s.stride_w - s.pad_left) * s.channels + i % s.channels;
  auto compute = [&](Index task, int) {
    const Index image = task / bands, first = part_start(s.in_h, bands, task % bands), last = part_start(s.in_h, bands, task % bands + 1);
    const Index size = (last - first) * in_row, reach = (s.kernel_h - 1) * s.dilation_h - s.pad_top;
    T* const to = dx + (image * s.in_h + first) * in_row;
    Index cleared = first;                     // rows of zeros so far: as windows reach them, so that they are still at hand
    const auto clear = [&](Index end) {
      if (end > cleared) std::fill_n(to + (cleared - first) * in_row, (end - cleared) * in_row, T(0)), cleared = end;
    };
    for (Index h = std::max<Index>(0, ceil_div(first - reach, s.stride_h)); h < s.out_h && h * s.stride_h - s.pad_top < last; h++) {
      const T* const from = grad + (image * s.out_h + h) * out_row;
      const std::uint8_t* const place = index + (image * s.out_h + h) * out_row;
      const Index row = (h * s.stride_h - s.pad_top - first) * in_row;
      clear(std::min(last, h * s.stride_h + reach + 1));
      for (Index i = 0; i < out_row; i++)
        if (const Index at = row + window[std::size_t(i)] + cell[place[i]]; std::uint64_t(at) < std::uint64_t(size)) to[at] += from[i];
    }
    clear(last);
  };
  parallel_for(s.batch * bands, workers_for(double(s.batch * s.out_h * out_row)), compute);
}

}  // namespace

// A maximum is a copy: it keeps denormals, and so do gradients that are copied.
template <class T> void max_pool2d(const PoolShape& s, const T* x, T* y) {
  run_forward<T>(s, {Combine::maximum, x, y});
}

template <class T> void max_pool2d_with_index(const PoolShape& s, const T* x, T* y, std::uint8_t* index) {
  Arrays<T> a{Combine::maximum_index, x, y};
  a.index = index;
  run_forward(s, a);
}

template <class T> void max_pool2d_index_backward(const PoolShape& s, const T* grad, const std::uint8_t* index, T* dx) {
  if (one_by_one<T>(s)) return scatter(s, grad, index, dx);
  Arrays<T> a{Combine::where_index, grad, dx};
  a.source_index = index;
  run_backward(s, a);
}

template <class T> void max_pool2d_count(const PoolShape& s, const T* x, const T* y, T* count) {
  Arrays<T> a{Combine::count, x, count};
  a.equal = y;
  run_forward(s, a);
}

template <class T> void max_pool2d_equal_backward(const PoolShape& s, const T* grad, const T* x, const T* y, T* dx) {
  Arrays<T> a{Combine::where_equal, grad, dx};
  a.source_equal = y, a.equal = x;
  run_backward(s, a);
}

template <class T> void avg_pool2d(const PoolShape& s, const T* x, bool count_padding, T* y) {
  std::vector<T> rows = rows_of(s).template cells<T>(count_padding), columns = columns_of(s).template cells<T>(count_padding);
  Arrays<T> a{Combine::sum, x, y};
  // To multiply takes less time, and comes to the same if the reciprocals are exact.
  const auto exact = [](T count) { return (Index(count) & (Index(count) - 1)) == 0; };
  if (std::all_of(rows.begin(), rows.end(), exact) && std::all_of(columns.begin(), columns.end(), exact)) {
    for (T& count : rows) count = T(1) / count;
    for (T& count : columns) count = T(1) / count;
    a.divides = false;
  }
  a.row_scale = rows.data(), a.column_scale = columns.data();
  run_forward(s, a);
}

template <class T> void avg_pool2d_backward(const PoolShape& s, const T* grad, bool count_padding, T* dx) {
  const Meetings rows = rows_of(s).backward(), columns = columns_of(s).backward();
  const std::vector<T> in_row = rows_of(s).template cells<T>(count_padding), in_column = columns_of(s).template cells<T>(count_padding);
  std::vector<T> row_scale, column_scale;
  for (const Index o : rows.source) row_scale.push_back(T(1) / in_row[std::size_t(o)]);
  for (const Index o : columns.source) column_scale.push_back(T(1) / in_column[std::size_t(o)]);
  Arrays<T> a{Combine::scaled_sum, grad, dx};
  a.row_scale = row_scale.data(), a.column_scale = column_scale.data();
  run(s, true, rows, columns, a);
}

#define INSTANTIATE(T)                                                                                     \
  template void max_pool2d(const PoolShape&, const T*, T*);                                                \
  template void max_pool2d_with_index(const PoolShape&, const T*, T*, std::uint8_t*);                      \
  template void max_pool2d_index_backward(const PoolShape&, const T*, const std::uint8_t*, T*);            \
  template void max_pool2d_count(const PoolShape&, const T*, const T*, T*);                                \
  template void max_pool2d_equal_backward(const PoolShape&, const T*, const T*, const T*, T*);             \
  template void avg_pool2d(const PoolShape&, const T*, bool, T*);                                          \
  template void avg_pool2d_backward(const PoolShape&, const T*, bool, T*);
INSTANTIATE(float)
INSTANTIATE(double)

}  // namespace convstep
