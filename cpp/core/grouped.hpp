// The convolution of many small groups: depthwise, with or without a channel multiplier, or a few channels to a group.
//
// Lanes are output channels, of as many groups as fill a vector, and no lane meets another. A vector of the input's channels is
// loaded and its lanes put in the order in which the lanes of the output read them, once for each channel of a group; in a
// depthwise convolution they lie so already. Two rows of outputs share the inputs under their windows.
//
// Padding is left out, not multiplied, so infinities and NaNs need no second look.
//
// Memory beyond the arrays: the weights once more, the channels filled to whole vectors, and the bias; for their gradient, at most
// 16 times. A few hundred bytes for each remainder of the strides, and each row of a window.
#pragma once
#include "algorithm.hpp"

namespace convstep {

bool grouped_fits(const ConvShape&);
template <class T> double grouped_cost(Pass, const ConvShape&);

template <class T> void grouped_conv2d(const ConvShape&, const T* x, const T* weight, const T* bias, Activation, T* y);
template <class T> void grouped_input_grad(const ConvShape&, const T* grad, const T* weight, T* dx);
template <class T> void grouped_weight_grad(const ConvShape&, const T* grad, const T* x, T* dweight);

}  // namespace convstep
