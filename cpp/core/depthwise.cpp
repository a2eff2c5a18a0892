#include "depthwise.hpp"

#include <algorithm>
#include <vector>
#include "denormals.hpp"
#include "scratch.hpp"
#include "split.hpp"
#include "targets.hpp"

namespace convstep {
namespace {

constexpr Index splits_of_pixels = 16;


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

// One grid of output pixels: the forward pass is one, the input gradient one for each remainder of the stride.
template <class T> struct Grid {
  Axis h, w;
  Index channels, batch;
  Index in_row, in_image, out_pixel, out_row, out_image;   // strides; a pixel of in holds `channels`
  const T* in;
  const T* weight;                                         // [h.count][w.count][channels], in the order of the places
  const T* bias;
  T* out;
  Activation activation;
};

template <class T> void copy_places(const ConvShape& s, const Axis& h, const Axis& w, const T* weight, T* places) {
  for (Index i = 0; i < h.count; i++)
    for (Index j = 0; j < w.count; j++, places += s.in_channels)
      std::copy_n(weight + ((h.place + i * h.place_step) * s.kernel_w + w.place + j * w.place_step) * s.in_channels, s.in_channels, places);
}

// Pointers of one output row: to the kernel's rows that lie inside the input, and to their weights.
template <class T> struct Rows {
  std::vector<const T*> in, weight;
  std::vector<const T*> tap_in, tap_weight;                // of one pixel

  explicit Rows(Index taps, Index rows)
      : in(std::size_t(rows)), weight(std::size_t(rows)), tap_in(std::size_t(taps)), tap_weight(std::size_t(taps)) {}
};

// One output row. Loops: the pixels at its ends, tap by tap; the run between them.
template <class T> void compute_row(const Grid<T>& g, const Depthwise<T>& kernels, Index image, Index row, Rows<T>& rows) {
  Index count = 0;
  for (Index i = 0; i < g.h.count; i++) {
    const Index at = row * g.h.step + g.h.first + i * g.h.spread;
    if (at < 0 || at >= g.h.in) continue;
    rows.in[std::size_t(count)] = g.in + image * g.in_image + at * g.in_row;
    rows.weight[std::size_t(count++)] = g.weight + i * g.w.count * g.channels;
  }
  T* const out = g.out + image * g.out_image + row * g.out_row;
  const auto by_taps = [&](Index pixel) {
    Index taps = 0;
    for (Index i = 0; i < count; i++)
      for (Index j = 0; j < g.w.count; j++) {
        const Index at = pixel * g.w.step + g.w.first + j * g.w.spread;
        if (at < 0 || at >= g.w.in) continue;
        rows.tap_in[std::size_t(taps)] = rows.in[std::size_t(i)] + at * g.channels;
        rows.tap_weight[std::size_t(taps++)] = rows.weight[std::size_t(i)] + j * g.channels;
      }
    kernels.pixel({rows.tap_in.data(), rows.tap_weight.data(), taps, g.channels, g.bias, out + pixel * g.out_pixel, g.activation});
  };

  Index begin = g.w.begin(), end = g.w.end();
  const bool has_run = g.w.count >= 1 && g.w.count <= depthwise_widest && g.w.step <= depthwise_longest_step && g.w.spread == 1;
  if (!has_run || end - begin < kernels.least_pixels || count == 0) begin = end = 0;
  for (Index pixel = 0; pixel < begin; pixel++) by_taps(pixel);
  if (begin < end) {
    for (Index i = 0; i < count; i++) rows.in[std::size_t(i)] += (begin * g.w.step + g.w.first) * g.channels;
    kernels.run[g.w.step][g.w.count]({rows.in.data(), rows.weight.data(), count, g.channels, g.channels, g.bias,
                                      out + begin * g.out_pixel, g.out_pixel, end - begin, g.activation});
    for (Index i = 0; i < count; i++) rows.in[std::size_t(i)] -= (begin * g.w.step + g.w.first) * g.channels;
  }
  for (Index pixel = end; pixel < g.w.out; pixel++) by_taps(pixel);
}

template <class T> void run_grid(const Grid<T>& g, double multiply_adds) {
  const Depthwise<T>& kernels = pick<T>(*current_target().depthwise);
  const int workers = workers_for(multiply_adds);
  std::vector<Rows<T>> rows(static_cast<std::size_t>(workers), Rows<T>(g.h.count * g.w.count, g.h.count));
  const Index all = g.batch * g.h.out, tasks = std::min<Index>(all, 256);
  auto compute = [&](Index task, int worker) {
    const FlushDenormals<T> flush;
    for (Index row = part_start(all, tasks, task); row < part_start(all, tasks, task + 1); row++)
      compute_row(g, kernels, row / g.h.out, row % g.h.out, rows[std::size_t(worker)]);
  };
  parallel_for(tasks, workers, compute);
}

// slice[i] = all[i][j] of m side by side, and back.
template <class T> void take_slice(const T* all, Index size, Index m, Index j, T* slice) {
  for (Index i = 0; i < size; i++) slice[i] = all[i * m + j];
}
template <class T> void put_slice(const T* slice, Index size, Index m, Index j, T* all) {
  for (Index i = 0; i < size; i++) all[i * m + j] = slice[i];
}

// The shape of one slice: an output for each channel.
ConvShape slice_of(ConvShape s) {
  s.out_channels = s.groups = s.in_channels;
  return s;
}

template <class T>
void forward(const ConvShape& s, const T* x, const T* weight, const T* bias, Activation activation, T* places, T* y) {
  const Axis h = forward_axis(s.in_h, s.out_h, s.kernel_h, s.stride_h, s.pad_top, s.dilation_h);
  const Axis w = forward_axis(s.in_w, s.out_w, s.kernel_w, s.stride_w, s.pad_left, s.dilation_w);
  const Index c = s.in_channels;
  copy_places(s, h, w, weight, places);
  run_grid<T>({h, w, c, s.batch, s.in_w * c, s.in_h * s.in_w * c, c, s.out_w * c, s.out_h * s.out_w * c, x, places, bias, y, activation},
              s.multiply_adds());
}

template <class T> void input_grad(const ConvShape& s, const T* grad, const T* weight, const T* zeros, T* places, T* dx) {
  const Index c = s.in_channels, row = s.in_w * c;
  for (Index i = 0; i < std::min(s.stride_h, s.in_h); i++)
    for (Index j = 0; j < std::min(s.stride_w, s.in_w); j++) {
      const Axis h = backward_axis(s.in_h, s.out_h, s.kernel_h, s.stride_h, s.pad_top, s.dilation_h, i);
      const Axis w = backward_axis(s.in_w, s.out_w, s.kernel_w, s.stride_w, s.pad_left, s.dilation_w, j);
      copy_places(s, h, w, weight, places);
      run_grid<T>({h, w, c, s.batch, s.out_w * c, s.out_h * s.out_w * c, s.stride_w * c, s.stride_h * row, s.in_h * row, grad, places, zeros,
                   dx + i * row + j * c, Activation::none}, s.multiply_adds() / double(s.stride_h * s.stride_w));
    }
}

// The products of one output row, added to sum, [kernel_h][kernel_w][channels].
template <class T>
void add_products(const ConvShape& s, const Depthwise<T>& kernels, const T* grad, const T* x, Index image, Index row, T* sum, Rows<T>& rows,
                  std::vector<T*>& sums) {
  const Axis w = forward_axis(s.in_w, s.out_w, s.kernel_w, s.stride_w, s.pad_left, s.dilation_w);
  const Index c = s.in_channels;
  const bool has_run = w.count <= depthwise_widest && w.step <= depthwise_longest_step && w.spread == 1;
  const Index begin = has_run ? w.begin() : 0, end = has_run ? w.end() : 0;   // outputs that read inside in every column
  const T* const g = grad + (image * s.out_h + row) * s.out_w * c;
  Index count = 0;
  for (Index i = 0; i < s.kernel_h; i++) {
    const Index at = row * s.stride_h - s.pad_top + i * s.dilation_h;
    if (at < 0 || at >= s.in_h) continue;
    rows.in[std::size_t(count)] = x + (image * s.in_h + at) * s.in_w * c;
    sums[std::size_t(count++)] = sum + i * s.kernel_w * c;
  }
  if (count == 0) return;
  const auto shifted = [&](Index pixels, Index columns, const T* grads, Index n, Index pixel, auto kernel) {
    for (Index i = 0; i < count; i++) rows.in[std::size_t(i)] += pixels * c, sums[std::size_t(i)] += columns * c;
    kernel({rows.in.data(), sums.data(), count, c, pixel, grads, c, n});
    for (Index i = 0; i < count; i++) rows.in[std::size_t(i)] -= pixels * c, sums[std::size_t(i)] -= columns * c;
  };
  if (begin < end) shifted(begin * w.step + w.first, 0, g + begin * c, end - begin, c, kernels.products[w.step][w.count]);
  for (Index j = 0; j < w.count; j++) {        // the pixels before and after, column by column
    Axis column = w;
    column.first += j * w.spread, column.count = 1;
    const auto rest = [&](Index from, Index to) {
      if (from < to) shifted(from * w.step + column.first, j, g + from * c, to - from, w.step * c, kernels.products[1][1]);
    };
    if (begin < end) rest(column.begin(), std::min(column.end(), begin)), rest(std::max(column.begin(), end), column.end());
    else rest(column.begin(), column.end());
  }
}

template <class T> void weight_grad(const ConvShape& s, const T* grad, const T* x, T* sums, T* dweight) {
  const Depthwise<T>& kernels = pick<T>(*current_target().depthwise);
  const Index rows = s.batch * s.out_h, size = s.taps() * s.in_channels, splits = std::min(rows, splits_of_pixels);
  const int workers = workers_for(s.multiply_adds());
  std::vector<Rows<T>> pointers(static_cast<std::size_t>(workers), Rows<T>(0, s.kernel_h));
  std::vector<std::vector<T*>> into(static_cast<std::size_t>(workers), std::vector<T*>(std::size_t(s.kernel_h)));
  auto compute = [&](Index split, int worker) {
    const FlushDenormals<T> flush;
    T* const sum = sums + split * size;
    std::fill_n(sum, size, T(0));
    for (Index row = part_start(rows, splits, split); row < part_start(rows, splits, split + 1); row++)
      add_products(s, kernels, grad, x, row / s.out_h, row % s.out_h, sum, pointers[std::size_t(worker)], into[std::size_t(worker)]);
  };
  parallel_for(splits, workers, compute);
  std::fill_n(dweight, size, T(0));
  for (Index split = 0; split < splits; split++)
    for (Index i = 0; i < size; i++) dweight[i] += sums[split * size + i];
}

}  // namespace

bool depthwise_fits(const ConvShape& s) { return s.groups == s.in_channels && s.groups > 1 && s.out_channels >= s.groups; }

template <class T>
void depthwise_conv2d(const ConvShape& shape, const T* x, const T* weight, const T* bias, Activation activation, T* y) {
  const ConvShape s = slice_of(shape);
  const Index c = s.in_channels, m = shape.out_channels / c, size = s.pixels() * c, taps = s.taps() * c;
  Scratch scratch(2 * Scratch::bytes<T>(taps) + 2 * Scratch::bytes<T>(c) + (m > 1 ? Scratch::bytes<T>(size) : 0));
  T* const places = scratch.take<T>(taps);
  T* const filters = scratch.take<T>(taps);
  T* const zeros = scratch.take<T>(c);
  T* const biases = scratch.take<T>(c);
  std::fill_n(zeros, c, T(0));
  if (m == 1) return forward(s, x, weight, bias ? bias : zeros, activation, places, y);
  T* const slice = scratch.take<T>(size);
  for (Index j = 0; j < m; j++) {
    take_slice(weight, taps, m, j, filters);
    if (bias) take_slice(bias, c, m, j, biases);
    forward(s, x, filters, bias ? biases : zeros, activation, places, slice);
    put_slice(slice, size, m, j, y);
  }
}

template <class T> void depthwise_input_grad(const ConvShape& shape, const T* grad, const T* weight, T* dx) {
  const ConvShape s = slice_of(shape);
  const Index c = s.in_channels, m = shape.out_channels / c, taps = s.taps() * c;
  const Index size = s.pixels() * c, dx_size = s.batch * s.in_h * s.in_w * c;
  Scratch scratch(2 * Scratch::bytes<T>(taps) + Scratch::bytes<T>(c) +
                  (m > 1 ? Scratch::bytes<T>(size) + Scratch::bytes<T>(dx_size) : 0));
  T* const places = scratch.take<T>(taps);
  T* const filters = scratch.take<T>(taps);
  T* const zeros = scratch.take<T>(c);
  std::fill_n(zeros, c, T(0));
  if (m == 1) return input_grad(s, grad, weight, zeros, places, dx);
  T* const slice = scratch.take<T>(size);
  T* const part = scratch.take<T>(dx_size);
  for (Index j = 0; j < m; j++) {
    take_slice(weight, taps, m, j, filters);
    take_slice(grad, size, m, j, slice);
    input_grad(s, slice, filters, zeros, places, j == 0 ? dx : part);
    if (j > 0)
      for (Index i = 0; i < dx_size; i++) dx[i] += part[i];
  }
}

template <class T> void depthwise_weight_grad(const ConvShape& shape, const T* grad, const T* x, T* dweight) {
  const ConvShape s = slice_of(shape);
  const Index c = s.in_channels, m = shape.out_channels / c, taps = s.taps() * c, size = s.pixels() * c;
  Scratch scratch(Scratch::bytes<T>(splits_of_pixels * taps) + (m > 1 ? Scratch::bytes<T>(size) + Scratch::bytes<T>(taps) : 0));
  T* const sums = scratch.take<T>(splits_of_pixels * taps);
  if (m == 1) return weight_grad(s, grad, x, sums, dweight);
  T* const slice = scratch.take<T>(size);
  T* const filters = scratch.take<T>(taps);
  for (Index j = 0; j < m; j++) {
    take_slice(grad, size, m, j, slice);
    weight_grad(s, slice, x, sums, filters);
    put_slice(filters, taps, m, j, dweight);
  }
}

template void depthwise_conv2d(const ConvShape&, const float*, const float*, const float*, Activation, float*);
template void depthwise_conv2d(const ConvShape&, const double*, const double*, const double*, Activation, double*);
template void depthwise_input_grad(const ConvShape&, const float*, const float*, float*);
template void depthwise_input_grad(const ConvShape&, const double*, const double*, double*);
template void depthwise_weight_grad(const ConvShape&, const float*, const float*, float*);
template void depthwise_weight_grad(const ConvShape&, const double*, const double*, double*);

}  // namespace convstep
