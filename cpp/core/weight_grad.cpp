// The weight and bias gradients: sums over pixels.
//
// dweight of one group is a matrix of rows (tap, input channel) x output channels: columns^T * grad, where `columns` holds for
// each output pixel what every tap reads. It is never made whole: a task copies the part for its rows and for `panel_pixels`
// pixels at a time into a panel, in which padding, stride and dilation are gone, and beside it a panel of grad.
//
// Where dweight is small, the pixels are split too, and the splits added in order. Splits depend on shapes alone.
#include "weight_grad.hpp"

#include <algorithm>
#include <vector>
#include "denormals.hpp"
#include "finite.hpp"
#include "scratch.hpp"
#include "split.hpp"
#include "targets.hpp"

namespace convstep {
namespace {

constexpr Index panel_pixels = 256, panel_rows = 128, enough_tasks = 16;
constexpr Index tiles_worth_a_copy = 4;
constexpr Index split_bytes = 256 << 10;     // a larger dweight is not split over pixels

template <class T> struct Panels {
  T* x;                  // [pixel][x_stride]
  T* grad;               // [pixel][vectors of a block]
};

// How a weight gradient is cut into tasks: splits of the pixels x groups x ranges of rows x ranges of blocks of channels.
template <class T> struct Plan {
  const ConvShape& s;
  const Tiles<T>& kernels;
  Blocks<T> blocks;
  Index rows, row_tasks, block_tasks, tile_rows, panels, splits;

  Plan(const ConvShape& shape, const Tiles<T>& k)
      : s(shape), kernels(k), blocks(k, shape.group_out()), rows(shape.taps() * shape.group_in()),
        tile_rows(k.rows[blocks.widest()]), panels(parts_of(shape.pixels(), panel_pixels)) {
    row_tasks = parts_of(rows, panel_rows);
    const bool small = size() * Index(sizeof(T)) <= split_bytes;
    splits = small ? std::clamp<Index>(enough_tasks / (row_tasks * s.groups), 1, panels) : 1;
    // Tasks of many rows and many blocks copy least. Rows are cut further only where blocks are too few.
    block_tasks = std::min(blocks.count, parts_of(enough_tasks, row_tasks * s.groups * splits));
    row_tasks = std::max(row_tasks, std::min(parts_of(enough_tasks, s.groups * splits * block_tasks), parts_of(rows, tile_rows)));
  }

  Index size() const { return rows * s.out_channels; }
  Index tasks() const { return splits * s.groups * row_tasks * block_tasks; }
  Index x_stride() const { return parts_of(rows, row_tasks) + 16; }   // +16: rows of a power of two share few cache sets
  Index grad_stride(Index block) const { return blocks.width(block) * blocks.lanes; }
};

// panel[p] = what rows [first_row, last_row) multiply for output pixel first_pixel + p, zero in the padding.
//
// Rows come in runs whose elements lie side by side in x: a whole kernel row where its taps are neighbours, else one tap.
// Loops: output rows, runs, pixels of the output row.
template <class T>
void pack_x(const Plan<T>& plan, const T* x, Index group, Index first_row, Index last_row, Index first_pixel, Index pixels,
            T* panel) {
  const ConvShape& s = plan.s;
  const Index depth = s.group_in(), in_row = s.in_w * s.in_channels;
  const bool neighbours = s.dilation_w == 1 && s.groups == 1;
  const Index run_length = neighbours ? s.kernel_w * depth : depth, runs_in_row = neighbours ? 1 : s.kernel_w;
  for (Index pixel = first_pixel; pixel < first_pixel + pixels;) {
    const Index ow = pixel % s.out_w, oh = pixel / s.out_w % s.out_h, image = pixel / s.out_w / s.out_h;
    const Index count = std::min(s.out_w - ow, first_pixel + pixels - pixel);
    for (Index row = first_row; row < last_row;) {
      const Index run = row / run_length, from = row % run_length, to = std::min(run_length, from + last_row - row);
      const Index h = oh * s.stride_h - s.pad_top + run / runs_in_row * s.dilation_h;
      const Index w = ow * s.stride_w - s.pad_left + run % runs_in_row * s.dilation_w;
      const bool inside = h >= 0 && h < s.in_h;
      const T* const x_row = inside ? x + (image * s.in_h + h) * in_row + group * depth : x;
      T* const out = panel + (pixel - first_pixel) * plan.x_stride() + (row - first_row);
      // Pixel p reads x_row[at + p * step + [from, to)]; at the ends of the row, a part of it may lie outside.
      const Index at = w * s.in_channels, step = s.stride_w * s.in_channels;
      const Index whole_begin = inside ? std::clamp(ceil_div(-at - from, step), Index(0), count) : count;
      const Index whole_end = std::clamp(ceil_div(in_row - at - to + 1, step), whole_begin, count);
      if (whole_begin < whole_end)
        plan.kernels.copy(x_row + at + whole_begin * step + from, step, whole_end - whole_begin, to - from,
                          out + whole_begin * plan.x_stride(), plan.x_stride());
      for (Index p = 0; p < count; p++) {
        if (p == whole_begin) p = whole_end;
        if (p == count) break;
        const Index begin = inside ? std::clamp(-at - p * step, from, to) : to;
        const Index end = std::clamp(in_row - at - p * step, begin, to);
        T* const of_pixel = out + p * plan.x_stride();
        std::fill_n(of_pixel, begin - from, T(0));
        std::copy_n(x_row + at + p * step + begin, end - begin, of_pixel + (begin - from));
        std::fill_n(of_pixel + (end - from), to - end, T(0));
      }
      row += to - from;
    }
    pixel += count;
  }
}

// Points args at grad, at the pixels from first_pixel on and the channels of one block: where it lies, or in the panel, zero beyond
// the last channel, if so many tiles read it that a copy pays.
template <class T>
void point_at_grad(const Plan<T>& plan, const T* grad, Index group, Index block, Index first_pixel, Index tiles, T* panel, PanelArgs<T>& args) {
  const Index first = plan.blocks.first(block), width = plan.grad_stride(block);
  const Index channels = std::min(width, plan.s.group_out() - first);
  args.grad = grad + first_pixel * plan.s.out_channels + group * plan.s.group_out() + first;
  args.grad_stride = plan.s.out_channels;
  args.grad_tail = args.tail = plan.blocks.tail(block);
  if (tiles < tiles_worth_a_copy || (channels == plan.s.out_channels && width == channels)) return;
  plan.kernels.copy(args.grad, args.grad_stride, args.pixels, channels, panel, width);
  if (channels < width)
    for (Index p = 0; p < args.pixels; p++) std::fill_n(panel + p * width + channels, width - channels, T(0));
  args.grad = panel, args.grad_stride = width, args.grad_tail = plan.blocks.lanes;
}

// One task: its rows of dweight, summed over its split of the pixels. Loops: panels of pixels, blocks of channels, tiles of rows.
template <class T>
void weight_task(const Plan<T>& plan, const T* grad, const T* x, T* result, Index task, const Panels<T>& scratch) {
  const ConvShape& s = plan.s;
  const Index block_task = task % plan.block_tasks, row_task = task / plan.block_tasks % plan.row_tasks;
  const Index group = task / plan.block_tasks / plan.row_tasks % s.groups, split = task / plan.block_tasks / plan.row_tasks / s.groups;
  const Index first_row = part_start(plan.rows, plan.row_tasks, row_task);
  const Index last_row = part_start(plan.rows, plan.row_tasks, row_task + 1);
  const Index tiles = parts_of(last_row - first_row, plan.tile_rows);
  const Index first_panel = part_start(plan.panels, plan.splits, split);
  const Index last_panel = part_start(plan.panels, plan.splits, split + 1);
  T* const out = result + split * plan.size() + first_row * s.out_channels + group * s.group_out();

  PanelArgs<T> args;
  args.x_stride = plan.x_stride();
  args.out_stride = s.out_channels;
  for (Index panel = first_panel; panel < last_panel; panel++) {
    const Index first_pixel = panel * panel_pixels;
    args.pixels = std::min(panel_pixels, s.pixels() - first_pixel);
    args.accumulate = panel > first_panel;
    pack_x(plan, x, group, first_row, last_row, first_pixel, args.pixels, scratch.x);
    for (Index block = part_start(plan.blocks.count, plan.block_tasks, block_task);
         block < part_start(plan.blocks.count, plan.block_tasks, block_task + 1); block++) {
      point_at_grad(plan, grad, group, block, first_pixel, tiles, scratch.grad, args);
      for (Index tile = 0; tile < tiles; tile++) {
        const Index row = part_start(last_row - first_row, tiles, tile);
        const Index rows = part_start(last_row - first_row, tiles, tile + 1) - row;
        args.x = scratch.x + row;
        args.out = out + row * s.out_channels + plan.blocks.first(block);
        plan.kernels.panel_tile[plan.blocks.width(block)][rows](args);
      }
    }
  }
}

}  // namespace

template <class T> bool direct_weight_grad(const ConvShape& shape, const T* grad, const T* x, T* dweight) {
  const Index size = shape.taps() * shape.group_in() * shape.out_channels;
  if (size == 0) return true;
  if (shape.pixels() == 0) {
    std::fill_n(dweight, size, T(0));
    return true;
  }
  const Plan<T> plan(shape, pick<T>(*current_target().tiles));
  const int workers = workers_for(shape.multiply_adds());

  const Index partials = plan.splits > 1 ? plan.splits * size : 0;
  const Index x_panel = panel_pixels * plan.x_stride(), grad_panel = panel_pixels * plan.blocks.widest() * plan.blocks.lanes;
  Scratch scratch(Scratch::bytes<T>(partials) +
                  std::size_t(workers) * (Scratch::bytes<T>(x_panel) + Scratch::bytes<T>(grad_panel)));
  T* const result = partials ? scratch.take<T>(partials) : dweight;
  std::vector<Panels<T>> panels(static_cast<std::size_t>(workers));
  for (Panels<T>& of_worker : panels) of_worker = {scratch.take<T>(x_panel), scratch.take<T>(grad_panel)};

  auto compute = [&](Index task, int worker) {
    const FlushDenormals<T> flush;
    weight_task(plan, grad, x, result, task, panels[std::size_t(worker)]);
  };
  parallel_for(plan.tasks(), workers, compute);
  if (partials) add_parts(plan.kernels, result, plan.splits, size, dweight);
  return all_finite(dweight, size);   // a gradient that is not finite shows here, if it met padding or not
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

template bool direct_weight_grad(const ConvShape&, const float*, const float*, float*);
template bool direct_weight_grad(const ConvShape&, const double*, const double*, double*);
template void conv2d_bias_grad(Index, Index, const float*, float*);
template void conv2d_bias_grad(Index, Index, const double*, double*);

}  // namespace convstep
