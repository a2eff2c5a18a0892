// Two-dimensional convolution and its gradients: the interface of the core, in shapes and pointers.
//
// Assumes: valid shapes; dense arrays in C order: x (batch, in_h, in_w, in_channels), weight (kernel_h, kernel_w,
// in_channels / groups, out_channels), y and grad (batch, out_h, out_w, out_channels). Results need no initial value and
// overlap nothing. Throws std::bad_alloc and nothing else. T is float or double.
#pragma once
#include "../kernels/kernels.hpp"

namespace convstep {

// Output (oh, ow) at tap (i, j) reads input (oh*stride_h - pad_top + i*dilation_h, ow*stride_w - pad_left + j*dilation_w) where
// that exists, and zero elsewhere. out_h and out_w are given: they need not follow from the rest.
struct ConvShape {
  Index batch, in_h, in_w, in_channels;
  Index kernel_h, kernel_w;
  Index out_h, out_w, out_channels;
  Index stride_h, stride_w, pad_top, pad_left, dilation_h, dilation_w;
  Index groups;

  Index taps() const { return kernel_h * kernel_w; }
  Index group_in() const { return in_channels / groups; }
  Index group_out() const { return out_channels / groups; }
  Index pixels() const { return batch * out_h * out_w; }
  double multiply_adds() const { return double(pixels()) * double(out_channels) * double(taps() * group_in()); }
};

// What lies in the padding adds nothing, not even where it meets an infinity or a NaN.
template <class T>
void conv2d(const ConvShape&, const T* x, const T* weight, const T* bias, Activation, T* y);   // bias or null
template <class T> void conv2d_input_grad(const ConvShape&, const T* grad, const T* weight, T* dx);
template <class T> void conv2d_weight_grad(const ConvShape&, const T* grad, const T* x, T* dweight);
template <class T> void conv2d_bias_grad(Index pixels, Index channels, const T* grad, T* dbias);

}  // namespace convstep
