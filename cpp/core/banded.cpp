// Groups of pixels times banded matrices, strip by strip of the rows. Loops, from the outside: strips, phases of the rows'
// stride, runs of rows that meet the same kernel rows, blocks of channels, register tiles of groups.
//
// Assumes: what banded.hpp says; banded_cost has found the shape to fit.
#include "banded.hpp"

#include <atomic>
#include "banded_plan.hpp"
#include "denormals.hpp"
#include "scratch.hpp"

namespace convstep {
namespace bands {
namespace {

// The matrices of all phases, [block][phase][kernel row][column, depth][channels of the block]; says whether all are finite.
template <class T> bool pack_matrix(const Plan<T>& plan, const T* weight, T* matrix) {
  const Bands& b = plan.b;
  const ConvShape& s = b.s;
  const Index of_depth = b.transposed ? 1 : s.out_channels, of_channel = b.transposed ? s.out_channels : 1;
  std::fill_n(matrix, plan.matrix_size(), T(0));
  for (Index block = 0; block < plan.blocks.count; block++) {
    const Index width = plan.blocks.width(block) * plan.blocks.lanes, begin = plan.blocks.first(block);
    const Index end = std::min(begin + width, b.group * b.channels);
    for (const RowPhase& phase : b.phases)
      for (Index t = 0; t < phase.rows; t++)
        for (Index c = 0; c < b.window; c++, matrix += b.depth * width)
          for (Index q = begin / b.channels; q * b.channels < end; q++) {
            const Index j = b.kernel_column(c, q);
            if (j < 0 || j >= s.kernel_w) continue;
            const Index kernel_row = phase.kernel_row + t * phase.kernel_step;
            const Index from = std::max(begin, q * b.channels), to = std::min(end, (q + 1) * b.channels);
            const T* w = weight + (kernel_row * s.kernel_w + j) * s.in_channels * s.out_channels;
            for (Index k = 0; k < b.depth; k++)
              for (Index n = from; n < to; n++)
                matrix[k * width + n - begin] = w[k * of_depth + (n - q * b.channels) * of_channel];
          }
  }
  return all_finite(weight, s.taps() * s.in_channels * s.out_channels);
}

// Groups in one direction: how many, and from one to the next in the strip and in out.
struct Direction {
  Index count, in, out;
};

// Computes one block of groups that lie in three directions. Tiles go along the first, unless it is short.
template <class T>
void compute_groups(const Plan<T>& plan, Direction along, Direction b, Direction c, int width, GroupTileArgs<T>& args) {
  for (Direction* other : {&b, &c})
    if (along.count < few_groups && other->count > along.count) std::swap(along, *other);
  const Index tiles = parts_of(along.count, plan.kernels.groups[width]), size = along.count / tiles, larger = along.count % tiles;
  args.in_step = along.in, args.out_step = along.out;
  const T* const in = args.in;
  T* const out = args.out;
  for (Index i = 0; i < b.count; i++)
    for (Index j = 0; j < c.count; j++) {
      args.in = in + i * b.in + j * c.in, args.out = out + i * b.out + j * c.out;
      for (Index tile = 0; tile < tiles; tile++) {
        const Index n = size + (tile < larger);
        plan.kernels.group_tile[width][n](args);
        args.in += n * along.in, args.out += n * along.out;
      }
    }
}

template <class T> struct Operands {
  const T* matrix;
  const T* bias;
  Activation activation;
};

// Rows [begin, end) of one phase, from a strip whose first row is `strip_begin`; all meet the same kernel rows.
// Loops: blocks of channels, tiles of groups.
template <class T>
void compute_rows(const Plan<T>& plan, const Operands<T>& operands, std::size_t p, const Meeting& meeting, const T* strip,
                  Index strip_begin, Index begin, Index end, T* image) {
  const Bands& b = plan.b;
  const Index phases = Index(b.phases.size()), out_row = b.out_w * b.channels;
  const Direction rows{end - begin, b.in_step * b.strip_row(), phases * out_row};
  const Direction images{plan.strip_images, plan.strip_image(), b.out_h * out_row};
  const Direction columns{b.whole_groups(), b.step * b.depth, b.group * b.channels};
  const T* const in = strip + (b.phases[p].first - b.top + meeting.begin) * b.strip_row() + (begin - strip_begin) * rows.in;
  T* const out = image + Index(p) * out_row + begin * rows.out;
  GroupTileArgs<T> args;
  args.rows = meeting.end - meeting.begin;
  args.row_step = b.strip_row();
  args.depth = b.run();
  args.activation = operands.activation;
  for (Index block = 0; block < plan.blocks.count; block++) {
    const Index first = plan.blocks.first(block);
    const int width = plan.blocks.width(block);
    args.matrix_step = width * plan.blocks.lanes;
    args.matrix = operands.matrix + first * plan.matrix_rows(b.phases.size()) +
                  (plan.matrix_rows(p) + meeting.begin * b.run()) * args.matrix_step;
    args.bias = operands.bias + first;
    args.in = in, args.out = out + first;
    args.tail = plan.blocks.tail(block);
    compute_groups(plan, columns, rows, images, width, args);
    if (b.rest() > 0) {
      const Blocks<T> rest(plan.tiles(), b.rest() * b.channels);
      args.in = in + columns.count * columns.in, args.out = out + columns.count * columns.out;
      args.tail = rest.tail(0);
      compute_groups(plan, {1, 0, 0}, rows, images, rest.width(0), args);
    }
  }
}

// One task: all phases of one strip, in runs of rows that meet the same kernel rows.
template <class T>
bool strip_task(const Plan<T>& plan, const Operands<T>& operands, const T* in, T* out, Index task, T* strip) {
  const Bands& b = plan.b;
  const Strip part(plan, task);
  const Index phases = Index(b.phases.size()), in_image = b.in_h * b.in_w * b.depth, out_image = b.out_h * b.out_w * b.channels;
  bool finite = true;
  for (Index i = 0; i < plan.strip_images; i++)
    finite &= copy_image(plan, part, in + (part.image + i) * in_image, b.group > 1, strip + i * plan.strip_image());
  for (Index p = 0; p < phases; p++) {
    const RowPhase& phase = b.phases[std::size_t(p)];
    const Index last = std::min(part.end, ceil_div(b.out_h - p, phases));
    for (Index row = part.begin, next; row < last; row = next) {
      const Meeting meeting(b, phase, row);
      for (next = row + 1; next < last && Meeting(b, phase, next) == meeting;) next++;
      compute_rows(plan, operands, std::size_t(p), meeting, strip, part.begin, row, next, out + part.image * out_image);
    }
  }
  return finite;
}

template <class T>
bool run_banded(const ConvShape& s, bool input_grad, const T* in, const T* weight, const T* bias, Activation activation, T* out) {
  const Plan<T> plan(s, input_grad);
  const Bands& b = plan.b;
  if (s.batch * b.out_h * b.out_w * b.channels == 0) return true;
  const int workers = workers_for(s.multiply_adds());
  Scratch scratch(Scratch::bytes<T>(plan.matrix_size()) + Scratch::bytes<T>(plan.blocks.padded()) +
                  std::size_t(workers) * Scratch::bytes<T>(plan.strip_size()));
  T* const matrix = scratch.take<T>(plan.matrix_size());
  T* const biases = scratch.take<T>(plan.blocks.padded());
  std::vector<T*> strips(static_cast<std::size_t>(workers));
  for (T*& of_worker : strips) of_worker = scratch.take<T>(plan.strip_size());

  std::fill_n(biases, plan.blocks.padded(), T(0));
  if (bias)
    for (Index q = 0; q < b.group; q++) std::copy_n(bias, b.channels, biases + q * b.channels);
  if (!pack_matrix(plan, weight, matrix)) return false;
  const Operands<T> operands{matrix, biases, activation};
  std::atomic<bool> finite{true};
  auto compute = [&](Index task, int worker) {
    const FlushDenormals<T> flush;
    if (!strip_task(plan, operands, in, out, task, strips[std::size_t(worker)])) finite = false;
  };
  parallel_for(plan.tasks(), workers, compute);
  return finite;
}

}  // namespace
}  // namespace bands

template <class T>
bool banded_conv2d(const ConvShape& s, const T* x, const T* weight, const T* bias, Activation activation, T* y) {
  return bands::run_banded(s, false, x, weight, bias, activation, y);
}

template <class T> bool banded_input_grad(const ConvShape& s, const T* grad, const T* weight, T* dx) {
  return bands::run_banded<T>(s, true, grad, weight, nullptr, Activation::none, dx);
}

template bool banded_conv2d(const ConvShape&, const float*, const float*, const float*, Activation, float*);
template bool banded_conv2d(const ConvShape&, const double*, const double*, const double*, Activation, double*);
template bool banded_input_grad(const ConvShape&, const float*, const float*, float*);
template bool banded_input_grad(const ConvShape&, const double*, const double*, double*);

}  // namespace convstep
