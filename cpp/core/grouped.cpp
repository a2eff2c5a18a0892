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
#include "sliding.hpp"
#include "targets.hpp"

namespace convstep {
namespace {

constexpr Index most_splits = 16;                // of the pixels, for the weight gradient
constexpr Index least_pixels = 64;               // of a split: its sums must be added to the others'
constexpr Index most_strips = 256;
constexpr Index cached = 12 << 20;             // bytes that the caches are taken to hold

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
};

// A grid of output pixels, and the windows that slide over the input. The forward pass is one, the input gradient one for each
// remainder of the stride.
template <class T> struct Grid {
  const Vectors<T>& vectors;
  Axis h, w;
  Pairs pairs;
  Slides slides;
  const T* in;
  Index out_pixel, out_row, out_image;           // strides
  T* kernel;                                     // [vector][h.count][depth][w.count][lanes], in the order of the places

  Grid(const Vectors<T>& v, const Axis& h, const Axis& w, const T* in, Index out_pixel, Index out_row, Index out_image, T* kernel)
      : vectors(v), h(h), w(w), pairs(h), slides(w, grouped_widest, grouped_longest_step), in(in), out_pixel(out_pixel), out_row(out_row),
        out_image(out_image), kernel(kernel) {}

  Index kernel_depth() const { return w.count * vectors.lanes; }
  Index kernel_row() const { return vectors.groups.depth * kernel_depth(); }
  Index kernel_vector() const { return h.count * kernel_row(); }
  Index most_rows() const { return (h.count + h.shift()) * slides.pieces; }    // that windows of a pair of rows read
};

// Part of a window's sums for two rows of outputs.
template <class T> struct Part {
  GroupedSlide<T> slide;
  Index width, out;          // columns of its kernel rows; the offset of its first output
  bool first, last;          // of the parts that add to these outputs
};

// Calls compute(part) for all of a pair of rows of outputs. `rows` is memory for what a slide points at.
template <class T, class Compute>
void slide_pair(const Grid<T>& g, Index image, Index pair, T* kernel, GroupedRow<T>* rows, GroupedAhead* ahead, Compute compute) {
  const Index pixel = g.vectors.groups.in(), h = g.pairs.first(pair), out_rows = g.pairs.size(pair), shift = g.h.shift();
  if (out_rows == 0) return;
  const Slides& s = g.slides;
  // The rows that a piece of the windows from place j on reads. Place i of the first row is place i - shift of the second.
  const auto point = [&](Index phase, Index pixels, Index j, Index width, GroupedRow<T>* row) {
    const Index column = g.w.read(phase, j);                        // where column 0 lies, or would
    const Index begin = std::max<Index>(0, ceil_div(-column, s.column));
    const Index end = std::min(floor_div(g.w.in - 1 - column, s.column) + 1, (pixels - 1) * s.step + width);
    for (Index i = 0; i < g.h.count + shift && begin < end; i++) {
      const Index at = g.h.read(h, i);
      const bool meets[2] = {i < g.h.count, out_rows == 2 && i >= shift};
      if (at < 0 || at >= g.h.in || !(meets[0] || meets[1])) continue;
      T* const to = kernel + j * g.vectors.lanes;
      const T* const in = g.in + ((image * g.h.in + at) * g.w.in + column + begin * s.column) * pixel;
      *row++ = {begin, end, in, {meets[0] ? to + i * g.kernel_row() : nullptr, meets[1] ? to + (i - shift) * g.kernel_row() : nullptr}};
    }
    return row;
  };
  for (Index phase = 0; phase < std::min(s.phases, g.w.out); phase++) {
    const Index pixels = ceil_div(g.w.out - phase, s.phases), split = s.wider * (s.width + 1);
    const auto part = [&](Index from, Index to, Index width) {
      GroupedRow<T>* row = rows;
      for (Index j = from; j < to; j += width) row = point(phase, pixels, j, width, row);
      compute(Part<T>{{g.vectors.all.data(), g.vectors.count(), rows, row - rows, g.vectors.groups.depth, s.column * pixel, g.kernel_vector(),
                       g.kernel_depth(), out_rows, g.pairs.apart * g.out_row, s.phases * g.out_pixel, pixels, ahead},
                      width, image * g.out_image + h * g.out_row + phase * g.out_pixel, from == 0, to == g.w.count});
    };
    if (split > 0) part(0, split, s.width + 1);
    part(split, g.w.count, s.width);
  }
}

// Rows for each worker.
template <class T> std::vector<std::vector<GroupedRow<T>>> rows_for(int workers, Index most_rows) {
  return std::vector<std::vector<GroupedRow<T>>>(std::size_t(workers), std::vector<GroupedRow<T>>(std::size_t(most_rows)));
}

// The pairs of rows go through both arrays at an even pace, so what comes next is known without a look at the windows. Only arrays
// that the caches do not hold gain.
template <class T> struct Pace {
  const char *in, *out;
  Index in_size, out_size, reach, items;         // in bytes; reach: how far the first outputs' windows go
  int in_lines, out_lines;

  Pace(const T* in_data, Index in_count, const T* out_data, Index out_count, Index reach_count, Index items, Index block)
      : in(reinterpret_cast<const char*>(in_data)), out(reinterpret_cast<const char*>(out_data)), in_size(in_count * Index(sizeof(T))),
        out_size(out_count * Index(sizeof(T))), reach(reach_count * Index(sizeof(T))), items(items),
        in_lines(int(parts_of(2 * block * in_count, std::max<Index>(1, out_count)))), out_lines(int(2 * block)) {}
  bool far() const { return in_size + out_size > cached; }
  GroupedAhead after(Index item) const {
    return {in + part_start(in_size, items, item + 1) + reach, out + part_start(out_size, items, item + 1), in_lines, out_lines};
  }
};

template <class T>
void run_grids(const std::vector<Grid<T>>& grids, const std::vector<T*>& out, Index batch, Index out_count, const T* bias, Activation activation, double multiply_adds) {
  const Grouped<T>& kernels = pick<T>(*current_target().grouped);
  const int workers = workers_for(multiply_adds);
  Index most_rows = 1, pairs = 1;
  for (const Grid<T>& g : grids) most_rows = std::max(most_rows, g.most_rows()), pairs = std::max(pairs, g.pairs.count);
  const Index all = batch * pairs, strips = std::min(all, most_strips);
  auto rows = rows_for<T>(workers, most_rows);
  const Grid<T>& g0 = grids[0];
  const Index in_row = g0.w.in * g0.vectors.groups.in();
  const Pace<T> pace(g0.in, batch * g0.h.in * in_row, out[0], out_count, (g0.h.first + (g0.h.count - 1) * g0.h.spread) * in_row, all, kernels.block);
  auto compute = [&](Index strip, int worker) {
    const FlushDenormals<T> flush;
    for (Index i = part_start(all, strips, strip); i < part_start(all, strips, strip + 1); i++) {
      GroupedAhead ahead = pace.after(i);
      for (std::size_t n = 0; n < grids.size(); n++) {
        const Grid<T>& g = grids[n];
        if (i % pairs >= g.pairs.count) continue;
        slide_pair(g, i / pairs, i % pairs, g.kernel, rows[std::size_t(worker)].data(), pace.far() ? &ahead : nullptr, [&](const Part<T>& p) {
          kernels.run[g.slides.step][p.width](p.slide, p.first ? bias : nullptr, out[n] + p.out, p.last ? activation : Activation::none);
        });
      }
    }
  };
  parallel_for(strips, workers, compute);
}

// places = the weights that a grid's lanes multiply, zero in the lanes beyond. Forward, a lane is an output channel, and it meets
// the input channels of its group; for the input gradient the other way round.
template <class T> void copy_places(const ConvShape& s, const Grid<T>& g, bool input_grad, const T* weight) {
  T* places = g.kernel;
  const Groups& groups = g.vectors.groups;
  for (const LaneVector& v : g.vectors.all)
    for (Index i = 0; i < g.h.count; i++)
      for (Index k = 0; k < groups.depth; k++)
        for (Index j = 0; j < g.w.count; j++, places += g.vectors.lanes) {
          const Index tap = (g.h.place + i * g.h.place_step) * s.kernel_w + g.w.place + j * g.w.place_step;
          const T* const from = weight + tap * s.group_in() * s.out_channels;
          if (!input_grad || groups.depthwise()) std::copy_n(from + k * s.out_channels + v.out, v.lanes, places);
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
  const std::vector<Grid<T>> grids{Grid<T>(vectors, h, w, x, c, s.out_w * c, s.out_h * s.out_w * c, places)};
  copy_places(s, grids[0], false, weight);
  run_grids(grids, {y}, s.batch, s.pixels() * c, bias ? bias : zeros, activation, s.multiply_adds());
}

template <class T> void grouped_input_grad(const ConvShape& s, const T* grad, const T* weight, T* dx) {
  const Vectors<T> vectors(backward_groups(s));
  const Index c = s.in_channels, row = s.in_w * c, size = vectors.count() * vectors.lanes * s.taps() * s.group_out();
  Scratch scratch(Scratch::bytes<T>(size) + Scratch::bytes<T>(c));
  T* places = scratch.take<T>(size);
  T* const zeros = scratch.take<T>(c);
  std::fill_n(zeros, c, T(0));
  std::vector<Grid<T>> grids;
  std::vector<T*> out;
  for (Index i = 0; i < std::min(s.stride_h, s.in_h); i++)
    for (Index j = 0; j < std::min(s.stride_w, s.in_w); j++) {
      const Axis h = backward_axis(s.in_h, s.out_h, s.kernel_h, s.stride_h, s.pad_top, s.dilation_h, i);
      const Axis w = backward_axis(s.in_w, s.out_w, s.kernel_w, s.stride_w, s.pad_left, s.dilation_w, j);
      grids.emplace_back(vectors, h, w, grad, s.stride_w * c, s.stride_h * row, s.in_h * row, places);
      out.push_back(dx + i * row + j * c);
      copy_places(s, grids.back(), true, weight);
      places += vectors.count() * grids.back().kernel_vector();
    }
  if (!grids.empty()) run_grids(grids, out, s.batch, s.batch * s.in_h * row, zeros, Activation::none, s.multiply_adds());
}

template <class T> void grouped_weight_grad(const ConvShape& s, const T* grad, const T* x, T* dweight) {
  const Grouped<T>& kernels = pick<T>(*current_target().grouped);
  const auto [h, w] = forward_axes(s);
  const Vectors<T> vectors(forward_groups(s));
  const Grid<T> grid(vectors, h, w, x, s.out_channels, s.out_w * s.out_channels, s.out_h * s.out_w * s.out_channels, nullptr);
  const Index pairs = grid.pairs.count, all = s.batch * pairs;
  const Index splits = std::max<Index>(1, std::min({most_splits, s.pixels() / least_pixels, all}));
  const Index size = vectors.count() * grid.kernel_vector();
  const int workers = workers_for(s.multiply_adds());
  Scratch scratch(Scratch::bytes<T>(splits * size));
  T* const sums = scratch.take<T>(splits * size);
  auto rows = rows_for<T>(workers, grid.most_rows());
  const Index in_row = s.in_w * s.in_channels;
  const Pace<T> pace(x, s.batch * s.in_h * in_row, grad, s.pixels() * s.out_channels, (h.first + (h.count - 1) * h.spread) * in_row, all, kernels.block);
  auto compute = [&](Index split, int worker) {
    const FlushDenormals<T> flush;
    T* const sum = sums + split * size;
    std::fill_n(sum, size, T(0));
    for (Index i = part_start(all, splits, split); i < part_start(all, splits, split + 1); i++) {
      GroupedAhead ahead = pace.after(i);
      slide_pair(grid, i / pairs, i % pairs, sum, rows[std::size_t(worker)].data(), pace.far() ? &ahead : nullptr, [&](const Part<T>& p) {
        kernels.products[grid.slides.step][p.width](p.slide, grad + p.out);
      });
    }
  };
  parallel_for(splits, workers, compute);
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
