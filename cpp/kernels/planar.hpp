// The register tile of the planar convolution (core/planar.hpp), whose lanes are pixels, and the turning of pixels into planes.
#pragma once
#include "common.hpp"

namespace convstep {

constexpr int most_planes = 8;   // of the result
constexpr int most_pixels = 8;   // vectors of them

// tile<R, V>: out[r][p] = activation(bias[r] + sum over planes k, rows t, columns j of in[k*plane + t*row + j + p] * weight[k][t][j][r]),
// R planes x V vectors of pixels p.
template <class T> struct PlanarArgs {
  const T* in;
  Index planes, rows, columns;
  Index plane, row;          // strides of in
  const T* weight;           // [planes][rows][columns][R]
  const T* bias;             // [R]
  Activation activation;
  T* out;
  Index out_plane;
};

template <class T> struct Planar {
  int pixels[most_planes + 1];                                             // most vectors of pixels, for each number of planes
  void (*tile[most_planes + 1][most_pixels + 1])(const PlanarArgs<T>&);
  // to[c*to_step + r] = from[r*from_step + c], r < rows, c < columns.
  void (*transpose)(const T* from, Index from_step, Index rows, Index columns, T* to, Index to_step);
};

}  // namespace convstep
