// What a banded convolution costs: its multiply-adds, those with zeros included, and what tiles, rows and strips take beside them.
//
// Assumes: as algorithm.cpp says, a cost is a time in units of one multiply-add of a whole vector. The constants were fitted to
// times of some thousand random shapes.
#include "banded.hpp"

#include <limits>
#include "banded_plan.hpp"

namespace convstep {
namespace bands {
namespace {

constexpr Index matrix_bytes = 256 << 10;    // of a block of channels: it stays in the second-level cache
constexpr Index most_strip = 1 << 20;        // numbers that one row of results reads
constexpr double call = 2500, copy = 3, ask = 4, copy_row = 40;   // an operation; a vector copied to a strip, searched; a row of it

template <class T> bool fits(Pass pass, const ConvShape& s) {
  constexpr Index most_stride = 8, most_kernel = 64;
  if (s.groups != 1 || s.dilation_h != 1 || s.dilation_w != 1 || std::max(s.stride_h, s.stride_w) > most_stride ||
      std::max(s.kernel_h, s.kernel_w) > most_kernel || s.in_channels == 0 || s.out_channels == 0 || s.pixels() == 0 ||
      s.in_h == 0 || s.in_w == 0)
    return false;
  const bool input_grad = pass == Pass::input_grad;
  const Tiles<T>& tiles = pick<T>(*current_target().tiles);
  const Columns c(s, input_grad, best_group(s, input_grad, tiles.lanes, tiles.vectors));
  const Blocks<T> blocks(tiles, c.group * c.channels);
  const Index width = pass == Pass::weight_grad ? blocks.padded() : blocks.widest() * tiles.lanes;
  return (c.group == 1 || blocks.count == 1) && s.kernel_h * c.run() * width * Index(sizeof(T)) <= matrix_bytes &&
         c.strip_row() * s.kernel_h <= most_strip;
}

// Of kernel rows with rows of one image.
double meetings(const ConvShape& s) {
  Index n = 0;
  for (Index i = 0; i < s.kernel_h; i++) {
    const Index first = std::clamp<Index>(ceil_div(s.pad_top - i, s.stride_h), 0, s.out_h);
    n += std::clamp(ceil_div(s.in_h + s.pad_top - i, s.stride_h), first, s.out_h) - first;
  }
  return double(n);
}

// Rows of a phase that meet all kernel rows.
Index inner_rows(const Bands& b) { return std::clamp<Index>((b.in_h - b.reach) / b.in_step + 1, 0, b.steps()); }

// How much longer than its multiply-adds a tile of rows x width vectors takes: where they are few, sums wait for themselves; a
// vector of `load` loads is read for each, and a number for each row.
double slower(double rows, double width, double load) {
  return std::max({1.0, 4 / (rows * width), 0.9 * (rows + load * width) / (rows * width)});
}

template <class T> double copies(const Plan<T>& plan, bool asked) {
  const double vectors = double(plan.b.strip_row()) / plan.blocks.lanes;
  return double(plan.strips * plan.strip_rows()) * (vectors * (copy + (asked ? ask : 0)) + copy_row);   // of one image
}

template <class T> double gather_cost(const ConvShape& s, bool input_grad) {
  constexpr double tile = 20, store = 2.5, fill = 1, pack_run = 3, pack = 1;
  const Plan<T> plan(s, input_grad);
  const Bands& b = plan.b;
  const double met = meetings(s) * double(b.run());
  const Index inner = std::min(plan.strip_steps, std::max<Index>(1, inner_rows(b)));
  // `count` groups in a row of one image, of so many vectors.
  auto groups = [&](Index count, const Blocks<T>& blocks) {
    const int width = blocks.widest();
    const Index along = count >= few_groups ? count : std::max({count, inner, plan.strip_images});
    const double rows = double(along) / double(parts_of(along, plan.kernels.groups[width]));
    return double(count * blocks.vectors) *
           (met * slower(rows, width, 1) + double(b.out_h) * (tile / (rows * width) + store));
  };
  double image = groups(b.whole_groups(), plan.blocks) + copies(plan, b.group > 1);
  if (b.rest() > 0) image += groups(1, Blocks<T>(plan.tiles(), b.rest() * b.channels));
  const double matrix = fill * double(plan.matrix_size()) / plan.blocks.lanes +
                        double(s.taps() * b.group * b.depth) * (pack_run + pack * double(b.channels));
  return call + matrix + double(s.batch) * image;
}

template <class T> double weight_grad_cost(const ConvShape& s) {
  constexpr double tile = 30, tile_row = 8, sum = 3, fill = 1, add_run = 6, add = 0.4;
  const Plan<T> plan(s, false);
  const Bands& b = plan.b;
  const Index inner = inner_rows(b), at_a_time = plan.grad_rows();
  // Runs of rows, in each of which all sums are read and stored.
  const double runs = double(plan.strips * parts_of(std::max<Index>(1, inner / plan.strips), at_a_time) + b.out_h - inner);
  const double numbers = meetings(s) * double(b.run()), of_a_row = numbers / double(b.out_h);
  auto groups = [&](Index count, const Blocks<T>& blocks) {
    const int width = blocks.widest();
    const double rows = plan.at_once() ? double(s.kernel_h * b.run())
                                       : double(b.run()) / double(parts_of(b.run(), plan.tiles().rows[width]));
    return double(count * blocks.vectors) * numbers * slower(rows, width, 1.5) +
           runs * of_a_row * double(blocks.vectors) * (sum + tile / (rows * width)) +
           numbers / rows * double(blocks.count) * tile_row;
  };
  double image = groups(b.whole_groups(), plan.blocks) + copies(plan, false);
  if (b.rest() > 0) image += groups(1, Blocks<T>(plan.tiles(), b.rest() * b.channels));
  const double splits = double(std::min(most_splits, plan.tasks()));
  const double sums = fill * double(plan.matrix_size()) / plan.blocks.lanes +
                      double(s.taps() * b.group * b.depth) * (add_run + add * double(b.channels));
  return call + splits * sums + double(s.batch) * image;
}

}  // namespace
}  // namespace bands

template <class T> double banded_cost(Pass pass, const ConvShape& s) {
  if (!bands::fits<T>(pass, s)) return std::numeric_limits<double>::infinity();
  return pass == Pass::weight_grad ? bands::weight_grad_cost<T>(s) : bands::gather_cost<T>(s, pass == Pass::input_grad);
}

template double banded_cost<float>(Pass, const ConvShape&);
template double banded_cost<double>(Pass, const ConvShape&);

}  // namespace convstep
