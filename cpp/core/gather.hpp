// The gather convolution: out[pixel] = bias + sum over taps of in[pixel moved by the tap] * weight[tap].
//
// The forward pass is one, and so is every phase of the input gradient: they differ in their grids, taps and weight strides.
#pragma once
#include <vector>
#include "../kernels/kernels.hpp"

namespace convstep {

struct Tap {
  Index h, w;            // input pixel = grid pixel * stride + (h, w)
  Index weight;          // where its weights begin
};

// A grid of output pixels that share taps: [first_tap, last_tap).
struct Phase {
  Index h, w;            // pixels of the grid in an image
  Index out;             // where its first pixel begins
  Index first_tap, last_tap;
};

struct Gather {
  Index batch, groups;
  Index depth, channels;                          // in and out, of one group
  Index in_h, in_w, in_image, in_row, in_pixel;   // sizes; strides in elements, in_pixel too
  Index out_image, out_row, out_pixel;            // strides from one grid pixel to the next
  Index stride_h, stride_w;
  Index weight_group, weight_depth, weight_channel;   // strides in elements
  std::vector<Tap> taps;
  std::vector<Phase> phases;
  double multiply_adds;
};

// Assumes: in_pixel holds groups * depth elements and an out pixel groups * channels, group after group. Bias may be null.
// Returns false, out unwritten, if a weight is not finite: what is read in the padding is zero, and zero times infinity is not.
template <class T>
bool run_gather(const Gather&, const T* in, const T* weight, const T* bias, Activation activation, T* out);

}  // namespace convstep
