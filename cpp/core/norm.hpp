// Batch norm: statistics, forward, and gradients, on rows of channels.
//
// Assumes: dense arrays in C order, x, y, grad and dx of rows x channels, the others of one number per channel. Statistics need a
// row at least; the variance is over n, not n - 1. Results need no initial value and overlap nothing. Throws std::bad_alloc and
// nothing else.
//
// Every sum is made in a fixed order, in blocks in T and over blocks in double: the bits are the same for any number of threads.
#pragma once
#include "../kernels/kernels.hpp"

namespace convstep {

struct Rows {
  Index rows, channels;
};

template <class T> void batch_statistics(Rows, const T* x, T* mean, T* variance);
// y = activation((x - mean) / sqrt(variance + eps) * weight + bias)
template <class T>
void batch_norm(Rows, const T* x, const T* weight, const T* bias, const T* mean, const T* variance, double eps, Activation, T* y);
// mean and variance are x's own. dx is null where it is not wanted.
template <class T>
void batch_norm_backward(Rows, const T* grad, const T* x, const T* weight, const T* bias, const T* mean, const T* variance, double eps,
                         Activation, T* dx, T* dweight, T* dbias);

}  // namespace convstep
