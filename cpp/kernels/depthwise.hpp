// The kernels of depthwise and grouped convolutions (core/grouped.hpp): their arguments and their table. Channels lie in the lanes.
#pragma once
#include "common.hpp"

namespace convstep {

constexpr int depthwise_widest = 7;          // columns of a kernel row, and ...
constexpr int depthwise_longest_step = 2;    // ... steps over the input, for which there are runs

// run<K, S>: `pixels` outputs side by side, S input pixels apart, each under K columns of every row:
// out[p] = activation(bias + sum over rows r and columns k of in[r][p*S + k] * weight[r][k]).
template <class T> struct DepthwiseRun {
  const T* const* in;        // [rows] the first pixel of the first output's window
  const T* const* weight;    // [rows] K columns of `channels` elements
  Index rows, channels, in_pixel;
  const T* bias;             // `channels` elements
  T* out;
  Index out_pixel, pixels;
  Activation activation;
};

// One output from a list of taps, in and weight pointing at `channels` elements each.
template <class T> struct DepthwisePixel {
  const T* const* in;
  const T* const* weight;
  Index taps, channels;
  const T* bias;
  T* out;
  Activation activation;
};

// products<K, S>: sum[r][k] += sum over pixels p of in[r][p*S + k] * grad[p], for each row r and K columns.
template <class T> struct DepthwiseProducts {
  const T* const* in;        // [rows]
  T* const* sum;             // [rows] K columns of `channels` elements
  Index rows, channels, in_pixel;
  const T* grad;
  Index grad_pixel, pixels;
};

// The planes of a row of pixels: out[k][p][c] = in[p][source[c] + k], for `depth` planes.
template <class T> struct DepthwiseSpread {
  const T* in;
  Index in_pixel, pixels, depth;   // a pixel of in holds in_pixel elements
  const Index* source;       // [channels], rising
  Index channels;
  T* out;
};

template <class T> struct Depthwise {
  void (*run[depthwise_longest_step + 1][depthwise_widest + 1])(const DepthwiseRun<T>&);
  void (*pixel)(const DepthwisePixel<T>&);
  void (*products[depthwise_longest_step + 1][depthwise_widest + 1])(const DepthwiseProducts<T>&);
  void (*spread)(const DepthwiseSpread<T>&);
  Index least_pixels;        // of a run
};

}  // namespace convstep
