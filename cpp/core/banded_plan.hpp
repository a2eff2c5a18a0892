// What the banded convolutions share: how windows, groups and rows meet, how the work is cut, and the copying of strips.
//
// Assumes: what banded.hpp says; banded_cost has found the shape to fit. Included by banded*.cpp alone.
#pragma once
#include <algorithm>
#include <cstring>
#include <vector>
#include "conv2d.hpp"
#include "finite.hpp"
#include "split.hpp"
#include "targets.hpp"

namespace convstep::bands {

constexpr Index strip_bytes = 64 << 10;      // of input: it stays in the second-level cache
constexpr Index grad_bytes = 16 << 10;       // of gradient summed at a time: it stays in the first-level cache
constexpr Index most_columns = 16;           // pixels of a group
constexpr Index few_groups = 4;              // in a row: a tile takes them from several rows or images, to have sums enough
constexpr Index most_splits = 16;            // of the weight gradient's sum

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
inline Index best_group(const ConvShape& s, bool input_grad, int lanes, int vectors) {
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
  // Of the weight gradient: rows of it at a time; whether a tile takes all kernel rows, so that the gradient is read once.
  Index grad_rows() const { return std::max<Index>(1, grad_bytes / (b.out_w * b.channels * Index(sizeof(T)))); }
  bool at_once() const {
    return b.s.kernel_h * b.run() <= std::min<Index>(most_scattered, tiles().rows[blocks.widest()]);
  }
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

// Kernel rows that meet the image, [begin, end), of all those that row `row` of a phase reads.
struct Meeting {
  Index begin, end;
  Meeting(const Bands& b, const RowPhase& phase, Index row)
      : begin(std::clamp<Index>(-(phase.first + row * b.in_step), 0, phase.rows)),
        end(std::clamp<Index>(b.in_h - (phase.first + row * b.in_step), begin, phase.rows)) {}
  bool operator==(const Meeting& other) const { return begin == other.begin && end == other.end; }
};

}  // namespace convstep::bands
