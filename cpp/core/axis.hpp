// One axis of a convolution: which input pixel each place of the kernel reads for an output pixel, and which of them exist.
//
// The forward pass is one axis for the height and one for the width; the input gradient has one for each remainder of the stride.
#pragma once
#include <algorithm>
#include <numeric>
#include <vector>
#include "conv2d.hpp"
#include "split.hpp"

namespace convstep {

// Output pixels [begin, end) that read inside the input at the same places: [first, last), none if they are equal.
struct Section {
  Index begin, end, first, last;

  Index size() const { return end - begin; }
  Index places() const { return last - first; }
};

// Output pixel o reads input pixel o * step + first + k * spread at place k of `count`: place + k * place_step of the kernel.
// step is at least 1, spread at least 0; what is read may lie outside.
struct Axis {
  Index in, out, step, first, spread, count, place, place_step;

  Index read(Index o, Index k) const { return o * step + first + k * spread; }
  // Outputs so far apart read some of the same inputs, the later one `shift` places before the other; spread is not 0.
  Index apart() const { return spread / std::gcd(step, spread); }
  Index shift() const { return step / std::gcd(step, spread); }

  // The outputs that read inside at place k: [begin, end).
  Index begin(Index k) const { return std::clamp<Index>(ceil_div(-read(0, k), step), 0, out); }
  Index end(Index k) const { return std::clamp<Index>(floor_div(in - 1 - read(0, k), step) + 1, begin(k), out); }

  // Reads inside the input, of all outputs and places.
  Index reads() const {
    Index all = 0;
    for (Index k = 0; k < count; k++) all += end(k) - begin(k);
    return all;
  }

  // All outputs, cut where a place begins or ceases to read inside: padding is in no section's places.
  std::vector<Section> sections() const {
    std::vector<Index> cuts{0, out};
    for (Index k = 0; k < count; k++)
      if (begin(k) < end(k)) cuts.push_back(begin(k)), cuts.push_back(end(k));
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    std::vector<Section> all;
    Index first = count, last = count;                  // both only fall: later places read further on
    for (std::size_t i = 0; i + 1 < cuts.size(); i++) {
      while (first > 0 && begin(first - 1) <= cuts[i]) first--;
      while (last > 0 && end(last - 1) < cuts[i + 1]) last--;
      all.push_back({cuts[i], cuts[i + 1], std::min(first, last), last});
    }
    return all;
  }
};

inline Axis forward_axis(Index in, Index out, Index kernel, Index stride, Index pad, Index dilation) {
  return {in, out, stride, -pad, dilation, kernel, 0, 1};
}

// The input gradient for the input pixels phase, phase + stride, ...: they read one gradient each for the kernel's places that
// the stride divides; the last of these reads the first gradient. For dilation 1 these are every stride-th.
inline Axis backward_axis(Index in, Index out, Index kernel, Index stride, Index pad, Index dilation, Index phase) {
  Axis a{out, ceil_div(in - phase, stride), 1, 0, 1, 0, 0, 0};
  for (Index k = 0; k < kernel; k++)
    if ((phase + pad - k * dilation) % stride == 0) {
      if (a.count == 1) a.place_step = a.place - k, a.spread = (k - a.place) * dilation / stride;
      a.place = k, a.first = (phase + pad - k * dilation) / stride, a.count++;
    }
  return a;
}

struct Axes {
  Axis h, w;
};

inline Axes forward_axes(const ConvShape& s) {
  return {forward_axis(s.in_h, s.out_h, s.kernel_h, s.stride_h, s.pad_top, s.dilation_h),
          forward_axis(s.in_w, s.out_w, s.kernel_w, s.stride_w, s.pad_left, s.dilation_w)};
}

// For the input pixels from (i, j) on, strides apart.
inline Axes backward_axes(const ConvShape& s, Index i, Index j) {
  return {backward_axis(s.in_h, s.out_h, s.kernel_h, s.stride_h, s.pad_top, s.dilation_h, i),
          backward_axis(s.in_w, s.out_w, s.kernel_w, s.stride_w, s.pad_left, s.dilation_w, j)};
}

}  // namespace convstep
