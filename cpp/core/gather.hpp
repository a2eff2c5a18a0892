// The gather convolution: out[pixel] = bias + sum over taps of in[pixel moved by the tap] * weight[tap].
//
// The forward pass is one grid of pixels; the input gradient has a grid for each remainder of the stride. They differ in their
// grids and in how their weights lie.
#pragma once
#include <vector>
#include "../kernels/kernels.hpp"
#include "axis.hpp"

namespace convstep {

// Output pixels that share taps, but for those that read outside the input. Tap (i, j) reads at places i and j of the axes; its
// number among all taps is first_tap + i * w.count + j.
struct Grid {
  Axis h, w;
  Index out;             // where its first pixel begins
  Index first_tap;
};

struct Gather {
  Index batch, groups;
  Index depth, channels;                              // in and out, of one group
  Index in_image, in_row, in_pixel;                   // strides in elements
  Index out_image, out_row, out_pixel;                // from one pixel of a grid to the next
  Index weight_group, weight_depth, weight_channel;   // strides in elements
  std::vector<Index> weights;                         // where each tap's begin
  std::vector<Grid> grids;
};

// Assumes: in_pixel holds groups * depth elements and an out pixel groups * channels, group after group. Bias may be null.
template <class T> void run_gather(const Gather&, const T* in, const T* weight, const T* bias, Activation activation, T* out);

}  // namespace convstep
