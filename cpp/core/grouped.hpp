// The convolution of many small groups: depthwise, with or without a channel multiplier, or a few channels to a group.
//
// Lanes are output channels, of several groups, and no lane meets another. Each reads its own group's input, so with `depth`
// channels to a group the input is laid out as `depth` planes: plane k holds in every lane channel k of that lane's group. The
// planes are made for a few rows at a time, in the cache; a depthwise convolution's input is its own only plane. Rows of the
// planes slide under rows of the kernel.
//
// Padding is left out, not multiplied, so infinities and NaNs need no second look.
//
// Memory beyond the arrays: the weights once more, and for each thread the rows of planes that one output row reads, of some
// channels (`planes_bytes`, or one vector of channels); for the weights' gradient, at most 16 times their size.
#pragma once
#include "algorithm.hpp"

namespace convstep {

bool grouped_fits(const ConvShape&);
template <class T> double grouped_cost(Pass, const ConvShape&);   // in multiply-adds of a vector

template <class T> void grouped_conv2d(const ConvShape&, const T* x, const T* weight, const T* bias, Activation, T* y);
template <class T> void grouped_input_grad(const ConvShape&, const T* grad, const T* weight, T* dx);
template <class T> void grouped_weight_grad(const ConvShape&, const T* grad, const T* x, T* dweight);

}  // namespace convstep
