// The register tiles of the dense convolutions: their arguments and their table.
#pragma once
#include "common.hpp"

namespace convstep {

constexpr int max_vectors = 4;   // widest channel block, in vectors
constexpr int max_rows = 16;     // tallest register tile

// A tap that a tile meets: how far from a tile's pixels it reads, and its number among the weights.
struct Reach {
  Index move, tap;
};

// tile<R, V>: out[r] = activation(bias + sum over taps t and depth k of in[r][move of t + k] * weight[t][k]), R pixels x V vectors.
template <class T> struct TileArgs {
  const T* const* in;        // [R] pixels
  const Reach* reach;        // [taps]
  Index taps, depth;
  const T* weight;           // [tap][depth][weight_step], V vectors of each in use; zero beyond the last channel
  Index weight_tap, weight_step;
  T* const* out;             // [R] pixels
  Index channel;             // first channel, in every out pixel
  int tail;                  // channels in the last vector, 1..lanes
  const T* bias;             // V vectors
  bool accumulate;           // add to out, in place of the bias
  Activation activation;
};

// Pixels side by side, and the gradients that meet them.
template <class T> struct Segment {
  const T *x, *grad;
  Index pixels;
};

// panel_tile<R, V>: out[r] = sum over segments and their pixels p of x[p][row + r] * grad[p][channel], R rows x V vectors.
template <class T> struct PanelArgs {
  const Segment<T>* segments;
  Index n_segments;
  Index x_stride, grad_stride;
  Index row, channel;        // the first of each
  int tail;                  // channels in the last vector, 1..lanes
  T* out;                    // [R][out_stride]
  Index out_stride;
  bool accumulate;
};

// sum_rows<V>: out = sum over rows of x[row], V vectors.
template <class T> struct SumArgs {
  const T* x;                // [rows][x_stride]
  Index rows, x_stride;
  T* out;
  int tail;
  bool accumulate;
};

template <class T> struct Tiles {
  int lanes;                                                       // elements of a vector
  int vectors;                                                     // widest block in use, <= max_vectors
  int rows[max_vectors + 1];                                       // tallest tile for each width
  void (*tile[max_vectors + 1][max_rows + 1])(const TileArgs<T>&);
  void (*panel_tile[max_vectors + 1][max_rows + 1])(const PanelArgs<T>&);
  void (*sum_rows[max_vectors + 1])(const SumArgs<T>&);
  void (*copy)(const T* from, Index from_step, Index rows, Index columns, T* to, Index to_step);   // to[r][c] = from[r][c]
  void (*turn)(const T* from, Index from_step, Index rows, Index columns, T* to, Index to_step);   // to[c][r] = from[r][c]
};

}  // namespace convstep
