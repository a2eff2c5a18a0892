// Dense layers of a few rows, and 1x1 convolutions of a few pixels, whose time goes into reading the weights.
//
// Forward, a task runs along some columns of the weights, adding a few of their rows at a time to the results; it adds the depths
// in the order of the direct convolution, so the bits are the same. The input gradient is dot products of the weights' rows.
// No memory beyond the arrays.
#pragma once
#include "algorithm.hpp"

namespace convstep {

bool dense_fits(const ConvShape&);
template <class T> double dense_cost(Pass, const ConvShape&);

template <class T> void dense_forward(const ConvShape&, const T* x, const T* weight, const T* bias, Activation, T* y);
template <class T> void dense_input_grad(const ConvShape&, const T* grad, const T* weight, T* dx);

}  // namespace convstep
