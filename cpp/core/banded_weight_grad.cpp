// The weight gradient: windows times groups of the gradient, summed in matrices whose bands are added up at the end.
//
// Assumes: what banded.hpp says; banded_cost has found the shape to fit.
#include "banded.hpp"

#include "banded_plan.hpp"
#include "denormals.hpp"
#include "scratch.hpp"

namespace convstep {
namespace bands {
namespace {

// Adds window^T * grad[group] of one image of a strip to `sum`, [kernel row, column, depth][channels of a group]. `at` tells where
// in the strip each row of sum finds its numbers. A small kernel takes all its rows at once, so that grad is read once.
// Loops: runs of rows that meet the same kernel rows, a few of them at a time; kernel rows, blocks of channels, tiles.
template <class T>
void add_image(const Plan<T>& plan, const std::vector<Index>& at, const Strip& part, const T* grad, const T* x, Index image,
               T* strip, T* sum) {
  const Bands& b = plan.b;
  copy_image(plan, part, x + image * b.in_h * b.in_w * b.depth, false, strip);
  const bool at_once = plan.at_once();
  const auto& kernels = at_once ? plan.kernels.scattered_tile : plan.kernels.outer_tile;
  const Index grad_row = b.out_w * b.channels, padded = plan.blocks.padded();
  const Index at_a_time = plan.grad_rows();
  OuterTileArgs<T> args;
  args.in_row = b.in_step * b.strip_row(), args.in_group = b.step * b.depth;
  args.grad_row = grad_row, args.grad_group = b.group * b.channels;
  args.sum_step = padded;
  for (Index row = part.begin, next; row < part.end; row = next) {
    const Meeting meeting(b, b.phases[0], row);
    for (next = row + 1; next < std::min(part.end, row + at_a_time) && Meeting(b, b.phases[0], next) == meeting;) next++;
    args.rows = next - row;
    for (Index t = meeting.begin, after; t < meeting.end; t = after) {
      after = at_once ? meeting.end : t + 1;
      const Index numbers = (after - t) * b.run();
      for (Index block = 0; block < plan.blocks.count; block++) {
        const int width = plan.blocks.width(block);
        const Index channel = plan.blocks.first(block), tiles = parts_of(numbers, plan.tiles().rows[width]);
        for (Index tile = 0; tile < tiles; tile++) {
          const Index begin = part_start(numbers, tiles, tile), count = part_start(numbers, tiles, tile + 1) - begin;
          args.at = at.data() + t * b.run() + begin;
          args.in = strip + (row - part.begin) * args.in_row;
          args.grad = grad + (image * b.out_h + row) * grad_row + channel;
          args.sum = sum + (t * b.run() + begin) * padded + channel;
          args.groups = b.whole_groups();
          args.tail = plan.blocks.tail(block);
          kernels[width][count](args);
          if (b.rest() > 0) {
            const Blocks<T> rest(plan.tiles(), b.rest() * b.channels);
            args.in += args.groups * args.in_group, args.grad += args.groups * args.grad_group;
            args.groups = 1;
            args.tail = rest.tail(0);
            kernels[rest.width(0)][count](args);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace bands

template <class T> bool banded_weight_grad(const ConvShape& s, const T* grad, const T* x, T* dweight) {
  const Index size = s.taps() * s.in_channels * s.out_channels;
  if (size == 0) return true;
  const bands::Plan<T> plan(s, false);
  const bands::Bands& b = plan.b;
  const int workers = workers_for(s.multiply_adds());
  const Index sum_size = plan.matrix_size(), splits = std::min(bands::most_splits, plan.tasks());
  Scratch scratch(std::size_t(splits) * Scratch::bytes<T>(sum_size) + std::size_t(workers) * Scratch::bytes<T>(plan.strip_size()));
  std::vector<T*> sums(static_cast<std::size_t>(splits)), strips(static_cast<std::size_t>(workers));
  for (T*& of_split : sums) of_split = scratch.take<T>(sum_size);
  std::vector<Index> at;
  for (Index i = 0; i < s.kernel_h; i++)
    for (Index n = 0; n < b.run(); n++) at.push_back(i * b.strip_row() + n);
  for (T*& of_worker : strips) of_worker = scratch.take<T>(plan.strip_size());

  auto compute = [&](Index split, int worker) {
    const FlushDenormals<T> flush;
    T* const sum = sums[std::size_t(split)];
    std::fill_n(sum, sum_size, T(0));
    for (Index task = part_start(plan.tasks(), splits, split); task < part_start(plan.tasks(), splits, split + 1); task++) {
      const bands::Strip part(plan, task);
      for (Index i = 0; i < plan.strip_images; i++)
        bands::add_image(plan, at, part, grad, x, part.image + i, strips[std::size_t(worker)], sum);
    }
  };
  parallel_for(splits, workers, compute);

  // dweight[i][j] = sum over pixels q of the bands that hold it, and over splits, in this order.
  const Index padded = plan.blocks.padded();
  auto add_up = [&](Index i, int) {
    T* to = dweight + i * s.kernel_w * s.in_channels * s.out_channels;
    for (Index j = 0; j < s.kernel_w; j++)
      for (Index k = 0; k < s.in_channels; k++, to += s.out_channels) {
        std::fill_n(to, s.out_channels, T(0));
        for (Index q = 0; q < b.group; q++)
          for (const T* sum : sums) {
            const T* from = sum + ((i * b.window + j + q * s.stride_w) * b.depth + k) * padded + q * s.out_channels;
            for (Index o = 0; o < s.out_channels; o++) to[o] += from[o];
          }
      }
  };
  parallel_for(s.kernel_h, workers, add_up);
  return all_finite(dweight, size);
}

template bool banded_weight_grad(const ConvShape&, const float*, const float*, float*);
template bool banded_weight_grad(const ConvShape&, const double*, const double*, double*);

}  // namespace convstep
