// The kernels of depthwise and grouped convolutions (core/grouped.hpp): their arguments and their table. Output channels lie in
// the lanes; each lane reads the channels of its own group.
#pragma once
#include "common.hpp"

namespace convstep {

constexpr int grouped_widest = 7;            // columns of a kernel row that are slid at a time, and ...
constexpr int grouped_longest_step = 2;      // ... columns from window to window, for which there are kernels
constexpr int most_lanes = 16;

// A vector of output channels: lane i reads channel in + order[i] + k of a pixel, for each k of the depth of a group. Where order
// is null, it reads in + i. Either several whole groups, whose inputs fit a vector too, or channels of one, whose order is 0.
struct LaneVector {
  Index out, in;             // its first output channel, and the first that it reads
  int lanes;                 // output channels
  Index there;               // channels of an input pixel from `in` on that may be read
  const std::int32_t* order; // most_lanes of them
};

// A row of the input, and the rows of the kernel that meet it: one for each of two rows of outputs, null where there is none.
// A row of the kernel is weights, or sums of their gradient: for each vector of channels [depth][K] whole vectors.
template <class T> struct GroupedRow {
  Index begin, end;          // the columns of the windows that are there; no others are read
  const T* in;               // column `begin`
  T* kernel[2];
};

// What will be read and written next, when the arrays are larger than caches: some lines of it are asked for beside each vector of
// a block.
struct GroupedAhead {
  const char *in, *out;      // from where on
  int in_lines, out_lines;   // each time
};

// Windows that slide over rows of the input: those of one or two rows of outputs, `pixels` in each. The window of output p covers
// the columns p*S to p*S + K - 1.
template <class T> struct GroupedSlide {
  const LaneVector* vector;
  Index vectors;
  const GroupedRow<T>* row;
  Index rows, depth;
  Index in_column, kernel_vector, kernel_depth;      // strides
  Index out_rows, out_row, out_pixel, pixels;
  GroupedAhead* ahead;       // or null
};

template <class T> struct Grouped {
  Index block;               // outputs side by side computed at a time
  // out[r][p] = activation(bias + sum over rows, depth k and columns j of in[p*S + j] * kernel[r][k][j]). At [S][K]. Where bias is
  // null, the sum begins with what out holds.
  void (*run[grouped_longest_step + 1][grouped_widest + 1])(const GroupedSlide<T>&, const T* bias, T* out, Activation);
  // kernel[r][k][j] += sum over p of in[p*S + j] * grad[r][p], for all rows.
  void (*products[grouped_longest_step + 1][grouped_widest + 1])(const GroupedSlide<T>&, const T* grad);
};

}  // namespace convstep
