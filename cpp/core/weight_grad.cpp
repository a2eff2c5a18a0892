// The weight and bias gradients: sums over pixels.
//
// Tap (i, j) of dweight sums x^T * grad over the output pixels at which it reads inside the input: in each row of the output these
// lie side by side, and so do the pixels that they read. Such a `Segment` is read where it lies; nothing is copied, and what lies
// in the padding is not read.
//
// Where dweight is small, the pixels are split into parts, each summed for itself and added in order. Parts depend on shapes alone.
#include "weight_grad.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>
#include "axis.hpp"
#include "denormals.hpp"
#include "scratch.hpp"
#include "split.hpp"
#include "targets.hpp"

namespace convstep {
namespace {

constexpr Index panel_pixels = 256;          // of the output, while they and what they read stay in the second-level cache
constexpr Index panel_rows = 512, enough_tasks = 16;
constexpr Index partial_bytes = 4 << 20;     // of all parts' sums

// Output rows, counted through all images, and columns: [first, last) of each.
struct Panel {
  Index first_line, last_line, first_column, last_column;
};

// dweight of one group is a matrix of rows (tap, input channel) x output channels. It is cut into tasks: parts of the pixels x
// groups x ranges of rows x ranges of blocks of channels.
template <class T> struct Plan {
  const ConvShape& s;
  const Tiles<T>& kernels;
  Axis h, w;
  Blocks<T> blocks;
  Index rows, row_tasks, block_tasks, tile_rows;
  Index lines, panel_lines, column_parts, parts;

  Plan(const ConvShape& shape, const Tiles<T>& k)
      : s(shape), kernels(k), h(forward_axes(s).h), w(forward_axes(s).w), blocks(k, s.group_out()),
        rows(s.taps() * s.group_in()), tile_rows(k.rows[blocks.widest()]), lines(s.batch * s.out_h) {
    column_parts = parts_of(s.out_w, panel_pixels * 3 / 2);
    panel_lines = std::max<Index>(1, panel_pixels / parts_of(s.out_w, column_parts));
    cut();
  }

  // Takes the cut of enough tasks that moves least: x is read by every range of blocks, grad by every range of rows, and sums of
  // parts are written, read and added.
  void cut() {
    const double x = double(s.batch * s.in_h * s.in_w) * double(s.in_channels), grad = double(s.pixels()) * double(s.out_channels);
    double least = std::numeric_limits<double>::infinity();
    for (Index p = 1; p <= std::min(enough_tasks, panels()) && (p == 1 || p * size() * Index(sizeof(T)) <= partial_bytes); p *= 2)
      for (Index b = 1; b <= blocks.count; b++) {
        const Index r = std::max(parts_of(rows, panel_rows), std::min(parts_of(rows, tile_rows), parts_of(enough_tasks, s.groups * p * b)));
        const double lacking = std::max(1.0, double(enough_tasks) / double(s.groups * p * b * r));
        const double moved = lacking * (double(b) * x + double(r) * grad + (p > 1 ? 3.0 * double(p) * double(size()) : 0));
        if (moved < least) least = moved, parts = p, block_tasks = b, row_tasks = r;
      }
  }

  Index size() const { return rows * s.out_channels; }
  Index tasks() const { return parts * s.groups * row_tasks * block_tasks; }
  Index line_parts() const { return parts_of(lines, panel_lines); }
  Index panels() const { return line_parts() * column_parts; }
  Panel panel(Index i) const {
    const Index line = i / column_parts, column = i % column_parts;
    return {part_start(lines, line_parts(), line), part_start(lines, line_parts(), line + 1), part_start(s.out_w, column_parts, column),
            part_start(s.out_w, column_parts, column + 1)};
  }
};

// Lists what tap (i, j) reads in a panel; segments that lie side by side are one.
template <class T>
Index list_segments(const Plan<T>& plan, const Panel& panel, Index i, Index j, const T* x, const T* grad, Segment<T>* segments) {
  const ConvShape& s = plan.s;
  const Index begin = std::max(panel.first_column, plan.w.begin(j)), end = std::min(panel.last_column, plan.w.end(j));
  if (begin >= end) return 0;
  const Index in_column = begin * plan.w.step + plan.w.first + j * plan.w.spread, x_stride = s.stride_w * s.in_channels;
  Index n = 0;
  for (Index line = panel.first_line; line < panel.last_line; line++) {
    const Index oh = line % s.out_h, in_row = oh * plan.h.step + plan.h.first + i * plan.h.spread;
    if (in_row < 0 || in_row >= s.in_h) continue;
    const T* const from = x + ((line / s.out_h * s.in_h + in_row) * s.in_w + in_column) * s.in_channels;
    const T* const of = grad + (line * s.out_w + begin) * s.out_channels;
    if (n > 0 && segments[n - 1].x + segments[n - 1].pixels * x_stride == from &&
        segments[n - 1].grad + segments[n - 1].pixels * s.out_channels == of)
      segments[n - 1].pixels += end - begin;
    else segments[n++] = {from, of, end - begin};
  }
  return n;
}

// Which part of the pixels, group, rows and blocks a task has.
template <class T> struct Part {
  Index first_panel, last_panel, group, first_row, last_row, first_block, last_block, part;

  Part(const Plan<T>& plan, Index task) {
    const Index block = task % plan.block_tasks, row = task / plan.block_tasks % plan.row_tasks;
    group = task / plan.block_tasks / plan.row_tasks % plan.s.groups, part = task / plan.block_tasks / plan.row_tasks / plan.s.groups;
    first_panel = part_start(plan.panels(), plan.parts, part), last_panel = part_start(plan.panels(), plan.parts, part + 1);
    first_row = part_start(plan.rows, plan.row_tasks, row), last_row = part_start(plan.rows, plan.row_tasks, row + 1);
    first_block = part_start(plan.blocks.count, plan.block_tasks, block);
    last_block = part_start(plan.blocks.count, plan.block_tasks, block + 1);
  }
};

template <class T> struct Worker {
  Segment<T>* segments;
  bool* stored;
};

// One task. Loops: panels of pixels, taps, blocks of channels, tiles of rows. `stored` tells of each tap whether there is a sum to
// add to; in the end, taps that read nothing inside get zeros.
template <class T>
void weight_task(const Plan<T>& plan, const T* grad, const T* x, T* result, Index task, const Worker<T>& worker) {
  const ConvShape& s = plan.s;
  const Part<T> part(plan, task);
  const Index depth = s.group_in(), first_tap = part.first_row / depth, last_tap = (part.last_row - 1) / depth + 1;
  T* const out = result + part.part * plan.size() + part.group * s.group_out();
  PanelArgs<T> args;
  args.segments = worker.segments;
  args.x_stride = s.stride_w * s.in_channels, args.grad_stride = args.out_stride = s.out_channels;
  std::fill_n(worker.stored, last_tap - first_tap, false);
  for (Index i = part.first_panel; i <= part.last_panel; i++)
    for (Index tap = first_tap; tap < last_tap; tap++) {
      args.n_segments = i == part.last_panel ? 0 : list_segments(plan, plan.panel(i), tap / s.kernel_w, tap % s.kernel_w,
                                                                 x + part.group * depth, grad + part.group * s.group_out(), worker.segments);
      bool& stored = worker.stored[tap - first_tap];
      if (args.n_segments == 0 && (stored || i < part.last_panel)) continue;
      args.accumulate = std::exchange(stored, true);
      const Index begin = std::max(part.first_row - tap * depth, Index(0)), end = std::min(part.last_row - tap * depth, depth);
      for (Index block = part.first_block; block < part.last_block; block++) {
        const int width = plan.blocks.width(block);
        const Index tiles = parts_of(end - begin, plan.kernels.rows[width]);
        args.channel = plan.blocks.first(block);
        args.tail = plan.blocks.tail(block);
        for (Index tile = 0; tile < tiles; tile++) {
          args.row = begin + part_start(end - begin, tiles, tile);
          args.out = out + (tap * depth + args.row) * s.out_channels + args.channel;
          plan.kernels.panel_tile[width][begin + part_start(end - begin, tiles, tile + 1) - args.row](args);
        }
      }
    }
}

}  // namespace

template <class T> void direct_weight_grad(const ConvShape& shape, const T* grad, const T* x, T* dweight) {
  const Index size = shape.taps() * shape.group_in() * shape.out_channels;
  if (size == 0) return;
  if (shape.pixels() == 0) {
    std::fill_n(dweight, size, T(0));
    return;
  }
  const Plan<T> plan(shape, pick<T>(*current_target().tiles));
  const int workers = workers_for(shape.multiply_adds());
  const Index partials = plan.parts > 1 ? plan.parts * size : 0;
  Scratch scratch(Scratch::bytes<T>(partials) +
                  std::size_t(workers) * (Scratch::bytes<Segment<T>>(plan.panel_lines) + Scratch::bytes<bool>(panel_rows)));
  T* const result = partials ? scratch.take<T>(partials) : dweight;
  std::vector<Worker<T>> of_worker(static_cast<std::size_t>(workers));
  for (Worker<T>& w : of_worker) w = {scratch.take<Segment<T>>(plan.panel_lines), scratch.take<bool>(panel_rows)};

  auto compute = [&](Index task, int worker) {
    const FlushDenormals<T> flush;
    weight_task(plan, grad, x, result, task, of_worker[std::size_t(worker)]);
  };
  parallel_for(plan.tasks(), workers, compute);
  if (partials) add_parts(plan.kernels, result, plan.parts, size, dweight);
}

template <class T> void conv2d_bias_grad(Index pixels, Index channels, const T* grad, T* dbias) {
  if (channels == 0) return;
  if (pixels == 0) {
    std::fill_n(dbias, channels, T(0));
    return;
  }
  const Tiles<T>& kernels = pick<T>(*current_target().tiles);
  const Blocks<T> blocks(kernels, channels);
  const Index panels = parts_of(pixels, panel_pixels), splits = std::min(panels, enough_tasks);
  Scratch scratch(Scratch::bytes<T>(splits * channels));
  T* const partials = scratch.take<T>(splits * channels);

  auto compute = [&](Index split, int) {
    const FlushDenormals<T> flush;
    for (Index panel = part_start(panels, splits, split), first = panel; panel < part_start(panels, splits, split + 1); panel++)
      for (Index block = 0; block < blocks.count; block++) {
        const Index pixel = panel * panel_pixels, channel = blocks.first(block);
        kernels.sum_rows[blocks.width(block)]({grad + pixel * channels + channel, std::min(panel_pixels, pixels - pixel),
                                               channels, partials + split * channels + channel, blocks.tail(block),
                                               panel > first});
      }
  };
  parallel_for(splits, workers_for(double(pixels) * double(channels)), compute);
  add_parts(kernels, partials, splits, channels, dbias);
}

template void direct_weight_grad(const ConvShape&, const float*, const float*, float*);
template void direct_weight_grad(const ConvShape&, const double*, const double*, double*);
template void conv2d_bias_grad(Index, Index, const float*, float*);
template void conv2d_bias_grad(Index, Index, const double*, double*);

}  // namespace convstep
