// The banded convolution, for few channels: a row of the kernel is one matrix, and a few pixels side by side are one.
//
// In a row of x, the pixels under one row of the kernel lie side by side: kernel_w * in_channels numbers in one run. So a
// `group` of output pixels side by side, which read one such window, is a vector of group * out_channels numbers:
//
//     y[group] = sum over kernel rows i of window[row + i] * matrix[i]
//
//                                       pixel 0    pixel 1
//     matrix[i], kernel (1, 3), stride 1:  w0         0      column 0 of the window       each w: in_channels x out_channels
//                                          w1         w0     column 1
//                                          w2         w1     column 2
//                                          0          w2     column 3
//
// The matrix is banded; its zeros are multiplied too. For 6 output channels on 16 lanes, two pixels fill 12 lanes instead of 6
// and cost 4/3 as many steps. Many channels fill the lanes alone: one pixel, and no zeros.
//
// The input gradient is the same with the matrix transposed, a group being pixels of dx; with a stride, a group holds them with
// every remainder of their column by it. The weight gradient sums window^T * grad[group], and adds up the bands.
//
// Windows are read from strips: rows of one image, copied with the padding's zeros around them, so that no window is cut.
//
// Assumes: one group, no dilation. Memory: a matrix or, for the weight gradient, 16 sums of its size; for each thread a strip
// of `strip_bytes`, or of as many rows as one row of results reads.
#pragma once
#include "algorithm.hpp"
#include "conv2d.hpp"

namespace convstep {

// The time it takes in vector multiply-adds, those with zeros included; infinite where it does not fit.
template <class T> double banded_cost(Pass pass, const ConvShape&);

// They return false, the result left undefined, where there is a number that is not finite and zeros might meet it.
template <class T> [[nodiscard]] bool banded_conv2d(const ConvShape&, const T* x, const T* weight, const T* bias, Activation, T* y);
template <class T> [[nodiscard]] bool banded_input_grad(const ConvShape&, const T* grad, const T* weight, T* dx);
template <class T> [[nodiscard]] bool banded_weight_grad(const ConvShape&, const T* grad, const T* x, T* dweight);

}  // namespace convstep
