// The kernels of depthwise and grouped convolutions (core/grouped.hpp): their arguments and their table. Output channels lie in
// the lanes; each lane reads the channels of its own group.
#pragma once
#include "common.hpp"

namespace convstep {

constexpr int grouped_widest = 7;            // columns of a kernel row, and ...
constexpr int grouped_longest_step = 2;      // ... steps over the input, for which there are runs
constexpr int most_lanes = 16;

// A vector of output channels: lane i reads channel in + order[i] + k of a pixel, for each k of the depth of a group. Where order
// is null, it reads in + i. Either several whole groups, whose inputs fit a vector too, or channels of one, whose order is 0.
struct LaneVector {
  Index out, in;             // its first output channel, and the first that it reads
  int lanes;                 // output channels
  Index there;               // channels of an input pixel from `in` on
  const std::int32_t* order; // most_lanes of them
};

// run<K, S>: `pixels` outputs side by side, S input pixels apart, each under K columns of every row:
// out[p] = activation(bias + sum over rows r, depth k and columns j of in[r][p*S + j] * weight[r][k][j]).
template <class T> struct GroupedRun {
  const LaneVector* vector;
  Index vectors;
  const T* const* in;        // [rows] the first pixel of the first output's window
  const T* const* weight;    // [rows] for each vector [depth][K] whole vectors, `weight_vector` from one vector's to the next's
  Index rows, depth, weight_vector, in_pixel;
  const T* bias;
  T* out;
  Index out_pixel, pixels;
  Activation activation;
};

// One output from a list of taps; the weights of a tap's next k lie `weight_depth` farther on.
template <class T> struct GroupedPixel {
  const LaneVector* vector;
  Index vectors;
  const T* const* in;        // [taps] pixels
  const T* const* weight;    // [taps]
  Index taps, depth, weight_vector, weight_depth;
  const T* bias;
  T* out;
  Activation activation;
};

// products<K, S>: sum[r][k][j] += sum over pixels p of in[r][p*S + j] * grad[p], for each row r, depth k and K columns.
template <class T> struct GroupedProducts {
  const LaneVector* vector;
  Index vectors;
  const T* const* in;        // [rows]
  T* const* sum;             // [rows] for each vector [depth][K] whole vectors, as the weights above
  Index rows, depth, sum_vector, sum_depth, in_pixel;
  const T* grad;
  Index grad_pixel, pixels;
};

template <class T> struct Grouped {
  void (*run[grouped_longest_step + 1][grouped_widest + 1])(const GroupedRun<T>&);
  void (*pixel)(const GroupedPixel<T>&);
  void (*products[grouped_longest_step + 1][grouped_widest + 1])(const GroupedProducts<T>&);
  Index least_pixels;        // of a run
};

}  // namespace convstep
