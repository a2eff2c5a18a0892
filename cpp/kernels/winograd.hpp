// The transforms of the Winograd convolution (core/winograd.hpp): their arguments and their table.
//
// All work on vectors of channels. "Points" are the 36 places at which tiles are multiplied; buffers hold one point after
// another, point_step elements apart.
#pragma once
#include "common.hpp"

namespace convstep {

constexpr int winograd_out = 4, winograd_in = 6, winograd_points = winograd_in * winograd_in;

// points = B^T d B for one patch d of 6 x 6 pixels, or A d A^T for one of 4 x 4 (`spread`).
template <class T> struct WinogradIn {
  const T* const* pixels;    // row by row, `channels` elements each; a pixel outside the image points at zeros
  Index channels;
  T* points;
  Index point_step;
};

// out = A^T m A + bias, then the activation, for the rows x columns pixels of the tile that exist. Returns false if a number
// (before the activation) is not finite.
template <class T> struct WinogradOut {
  const T* points;
  Index point_step, channels;
  const T* bias;             // whole vectors
  T* out;
  Index row, pixel;          // strides of out
  int rows, columns;
  Activation activation;
};

// Filters, `count` of them side by side: points = G g G^T, from the nine taps; or taps = G^T m G (`collect`).
template <class T> struct WinogradFilter {
  const T* from;
  Index from_step;           // from one tap, or point, to the next
  Index count;
  T* to;
  Index to_step;
  bool accumulate;           // add to what is there
};

template <class T> struct Winograd {
  void (*input)(const WinogradIn<T>&);
  void (*spread)(const WinogradIn<T>&);
  bool (*output)(const WinogradOut<T>&);
  void (*filter)(const WinogradFilter<T>&);
  void (*collect)(const WinogradFilter<T>&);
};

}  // namespace convstep
