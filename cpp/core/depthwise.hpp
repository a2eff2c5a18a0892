// The depthwise convolution: as many groups as input channels, so that each channel has filters of its own.
//
// Channels lie in the lanes; rows of the input slide under rows of the kernel. Padding is left out, not multiplied, so
// infinities and NaNs need no second look. With several outputs for each channel (a channel multiplier m), they are computed one
// slice after another.
//
// Memory beyond the arrays: the weights once more, 16 times for their gradient; with a multiplier m > 1, a slice of the output,
// 1 / m of its size, and for the input gradient the size of the input.
#pragma once
#include "conv2d.hpp"

namespace convstep {

bool depthwise_fits(const ConvShape&);

template <class T> void depthwise_conv2d(const ConvShape&, const T* x, const T* weight, const T* bias, Activation, T* y);
template <class T> void depthwise_input_grad(const ConvShape&, const T* grad, const T* weight, T* dx);
template <class T> void depthwise_weight_grad(const ConvShape&, const T* grad, const T* x, T* dweight);

}  // namespace convstep
