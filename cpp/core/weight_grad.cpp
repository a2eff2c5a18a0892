// The weight and bias gradients: sums over pixels.
//
// dweight of one group is a matrix of rows (tap, input channel) x output channels: columns^T * grad, where `columns` holds for
// each output pixel what every tap reads. It is never made whole: a task copies the part for its rows and for `panel_pixels`
// pixels at a time into a panel, in which padding, stride and dilation are gone, and beside it a panel of grad.
//
// Where dweight is small, the pixels are split too, and the splits added in order. Splits depend on shapes alone.
#include <algorithm>
#include <cstring>
#include <vector>
#include "conv2d.hpp"
#include "denormals.hpp"
#include "scratch.hpp"
#include "split.hpp"
#include "targets.hpp"

namespace convstep {
namespace {

constexpr Index panel_pixels = 256, panel_rows = 128, enough_tasks = 16;
constexpr Index split_bytes = 256 << 10;     // a larger dweight is not split over pixels

template <class T> struct Panels {
  T* x;                  // [pixel][x_stride]
  T* grad;               // [pixel][vectors of a block]
};

// How a weight gradient is cut into tasks: splits of the pixels x groups x ranges of rows.
template <class T> struct Plan {
  const ConvShape& s;
  const Kernels<T>& kernels;
  Blocks<T> blocks;
  Index rows, row_tasks, tile_rows, panels, splits;

  Plan(const ConvShape& shape, const Kernels<T>& k)
      : s(shape), kernels(k), blocks(k, shape.group_out()), rows(shape.taps() * shape.group_in()),
        tile_rows(k.rows[blocks.widest()]), panels(parts_of(shape.pixels(), panel_pixels)) {
    const Index fewest = parts_of(rows, panel_rows) * s.groups;
    const bool small = size() * Index(sizeof(T)) <= split_bytes;
    splits = small ? std::clamp<Index>(enough_tasks / fewest, 1, panels) : 1;
    const Index wanted = std::min(parts_of(enough_tasks, s.groups * splits), parts_of(rows, tile_rows));
    row_tasks = std::max(parts_of(rows, panel_rows), wanted);
  }

  Index size() const { return rows * s.out_channels; }
  Index tasks() const { return splits * s.groups * row_tasks; }
  Index x_stride() const { return parts_of(rows, row_tasks) + 16; }   // +16: rows of a power of two share few cache sets
  Index grad_stride(Index block) const { return blocks.width(block) * blocks.lanes; }
};

// panel[p] = what rows [first_row, last_row) multiply for output pixel first_pixel + p, zero in the padding.
template <class T>
void pack_x(const Plan<T>& plan, const T* x, Index group, Index first_row, Index last_row, Index first_pixel, Index pixels,
            T* panel) {
  const ConvShape& s = plan.s;
  const Index depth = s.group_in();
  Index ow = first_pixel % s.out_w, oh = first_pixel / s.out_w % s.out_h, image = first_pixel / s.out_w / s.out_h;
  for (Index p = 0; p < pixels; p++, panel += plan.x_stride()) {
    const Index top = oh * s.stride_h - s.pad_top, left = ow * s.stride_w - s.pad_left;
    T* to = panel;
    for (Index row = first_row; row < last_row;) {
      const Index tap = row / depth, channel = row % depth;
      const Index n = std::min(depth - channel, last_row - row);
      const Index h = top + tap / s.kernel_w * s.dilation_h, w = left + tap % s.kernel_w * s.dilation_w;
      if (h >= 0 && h < s.in_h && w >= 0 && w < s.in_w)
        std::copy_n(x + ((image * s.in_h + h) * s.in_w + w) * s.in_channels + group * depth + channel, n, to);
      else
        std::fill_n(to, n, T(0));
      to += n, row += n;
    }
    if (++ow == s.out_w) {
      ow = 0;
      if (++oh == s.out_h) oh = 0, image++;
    }
  }
}

// panel[p] = grad at pixel first_pixel + p, the channels of one block, zero beyond the last.
template <class T>
void pack_grad(const Plan<T>& plan, const T* grad, Index group, Index block, Index first_pixel, Index pixels, T* panel) {
  const Index first = plan.blocks.first(block), stride = plan.grad_stride(block);
  const Index channels = std::min(stride, plan.s.group_out() - first);
  const T* from = grad + first_pixel * plan.s.out_channels + group * plan.s.group_out() + first;
  for (Index p = 0; p < pixels; p++, from += plan.s.out_channels, panel += stride) {
    std::copy_n(from, channels, panel);
    std::fill_n(panel + channels, stride - channels, T(0));
  }
}

// One task: its rows of dweight, summed over its split of the pixels. Loops: panels of pixels, blocks of channels, tiles of rows.
template <class T>
void weight_task(const Plan<T>& plan, const T* grad, const T* x, T* result, Index task, const Panels<T>& scratch) {
  const ConvShape& s = plan.s;
  const Index row_task = task % plan.row_tasks, group = task / plan.row_tasks % s.groups;
  const Index split = task / plan.row_tasks / s.groups;
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
    for (Index block = 0; block < plan.blocks.count; block++) {
      pack_grad(plan, grad, group, block, first_pixel, args.pixels, scratch.grad);
      args.grad = scratch.grad;
      args.tail = plan.blocks.tail(block);
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

// sums[i] = partial[0][i] + partial[1][i] + ..., in this order.
template <class T> void add_splits(const T* partial, Index splits, Index size, T* sums) {
  for (Index i = 0; i < size; i++) {
    T sum = partial[i];
    for (Index split = 1; split < splits; split++) sum += partial[split * size + i];
    sums[i] = sum;
  }
}

}  // namespace

template <class T> void conv2d_weight_grad(const ConvShape& shape, const T* grad, const T* x, T* dweight) {
  const Index size = shape.taps() * shape.group_in() * shape.out_channels;
  if (size == 0) return;
  if (shape.pixels() == 0) return void(std::fill_n(dweight, size, T(0)));
  const Plan<T> plan(shape, kernels_of<T>(current_target()));
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
  if (partials) add_splits(result, plan.splits, size, dweight);
}

template <class T> void conv2d_bias_grad(Index pixels, Index channels, const T* grad, T* dbias) {
  if (channels == 0) return;
  if (pixels == 0) return void(std::fill_n(dbias, channels, T(0)));
  const Kernels<T>& kernels = kernels_of<T>(current_target());
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
  add_splits(partials, splits, channels, dbias);
}

template void conv2d_weight_grad(const ConvShape&, const float*, const float*, float*);
template void conv2d_weight_grad(const ConvShape&, const double*, const double*, double*);
template void conv2d_bias_grad(Index, Index, const float*, float*);
template void conv2d_bias_grad(Index, Index, const double*, double*);

}  // namespace convstep
