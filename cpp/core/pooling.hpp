// Pooling, forward and backward, on arrays (batch, height, width, channels), dense, in C order.
//
// Assumes: valid shapes, in which every window meets a cell. Results need no initial value and overlap nothing. Places in the window
// are i * kernel_w + j, at most 256 of them where there are indices. Memory beyond the arrays: some numbers for each row and column;
// backward, lists of at most 2.2 KiB for each vector of a row.
#pragma once
#include "../kernels/pooling.hpp"

namespace convstep {

struct PoolShape {
  Index batch, in_h, in_w, channels, kernel_h, kernel_w, out_h, out_w, stride_h, stride_w;
  Index pad_top, pad_bottom, pad_left, pad_right, dilation_h, dilation_w;
};

template <class T> void max_pool2d(const PoolShape&, const T* x, T* y);
template <class T> void max_pool2d_with_index(const PoolShape&, const T* x, T* y, std::uint8_t* index);
template <class T> void max_pool2d_index_backward(const PoolShape&, const T* grad, const std::uint8_t* index, T* dx);
template <class T> void max_pool2d_count(const PoolShape&, const T* x, const T* y, T* count);   // of cells that are the maximum
template <class T> void max_pool2d_equal_backward(const PoolShape&, const T* grad, const T* x, const T* y, T* dx);   // to all of them
template <class T> void avg_pool2d(const PoolShape&, const T* x, bool count_padding, T* y);
template <class T> void avg_pool2d_backward(const PoolShape&, const T* grad, bool count_padding, T* dx);

}  // namespace convstep
