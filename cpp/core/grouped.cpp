// Rows of depthwise and grouped convolutions: which pixels lie in a run between the borders and which go tap by tap, and the
// weights in the order of the lanes.
//
// Assumes: grouped_fits.
#include "grouped.hpp"

#include <algorithm>
#include <array>
#include <vector>
#include "denormals.hpp"
#include "scratch.hpp"
#include "split.hpp"
#include "targets.hpp"

namespace convstep {
namespace {

constexpr Index most_splits = 16;                // of the pixels, for the weight gradient
constexpr Index most_strips = 256, enough_tasks = 64;

// Output pixel o of an axis reads input o * step + first + k * spread for each of `count` places k. In the kernel they are
// place + k * place_step.
struct Axis {
  Index in, out, step, first, spread, count, place, place_step;

  // The outputs that read inside for all places: [begin, end).
  Index begin() const { return std::clamp<Index>(ceil_div(-first, step), 0, out); }
  Index end() const { return std::clamp<Index>(floor_div(in - 1 - first - (count - 1) * spread, step) + 1, begin(), out); }
};

Axis forward_axis(Index in, Index out, Index kernel, Index stride, Index pad, Index dilation) {
  return {in, out, stride, -pad, dilation, kernel, 0, 1};
}

// The input gradient for the input pixels phase, phase + stride, ...: they read one gradient each for the kernel's places that
// the stride divides; the last of these reads the first gradient. For dilation 1 these are every stride-th.
Axis backward_axis(Index in, Index out, Index kernel, Index stride, Index pad, Index dilation, Index phase) {
  Axis a{out, ceil_div(in - phase, stride), 1, 0, 1, 0, 0, 0};
  for (Index k = 0; k < kernel; k++)
    if ((phase + pad - k * dilation) % stride == 0) {
      if (a.count == 1) a.place_step = a.place - k, a.spread = (k - a.place) * dilation / stride;
      a.place = k, a.first = (phase + pad - k * dilation) / stride, a.count++;
    }
  return a;
}

// In each of the groups, `depth` channels of the input meet each of `channels` of the output.
struct Groups {
  Index count, depth, channels;

  Index in() const { return count * depth; }
  Index out() const { return count * channels; }
  bool depthwise() const { return depth == 1 && channels == 1; }
};

Groups forward_groups(const ConvShape& s) { return {s.groups, s.group_in(), s.group_out()}; }
Groups backward_groups(const ConvShape& s) { return {s.groups, s.group_out(), s.group_in()}; }

// How many groups one vector of the output holds: whole ones, and no more than one vector of the input holds.
template <class T> Index groups_of_vector(const Groups& g) {
  const Index lanes = pick<T>(*current_target().tiles).lanes;
  return std::max<Index>(1, std::min(lanes / g.channels, lanes / g.depth));
}
template <class T> Index count_vectors(const Groups& g) {
  const Index lanes = pick<T>(*current_target().tiles).lanes;
  return parts_of(g.count, groups_of_vector<T>(g)) * parts_of(g.channels, lanes);
}

// The vectors of the output, and what their lanes read.
template <class T> struct Vectors {
  Groups groups;
  Index lanes;
  std::vector<LaneVector> all;
  std::vector<std::int32_t> orders;

  explicit Vectors(const Groups& g) : groups(g), lanes(pick<T>(*current_target().tiles).lanes) {
    const Index together = groups_of_vector<T>(g);
    for (Index first = 0; first < g.count; first += together) {
      const Index n = std::min(together, g.count - first) * g.channels;   // channels; of one group, maybe several vectors
      for (Index c = 0; c < n; c += lanes) {
        all.push_back({first * g.channels + c, first * g.depth, int(std::min(lanes, n - c)), (g.count - first) * g.depth, nullptr});
        if (g.depthwise()) continue;
        for (Index i = 0; i < most_lanes; i++) orders.push_back(i < std::min(lanes, n - c) ? std::int32_t((c + i) / g.channels * g.depth) : 0);
      }
    }
    if (!g.depthwise())
      for (std::size_t v = 0; v < all.size(); v++) all[v].order = &orders[v * most_lanes];
  }
  Vectors(const Vectors&) = delete;
  Vectors& operator=(const Vectors&) = delete;

  Index count() const { return Index(all.size()); }
  // As many as a task takes: all, where a pixel's channels are read once; else one, whose weights stay in the first-level cache.
  Index together() const { return groups.depthwise() ? count() : 1; }
};

// What a worker points at while it computes a row: rows of the input, one for each row of the kernel; of one pixel, taps.
template <class T> struct Worker {
  std::vector<const T*> in, weight, tap_in, tap_weight;
  std::vector<T*> sum;

  Worker(Index rows, Index columns)
      : in(std::size_t(rows)), weight(std::size_t(rows)), tap_in(std::size_t(rows * columns)), tap_weight(std::size_t(rows * columns)),
        sum(std::size_t(rows)) {}
};

bool has_run(const Axis& w) {
  return w.count >= 1 && w.count <= grouped_widest && w.step <= grouped_longest_step && w.spread == 1;
}

// One grid of output pixels: the forward pass is one, the input gradient one for each remainder of the stride.
template <class T> struct Grid {
  const Vectors<T>& vectors;
  Axis h, w;
  Index batch;
  Index out_pixel, out_row, out_image;           // strides
  const T* in;
  const T* weight;                               // [vector][h.count][depth][w.count][lanes], in the order of the places
  const T* bias;
  T* out;
  Activation activation;

  Index weight_row() const { return vectors.groups.depth * w.count * vectors.lanes; }
};

// One output row, of `count` vectors from `first` on. Loops: the pixels at its ends, tap by tap; the run between them.
template <class T> void compute_row(const Grid<T>& g, const Grouped<T>& kernels, Index first, Index count, Index row, Worker<T>& worker) {
  const Index image = row / g.h.out, h = row % g.h.out, depth = g.vectors.groups.depth, pixel_size = g.vectors.groups.in();
  const Index weight_vector = g.h.count * g.weight_row();
  const LaneVector* const vector = &g.vectors.all[std::size_t(first)];
  std::size_t rows = 0;
  for (Index i = 0; i < g.h.count; i++) {
    const Index at = h * g.h.step + g.h.first + i * g.h.spread;
    if (at < 0 || at >= g.h.in) continue;
    worker.in[rows] = g.in + (image * g.h.in + at) * g.w.in * pixel_size;
    worker.weight[rows++] = g.weight + first * weight_vector + i * g.weight_row();
  }
  T* const out = g.out + image * g.out_image + h * g.out_row;
  const auto by_taps = [&](Index pixel) {
    std::size_t taps = 0;
    for (std::size_t i = 0; i < rows; i++)
      for (Index j = 0; j < g.w.count; j++) {
        const Index at = pixel * g.w.step + g.w.first + j * g.w.spread;
        if (at < 0 || at >= g.w.in) continue;
        worker.tap_in[taps] = worker.in[i] + at * pixel_size;
        worker.tap_weight[taps++] = worker.weight[i] + j * g.vectors.lanes;
      }
    kernels.pixel({vector, count, worker.tap_in.data(), worker.tap_weight.data(), Index(taps), depth, weight_vector,
                   g.w.count * g.vectors.lanes, g.bias, out + pixel * g.out_pixel, g.activation});
  };

  Index begin = g.w.begin(), end = g.w.end();
  if (!has_run(g.w) || end - begin < kernels.least_pixels || rows == 0) begin = end = 0;
  for (Index pixel = 0; pixel < begin; pixel++) by_taps(pixel);
  if (begin < end) {
    const Index offset = (begin * g.w.step + g.w.first) * pixel_size;
    for (std::size_t i = 0; i < rows; i++) worker.in[i] += offset;
    kernels.run[g.w.step][g.w.count]({vector, count, worker.in.data(), worker.weight.data(), Index(rows), depth, weight_vector, pixel_size,
                                      g.bias, out + begin * g.out_pixel, g.out_pixel, end - begin, g.activation});
    for (std::size_t i = 0; i < rows; i++) worker.in[i] -= offset;
  }
  for (Index pixel = end; pixel < g.w.out; pixel++) by_taps(pixel);
}

template <class T> void run_grid(const Grid<T>& g, double multiply_adds) {
  const Grouped<T>& kernels = pick<T>(*current_target().grouped);
  const int workers = workers_for(multiply_adds);
  const Index rows = g.batch * g.h.out, together = g.vectors.together(), parts = parts_of(g.vectors.count(), together);
  const Index strips = std::min(rows, parts == 1 ? most_strips : parts_of(enough_tasks, parts));
  std::vector<Worker<T>> all(static_cast<std::size_t>(workers), Worker<T>(g.h.count, g.w.count));
  auto compute = [&](Index task, int worker) {
    const FlushDenormals<T> flush;
    const Index strip = task % strips, first = task / strips * together;
    for (Index row = part_start(rows, strips, strip); row < part_start(rows, strips, strip + 1); row++)
      compute_row(g, kernels, first, together, row, all[std::size_t(worker)]);
  };
  parallel_for(strips * parts, workers, compute);
}

// places = the weights that a grid's lanes multiply, zero in the lanes beyond. Forward, a lane is an output channel, and it meets
// the input channels of its group; for the input gradient the other way round.
template <class T> void copy_places(const ConvShape& s, const Grid<T>& g, bool input_grad, const T* weight, T* places) {
  const Groups& groups = g.vectors.groups;
  for (const LaneVector& v : g.vectors.all)
    for (Index i = 0; i < g.h.count; i++)
      for (Index k = 0; k < groups.depth; k++)
        for (Index j = 0; j < g.w.count; j++, places += g.vectors.lanes) {
          const Index tap = (g.h.place + i * g.h.place_step) * s.kernel_w + g.w.place + j * g.w.place_step;
          const T* const from = weight + tap * s.group_in() * s.out_channels;
          if (!input_grad) std::copy_n(from + k * s.out_channels + v.out, v.lanes, places);
          else
            for (Index c = 0; c < v.lanes; c++) {
              const Index group = (v.out + c) / groups.channels, channel = (v.out + c) % groups.channels;
              places[c] = from[channel * s.out_channels + group * groups.depth + k];
            }
          std::fill_n(places + v.lanes, g.vectors.lanes - v.lanes, T(0));
        }
}

std::array<Axis, 2> forward_axes(const ConvShape& s) {
  return {forward_axis(s.in_h, s.out_h, s.kernel_h, s.stride_h, s.pad_top, s.dilation_h),
          forward_axis(s.in_w, s.out_w, s.kernel_w, s.stride_w, s.pad_left, s.dilation_w)};
}

// The products of one output row, added to sum, [vector][kernel_h][depth][kernel_w][lanes].
template <class T>
void add_products(const ConvShape& s, const Vectors<T>& vectors, const Grouped<T>& kernels, const T* grad, const T* x, Index first,
                  Index together, Index row, T* sum, Worker<T>& worker) {
  const Axis w = forward_axes(s)[1];
  const Index depth = vectors.groups.depth, image = row / s.out_h, h = row % s.out_h;
  const Index sum_depth = s.kernel_w * vectors.lanes, sum_vector = s.kernel_h * depth * sum_depth;
  const Index begin = has_run(w) ? w.begin() : 0, end = has_run(w) ? w.end() : 0;   // outputs that read inside in every column
  const T* const g = grad + row * s.out_w * s.out_channels;
  std::size_t count = 0;
  for (Index i = 0; i < s.kernel_h; i++) {
    const Index at = h * s.stride_h - s.pad_top + i * s.dilation_h;
    if (at < 0 || at >= s.in_h) continue;
    worker.in[count] = x + (image * s.in_h + at) * s.in_w * s.in_channels;
    worker.sum[count++] = sum + i * depth * sum_depth;
  }
  if (count == 0) return;
  const auto shifted = [&](Index pixels, Index columns, Index pixel, Index n, Index step, auto kernel) {
    for (std::size_t i = 0; i < count; i++) worker.in[i] += pixels * s.in_channels, worker.sum[i] += columns * vectors.lanes;
    kernel({&vectors.all[std::size_t(first)], together, worker.in.data(), worker.sum.data(), Index(count), depth, sum_vector, sum_depth,
            step * s.in_channels, g + pixel * s.out_channels, s.out_channels, n});
    for (std::size_t i = 0; i < count; i++) worker.in[i] -= pixels * s.in_channels, worker.sum[i] -= columns * vectors.lanes;
  };
  if (begin < end) shifted(begin * w.step + w.first, 0, begin, end - begin, 1, kernels.products[w.step][w.count]);
  for (Index j = 0; j < w.count; j++) {        // the pixels before and after, column by column
    Axis column = w;
    column.first += j * w.spread, column.count = 1;
    const auto rest = [&](Index from, Index to) {
      if (from < to) shifted(from * w.step + column.first, j, from, to - from, w.step, kernels.products[1][1]);
    };
    if (begin < end) rest(column.begin(), std::min(column.end(), begin)), rest(std::max(column.begin(), end), column.end());
    else rest(column.begin(), column.end());
  }
}

}  // namespace

bool grouped_fits(const ConvShape& s) { return s.groups > 1 && s.group_in() > 0 && s.group_out() > 0; }

// Loads bound the depthwise convolution, not multiplications. Else each input is put in order once for a row of the kernel, and the
// weight gradient's sums are stored and loaded again.
template <class T> double grouped_cost(Pass pass, const ConvShape& s) {
  const Groups g = pass == Pass::input_grad ? backward_groups(s) : forward_groups(s);
  const double vectors = double(count_vectors<T>(g)) * s.multiply_adds() / double(g.out());
  return vectors * (g.depthwise() ? 2 : (pass == Pass::weight_grad ? 1.6 : 1.2) + 0.8 / double(s.kernel_w));
}

template <class T>
void grouped_conv2d(const ConvShape& s, const T* x, const T* weight, const T* bias, Activation activation, T* y) {
  const auto [h, w] = forward_axes(s);
  const Vectors<T> vectors(forward_groups(s));
  const Index c = s.out_channels, size = vectors.count() * vectors.lanes * s.taps() * s.group_in();
  Scratch scratch(Scratch::bytes<T>(size) + Scratch::bytes<T>(c));
  T* const places = scratch.take<T>(size);
  T* const zeros = scratch.take<T>(c);
  std::fill_n(zeros, c, T(0));
  const Grid<T> grid{vectors, h, w, s.batch, c, s.out_w * c, s.out_h * s.out_w * c, x, places, bias ? bias : zeros, y, activation};
  copy_places(s, grid, false, weight, places);
  run_grid(grid, s.multiply_adds());
}

template <class T> void grouped_input_grad(const ConvShape& s, const T* grad, const T* weight, T* dx) {
  const Vectors<T> vectors(backward_groups(s));
  const Index c = s.in_channels, row = s.in_w * c, size = vectors.count() * vectors.lanes * s.taps() * s.group_out();
  Scratch scratch(Scratch::bytes<T>(size) + Scratch::bytes<T>(c));
  T* const places = scratch.take<T>(size);
  T* const zeros = scratch.take<T>(c);
  std::fill_n(zeros, c, T(0));
  for (Index i = 0; i < std::min(s.stride_h, s.in_h); i++)
    for (Index j = 0; j < std::min(s.stride_w, s.in_w); j++) {
      const Axis h = backward_axis(s.in_h, s.out_h, s.kernel_h, s.stride_h, s.pad_top, s.dilation_h, i);
      const Axis w = backward_axis(s.in_w, s.out_w, s.kernel_w, s.stride_w, s.pad_left, s.dilation_w, j);
      const Grid<T> grid{vectors, h, w, s.batch, s.stride_w * c, s.stride_h * row, s.in_h * row, grad, places, zeros, dx + i * row + j * c,
                         Activation::none};
      copy_places(s, grid, true, weight, places);
      run_grid(grid, s.multiply_adds() / double(s.stride_h * s.stride_w));
    }
}

template <class T> void grouped_weight_grad(const ConvShape& s, const T* grad, const T* x, T* dweight) {
  const Grouped<T>& kernels = pick<T>(*current_target().grouped);
  const Vectors<T> vectors(forward_groups(s));
  const Index together = vectors.together(), parts = parts_of(vectors.count(), together);
  const Index rows = s.batch * s.out_h, splits = std::clamp<Index>(parts_of(most_splits, parts), 1, std::max<Index>(1, rows));
  const Index of_vector = s.taps() * s.group_in() * vectors.lanes, size = vectors.count() * of_vector;
  const int workers = workers_for(s.multiply_adds());
  Scratch scratch(Scratch::bytes<T>(splits * size));
  T* const sums = scratch.take<T>(splits * size);
  std::vector<Worker<T>> all(static_cast<std::size_t>(workers), Worker<T>(s.kernel_h, 0));
  auto compute = [&](Index task, int worker) {
    const FlushDenormals<T> flush;
    const Index split = task % splits, first = task / splits * together;
    T* const sum = sums + split * size + first * of_vector;
    std::fill_n(sum, together * of_vector, T(0));
    for (Index row = part_start(rows, splits, split); row < part_start(rows, splits, split + 1); row++)
      add_products(s, vectors, kernels, grad, x, first, together, row, sum, all[std::size_t(worker)]);
  };
  parallel_for(splits * parts, workers, compute);
  const T* from = sums;
  for (const LaneVector& v : vectors.all)
    for (Index i = 0; i < s.kernel_h; i++)
      for (Index k = 0; k < s.group_in(); k++)
        for (Index j = 0; j < s.kernel_w; j++, from += vectors.lanes) {
          T* const to = dweight + ((i * s.kernel_w + j) * s.group_in() + k) * s.out_channels + v.out;
          std::copy_n(from, v.lanes, to);
          for (Index split = 1; split < splits; split++)
            for (Index c = 0; c < v.lanes; c++) to[c] += from[split * size + c];
        }
}

#define INSTANTIATE(T)                                                                                    \
  template double grouped_cost<T>(Pass, const ConvShape&);                                                \
  template void grouped_conv2d(const ConvShape&, const T*, const T*, const T*, Activation, T*);           \
  template void grouped_input_grad(const ConvShape&, const T*, const T*, T*);                             \
  template void grouped_weight_grad(const ConvShape&, const T*, const T*, T*);
INSTANTIATE(float)
INSTANTIATE(double)

}  // namespace convstep
