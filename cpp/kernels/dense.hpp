// The kernels of dense layers on a few rows (core/dense.hpp): their arguments and their table. The weights are read where they lie,
// once, in long runs: they are what takes the time.
#pragma once
#include "common.hpp"

namespace convstep {

constexpr int dense_rows = 8;        // at most

// sums: y[r] = activation(bias + sum over k of x[r][k] * weight[k]), for some columns of y and of the weights.
template <class T> struct DenseSums {
  const T* x;                // [rows][x_step]
  const T* weight;           // [depth][weight_step]
  const T* bias;             // [columns], or null
  T* y;                      // [rows][y_step]
  Index rows, depth, columns, x_step, weight_step, y_step;
  Activation activation;
};

// dots: dx[r][k] = sum over columns of grad[r] * weight[k], for some rows k of the weights.
template <class T> struct DenseDots {
  const T* grad;             // [rows][grad_step]
  const T* weight;           // [depth][weight_step]
  T* dx;                     // [rows][dx_step]
  Index rows, depth, columns, grad_step, weight_step, dx_step;
};

template <class T> struct Dense {
  int lanes;
  void (*sums)(const DenseSums<T>&);
  void (*dots)(const DenseDots<T>&);
};

}  // namespace convstep
