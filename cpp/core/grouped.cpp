// Two rows of outputs at a time: the rows of the input under their windows, and the rows of the kernel that meet them.
//
// Assumes: grouped_fits.
#include "grouped.hpp"

#include <algorithm>
#include <vector>
#include "denormals.hpp"
#include "lane_vectors.hpp"
#include "scratch.hpp"
#include "sliding.hpp"
#include "targets.hpp"

namespace convstep {
namespace {

constexpr Index most_splits = 16;                // of the pixels, for the weight gradient
constexpr Index least_pixels = 64;               // of a split: its sums must be added to the others'
constexpr Index most_strips = 256;
constexpr Index cached = 8 << 20;                // bytes that the caches are taken to hold

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
      : vectors(v), h(h), w(w), pairs(h), slides(w, grouped_widest, grouped_longest_step), in(in), out_pixel(out_pixel),
        out_row(out_row), out_image(out_image), kernel(kernel) {}

  Index in_row() const { return w.in * vectors.groups.in(); }
  Index kernel_depth() const { return w.count * vectors.lanes; }
  Index kernel_row() const { return vectors.groups.depth * kernel_depth(); }
  Index kernel_vector() const { return h.count * kernel_row(); }
  Index most_rows() const { return (h.count + h.shift()) * slides.pieces; }    // that windows of a pair of rows read
};

// A pair of rows of outputs, and what a worker needs for it.
template <class T> struct Pair {
  Index image, pair;
  T* kernel;                 // weights, or sums of their gradient
  GroupedRow<T>* rows;       // memory for most_rows of them
  GroupedAhead* ahead;
};

// Part of the sums of some outputs of a pair: those of some places of the windows.
template <class T> struct Part {
  GroupedSlide<T> slide;
  Index width, out;          // columns of its kernel rows; the offset of its first output
  bool first, last;          // of the parts for these outputs
};

// The rows that `width` columns of the windows read, from place j on, and the rows of the kernel they meet. Returns their end.
template <class T>
GroupedRow<T>* point_at_rows(const Grid<T>& g, const Pair<T>& p, Index phase, Index pixels, Index j, Index width,
                             GroupedRow<T>* row) {
  const Index column = g.w.read(phase, j), step = g.slides.column;          // where column 0 lies, or would
  const Index begin = std::max<Index>(0, ceil_div(-column, step));
  const Index end = std::min(floor_div(g.w.in - 1 - column, step) + 1, (pixels - 1) * g.slides.step + width);
  const Index shift = g.h.shift(), h = g.pairs.first(p.pair);
  T* const kernel = p.kernel + j * g.vectors.lanes;
  for (Index i = 0; i < g.h.count + shift && begin < end; i++) {            // place i of the first row, i - shift of the second
    const Index at = g.h.read(h, i);
    T* const first = i < g.h.count ? kernel + i * g.kernel_row() : nullptr;
    T* const second = i >= shift && g.pairs.size(p.pair) == 2 ? kernel + (i - shift) * g.kernel_row() : nullptr;
    if (at < 0 || at >= g.h.in || !(first || second)) continue;
    const Index pixel = (p.image * g.h.in + at) * g.w.in + column + begin * step;
    *row++ = {begin, end, g.in + pixel * g.vectors.groups.in(), {first, second}};
  }
  return row;
}

// Calls compute(part) for all of a pair.
template <class T, class Compute> void slide_pair(const Grid<T>& g, const Pair<T>& p, Compute compute) {
  const Slides& s = g.slides;
  const Index out_rows = g.pairs.size(p.pair), out = p.image * g.out_image + g.pairs.first(p.pair) * g.out_row;
  if (out_rows == 0) return;
  for (Index phase = 0; phase < std::min(s.phases, g.w.out); phase++) {
    const Index pixels = ceil_div(g.w.out - phase, s.phases), split = s.wider * (s.width + 1);
    const auto part = [&](Index from, Index to, Index width) {
      GroupedRow<T>* end = p.rows;
      for (Index j = from; j < to; j += width) end = point_at_rows(g, p, phase, pixels, j, width, end);
      const GroupedSlide<T> slide{g.vectors.all.data(), g.vectors.count(), p.rows, end - p.rows, g.vectors.groups.depth,
                                  s.column * g.vectors.groups.in(), g.kernel_vector(), g.kernel_depth(), out_rows,
                                  g.pairs.apart * g.out_row, s.phases * g.out_pixel, pixels, p.ahead};
      compute(Part<T>{slide, width, out + phase * g.out_pixel, from == 0, to == g.w.count});
    };
    if (split > 0) part(0, split, s.width + 1);
    part(split, g.w.count, s.width);
  }
}

// What each pair should ask for. Pairs go through input and outputs at an even pace, so what follows is known without a look at the
// windows. Only arrays that the caches do not hold gain, and windows that leave nothing out.
template <class T> struct Pace {
  const char *in, *out;
  Index in_size, out_size, items;            // bytes; pairs
  bool pays;
  int in_lines, out_lines;

  Pace(const Grid<T>& g, Index batch, Index items, const T* out_data, Index out_count) : items(items) {
    const Index size = sizeof(T), block = pick<T>(*current_target().grouped).block;
    const Index row = g.in_row() * size, reach = g.h.read(0, g.h.count - 1);   // rows before it are read for the first outputs
    in = reinterpret_cast<const char*>(g.in) + reach * row, in_size = batch * g.h.in * row;
    out = reinterpret_cast<const char*>(out_data), out_size = out_count * size;
    pays = in_size + out_size > cached && out_size > 0 && g.h.count >= g.h.step && g.w.count >= g.w.step;
    out_lines = int(2 * block), in_lines = pays ? int(parts_of(out_lines * in_size, out_size)) : 0;
  }
  GroupedAhead after(Index item) const {
    return {in + part_start(in_size, items, item + 1), out + part_start(out_size, items, item + 1), in_lines, out_lines};
  }
};

template <class T> using Rows = std::vector<std::vector<GroupedRow<T>>>;   // for each worker
template <class T> Rows<T> make_rows(int workers, Index most_rows) {
  return Rows<T>(std::size_t(workers), std::vector<GroupedRow<T>>(std::size_t(most_rows)));
}

// The grids of one result together: they read the same rows of the input, and take turns in the result.
template <class T> struct Result {
  std::vector<Grid<T>> grids;
  std::vector<T*> out;       // of each grid
  Index batch, size;
  const T* bias;
  Activation activation;
};

template <class T> void run_grids(const Result<T>& r, double multiply_adds) {
  const Grouped<T>& kernels = pick<T>(*current_target().grouped);
  const int workers = workers_for(multiply_adds);
  Index most_rows = 1, pairs = 1;
  for (const Grid<T>& g : r.grids) most_rows = std::max(most_rows, g.most_rows()), pairs = std::max(pairs, g.pairs.count);
  const Index all = r.batch * pairs, strips = std::min(all, most_strips);
  const Pace<T> pace(r.grids[0], r.batch, all, r.out[0], r.size);
  Rows<T> rows = make_rows<T>(workers, most_rows);
  auto compute = [&](Index strip, int worker) {
    const FlushDenormals<T> flush;
    for (Index i = part_start(all, strips, strip); i < part_start(all, strips, strip + 1); i++) {
      GroupedAhead ahead = pace.after(i);
      for (std::size_t n = 0; n < r.grids.size(); n++) {
        const Grid<T>& g = r.grids[n];
        const Pair<T> pair{i / pairs, i % pairs, g.kernel, rows[std::size_t(worker)].data(), pace.pays ? &ahead : nullptr};
        slide_pair(g, pair, [&](const Part<T>& p) {
          kernels.run[g.slides.step][p.width](p.slide, p.first ? r.bias : nullptr, r.out[n] + p.out,
                                              p.last ? r.activation : Activation::none);
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

}  // namespace

bool grouped_fits(const ConvShape& s) { return s.groups > 1 && s.group_in() > 0 && s.group_out() > 0; }

// Beside the multiply-adds, a row of the kernel is loaded, or its sums are loaded and stored, and each input is put in order once.
template <class T> double grouped_cost(Pass pass, const ConvShape& s) {
  const Groups g = pass == Pass::input_grad ? backward_groups(s) : forward_groups(s);
  const double sums = double(count_vectors<T>(g)) * s.multiply_adds() / double(g.out());
  return sums * ((pass == Pass::weight_grad ? 1.2 : 1.05) + 0.8 / double(s.kernel_w));
}

template <class T>
void grouped_conv2d(const ConvShape& s, const T* x, const T* weight, const T* bias, Activation activation, T* y) {
  const auto [h, w] = forward_axes(s);
  const Vectors<T> vectors(forward_groups(s), x, y);
  const Index c = s.out_channels, size = vectors.count() * vectors.lanes * s.taps() * s.group_in();
  Scratch scratch(Scratch::bytes<T>(size) + Scratch::bytes<T>(c));
  T* const places = scratch.take<T>(size);
  T* const zeros = scratch.take<T>(c);
  std::fill_n(zeros, c, T(0));
  const Grid<T> grid(vectors, h, w, x, c, s.out_w * c, s.out_h * s.out_w * c, places);
  copy_places(s, grid, false, weight);
  run_grids<T>({{grid}, {y}, s.batch, s.pixels() * c, bias ? bias : zeros, activation}, s.multiply_adds());
}

template <class T> void grouped_input_grad(const ConvShape& s, const T* grad, const T* weight, T* dx) {
  const Vectors<T> vectors(backward_groups(s), grad, dx);
  const Index c = s.in_channels, row = s.in_w * c, size = vectors.count() * vectors.lanes * s.taps() * s.group_out();
  Scratch scratch(Scratch::bytes<T>(size) + Scratch::bytes<T>(c));
  T* places = scratch.take<T>(size);
  T* const zeros = scratch.take<T>(c);
  std::fill_n(zeros, c, T(0));
  Result<T> result{{}, {}, s.batch, s.batch * s.in_h * row, zeros, Activation::none};
  for (Index i = 0; i < std::min(s.stride_h, s.in_h); i++)
    for (Index j = 0; j < std::min(s.stride_w, s.in_w); j++) {
      const auto [h, w] = backward_axes(s, i, j);
      result.grids.emplace_back(vectors, h, w, grad, s.stride_w * c, s.stride_h * row, s.in_h * row, places);
      result.out.push_back(dx + i * row + j * c);
      copy_places(s, result.grids.back(), true, weight);
      places += vectors.count() * result.grids.back().kernel_vector();
    }
  if (!result.grids.empty()) run_grids(result, s.multiply_adds());
}

template <class T> void grouped_weight_grad(const ConvShape& s, const T* grad, const T* x, T* dweight) {
  const Grouped<T>& kernels = pick<T>(*current_target().grouped);
  const auto [h, w] = forward_axes(s);
  const Vectors<T> vectors(forward_groups(s), x, x);
  const Grid<T> grid(vectors, h, w, x, s.out_channels, s.out_w * s.out_channels, s.out_h * s.out_w * s.out_channels, nullptr);
  const Index pairs = grid.pairs.count, all = s.batch * pairs;
  const Index splits = std::max<Index>(1, std::min({most_splits, s.pixels() / least_pixels, all}));
  const Index size = vectors.count() * grid.kernel_vector();
  const int workers = workers_for(s.multiply_adds());
  Scratch scratch(Scratch::bytes<T>(splits * size));
  T* const sums = scratch.take<T>(splits * size);
  Rows<T> rows = make_rows<T>(workers, grid.most_rows());
  const Pace<T> pace(grid, s.batch, all, grad, s.pixels() * s.out_channels);
  auto compute = [&](Index split, int worker) {
    const FlushDenormals<T> flush;
    T* const sum = sums + split * size;
    std::fill_n(sum, size, T(0));
    for (Index i = part_start(all, splits, split); i < part_start(all, splits, split + 1); i++) {
      GroupedAhead ahead = pace.after(i);
      const Pair<T> pair{i / pairs, i % pairs, sum, rows[std::size_t(worker)].data(), pace.pays ? &ahead : nullptr};
      slide_pair(grid, pair, [&](const Part<T>& p) { kernels.products[grid.slides.step][p.width](p.slide, grad + p.out); });
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
