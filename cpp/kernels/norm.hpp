// The kernels of batch norm (core/norm.hpp): their arguments and their table. Each goes over a block of rows, column by column; a
// column has a mean and other numbers of its own.
#pragma once
#include "common.hpp"

namespace convstep {

constexpr int norm_columns = 256;    // of a block, at most

template <class T> struct NormBlock {
  Index rows, columns, step;           // step: from row to row, in every array
  const T *x, *grad = nullptr;
  T* out = nullptr;
  const T *mean = nullptr, *scale = nullptr, *bias = nullptr, *shift = nullptr, *slope = nullptr;   // [columns]
  T *first = nullptr, *second = nullptr;   // [columns], results
};

template <class T> struct Norm {
  int lanes;
  void (*moments)(const NormBlock<T>&);                  // first = mean of x, second = sum of (x - that mean)^2
  void (*apply[activations])(const NormBlock<T>&);       // out = activation(z), z = (x - mean) * scale + bias
  // The gradient g before the activation: grad, where that passes z. It is computed again: reading it would take longer.
  void (*sums[activations])(const NormBlock<T>&);        // first = sum of g, second = sum of g * (x - mean)
  void (*input_grad[activations])(const NormBlock<T>&);  // out = (g - shift - (x - mean) * slope) * scale
};

}  // namespace convstep
