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
constexpr Index planes_bytes = 192 << 10;        // of planes: they stay in the second-level cache
constexpr Index enough_tasks = 64;

// Output pixel o of an axis reads input o * step + first + k * spread for each of `count` places k. In the kernel they are
// place + k * place_step.
struct Axis {
  Index in, out, step, first, spread, count, place, place_step;

  Index reach() const { return count == 0 ? 0 : (count - 1) * spread + 1; }
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

// How lanes read the input: in each of the groups, `depth` channels meet each of `channels`.
struct Lanes {
  Index groups, depth, channels;

  Index in() const { return groups * depth; }
  Index out() const { return groups * channels; }
  bool in_place() const { return depth == 1 && channels == 1; }
  Index source(Index lane) const { return lane / channels * depth; }   // the channel that it reads in plane 0
};

// Lanes in blocks of whole vectors, as equal as possible, whose planes fit the cache; where there are no planes to be made, one.
struct LaneBlocks {
  Index lanes, vector, count;

  template <class T> static LaneBlocks of(const Lanes& l, const Axis& h, Index in_w) {
    const Index vector = pick<T>(*current_target().tiles).lanes, vectors = parts_of(l.out(), vector);
    const Index bytes = std::max<Index>(1, h.reach() * l.depth * in_w * vector * Index(sizeof(T)));
    return {l.out(), vector, l.in_place() ? 1 : parts_of(vectors, std::max<Index>(1, planes_bytes / bytes))};
  }
  Index first(Index block) const { return std::min(lanes, part_start(parts_of(lanes, vector), count, block) * vector); }
  Index width(Index block) const { return first(block + 1) - first(block); }
  Index widest() const { return parts_of(parts_of(lanes, vector), count) * vector; }
};

// Where planes come from: one block of lanes of rows of `in`, which has `rows` of them in all its images.
template <class T> struct Source {
  const Depthwise<T>& kernels;
  const Lanes& lanes;
  const T* in;
  Index in_w, first_lane, channels;              // of the block
};

// The planes of the rows read last, in as many slots as one output row reaches over.
template <class T> struct Planes {
  T* slots;
  std::vector<Index> held;                       // the row in each slot, or -1
  std::vector<Index> source;                     // of each lane

  void start(const Source<T>& s) {
    std::fill(held.begin(), held.end(), Index(-1));
    if (s.lanes.in_place()) return;
    source.resize(std::size_t(s.channels));
    for (Index c = 0; c < s.channels; c++) source[std::size_t(c)] = s.lanes.source(s.first_lane + c);
  }
  // Plane 0 of a row; the others follow, s.in_w * s.channels apart.
  const T* row(const Source<T>& s, Index row) {
    const T* const from = s.in + row * s.in_w * s.lanes.in();
    if (s.lanes.in_place()) return from;
    const Index size = s.in_w * s.lanes.depth * s.channels;
    const Index slot = row % Index(held.size());
    T* const to = slots + slot * size;
    if (held[std::size_t(slot)] != row) s.kernels.spread({from, s.lanes.in(), s.in_w, s.lanes.depth, source.data(), s.channels, to});
    held[std::size_t(slot)] = row;
    return to;
  }
};

// What a worker points at while it computes a row: rows of planes, one for each row of the kernel and plane; of one pixel, taps.
template <class T> struct Worker {
  Planes<T> planes;
  std::vector<const T*> in, weight, tap_in, tap_weight;
  std::vector<T*> sum;

  Worker(const Lanes& l, const Axis& h, const Axis& w, T* slots) : planes{slots, std::vector<Index>(std::size_t(h.reach())), {}} {
    const std::size_t rows = std::size_t(h.count * l.depth), taps = rows * std::size_t(w.count);
    in.resize(rows), weight.resize(rows), sum.resize(rows), tap_in.resize(taps), tap_weight.resize(taps);
  }
};

Index slots_size(const Lanes& l, const Axis& h, Index in_w, const LaneBlocks& blocks) {
  return l.in_place() ? 0 : h.reach() * l.depth * in_w * blocks.widest();
}

// One grid of output pixels: the forward pass is one, the input gradient one for each remainder of the stride.
template <class T> struct Grid {
  Lanes lanes;
  Axis h, w;
  Index batch;
  LaneBlocks blocks;
  Index out_pixel, out_row, out_image;           // strides
  const T* in;
  const T* weight;                               // [block][h.count][depth][w.count][channels of the block], in the order of the places
  const T* bias;
  T* out;
  Activation activation;

  Index weights() const { return h.count * w.count * lanes.depth; }   // of a lane
};

bool has_run(const Axis& w) {
  return w.count >= 1 && w.count <= depthwise_widest && w.step <= depthwise_longest_step && w.spread == 1;
}

// One output row of a block. Loops: the pixels at its ends, tap by tap; the run between them.
template <class T> void compute_row(const Grid<T>& g, const Source<T>& source, Index row, const T* weight, Worker<T>& worker) {
  const Index image = row / g.h.out, h = row % g.h.out, channels = source.channels, depth = g.lanes.depth;
  const Index plane = g.w.in * channels, in_pixel = g.lanes.in_place() ? g.lanes.in() : channels;
  std::size_t count = 0;
  for (Index i = 0; i < g.h.count; i++) {
    const Index at = h * g.h.step + g.h.first + i * g.h.spread;
    if (at < 0 || at >= g.h.in) continue;
    const T* const planes = worker.planes.row(source, image * g.h.in + at);
    for (Index k = 0; k < depth; k++, count++) {
      worker.in[count] = planes + k * plane;
      worker.weight[count] = weight + (i * depth + k) * g.w.count * channels;
    }
  }
  T* const out = g.out + image * g.out_image + h * g.out_row + source.first_lane;
  const T* const bias = g.bias + source.first_lane;
  const auto by_taps = [&](Index pixel) {
    std::size_t taps = 0;
    for (std::size_t i = 0; i < count; i++)
      for (Index j = 0; j < g.w.count; j++) {
        const Index at = pixel * g.w.step + g.w.first + j * g.w.spread;
        if (at < 0 || at >= g.w.in) continue;
        worker.tap_in[taps] = worker.in[i] + at * in_pixel;
        worker.tap_weight[taps++] = worker.weight[i] + j * channels;
      }
    source.kernels.pixel({worker.tap_in.data(), worker.tap_weight.data(), Index(taps), channels, bias, out + pixel * g.out_pixel, g.activation});
  };

  Index begin = g.w.begin(), end = g.w.end();
  if (!has_run(g.w) || end - begin < source.kernels.least_pixels || count == 0) begin = end = 0;
  for (Index pixel = 0; pixel < begin; pixel++) by_taps(pixel);
  if (begin < end) {
    for (std::size_t i = 0; i < count; i++) worker.in[i] += (begin * g.w.step + g.w.first) * in_pixel;
    source.kernels.run[g.w.step][g.w.count]({worker.in.data(), worker.weight.data(), Index(count), channels, in_pixel, bias,
                                             out + begin * g.out_pixel, g.out_pixel, end - begin, g.activation});
    for (std::size_t i = 0; i < count; i++) worker.in[i] -= (begin * g.w.step + g.w.first) * in_pixel;
  }
  for (Index pixel = end; pixel < g.w.out; pixel++) by_taps(pixel);
}

// Rows are cut into strips, so long that the planes at their edges, which are made twice, are few.
template <class T> void run_grid(const Grid<T>& g, double multiply_adds) {
  const Depthwise<T>& kernels = pick<T>(*current_target().depthwise);
  const int workers = workers_for(multiply_adds);
  const Index rows = g.batch * g.h.out, slots = slots_size(g.lanes, g.h, g.w.in, g.blocks);
  if (rows * g.w.out * g.lanes.out() == 0) return;
  const Index longest = g.lanes.in_place() ? 1 : 4 * std::max<Index>(1, g.h.reach());
  const Index strips = std::clamp<Index>(parts_of(rows, longest), 1, g.lanes.in_place() ? 256 : parts_of(enough_tasks, g.blocks.count));
  Scratch scratch(std::size_t(workers) * Scratch::bytes<T>(slots));
  std::vector<Worker<T>> all;
  for (int i = 0; i < workers; i++) all.emplace_back(g.lanes, g.h, g.w, scratch.take<T>(slots));
  auto compute = [&](Index task, int worker) {
    const FlushDenormals<T> flush;
    const Index strip = task % strips, block = task / strips, lane = g.blocks.first(block);
    const Source<T> source{kernels, g.lanes, g.in, g.w.in, lane, g.blocks.width(block)};
    Worker<T>& own = all[std::size_t(worker)];
    own.planes.start(source);
    for (Index row = part_start(rows, strips, strip); row < part_start(rows, strips, strip + 1); row++)
      compute_row(g, source, row, g.weight + lane * g.weights(), own);
  };
  parallel_for(strips * g.blocks.count, workers, compute);
}

// places = the weights that a grid's lanes multiply. Forward, a lane is an output channel and a plane an input channel of its
// group; for the input gradient the other way round.
template <class T> void copy_places(const ConvShape& s, const Grid<T>& g, bool input_grad, const T* weight, T* places) {
  for (Index block = 0; block < g.blocks.count; block++)
    for (Index i = 0; i < g.h.count; i++)
      for (Index k = 0; k < g.lanes.depth; k++)
        for (Index j = 0; j < g.w.count; j++) {
          const Index tap = (g.h.place + i * g.h.place_step) * s.kernel_w + g.w.place + j * g.w.place_step;
          const T* const from = weight + tap * s.group_in() * s.out_channels;
          const Index first = g.blocks.first(block), n = g.blocks.width(block);
          if (!input_grad) std::copy_n(from + k * s.out_channels + first, n, places);
          else
            for (Index c = 0; c < n; c++) {
              const Index group = (first + c) / g.lanes.channels, channel = (first + c) % g.lanes.channels;
              places[c] = from[channel * s.out_channels + group * g.lanes.depth + k];
            }
          places += n;
        }
}

Lanes forward_lanes(const ConvShape& s) { return {s.groups, s.group_in(), s.group_out()}; }
Lanes backward_lanes(const ConvShape& s) { return {s.groups, s.group_out(), s.group_in()}; }

std::array<Axis, 2> forward_axes(const ConvShape& s) {
  return {forward_axis(s.in_h, s.out_h, s.kernel_h, s.stride_h, s.pad_top, s.dilation_h),
          forward_axis(s.in_w, s.out_w, s.kernel_w, s.stride_w, s.pad_left, s.dilation_w)};
}

// The weight gradient, a split of the rows and a block of lanes at a time.
template <class T> struct Products {
  const ConvShape& s;
  Lanes lanes;
  Axis h, w;
  LaneBlocks blocks;
  Index splits;

  explicit Products(const ConvShape& shape)
      : s(shape), lanes(forward_lanes(shape)), h(forward_axes(shape)[0]), w(forward_axes(shape)[1]), blocks(LaneBlocks::of<T>(lanes, h, w.in)) {
    splits = std::clamp<Index>(parts_of(most_splits, blocks.count), 1, std::max<Index>(1, s.batch * s.out_h));
  }
  Index weights() const { return s.taps() * lanes.depth; }
};

// The products of one output row, added to sum, [kernel_h][depth][kernel_w][channels of the block].
template <class T> void add_products(const Products<T>& p, const Source<T>& source, const T* grad, Index row, T* sum, Worker<T>& worker) {
  const ConvShape& s = p.s;
  const Axis& w = p.w;
  const Index channels = source.channels, depth = p.lanes.depth, all = p.lanes.out();
  const Index image = row / s.out_h, h = row % s.out_h, plane = w.in * channels, in_pixel = p.lanes.in_place() ? all : channels;
  const Index begin = has_run(w) ? w.begin() : 0, end = has_run(w) ? w.end() : 0;   // outputs that read inside in every column
  const T* const g = grad + row * s.out_w * all + source.first_lane;
  std::size_t count = 0;
  for (Index i = 0; i < s.kernel_h; i++) {
    const Index at = h * s.stride_h - s.pad_top + i * s.dilation_h;
    if (at < 0 || at >= s.in_h) continue;
    const T* const planes = worker.planes.row(source, image * s.in_h + at);
    for (Index k = 0; k < depth; k++, count++) {
      worker.in[count] = planes + k * plane;
      worker.sum[count] = sum + (i * depth + k) * s.kernel_w * channels;
    }
  }
  if (count == 0) return;
  const auto shifted = [&](Index pixels, Index columns, const T* grads, Index n, Index step, auto kernel) {
    for (std::size_t i = 0; i < count; i++) worker.in[i] += pixels * in_pixel, worker.sum[i] += columns * channels;
    kernel({worker.in.data(), worker.sum.data(), Index(count), channels, step * in_pixel, grads, all, n});
    for (std::size_t i = 0; i < count; i++) worker.in[i] -= pixels * in_pixel, worker.sum[i] -= columns * channels;
  };
  if (begin < end) shifted(begin * w.step + w.first, 0, g + begin * all, end - begin, 1, source.kernels.products[w.step][w.count]);
  for (Index j = 0; j < w.count; j++) {        // the pixels before and after, column by column
    Axis column = w;
    column.first += j * w.spread, column.count = 1;
    const auto rest = [&](Index from, Index to) {
      if (from < to) shifted(from * w.step + column.first, j, g + from * all, to - from, w.step, source.kernels.products[1][1]);
    };
    if (begin < end) rest(column.begin(), std::min(column.end(), begin)), rest(std::max(column.begin(), end), column.end());
    else rest(column.begin(), column.end());
  }
}

// A multiply-add loads its input; making the planes costs a few operations for each of their vectors, or for each number where
// the channels that a vector of lanes reads lie farther apart than a vector is long.
template <class T> double lanes_cost(const Lanes& l, double multiply_adds, double in_pixels) {
  const Index n = pick<T>(*current_target().tiles).lanes;
  const double vectors = double(parts_of(l.out(), n)) / double(std::max<Index>(1, l.out()));
  if (l.in_place()) return 2 * multiply_adds * vectors;
  const bool far = parts_of(n, l.channels) * l.depth > n;
  return 1.3 * multiply_adds * vectors + in_pixels * double(l.depth) * double(l.out()) * vectors * (far ? 1.5 * double(n) : 4);
}

}  // namespace

bool grouped_fits(const ConvShape& s) { return s.groups > 1 && s.group_in() > 0 && s.group_out() > 0; }

template <class T> double grouped_cost(Pass pass, const ConvShape& s) {
  if (pass == Pass::input_grad) return lanes_cost<T>(backward_lanes(s), s.multiply_adds(), double(s.pixels()));
  return lanes_cost<T>(forward_lanes(s), s.multiply_adds(), double(s.batch * s.in_h * s.in_w));
}

template <class T>
void grouped_conv2d(const ConvShape& s, const T* x, const T* weight, const T* bias, Activation activation, T* y) {
  const auto [h, w] = forward_axes(s);
  const Index c = s.out_channels;
  Scratch scratch(Scratch::bytes<T>(s.taps() * s.group_in() * c) + Scratch::bytes<T>(c));
  T* const places = scratch.take<T>(s.taps() * s.group_in() * c);
  T* const zeros = scratch.take<T>(c);
  std::fill_n(zeros, c, T(0));
  const Lanes lanes = forward_lanes(s);
  const Grid<T> grid{lanes, h, w, s.batch, LaneBlocks::of<T>(lanes, h, w.in), c, s.out_w * c, s.out_h * s.out_w * c, x, places,
                     bias ? bias : zeros, y, activation};
  copy_places(s, grid, false, weight, places);
  run_grid(grid, s.multiply_adds());
}

template <class T> void grouped_input_grad(const ConvShape& s, const T* grad, const T* weight, T* dx) {
  const Index c = s.in_channels, row = s.in_w * c;
  Scratch scratch(Scratch::bytes<T>(s.taps() * s.group_out() * c) + Scratch::bytes<T>(c));
  T* const places = scratch.take<T>(s.taps() * s.group_out() * c);
  T* const zeros = scratch.take<T>(c);
  std::fill_n(zeros, c, T(0));
  const Lanes lanes = backward_lanes(s);
  for (Index i = 0; i < std::min(s.stride_h, s.in_h); i++)
    for (Index j = 0; j < std::min(s.stride_w, s.in_w); j++) {
      const Axis h = backward_axis(s.in_h, s.out_h, s.kernel_h, s.stride_h, s.pad_top, s.dilation_h, i);
      const Axis w = backward_axis(s.in_w, s.out_w, s.kernel_w, s.stride_w, s.pad_left, s.dilation_w, j);
      const Grid<T> grid{lanes, h, w, s.batch, LaneBlocks::of<T>(lanes, h, w.in), s.stride_w * c, s.stride_h * row, s.in_h * row, grad, places,
                         zeros, dx + i * row + j * c, Activation::none};
      copy_places(s, grid, true, weight, places);
      run_grid(grid, s.multiply_adds() / double(s.stride_h * s.stride_w));
    }
}

template <class T> void grouped_weight_grad(const ConvShape& s, const T* grad, const T* x, T* dweight) {
  const Products<T> p(s);
  const Index rows = s.batch * s.out_h, size = p.weights() * s.out_channels, slots = slots_size(p.lanes, p.h, p.w.in, p.blocks);
  const int workers = workers_for(s.multiply_adds());
  Scratch scratch(Scratch::bytes<T>(p.splits * size) + std::size_t(workers) * Scratch::bytes<T>(slots));
  T* const sums = scratch.take<T>(p.splits * size);
  std::vector<Worker<T>> all;
  for (int i = 0; i < workers; i++) all.emplace_back(p.lanes, p.h, p.w, scratch.take<T>(slots));
  const Depthwise<T>& kernels = pick<T>(*current_target().depthwise);
  auto compute = [&](Index task, int worker) {
    const FlushDenormals<T> flush;
    const Index split = task % p.splits, block = task / p.splits, lane = p.blocks.first(block);
    const Source<T> source{kernels, p.lanes, x, s.in_w, lane, p.blocks.width(block)};
    Worker<T>& own = all[std::size_t(worker)];
    own.planes.start(source);
    T* const sum = sums + split * size + lane * p.weights();
    std::fill_n(sum, source.channels * p.weights(), T(0));
    for (Index row = part_start(rows, p.splits, split); row < part_start(rows, p.splits, split + 1); row++)
      add_products(p, source, grad, row, sum, own);
  };
  parallel_for(p.splits * p.blocks.count, workers, compute);
  for (Index block = 0; block < p.blocks.count; block++) {
    const Index lane = p.blocks.first(block), n = p.blocks.width(block);
    for (Index i = 0; i < s.kernel_h; i++)
      for (Index k = 0; k < p.lanes.depth; k++)
        for (Index j = 0; j < s.kernel_w; j++) {
          const T* from = sums + lane * p.weights() + ((i * p.lanes.depth + k) * s.kernel_w + j) * n;
          T* const to = dweight + ((i * s.kernel_w + j) * p.lanes.depth + k) * s.out_channels + lane;
          std::copy_n(from, n, to);
          for (Index split = 1; split < p.splits; split++)
            for (Index c = 0; c < n; c++) to[c] += from[split * size + c];
        }
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
