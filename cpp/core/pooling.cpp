// Pooling as lists: for each row and column of the target, the source rows and columns that it combines, forward and backward.
//
// Assumes: what pooling.hpp says.
#include "pooling.hpp"

#include <algorithm>
#include <array>
#include <vector>
#include "split.hpp"
#include "targets.hpp"

namespace convstep {
namespace {

// For each target of one axis, the sources that it combines: those at [first[t], first[t + 1]) of `source`, each with its place.
struct Meetings {
  std::vector<Index> first{0}, source, place;
};

// One axis of the windows.
struct Axis {
  Index in, out, kernel, stride, before, after, dilation;

  Meetings forward() const {
    Meetings m;
    for (Index o = 0; o < out; o++) {
      for (Index k = 0; k < kernel; k++)
        if (const Index i = o * stride - before + k * dilation; i >= 0 && i < in) m.source.push_back(i), m.place.push_back(k);
      m.first.push_back(Index(m.source.size()));
    }
    return m;
  }
  Meetings backward() const {                  // forward() by its sources, in the order of the places
    const Meetings there = forward();
    std::vector<Index> count(std::size_t(in) + 1);
    for (const Index i : there.source) count[std::size_t(i) + 1]++;
    for (std::size_t i = 1; i < count.size(); i++) count[i] += count[i - 1];
    Meetings m;
    m.first = count;
    m.source.resize(there.source.size()), m.place.resize(there.source.size());
    for (Index o = out - 1; o >= 0; o--)
      for (Index k = there.first[std::size_t(o)]; k < there.first[std::size_t(o) + 1]; k++) {
        const std::size_t to = std::size_t(count[std::size_t(there.source[std::size_t(k)])]++);
        m.source[to] = o, m.place[to] = there.place[std::size_t(k)];
      }
    return m;
  }
  // Cells of each window: of the input, or of the padded input.
  template <class T> std::vector<T> cells(bool padded) const {
    const Index low = padded ? -before : 0, high = padded ? in + after : in;
    std::vector<T> counts(static_cast<std::size_t>(out));
    for (Index o = 0; o < out; o++)
      for (Index k = 0; k < kernel; k++) {
        const Index i = o * stride - before + k * dilation;
        counts[std::size_t(o)] += T(i >= low && i < high);
      }
    return counts;
  }
};

Axis rows_of(const PoolShape& s) { return {s.in_h, s.out_h, s.kernel_h, s.stride_h, s.pad_top, s.pad_bottom, s.dilation_h}; }
Axis columns_of(const PoolShape& s) { return {s.in_w, s.out_w, s.kernel_w, s.stride_w, s.pad_left, s.pad_right, s.dilation_w}; }

// What a pass combines; null where a pass needs none.
template <class T> struct Arrays {
  Combine combine;
  const T* source;
  T* target;
  const T* source_equal = nullptr;
  const std::uint8_t* source_index = nullptr;
  std::uint8_t* index = nullptr;
  const T* equal = nullptr;
  const T* row_scale = nullptr;                // sum: of target rows; scaled_sum: of source rows
  const T* column_scale = nullptr;             // sum: of target columns; scaled_sum: of the columns' meetings
};

// The pointers of one target row.
template <class T> struct Pointers {
  std::vector<const T*> source, equal;
  std::vector<const std::uint8_t*> index;
  std::vector<Index> place;
  std::vector<T> scale;
};

// Target rows are shared out, and the channels too where there are few rows.
template <class T>
void run(const PoolShape& s, bool backward, const Meetings& rows, const Meetings& columns, const Arrays<T>& a) {
  const Pooling<T>& kernels = pick<T>(*current_target().pooling);
  const Index target_h = backward ? s.in_h : s.out_h, target_w = backward ? s.in_w : s.out_w;
  const Index source_h = backward ? s.out_h : s.in_h, source_w = backward ? s.out_w : s.in_w;
  const Index all = s.batch * target_h, groups = std::min<Index>(all, 256);
  const Index parts = all < 16 ? std::clamp<Index>(s.channels / 64, 1, 16) : 1;
  if (all * target_w * s.channels == 0) return;
  const int workers = workers_for(double(s.batch) * double(rows.source.size()) * double(columns.source.size()) * double(s.channels));
  std::vector<Pointers<T>> pointers(static_cast<std::size_t>(workers));

  std::size_t most = 0;                        // sources of a row
  for (std::size_t t = 0; t + 1 < rows.first.size(); t++) most = std::max(most, std::size_t(rows.first[t + 1] - rows.first[t]));
  for (Pointers<T>& p : pointers) p.source.resize(most), p.equal.resize(most), p.index.resize(most), p.place.resize(most), p.scale.resize(most);

  auto compute = [&](Index task, int worker) {
    Pointers<T>& p = pointers[std::size_t(worker)];
    const Index part = task % parts, group = task / parts;
    const Index c = part_start(s.channels, parts, part), channels = part_start(s.channels, parts, part + 1) - c;
    for (Index row = part_start(all, groups, group); row < part_start(all, groups, group + 1); row++) {
      const Index image = row / target_h, h = row % target_h, first = rows.first[std::size_t(h)];
      const Index n = rows.first[std::size_t(h) + 1] - first;
      for (Index r = 0; r < n; r++) {
        const std::size_t meeting = std::size_t(first + r), to = std::size_t(r);
        const Index offset = (image * source_h + rows.source[meeting]) * source_w * s.channels + c;
        p.source[to] = a.source + offset;
        p.equal[to] = a.source_equal ? a.source_equal + offset : nullptr;
        p.index[to] = a.source_index ? a.source_index + offset : nullptr;
        p.place[to] = rows.place[meeting] * s.kernel_w;
        p.scale[to] = backward && a.row_scale ? a.row_scale[rows.source[meeting]] : T(1);
      }
      const Index at = row * target_w * s.channels + c;
      const T scale = !backward && a.row_scale ? a.row_scale[h] : T(1);
      kernels.row[int(a.combine)]({n, p.source.data(), p.equal.data(), p.index.data(), p.place.data(), p.scale.data(), target_w, channels,
                                   s.channels, columns.first.data(), columns.source.data(), columns.place.data(), a.column_scale, scale,
                                   a.target + at, a.index ? a.index + at : nullptr, a.equal ? a.equal + at : nullptr});
    }
  };
  parallel_for(groups * parts, workers, compute);
}

template <class T> void run_forward(const PoolShape& s, const Arrays<T>& a) {
  run(s, false, rows_of(s).forward(), columns_of(s).forward(), a);
}
template <class T> void run_backward(const PoolShape& s, const Arrays<T>& a) {
  run(s, true, rows_of(s).backward(), columns_of(s).backward(), a);
}

// Where channels fill less than half a vector, each output's gradient is sent to its cell, one number at a time.
template <class T> void scatter(const PoolShape& s, const T* grad, const std::uint8_t* index, T* dx) {
  const Index pixels = s.out_h * s.out_w, size = s.in_h * s.in_w * s.channels;
  std::array<Index, 256> cell;                 // of each place in the window, from the window's first
  cell.fill(2 * size);                         // a place that is not in the window lies in no image
  for (Index i = 0; i < s.kernel_h * s.kernel_w; i++)
    cell[std::size_t(i)] = (i / s.kernel_w * s.dilation_h * s.in_w + i % s.kernel_w * s.dilation_w) * s.channels;
  auto compute = [&](Index image, int) {
    const T* from = grad + image * pixels * s.channels;
    const std::uint8_t* place = index + image * pixels * s.channels;
    T* const to = dx + image * size;
    std::fill_n(to, size, T(0));
    for (Index h = 0; h < s.out_h; h++)
      for (Index w = 0; w < s.out_w; w++) {
        const Index window = ((h * s.stride_h - s.pad_top) * s.in_w + w * s.stride_w - s.pad_left) * s.channels;
        for (Index c = 0; c < s.channels; c++, place++, from++)
          if (const Index at = window + cell[*place] + c; std::uint64_t(at) < std::uint64_t(size)) to[at] += *from;
      }
  };
  parallel_for(s.batch, workers_for(double(s.batch * pixels * s.channels)), compute);
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
  if (2 * s.channels < pick<T>(*current_target().tiles).lanes) return scatter(s, grad, index, dx);
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
  const std::vector<T> rows = rows_of(s).template cells<T>(count_padding), columns = columns_of(s).template cells<T>(count_padding);
  Arrays<T> a{Combine::sum, x, y};
  a.row_scale = rows.data(), a.column_scale = columns.data();
  run_forward(s, a);
}

template <class T> void avg_pool2d_backward(const PoolShape& s, const T* grad, bool count_padding, T* dx) {
  const Meetings rows = rows_of(s).backward(), columns = columns_of(s).backward();
  std::vector<T> row_scale = rows_of(s).template cells<T>(count_padding), scale;
  const std::vector<T> cells = columns_of(s).template cells<T>(count_padding);
  for (T& count : row_scale) count = T(1) / count;
  for (const Index o : columns.source) scale.push_back(T(1) / cells[std::size_t(o)]);
  Arrays<T> a{Combine::scaled_sum, grad, dx};
  a.row_scale = row_scale.data(), a.column_scale = scale.data();
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
