// Groups of pixels times banded matrices, strip by strip of the rows. Loops, from the outside: strips, phases of the rows'
// stride, runs of rows that meet the same kernel rows, blocks of channels, register tiles of groups.
//
// Assumes: what banded.hpp says; banded_cost has found the shape to fit.
#include "banded.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <vector>
#include "denormals.hpp"
#include "finite.hpp"
#include "scratch.hpp"
#include "split.hpp"
#include "targets.hpp"

namespace convstep {
namespace {

constexpr Index strip_bytes = 64 << 10;      // of input: it stays in the second-level cache
constexpr Index grad_bytes = 16 << 10;       // of gradient summed at a time: it stays in the first-level cache
constexpr Index most_splits = 16;            // of the weight gradient's sum
constexpr Index most_columns = 16;           // pixels of a group
constexpr Index matrix_bytes = 256 << 10;    // of a block of channels: it stays in the second-level cache
constexpr Index most_strip = 1 << 20;        // numbers that one row of results reads


// Which columns of the input meet which of the result, for the forward pass ("in" is x, "out" y) and the input gradient
// (grad, dx).
struct Columns {
  const ConvShape& s;
  bool transposed;                            // the input gradient
  Index in_w, depth, out_w, channels;
  Index group;                                // pixels of out computed as one
  Index window, first, step;                  // the columns of in that it reads: from first + step * (number of the group) on

  Columns(const ConvShape& shape, bool input_grad, Index pixels) : s(shape), transposed(input_grad), group(pixels) {
    if (transposed) {
      in_w = s.out_w, depth = s.out_channels, out_w = s.in_w, channels = s.in_channels;
      first = ceil_div(s.pad_left - (s.kernel_w - 1), s.stride_w);
      window = floor_div(group - 1 + s.pad_left, s.stride_w) - first + 1;
      step = group / s.stride_w;
    } else {
      in_w = s.in_w, depth = s.in_channels, out_w = s.out_w, channels = s.out_channels;
      first = -s.pad_left;
      window = (group - 1) * s.stride_w + s.kernel_w;
      step = group * s.stride_w;
    }
  }

  // The kernel column that moves column c of the window to pixel q of the group; there may be none of this number.
  Index kernel_column(Index c, Index q) const {
    return transposed ? q + s.pad_left - s.stride_w * (c + first) : c - q * s.stride_w;
  }

  Index run() const { return window * depth; }                       // numbers of a window in one row
  Index whole_groups() const { return out_w / group; }               // in a row; what is left is a group of fewer pixels
  Index rest() const { return out_w % group; }
  Index groups() const { return ceil_div(out_w, group); }
  Index strip_row() const { return ((groups() - 1) * step + window) * depth; }

  // Vector multiply-adds of one kernel row for one row of out.
  double work(int lanes) const { return double(groups()) * double(run()) * double(parts_of(group * channels, lanes)); }
};

// The group that takes the fewest multiply-adds. Only one block of channels is shared by several pixels.
Index best_group(const ConvShape& s, bool input_grad, int lanes, int vectors) {
  const Index least = input_grad ? s.stride_w : 1, channels = input_grad ? s.in_channels : s.out_channels;
  const Index most = std::min<Index>(most_columns, std::max<Index>(1, input_grad ? s.in_w : s.out_w));
  Index best = least;
  for (Index group = 2 * least; group <= most && group * channels <= lanes * vectors; group += least)
    if (Columns(s, input_grad, group).work(lanes) < 0.95 * Columns(s, input_grad, best).work(lanes)) best = group;
  return best;
}

// Rows of the result with one remainder by the number of phases: they share kernel rows. Kernel row t reads input row
// `first + t` for the phase's first row, and is row kernel_row + t * kernel_step of the weight.
struct RowPhase {
  Index first, rows, kernel_row, kernel_step;
};

// Columns, and which rows meet.
struct Bands : Columns {
  Index in_h, out_h;
  Index in_step;                              // rows of in from one row of a phase to the next
  std::vector<RowPhase> phases;
  Index top, reach;                           // rows of in that the first rows of all phases read: from top on

  explicit Bands(const Columns& columns) : Columns(columns) {
    if (transposed) {
      in_h = s.out_h, out_h = s.in_h;
      in_step = 1;
      for (Index p = 0; p < s.stride_h; p++) {
        const Index kernel_first = (p + s.pad_top) % s.stride_h;   // kernel rows kernel_first + n * stride meet rows of grad
        const Index rows = std::max<Index>(0, ceil_div(s.kernel_h - kernel_first, s.stride_h));
        const Index last = kernel_first + (rows - 1) * s.stride_h;
        phases.push_back({(p + s.pad_top - last) / s.stride_h, rows, last, -s.stride_h});
      }
    } else {
      in_h = s.in_h, out_h = s.out_h;
      in_step = s.stride_h;
      phases.push_back({-s.pad_top, s.kernel_h, 0, 1});
    }
    top = phases[0].first;
    for (const RowPhase& phase : phases) top = std::min(top, phase.first);
    reach = 0;
    for (const RowPhase& phase : phases) reach = std::max(reach, phase.first + phase.rows - top);
  }

  Index steps() const { return ceil_div(out_h, Index(phases.size())); }   // rows of the longest phase
};

// How the work is cut: strips of rows of one image, the same rows in every phase; or of whole images, if small.
template <class T> struct Plan {
  const Banded<T>& kernels;
  Bands b;
  Blocks<T> blocks;                           // of the channels of a group
  Index strip_steps, strips;                  // strips of an image
  Index strip_images;

  Plan(const ConvShape& s, bool input_grad)
      : kernels(pick<T>(*current_target().banded)),
        b(Columns(s, input_grad, best_group(s, input_grad, tiles().lanes, tiles().vectors))),
        blocks(tiles(), b.group * b.channels) {
    const Index rows = strip_bytes / std::max<Index>(1, b.strip_row() * Index(sizeof(T)));
    const double step = double(s.kernel_h) * b.work(tiles().lanes);   // of one row in every phase
    const Index share = rows_of_a_task(b.steps() * s.batch, step);
    strip_steps = std::clamp<Index>((rows - b.reach) / b.in_step + 1, 1, share);
    strips = parts_of(b.steps(), strip_steps);
    strip_steps = parts_of(b.steps(), strips);
    strip_images = strips > 1 ? 1 : std::max<Index>(1, std::min(rows / std::max<Index>(1, strip_rows()), share / b.steps()));
    while (s.batch % strip_images != 0) strip_images--;
  }

  static const Tiles<T>& tiles() { return pick<T>(*current_target().tiles); }

  Index tasks() const { return b.s.batch / strip_images * strips; }
  Index strip_rows() const { return (strip_steps - 1) * b.in_step + b.reach; }   // of one image
  Index strip_image() const { return strip_rows() * b.strip_row(); }
  Index strip_size() const { return strip_images * strip_image(); }
  Index matrix_rows(std::size_t phases) const {   // of the first phases
    Index rows = 0;
    for (std::size_t i = 0; i < phases; i++) rows += b.phases[i].rows;
    return rows * b.run();
  }
  Index matrix_size() const { return matrix_rows(b.phases.size()) * blocks.padded(); }
};

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

// One task's share of the rows, [begin, end) of every phase, in images from `image` on.
struct Strip {
  Index image, begin, end;
  template <class T> Strip(const Plan<T>& plan, Index task)
      : image(task / plan.strips * plan.strip_images), begin(part_start(plan.b.steps(), plan.strips, task % plan.strips)),
        end(part_start(plan.b.steps(), plan.strips, task % plan.strips + 1)) {}
};

// Copies the rows of one image that a strip reads, with zeros beside them, except where there is no row, which is never read;
// says whether all are finite, if asked.
template <class T> bool copy_image(const Plan<T>& plan, const Strip& part, const T* image, bool ask, T* strip) {
  const Bands& b = plan.b;
  const Index width = b.strip_row(), row = b.top + part.begin * b.in_step;
  const Index rows = (part.end - part.begin - 1) * b.in_step + b.reach;
  const Index begin = std::clamp<Index>(-b.first * b.depth, 0, width);              // where the image begins in the strip
  const Index end = std::clamp((b.in_w - b.first) * b.depth, begin, width), skip = begin + b.first * b.depth;
  bool finite = true;
  for (Index r = row; r < row + rows; r++, strip += width) {
    if (r < 0 || r >= b.in_h) continue;
    const T* from = image + r * b.in_w * b.depth + skip;
    std::fill_n(strip, begin, T(0));
    std::memcpy(strip + begin, from, std::size_t(end - begin) * sizeof(T));
    std::fill_n(strip + end, width - end, T(0));
    if (ask && !all_finite(strip + begin, end - begin)) finite = false;
  }
  return finite;
}

// Groups in one direction: how many, and from one to the next in the strip and in out.
struct Direction {
  Index count, in, out;
};

// Computes one block of groups that lie in three directions. Tiles go along the first, unless it is short.
template <class T>
void compute_groups(const Plan<T>& plan, Direction along, Direction b, Direction c, int width, GroupTileArgs<T>& args) {
  constexpr Index few = 4;   // sums that grow at the same time
  for (Direction* other : {&b, &c})
    if (along.count < few && other->count > along.count) std::swap(along, *other);
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

// Kernel rows that meet the image, [begin, end), of all those that row `row` of a phase reads.
struct Meeting {
  Index begin, end;
  Meeting(const Bands& b, const RowPhase& phase, Index row)
      : begin(std::clamp<Index>(-(phase.first + row * b.in_step), 0, phase.rows)),
        end(std::clamp<Index>(b.in_h - (phase.first + row * b.in_step), begin, phase.rows)) {}
  bool operator==(const Meeting& other) const { return begin == other.begin && end == other.end; }
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

// Adds window^T * grad[group] of one image of a strip to `sum`, [kernel row, column, depth][channels of a group]. `at` tells where
// in the strip each row of sum finds its numbers. A small kernel takes all its rows at once, so that grad is read once.
// Loops: runs of rows that meet the same kernel rows, a few of them at a time; kernel rows, blocks of channels, tiles.
template <class T>
void add_image(const Plan<T>& plan, const std::vector<Index>& at, const Strip& part, const T* grad, const T* x, Index image,
               T* strip, T* sum) {
  const Bands& b = plan.b;
  copy_image(plan, part, x + image * b.in_h * b.in_w * b.depth, false, strip);
  const bool at_once = Index(at.size()) <= std::min<Index>(most_scattered, plan.tiles().rows[plan.blocks.widest()]);
  const auto& kernels = at_once ? plan.kernels.scattered_tile : plan.kernels.outer_tile;
  const Index grad_row = b.out_w * b.channels, padded = plan.blocks.padded();
  const Index at_a_time = std::max<Index>(1, grad_bytes / (grad_row * Index(sizeof(T))));
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

template <class T> double banded_cost(Pass pass, const ConvShape& s) {
  constexpr double impossible = std::numeric_limits<double>::infinity();
  constexpr Index most_stride = 8, most_kernel = 64;
  const bool input_grad = pass == Pass::input_grad;
  const Tiles<T>& tiles = pick<T>(*current_target().tiles);
  if (s.groups != 1 || s.dilation_h != 1 || s.dilation_w != 1 || std::max(s.stride_h, s.stride_w) > most_stride ||
      std::max(s.kernel_h, s.kernel_w) > most_kernel || s.in_channels == 0 || s.out_channels == 0)
    return impossible;
  const Columns c(s, input_grad, best_group(s, input_grad, tiles.lanes, tiles.vectors));
  const Blocks<T> blocks(tiles, c.group * c.channels);
  if (c.group > 1 && blocks.count > 1) return impossible;
  const Index width = pass == Pass::weight_grad ? blocks.padded() : blocks.widest() * tiles.lanes;
  if (s.kernel_h * c.run() * width * Index(sizeof(T)) > matrix_bytes || c.strip_row() * s.kernel_h > most_strip) return impossible;

  Index meetings = 0;   // of kernel rows with rows of the image
  for (Index i = 0; i < s.kernel_h; i++) {
    const Index first = std::clamp<Index>(ceil_div(s.pad_top - i, s.stride_h), 0, s.out_h);
    meetings += std::clamp(ceil_div(s.in_h + s.pad_top - i, s.stride_h), first, s.out_h) - first;
  }
  const double batch = double(s.batch), rows = double(input_grad ? s.in_h : s.out_h);
  const double copied = double(input_grad ? s.out_h : s.in_h) * double(c.strip_row());
  const double idle = std::max(1.0, 4.0 / double(std::max<Index>(1, s.batch * c.groups())));   // sums wait for themselves
  const double calls = pass == Pass::weight_grad ? 0 : 4 * double(c.groups());                 // offsets and stores of a group
  return 4000 + batch * (double(meetings) * c.work(tiles.lanes) * idle + rows * calls + 8 * copied / tiles.lanes);
}

template <class T>
bool banded_conv2d(const ConvShape& s, const T* x, const T* weight, const T* bias, Activation activation, T* y) {
  return run_banded(s, false, x, weight, bias, activation, y);
}

template <class T> bool banded_input_grad(const ConvShape& s, const T* grad, const T* weight, T* dx) {
  return run_banded<T>(s, true, grad, weight, nullptr, Activation::none, dx);
}

template <class T> bool banded_weight_grad(const ConvShape& s, const T* grad, const T* x, T* dweight) {
  const Index size = s.taps() * s.in_channels * s.out_channels;
  if (size == 0) return true;
  const Plan<T> plan(s, false);
  const Bands& b = plan.b;
  const int workers = workers_for(s.multiply_adds());
  const Index sum_size = plan.matrix_size(), splits = std::min(most_splits, plan.tasks());
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
      const Strip part(plan, task);
      for (Index i = 0; i < plan.strip_images; i++)
        add_image(plan, at, part, grad, x, part.image + i, strips[std::size_t(worker)], sum);
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

template double banded_cost<float>(Pass, const ConvShape&);
template double banded_cost<double>(Pass, const ConvShape&);
template bool banded_conv2d(const ConvShape&, const float*, const float*, const float*, Activation, float*);
template bool banded_conv2d(const ConvShape&, const double*, const double*, const double*, Activation, double*);
template bool banded_input_grad(const ConvShape&, const float*, const float*, float*);
template bool banded_input_grad(const ConvShape&, const double*, const double*, double*);
template bool banded_weight_grad(const ConvShape&, const float*, const float*, float*);
template bool banded_weight_grad(const ConvShape&, const double*, const double*, double*);

}  // namespace convstep
