// The register tiles of the banded convolution (core/banded.hpp): their arguments and their table.
#pragma once
#include "common.hpp"
#include "tiles.hpp"

namespace convstep {

// group_tile<R, V>: out[r] = activation(bias + sum over rows t and depth k of in[r*in_step + t*row_step + k] * matrix[t][k]),
// R groups x V vectors of their channels.
template <class T> struct GroupTileArgs {
  const T* in;               // where the window of the first group begins
  Index in_step;             // from one group to the next
  Index rows, row_step, depth;
  const T* matrix;           // [rows][depth][matrix_step], V vectors of each; zero beyond the last channel
  Index matrix_step;
  T* out;                    // where the channels of the first group begin
  Index out_step;
  int tail;                  // channels in the last vector, 1..lanes
  const T* bias;             // V vectors
  Activation activation;
};

constexpr int most_scattered = 10;

// scattered_tile<R, V>: sum[r] += sum over rows t and groups p of in[t][p][at[r]] * grad[t][p], R numbers of the windows x V
// vectors. outer_tile takes them side by side, from at[0] on, which needs fewer registers.
template <class T> struct OuterTileArgs {
  const T* in;
  const Index* at;           // [R]
  const T* grad;
  Index rows, groups;
  Index in_row, in_group, grad_row, grad_group;   // strides
  int tail;                                       // channels of grad in the last vector
  T* sum;                                         // [R][sum_step]
  Index sum_step;
};

template <class T> struct Banded {
  int groups[max_vectors + 1];   // of the tallest group_tile for each width
  void (*group_tile[max_vectors + 1][max_rows + 1])(const GroupTileArgs<T>&);
  void (*outer_tile[max_vectors + 1][max_rows + 1])(const OuterTileArgs<T>&);
  void (*scattered_tile[max_vectors + 1][max_rows + 1])(const OuterTileArgs<T>&);   // up to most_scattered
};

}  // namespace convstep
